/// What `--from` names.
public enum StageReference: Hashable, Sendable {
  /// A stage of the file, by its number.
  case stage(Int)
  /// An image, or a context that the build is given, by its name.
  case image(String)
  /// Nothing that Docker takes: a variable, or the number of no stage.
  case unknown
}

/// Files that a stage takes from another stage or from an image.
public struct StageCopy: Hashable, Sendable {
  /// How it takes them.
  public enum Kind: Hashable, Sendable {
    /// With COPY: they are in the stage's layers.
    case copy
    /// With a mount: only one RUN sees them.
    case mount
  }

  /// The number of the stage that takes them.
  public let stage: Int
  /// The number of the instruction in the file; for what an ONBUILD does, that of the ONBUILD in the base.
  public let instruction: Int
  /// How it takes them.
  public let kind: Kind
  /// Where they are from.
  public let from: StageReference
  /// The absolute paths there, which may be patterns, without a slash at the end; nil for each that is not known.
  public let sources: [[UInt8]?]
  /// The absolute path in the stage without a slash at the end; nil where it is not known.
  public let destination: [UInt8]?
  /// Whether the destination is written as a directory; if not, it may be one or the file itself.
  public let isIntoDirectory: Bool
}

extension StageEnvironments {
  /// What ends up in the layers of a stage from elsewhere: the copies of the stages that its FROM leads to, and its own.
  public func copies(for stage: Int) -> [StageCopy] {
    let chain = Set(graph.chain(of: stage))
    return copies.filter { $0.kind == .copy && chain.contains($0.stage) }
  }
}

extension Environment {
  /// What an instruction at this place takes from elsewhere.
  mutating func copies(
    _ keyword: Keyword?, _ flags: [Flag], _ arguments: Arguments, _ instruction: Instruction, _ index: Int,
    _ escape: UInt8, _ graph: StageGraph, stage: Int
  ) -> [StageCopy] {
    switch keyword {
    case .copy:
      guard let from = flags.first(where: { $0.name.elementsEqual("from".utf8) })?.value, !from.isEmpty else {
        return []
      }
      let words: [ArraySlice<UInt8>]
      switch arguments {
      case .words(let ranges): words = ranges.map { instruction.text[$0] }
      case .json(let strings): words = strings.map { $0.text[...] }
      default: return []
      }
      guard words.count >= 2, let last = words.last else { return [] }
      let isHeredoc = { (word: ArraySlice<UInt8>) in !instruction.heredocs.isEmpty && word.starts(with: "<<".utf8) }
      let sources = words.dropLast().filter { !isHeredoc($0) }.map { word in
        expanded(word, escape).flatMap { absolute($0, in: []) }
      }
      let destination = expanded(last, escape)
      return [
        StageCopy(
          stage: stage, instruction: index, kind: .copy, from: graph.reference(from), sources: sources,
          destination: destination.flatMap { absolute($0) },
          isIntoDirectory: words.count > 2 || destination.map(Self.isDirectory) ?? false)
      ]
    case .run:
      return flags.compactMap { flag in
        flag.name.elementsEqual("mount".utf8) ? mount(flag, index, escape, graph, stage: stage) : nil
      }
    default: return []
    }
  }

  private mutating func mount(
    _ flag: Flag, _ index: Int, _ escape: UInt8, _ graph: StageGraph, stage: Int
  ) -> StageCopy? {
    let fields = Mount.fields(flag)
    func value(_ keys: String...) -> [UInt8]? { fields.last { keys.contains($0.key) }?.value }
    guard let from = value("from"), !from.isEmpty else { return nil }
    let kind = text((value("type") ?? []).map(lowercased))
    if ["secret", "ssh", "tmpfs"].contains(kind) { return nil }
    let source = value("source", "src") ?? []
    let target = value("target", "dst", "destination")
    return StageCopy(
      stage: stage, instruction: index, kind: .mount, from: graph.reference(from),
      sources: [expanded(source[...], escape).flatMap { absolute($0, in: []) }],
      destination: target.flatMap { expanded($0[...], escape) }.flatMap { absolute($0) }, isIntoDirectory: false)
  }

  /// Whether a destination is written as a directory, as BuildKit reads it.
  private static func isDirectory(_ path: [UInt8]) -> Bool {
    path.isEmpty || path.last == UInt8(ascii: "/") || path.elementsEqual(".".utf8)
  }
}
