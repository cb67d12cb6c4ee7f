internal import Caches
internal import Findings
internal import Policies
internal import Rules
internal import SourceText
internal import Spelling

extension Inspection {
  /// The page of a rule or of a cache kind.
  ///
  /// - Throws: ``UsageError`` for a name that nothing has, ``PolicyFailure`` where the policy in force is wrong.
  public func explain(_ name: String) throws -> String {
    if let rule = RuleRegister.description(named: name) { return page(of: rule) }
    if HadolintRule.isCode(name) { return try page(ofHadolint: name) }
    if let kind = Catalogue.kind(named: name) { return page(of: kind, try intents(of: kind)) }
    let names = RuleRegister.descriptions.flatMap { [$0.id.code, $0.id.name] } + Catalogue.names
    let near = suggestion(for: name, among: names).map { "; did you mean \($0)?" } ?? ""
    throw UsageError(
      "there is no rule and no cache kind '\(printable(name))'\(near) (cachepolicy rules and cachepolicy caches list them)"
    )
  }

  /// The page that stands for a rule of hadolint, and what differs.
  private func page(ofHadolint code: String) throws(UsageError) -> String {
    guard let rule = HadolintRule.named(code) else {
      let known = HadolintRule.all.map(\.code)
      let near = suggestion(for: code, among: known).map { "; did you mean \($0)?" } ?? ""
      throw UsageError(
        "no rule here stands for hadolint's \(printable(code.uppercased()))\(near) (only its rules on caches and on "
          + "what Docker refuses have one: \(known.joined(separator: ", ")))")
    }
    let text = "\(rule.code) is hadolint's; here it is \(rule.rules[0]). What differs: \(rule.difference).\n\n"
    return text + (RuleRegister.description(named: rule.rules[0]).map(page) ?? "")
  }

  private func page(of rule: RuleDescription) -> String {
    var text = "\(rule.id.code) \(rule.id.name)\n\n\(rule.page)\n\n"
    text += "Severity: \(rule.severity.rawValue)\n"
    text += "Fix: \(rule.fix?.rawValue ?? "none")\n"
    if !rule.intents.isEmpty { text += "Stands on: \(rule.intents.joined(separator: " or "))\n" }
    if !rule.hadolint.isEmpty { text += "In hadolint: \(rule.hadolint.joined(separator: ", "))\n" }
    return text
  }

  /// What the policy in force wants for a kind, by profile.
  private func intents(of kind: CacheKind) throws -> [String] {
    let policy = try policyInForce(at: ".")
    return Set(Profile.known + policy.profiles.map(\.name)).sorted().compactMap { profile in
      let intents = policy.intents(for: kind, in: profile)
      var parts: [String] = []
      if let write = intents.write { parts.append("write: \(write.value.rawValue) (\(write.origin))") }
      if let commit = intents.commit { parts.append("commit: \(commit.value.rawValue) (\(commit.origin))") }
      if let ship = intents.ship { parts.append("ship: \(ship.value.rawValue) (\(ship.origin))") }
      if let coverage = intents.coverage { parts.append("coverage: \(coverage.value) (\(coverage.origin))") }
      if let ways = intents.keepOutBy {
        parts.append("keep-out-by: \(ways.value.map(\.rawValue).joined(separator: ", ")) (\(ways.origin))")
      }
      return parts.isEmpty ? nil : "  \(profile): \(parts.joined(separator: "; "))"
    }
  }

  private func page(of kind: CacheKind, _ intents: [String]) -> String {
    var text = "\(kind.id)\n\n\(kind.what). Written by \(kind.tool).\n\n"
    func row(_ name: String, _ values: [String]) {
      if !values.isEmpty { text += "\(name): \(values.joined(separator: ", "))\n" }
    }
    row("Also called", kind.aliases)
    row("Kind", [kind.group.rawValue])
    row("In a repository", kind.repositoryDirectories.map { $0 + "/" } + kind.repositoryFiles)
    row("In an image", kind.image.root + kind.image.user)
    row("Proof", kind.proof)
    row("Used where", kind.usedWhen.map { marker in marker.text.map { "\(marker.name) with `\($0)`" } ?? marker.name })
    row("Comes back", [kind.regenerates.rawValue])
    row("Secrets", [kind.secrets.rawValue])
    if kind.mayBePayload { text += "In an image it may be the application itself.\n" }
    if kind.commitOK { text += "Some projects commit it on purpose.\n" }
    if kind.ignoresItself { text += "It brings an ignore file of its own.\n" }
    row(
      "Switched off by",
      kind.disable.environment.map { "\($0.name)=\($0.value)" } + kind.disable.flags.map(\.text)
        + kind.disable.configuration)
    row(
      "Moved by", kind.relocate.environment.map(\.name) + kind.relocate.flags.map(\.text) + kind.relocate.configuration)
    row("Cleaned by", kind.clean)
    row("Cache mounts", kind.mounts.map(\.target))
    if let layer = kind.layer {
      row("A RUN leaves it in", layer.places.map(place))
      row("A fix ends the RUN with", layer.clean.map { [$0] } ?? [])
      row("Removed by", layer.cleaners.map(command))
    }
    row(".gitignore", kind.gitignore)
    row(".dockerignore", kind.dockerignore)
    if let trap = kind.trap { text += "\nTake care: \(trap)\n" }
    if let note = kind.note { text += "\n\(note)\n" }
    text += "\nEvidence: \(kind.evidence.rawValue), \(kind.source)\n"
    if !intents.isEmpty { text += "\nThe policy in force wants:\n\(intents.joined(separator: "\n"))\n" }
    return text
  }

  private func place(_ place: LayerPlace) -> String {
    guard let variable = place.variable else { return place.path + (place.isForRoot ? " (root)" : "") }
    return "$\(variable)" + (place.below.isEmpty ? "" : "/\(place.below)")
  }

  private func command(_ form: CommandForm) -> String {
    ([form.command] + form.subcommands.prefix(1) + form.flags.prefix(1)).joined(separator: " ")
  }
}
