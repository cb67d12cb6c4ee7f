/// How much of a hostile archive is read; an error names the limit that was reached.
public struct ArchiveLimits: Sendable, Hashable {
  /// Bytes of the uncompressed archive, headers and padding included.
  public var uncompressedSize = 1 << 40
  /// Bytes of all extended headers or of a long name that belong to one entry.
  public var recordSize = 1 << 20
  /// Bytes of a path or of a link's target.
  public var pathLength = 64 << 10
  /// Directories in a path.
  public var pathDepth = 4096
  /// Entries.
  public var entries = 20_000_000
  /// Parts of a sparse file.
  public var sparseParts = 1 << 20
  /// Bytes that zstd may look back; a power of two.
  public var zstdWindow = 1 << 27
  /// Bytes that the decoder of xz may take; what `xz -9` writes needs 65 MiB, and what `xz` writes by itself 9 MiB.
  public var xzMemory = 80 << 20
  /// How many times larger the uncompressed archive may be; nil is any number, since zeros are legitimate.
  public var ratio: Int?

  /// The limits that hold unless others are asked for.
  public init() {}

  /// The largest size that is believed of a sparse file, in bytes; a larger one is cut to it and noted.
  static let sparseFileSize = 1 << 50
  /// From this ratio on there is a note.
  static let notedRatio = 200
  /// A ratio is no reason for a note or an error below so many uncompressed bytes.
  static let ratioFloor = 16 << 20
  /// More notes than this are counted, not kept.
  static let notes = 100
}
