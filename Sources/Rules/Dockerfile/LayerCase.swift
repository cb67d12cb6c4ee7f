internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Policies
internal import Shell
internal import SourceText

/// What one RUN of a layer that ships does with one cache that the policy wants to have kept out.
///
/// It is what the rules about layers have in common: each of them speaks for one outcome, so that one cause is one
/// finding.
struct LayerCase: Sendable {
  /// What becomes of the cache.
  enum Outcome: Sendable {
    /// It stays in the layer.
    case left
    /// It stays, though a later instruction removes it.
    case removedLater(instruction: Int, command: Int)
    /// It stays, though a mount is there for it.
    case besideMount(MountPlace)
    /// A mount takes it, and something stops it from being written at all.
    case mountUnused(MountPlace, KeptOut)
    /// It is kept out.
    case keptOut(KeptOut)
  }

  let dockerfile: DockerfileFacts
  let product: ProductFacts
  let run: InstructionEffects
  let kind: CacheKind
  /// What the commands of the RUN write of the kind, in order.
  let writes: [CacheWrite]
  let grounds: Grounds
  /// The accepted ways to keep it out, the preferred one first.
  let ways: [Way]
  let builder: Builder
  /// Whether the file is a template, which may leave the RUN out.
  let isTemplate: Bool
  let outcome: Outcome
  /// Why the stage is better not edited.
  let caution: String?
  /// A later RUN that needs what this one leaves; nil where none does.
  let need: LaterNeeds.Place?

  /// What stays of it.
  var staying: [CacheWrite] { writes.filter { $0.stays && $0.refused == nil } }

  /// Every case of the target, each once.
  static func all(_ facts: TargetFacts, _ judgement: Judgement) -> [LayerCase] {
    judgement.layerCases {
      var standing: [Path: [DockerfileFacts]] = [:]
      for dockerfile in facts.dockerfiles where !dockerfile.builtBases.isEmpty {
        for base in Set(dockerfile.builtBases.values.map(\.path)) { standing[base, default: []].append(dockerfile) }
      }
      return facts.dockerfiles.flatMap { of($0, standing[$0.path] ?? [], judgement) }
    }
  }

  private static func of(
    _ dockerfile: DockerfileFacts, _ others: [DockerfileFacts], _ judgement: Judgement
  ) -> [LayerCase] {
    struct Key: Hashable {
      let instruction: Int
      let kind: String
    }
    if dockerfile.isTemplateByName { return [] }
    let isTemplate = dockerfile.file.isTemplate
    let builder = judgement.policies.policy(for: dockerfile.path).builder?.value ?? .buildkit
    var cases: [LayerCase] = []
    var told: Set<Key> = []
    var cautions: [Int: String?] = [:]
    let needs = LaterNeeds(dockerfile, others: others)
    for product in dockerfile.products {
      var removals = LaterRemovals(dockerfile.effects, shippedBy: product.stage)
      let chain = Set(dockerfile.environments.graph.chain(of: product.stage))
      for run in dockerfile.effects.instructions where chain.contains(run.stage) {
        // What a template makes of such a text, nobody knows.
        if isTemplate, dockerfile.file.instructions[run.instruction].hasTemplateMark { continue }
        for (kind, writes) in grouped(run.writes) {
          let intents = judgement.intents(for: kind, in: product.profile, at: dockerfile.path)
          guard let stated = intents.ship, stated.value == .deny,
            told.insert(Key(instruction: run.instruction, kind: kind.id)).inserted
          else { continue }
          let caution =
            cautions[run.stage]
            ?? dockerfile.environments.cautions(in: dockerfile.file, stage: run.stage).first?.reason
          cautions[run.stage] = .some(caution)
          cases.append(
            LayerCase(
              dockerfile: dockerfile, product: product, run: run, kind: kind, writes: writes, grounds: stated.grounds,
              ways: intents.ways, builder: builder, isTemplate: isTemplate,
              outcome: outcome(of: writes, kind, run, &removals), caution: caution,
              need: needs.place(of: kind, after: run)))
        }
      }
    }
    return cases
  }

  private static func grouped(_ writes: [CacheWrite]) -> [(CacheKind, [CacheWrite])] {
    var order: [CacheKind] = []
    var members: [CacheKind: [CacheWrite]] = [:]
    for write in writes {
      if members[write.kind] == nil { order.append(write.kind) }
      members[write.kind, default: []].append(write)
    }
    return order.map { ($0, members[$0] ?? []) }
  }

  private static func outcome(
    of writes: [CacheWrite], _ kind: CacheKind, _ run: InstructionEffects, _ removals: inout LaterRemovals
  ) -> Outcome {
    let staying = writes.filter { $0.stays && $0.refused == nil }
    if let first = staying.first {
      // What takes the cache of another tool is not meant for this one.
      let mount = run.mounts.first { mount in
        isMeant(mount, for: first) && !run.writes.contains { mount.covers($0) }
      }
      if let mount { return .besideMount(mount) }
      if run.isTrigger { return .left }
      var last: (instruction: Int, command: Int)?
      for write in staying {
        guard let removal = removals.first(of: write, after: run.instruction) else { return .left }
        last = removal
      }
      return last.map { .removedLater(instruction: $0.instruction, command: $0.command) } ?? .left
    }
    for mount in run.mounts where mount.type == "cache" {
      if let cause = unusedCause(of: mount, writes, kind, run) { return .mountUnused(mount, cause) }
    }
    return .keptOut(writes.lazy.compactMap(\.keptOut).first ?? .outside)
  }

  /// Why nothing of what the RUN writes stays in a mount that is there for this kind; nil where something does.
  private static func unusedCause(
    of mount: MountPlace, _ writes: [CacheWrite], _ kind: CacheKind, _ run: InstructionEffects
  ) -> KeptOut? {
    let covered = writes.filter { mount.covers($0) && $0.refused == nil }
    guard let first = covered.first, isOwn(mount, first) else { return nil }
    var cause: KeptOut?
    for write in run.writes where mount.covers(write) && write.refused == nil {
      switch write.keptOut {
      case .flag, .variable, .setting, .removal: cause = cause ?? (write.kind == kind ? write.keptOut : nil)
      case .mount:
        guard let command = write.emptiedBy else { return nil }
        cause = cause ?? (write.kind == kind ? .removal(command: command) : nil)
      case .base: cause = cause ?? (write.kind == kind ? write.keptOut : nil)
      case .outside, nil: continue
      }
    }
    return cause
  }

  /// Whether a mount is there for the cache alone; one on a directory above it may be there for others.
  private static func isOwn(_ mount: MountPlace, _ write: CacheWrite) -> Bool {
    guard let target = mount.target, let place = write.place?.path else { return false }
    return target == place || isUsual(target, write.kind)
      || ["/.npm", "/.cargo"].contains { target.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  /// Whether the catalogue knows a path as one of the kind's.
  private static func isUsual(_ target: [UInt8], _ kind: CacheKind) -> Bool {
    let known =
      kind.mounts.map(\.target) + kind.image.root + [kind.layer?.mount ?? ""] + (kind.layer?.places.map(\.path) ?? [])
    return known.contains { $0.utf8.elementsEqual(target) }
  }

  /// Whether a cache mount lies where caches of this kind usually are, or in a directory of the same name.
  private static func isMeant(_ mount: MountPlace, for write: CacheWrite) -> Bool {
    guard mount.type == "cache", let target = mount.target, let place = write.place?.path, !mount.covers(write) else {
      return false
    }
    if isUsual(target, write.kind) { return true }
    let slash = UInt8(ascii: "/")
    let names = place.split(separator: slash)
    let others = target.split(separator: slash)
    guard let name = names.last, let other = others.last, name.elementsEqual(other) else { return false }
    if name.elementsEqual("cache".utf8) { return false }
    // A short name such as `pip` says little by itself.
    return name.count > 3 || names.dropLast().last.map { $0.elementsEqual(others.dropLast().last ?? []) } ?? false
  }

  // MARK: What findings say

  /// The tool, as the message names it.
  var tool: String {
    guard let first = (staying.first ?? writes.first)?.command else { return kind.tool }
    return run.commands[first].name
  }

  /// What the cache is, as the message names it.
  var noun: String {
    switch kind.group {
    case .download: "download cache"
    case .build: "build cache"
    case .metadata: kind.id == "deb.apt-lists" ? "package lists" : "package index"
    case .bytecode: "bytecode"
    case .models: "models"
    case .logs: "logs"
    case .test, .lint, .env, .editor, .osJunk, .generic: "cache"
    }
  }

  /// The verb that goes with the noun.
  var verb: String { noun.hasSuffix("s") ? "are" : "is" }

  /// Where the first command stands that writes it.
  var place: Place {
    let write = staying.first ?? writes[0]
    let command = run.commands[write.command]
    var range = command.nameRange ?? command.invocation.range ?? command.invocation.origin
    if let found = kind.subcommand(of: command), found.end > 0, found.end <= command.arguments.count,
      let word = command.arguments[found.end - 1].range
    {
      range = range.map { $0.joined(word) } ?? word
    }
    let instruction = dockerfile.file.instructions[run.instruction]
    return .file(
      dockerfile.path, range.map { run.place($0) } ?? instruction.text.physical(instruction.keywordRange))
  }

  /// The directory, as people read it.
  var shownPlace: String {
    (staying.first ?? writes.first)?.place.map { printable($0.path) } ?? "its cache"
  }

  /// Why the verdict is less than sure; nil where it is: one command that writes for sure is enough.
  var doubt: Doubt? {
    let doubts = staying.map(\.doubt)
    if doubts.contains(nil) { return nil }
    return doubts.first { $0 == .base } ?? doubts.first { $0 == .branch } ?? doubts.first ?? nil
  }

  var confidence: Confidence {
    if isTemplate { return .low }
    switch doubt {
    case nil: return staying.allSatisfy { $0.place?.isCertain ?? true } ? .high : .medium
    case .base?, .branch?: return .medium
    case .baseRemoval?, .variable?, .word?, .file?, .moved?, .script?, .removal?: return .low
    }
  }

  /// The severity of what stays: bytes that may not be there, and few bytes, are told mildly.
  var severity: Severity {
    if isTemplate || kind.layer?.isSmall ?? false { return .info }
    switch doubt {
    case nil, .base?: return .warning
    case .baseRemoval?, .branch?, .variable?, .word?, .file?, .moved?, .script?, .removal?: return .info
    }
  }

  var evidence: [Evidence] {
    var evidence = [
      Evidence("stage", dockerfile.environments.graph.stages[run.stage].title), Evidence("product", product.reason),
      Evidence("profile", product.profile), Evidence("stated_by", grounds.origin.description),
      Evidence("known_by", (kind.layer?.evidence ?? kind.evidence).rawValue),
    ]
    if let place = (staying.first ?? writes.first)?.place { evidence.append(Evidence("place", printable(place.path))) }
    return evidence
  }

  var notes: [String] {
    var notes: [String] = []
    if let doubt { notes.append("not sure: \(doubt.reason)") }
    if isTemplate { notes.append("not sure: the file is a template") }
    if run.isTrigger { notes.append("it runs in the images that are built from this one") }
    return notes
  }
}
