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

  /// Creates the fact.
  public init(
    path: Path, layer: Int? = nil, bytes: Int, name: BytecodeName, source: Path?, judgement: BytecodeJudgement,
    isUnreadable: Bool? = nil
  ) {
    self.path = path
    self.layer = layer
    self.bytes = bytes
    self.name = name
    self.source = source
    self.judgement = judgement
    self.isUnreadable = isUnreadable
  }
}
