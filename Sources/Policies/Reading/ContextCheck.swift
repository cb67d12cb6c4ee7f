internal import Caches
internal import Findings
internal import SourceText
internal import YAML

/// Finds what each value allows but its surroundings do not.
struct ContextCheck {
  let names: Names
  private(set) var faults: [Fault] = []

  init(_ names: Names) {
    self.names = names
  }

  mutating func check(_ policy: Node) {
    checkCaches(policy["caches"]?.entries ?? [])
    checkRules(policy["rules"]?.entries ?? [])
    for exception in policy["exceptions"]?.elements ?? [] { checkException(exception) }
  }

  private mutating func checkCaches(_ entries: [Entry]) {
    var places: [Selector: Entry] = [:]
    for entry in entries {
      guard let selector = names.caches.selector(entry.name) else { continue }
      if let first = places[selector] {
        let message = "`\(entry.name)` and `\(first.name)` select the same cache"
        report(entry.key.range, message, "join the two", related: (first.key.range, "first here"))
      }
      places[selector] = entry
      for profile in entry.value.entries ?? [] { checkIntents(profile, selector) }
    }
  }

  private mutating func checkIntents(_ profile: Entry, _ selector: Selector) {
    if profile.name != "*", let commit = profile.value.entries?.first(where: { $0.name == "commit" }) {
      report(
        commit.key.range, "`commit` cannot stand below the profile `\(shortened(profile.name))`",
        "there is one index: write it below \"*\"")
    }
    if mayBePrecompiled(selector) { return }
    if let coverage = profile.value.entries?.first(where: { $0.name == "coverage" }) {
      report(
        coverage.key.range, "`coverage` is for Python's bytecode, and `\(selector)` selects other caches",
        "name python.bytecode")
    }
    guard let ship = profile.value["ship"], ship.text == "precompiled" else { return }
    report(
      ship.range, "`precompiled` is for Python's bytecode, and `\(selector)` selects other caches",
      "write `deny`, or name python.bytecode")
  }

  private func mayBePrecompiled(_ selector: Selector) -> Bool {
    switch selector {
    case .id(let id): names.caches.kind(named: id)?.canBePrecompiled ?? false
    case .prefix(let prefix): prefix == "python"
    case .group(let group): group == .bytecode
    case .all: false
    }
  }

  private mutating func checkRules(_ entries: [Entry]) {
    var places: [String: Entry] = [:]
    for entry in entries {
      if isOwnRule(entry.name) {
        checkOwnRule(entry)
        continue
      }
      guard let code = names.rule(entry.name) else { continue }
      checkRefinements(entry.value["caches"]?.entries ?? [])
      if let first = places[code] {
        report(
          entry.key.range, "`\(entry.name)` and `\(first.name)` are the same rule", "join the two",
          related: (first.key.range, "first here"))
      }
      places[code] = entry
    }
  }

  private mutating func checkRefinements(_ entries: [Entry]) {
    var places: [Selector: Entry] = [:]
    for entry in entries {
      guard let selector = names.caches.selector(entry.name) else { continue }
      if let first = places[selector] {
        report(
          entry.key.range, "`\(entry.name)` and `\(first.name)` select the same cache", "keep one of the two",
          related: (first.key.range, "first here"))
      }
      places[selector] = entry
    }
  }

  private mutating func checkOwnRule(_ entry: Entry) {
    guard let match = entry.value["match"] else { return }
    var leaves: [(name: String, range: ByteRange)] = []
    collectLeaves(of: match, into: &leaves)
    if let subject = entry.value["in"]?.text.flatMap(OwnRule.Subject.init) {
      let allowed = subject == .repository ? ["path", "index"] : ["path", "env", "instruction"]
      for leaf in leaves where !allowed.contains(leaf.name) {
        report(
          leaf.range, "`\(leaf.name)` cannot be matched in: \(subject.rawValue)",
          "what can be matched there: " + allowed.map { "`\($0)`" }.joined(separator: ", "))
      }
    }
    guard let message = entry.value["message"], let text = message.text else { return }
    let known = Set(leaves.flatMap { Match.placeholders[$0.name] ?? [] } + ["path"]).sorted()
    for name in placeholders(in: text) where !known.contains(name) {
      report(
        message.range, "the match gives no value for `{\(shortened(name))}`", help(for: name, among: known))
    }
  }

  private func collectLeaves(of match: Node, into leaves: inout [(name: String, range: ByteRange)]) {
    for entry in match.entries ?? [] {
      switch entry.name {
      case "all", "any": for inner in entry.value.elements ?? [] { collectLeaves(of: inner, into: &leaves) }
      case "not": collectLeaves(of: entry.value, into: &leaves)
      default: if Match.placeholders[entry.name] != nil { leaves.append((entry.name, entry.key.range)) }
      }
    }
  }

  /// The names in braces; braces round anything else are text.
  private func placeholders(in text: String) -> [String] {
    var names: [String] = []
    var name: [UInt8]?
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "{"): name = []
      case UInt8(ascii: "}"):
        if let name, !name.isEmpty { names.append(String(decoding: name, as: UTF8.self)) }
        name = nil
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): name?.append(byte)
      default: name = nil
      }
    }
    return names
  }

  private mutating func checkException(_ exception: Node) {
    guard let rule = exception["rule"] else { return }
    for node in rule.elements ?? [rule] {
      guard let text = node.text, let code = names.rule(text), !RuleID(code, code).canBeAccepted else { continue }
      let subject = code.hasPrefix("CP9") ? "the policy itself" : "comments"
      report(node.range, "`\(text)` speaks of \(subject), and cannot be accepted", "repair what it reports")
    }
  }

  private mutating func report(
    _ range: ByteRange, _ message: String, _ help: String?, related: (ByteRange, String)? = nil
  ) {
    if faults.count < Validator.limit {
      faults.append(Fault(range: range, message: message, help: help, related: related))
    }
  }
}
