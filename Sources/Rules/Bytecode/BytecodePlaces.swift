internal import Bytecode
internal import Facts
internal import Findings
internal import Images
internal import SourceText

extension BytecodeGroup {
  /// How many paths a finding lists for programs; `facts` has them all.
  static let pathLimit = 100

  /// A finding about the group.
  ///
  /// - Parameters:
  ///   - rule: the rule that speaks.
  ///   - severity: how bad it is.
  ///   - message: what is wrong.
  ///   - facts: the target.
  ///   - related: what the further files have to do with it.
  ///   - confidence: how sure that is.
  ///   - cache: the kind of cache that the files are.
  ///   - notes: further lines.
  ///   - fix: what a person can do.
  /// - Returns: the finding, at the first file.
  func finding(
    _ rule: RuleID, _ severity: Severity, _ message: String, in facts: TargetFacts, related: String,
    confidence: Confidence = .high, cache: String = Self.cache, notes: [String] = [], fix: Fix
  ) -> Finding {
    var evidence = [Evidence("files", String(files.count)), Evidence("bytes", String(bytes))]
    if let verdict { evidence.append(Evidence("verdict", verdict.rawValue)) }
    if let tag = key.tag { evidence.append(Evidence("tag", tag.description)) }
    if let loaded = files[0].isLoaded { evidence.append(Evidence("loaded", loaded ? "true" : "false")) }
    evidence += files.prefix(Self.pathLimit).map { Evidence("path", $0.path.description) }
    return Finding(
      rule, severity, message, at: Self.place(of: files[0], in: facts), confidence: confidence, cache: cache,
      related: files.dropFirst()
        .prefix(Judgement.relatedLimit).map { RelatedPlace(Self.place(of: $0, in: facts), related) },
      evidence: evidence, notes: notes,
      subjects: files.map { Subject($0.path, aspect: verdict?.rawValue ?? "") }, fix: fix)
  }

  /// The cache kind that findings about bytecode speak of.
  static let cache = "python.bytecode"

  /// Where a file is: in an image with the layer and the step that brought it.
  static func place(of file: BytecodeFact, in facts: TargetFacts) -> Place {
    guard let image = facts.image else { return .file(file.path, nil) }
    return file.layer.map { image.place(file.path, in: $0) } ?? .entry(EntryPlace(file.path))
  }

  /// A step as a Dockerfile would have it.
  static func instruction(_ step: BuildStep) -> String {
    step.keyword.map { "\($0) \(step.text)" } ?? step.text
  }

  /// The layer as a person counts it, and the start of the step that made it.
  static func layer(_ number: Int, in facts: TargetFacts) -> String {
    let layers = facts.image?.layers ?? []
    guard layers.indices.contains(number), let step = layers[number].step else { return "layer \(number)" }
    let text = instruction(step)
    return "layer \(number) (`\(text.prefix(60))\(text.count > 60 ? "…" : "")`)"
  }

  /// Whether the files and all that makes them what they are came with the base image.
  func isOfBase(_ facts: TargetFacts) -> Bool {
    guard let image = facts.image, let layer = key.layer else { return false }
    return image.isBase(layer) && image.isBase(key.sourceLayer ?? layer)
  }
}
