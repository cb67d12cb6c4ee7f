/// What a reader has seen of a bytecode file and of what belongs to it.
public struct BytecodeFile: Hashable, Sendable {
  /// Its name.
  public var name: BytecodeName
  /// Its first bytes: 16, or all of a shorter file (`BytecodeScan.header`).
  public var header: [UInt8]
  /// What is known of the code behind the header (`BytecodeScan.finish()`); nil where nobody has looked.
  public var body: BytecodeBody?
  /// The source at `name.source`; nil where there is none, or a link that leads nowhere within the target.
  public var source: SourceStatus?
  /// What else stands for the same module.
  public var neighbours: ModuleNeighbours

  /// Creates what a reader has seen.
  public init(
    name: BytecodeName, header: [UInt8], body: BytecodeBody? = nil, source: SourceStatus?,
    neighbours: ModuleNeighbours = ModuleNeighbours()
  ) {
    self.name = name
    self.header = header
    self.body = body
    self.source = source
    self.neighbours = neighbours
  }

  /// The key of the hash that the header holds; nil where it holds none.
  public var hashKey: SourceHashKey? {
    guard let header = try? BytecodeHeader(header), case .hash = header.validation else { return nil }
    return SourceHashKey(header.magic)
  }
}

/// What is known of a source file; of a link, what is known of the file that it leads to.
public struct SourceStatus: Hashable, Sendable {
  /// How many bytes it has.
  public var size: UInt64
  /// When it was modified.
  public var mtime: FileTime
  /// The hashes of its content that were taken.
  public var hashes: [SourceHashKey: UInt64]

  /// Creates what is known of a source.
  public init(size: UInt64, mtime: FileTime, hashes: [SourceHashKey: UInt64] = [:]) {
    self.size = size
    self.mtime = mtime
    self.hashes = hashes
  }
}

/// What has to be looked at before a file can be judged.
public enum MissingEvidence: Error, Hashable, Sendable {
  /// The hash of the source with this key.
  case sourceHash(SourceHashKey)
  /// The code behind the header.
  case body
}

extension MissingEvidence: CustomStringConvertible {
  /// What is missing, in words.
  public var description: String {
    switch self {
    case .sourceHash: "the source has to be hashed before its bytecode can be judged"
    case .body: "the code behind the header has to be walked over before the file can be judged"
    }
  }
}
