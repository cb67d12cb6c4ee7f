public import Bytecode
public import SourceText

/// A file of Python's bytecode, with what the interpreters of the target make of it.
public struct BytecodeFact: Sendable, Hashable {
  /// Where it is.
  public let path: Path
  /// The layer that ships it, from 0 for the lowest; nil outside of images.
  public let layer: Int?
  /// How many bytes it has.
  public let bytes: Int
  /// What its name says.
  public let name: BytecodeName
  /// The source that belongs to it; nil where there is none.
  public let source: Path?
  /// The state of the file, and what follows from it.
  public let judgement: BytecodeJudgement
  /// Whether the user that the image runs as may not read it; nil where that is not known.
  public let isUnreadable: Bool?
  /// Whether the index of a repository has it.
  public let isTracked: Bool

  /// Creates the fact.
  public init(
    path: Path, layer: Int? = nil, bytes: Int, name: BytecodeName, source: Path?, judgement: BytecodeJudgement,
    isUnreadable: Bool? = nil, isTracked: Bool = false
  ) {
    self.path = path
    self.layer = layer
    self.bytes = bytes
    self.name = name
    self.source = source
    self.judgement = judgement
    self.isUnreadable = isUnreadable
    self.isTracked = isTracked
  }

  /// Whether an interpreter of the target executes its code, where its user may read it; nil where no interpreter is
  /// known.
  public var isLoaded: Bool? { judgement.isLoaded.map { $0 && isUnreadable != true } }
}
