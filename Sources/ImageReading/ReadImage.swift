public import Bytecode
public import Facts
public import Images
internal import SourceText

/// An image, a lone layer or a root file system that has been read: its facts, and what judging its bytecode needs.
public struct ReadImage: Sendable {
  /// What was seen, for the rules.
  public let facts: ImageFacts
  /// What passed by of the bytecode in each layer, in order.
  public let bytecode: [LayerBytecode]
  /// The users of the image.
  public let users: UserTable
  /// As whom a container runs; nil for a user that the image does not know, and where there is no configuration.
  public let identity: UserTable.Identity?

  /// What was seen of a bytecode file; nil for what is none, or could not be read.
  ///
  /// - Parameter item: something in a view of ``ImageFacts/union``.
  /// - Returns: the header, and what is known of the code.
  public func scan(of item: LayerView.Item) -> LayerBytecode.Scan? {
    guard let entry = facts.union.merged.entry(of: item) else { return nil }
    return bytecode[entry.layer].scan(ofEntry: entry.entry)
  }

  /// What is known of a source: its size, its time as the archive has it, and the hashes that bytecode is compared
  /// with; nil for what is no file.
  ///
  /// - Parameter item: something in a view of ``ImageFacts/union``.
  /// - Returns: size, time and hashes.
  public func source(of item: LayerView.Item) -> SourceStatus? {
    let view = facts.union.merged
    guard let size = view.size(of: item), let metadata = view.metadata(of: item), let entry = view.entry(of: item)
    else { return nil }
    return SourceStatus(
      size: UInt64(max(0, size)),
      mtime: FileTime(seconds: metadata.seconds, nanoseconds: Int32(truncatingIfNeeded: metadata.nanoseconds)),
      hashes: bytecode[entry.layer].hashes(ofEntry: entry.entry))
  }
}

/// What reading a target gave.
public struct ReadingResult: Sendable {
  /// The images, in the order of the index; a lone layer or a root file system is one.
  public internal(set) var images: [ReadImage] = []
  /// What is worth knowing of the target as a whole, in words that are safe to print.
  public internal(set) var notes: [String] = []
  /// What could not be read; the rest has been.
  public internal(set) var errors: [ReadingError] = []

  /// Nothing yet.
  public init() {}
}
