import Bytecode
import Caches
import Facts
import Findings
import JSON
import Policies
import Rules
import SourceText

@testable import Images

/// An entry of a layer as tests write it.
struct Entry: Sendable {
  var path: [UInt8]
  var type = LayerEntryType.file
  var size = 0
  var content: UInt64?
  var target = ""
  var head: [UInt8] = []
  var mode: UInt16 = 0o755

  static func file(_ path: String, _ size: Int, _ content: UInt64? = nil) -> Entry {
    Entry(path: Array(path.utf8), size: size, content: content)
  }

  static func script(_ path: String, _ text: String) -> Entry {
    Entry(path: Array(path.utf8), size: text.utf8.count, head: Array(text.utf8))
  }

  static func link(_ path: String, _ target: String) -> Entry {
    Entry(path: Array(path.utf8), type: .symbolicLink, target: target)
  }

  static func hardLink(_ path: String, _ target: String) -> Entry {
    Entry(path: Array(path.utf8), type: .hardLink, target: target)
  }
}

/// An image made of values, without an archive.
struct ImageSample {
  var kind = ImageFacts.Kind.image
  var layers: [[Entry]] = []
  /// What made each layer, as a builder writes it into the history; nil where the history tells nothing.
  var steps: [String?] = []
  /// All steps of the history, with those that made no layer; nil for an image without history.
  var history: [(step: String, isEmpty: Bool)]?
  var environment: [String] = []
  var homes: [Path] = []
  var entrypoint: [String]?
  var command: [String]?
  var workingDirectory = ""
  var base: Int?
  var isVerified = true
  var notes: [ImageNote] = []
  var tags: [String] = []
  /// How much smaller a layer is when it is compressed; nil where nothing was measured.
  var compression: Int?
  var changeLayer: (Int, inout LayerSample) -> Void = { _, _ in }

  struct LayerSample {
    var wrongMediaType: String?
    var compression: String? = "gzip"
    var notes: [String] = []
    var unread: LayerFacts.Unread?
    var unverified: [String] = []
    var user: StepUser?
  }

  func facts() throws -> TargetFacts {
    var union = LayerUnion()
    for entries in layers {
      var builder = LayerTable.Builder()
      for entry in entries {
        let hash = entry.content.map { ContentHash(high: $0, low: UInt64(entry.size)) }
        let content = EntryContent(
          size: entry.size, hash: hash, compressedBytes: compression.map { entry.size / $0 }, head: entry.head)
        try builder.add(
          entry.path.span, entry.type, content: content, target: Array(entry.target.utf8)[...],
          metadata: EntryMetadata(mode: entry.mode))
      }
      try union.apply(builder.finish())
    }
    var facts: [LayerFacts] = []
    for number in layers.indices {
      var sample = LayerSample()
      changeLayer(number, &sample)
      let step = steps.indices.contains(number) ? steps[number].map { BuildStep(createdBy: $0) } : nil
      facts.append(
        LayerFacts(
          digest: "sha256:blob\(number)", diffID: "sha256:diff\(number)", storedBytes: 100, archiveBytes: 1000,
          compression: sample.compression, wrongMediaType: sample.wrongMediaType, step: step, user: sample.user,
          notes: sample.notes, unverified: sample.unverified, unread: sample.unread))
    }
    var target = TargetFacts()
    let attribution = CacheAttribution(union, homes: homes, environment: environment)
    target.image = ImageFacts(
      kind: kind, image: kind == .image ? try image() : nil, layers: facts, union: union, caches: attribution,
      baseLayers: base, baseReason: base.map { _ in "its CMD" }, isVerified: isVerified)
    var paths: [Path] = []
    union.merged.walk { path, _ in
      paths.append(Path(path))
      return .enter
    }
    target.interpreters = Interpreters(paths: paths)
    return target
  }

  private func image() throws -> Image {
    func words(_ words: [String]?) -> JSONValue { words.map { .array($0.map { .string($0) }) } ?? .null }
    let document: JSONValue = [
      "os": "linux", "architecture": "amd64", "rootfs": ["type": "layers", "diff_ids": []],
      "config": [
        "Env": words(environment), "Entrypoint": words(entrypoint), "Cmd": words(command),
        "WorkingDir": .string(workingDirectory),
      ],
    ]
    let configuration = try ImageConfiguration(document.encoded(), name: .file("config.json"))
    return Image(
      document: .file("config.json"), tags: tags, platform: configuration.platform, configuration: configuration,
      layers: [],
      history: BuildHistory(
        (history ?? []).map {
          ImageConfiguration.HistoryEntry(createdBy: $0.step, comment: "", isEmptyLayer: $0.isEmpty)
        }, layerCount: history == nil ? 0 : layers.count), notes: notes, errors: [])
  }

  /// What the rules find under a policy, weighed by it.
  func findings(_ policy: String = "extends: builtin:recommended\n", only rules: String...) throws -> [Finding] {
    let facts = try facts()
    let policy = try loaded(policy)
    let judgement = Judgement(
      policies: PolicyTree([:], fallback: policy), judgesWorkTree: false, profiles: ProfileInputs(),
      isSelected: { rule in rules.isEmpty || rules.contains(rule.code) })
    var findings: [Finding] = []
    for rule in RuleRegister.all where rules.isEmpty || rules.contains(rule.description.id.code) {
      rule.check(facts, judgement) { verdict in
        var finding = verdict.finding
        let severity = policy.severity(
          of: finding.rule, default: finding.severity, grounds: verdict.grounds,
          cache: finding.cache.flatMap { Catalogue.kind($0) }, profile: verdict.profile ?? "?",
          path: finding.place.path)
        guard let severity else { return }
        finding.severity = severity
        findings.append(finding)
      }
    }
    return findings
  }

  /// The same, each as `CODE severity place: message`.
  func told(_ policy: String = "extends: builtin:recommended\n", only rules: String...) throws -> [String] {
    try findings(policy).filter { rules.isEmpty || rules.contains($0.rule.code) }.map(line)
  }
}

/// A finding in one line.
func line(_ finding: Finding) -> String {
  let place =
    switch finding.place {
    case .entry(let entry): "\(entry.path)@\(entry.layer.map(String.init) ?? "-")"
    case .configuration(let key): key
    case .file(let path, _): "\(path)"
    case .target: "target"
    }
  return "\(finding.rule.code) \(finding.severity.rawValue) \(place): \(finding.message)"
}

/// A policy, which may extend those that are built in.
func loaded(_ text: String) throws -> Policy {
  let load = load(text)
  guard let policy = load.policy else { throw PolicyUnavailable(load.problems.map(\.message).joined(separator: "\n")) }
  return policy
}

func load(_ text: String) -> PolicyLoad {
  let reader = PolicyReader(
    rules: RuleRegister.descriptions, caches: .catalogue, builtins: BuiltinPolicies.names
  ) { (reference, _) throws(PolicyUnavailable) in
    guard case .builtin(let name) = reference, let bytes = BuiltinPolicies.bytes(name) else {
      throw PolicyUnavailable("does not exist")
    }
    return PolicyText(name: "builtin:\(name)", bytes)
  }
  return reader.load(PolicyText(name: ".cachepolicy.yaml", Array(("version: 1\n" + text).utf8)))
}

let mebibyte = 1 << 20
