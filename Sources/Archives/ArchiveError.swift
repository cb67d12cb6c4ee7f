public import Files

/// Why an archive could not be read, and where.
public struct ArchiveError: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Reason: Hashable, Sendable {
    /// The file could not be read.
    case unreadable(FileError)
    /// The file has become shorter since it was opened.
    case shrunk
    /// The places of a compressed archive's parts are no places in its file.
    case compressedIndex(Compression)
    /// The blob ends within a compressed stream, or within its header or trailer.
    case truncatedStream(Compression)
    /// The header of a gzip member is damaged: which field.
    case gzipHeader(GzipField)
    /// The deflate stream is damaged.
    case deflate(DeflateFault)
    /// The checksum of a gzip member does not match what it holds.
    case gzipChecksum
    /// The length of a gzip member does not match what it holds.
    case gzipLength
    /// What libzstd said.
    case zstd(String)
    /// A zstd frame needs a dictionary, which no image brings along.
    case zstdDictionary
    /// What is wrong in an xz stream, in words.
    case xz(String)
    /// What is wrong in a bzip2 stream, in words.
    case bzip2(String)
    /// The first block is no header of a tar archive.
    case notTar
    /// The checksum of a header does not match.
    case headerChecksum
    /// A block of zeros stands alone between others.
    case loneZeroBlock
    /// A number in a header is none, or is negative: which field.
    case number(TarField)
    /// The records of an extended header are malformed.
    case records
    /// An extended header or a long name with no entry behind it.
    case headerWithoutEntry
    /// The archive ends within an entry.
    case truncatedTar
    /// A limit was reached.
    case limit(Limit)
  }

  /// A limit of ``ArchiveLimits``, with its value.
  public enum Limit: Hashable, Sendable {
    /// ``ArchiveLimits/uncompressedSize``
    case uncompressedSize(Int)
    /// ``ArchiveLimits/recordSize``
    case recordSize(Int)
    /// ``ArchiveLimits/pathLength``
    case pathLength(Int)
    /// ``ArchiveLimits/pathDepth``
    case pathDepth(Int)
    /// ``ArchiveLimits/entries``
    case entries(Int)
    /// ``ArchiveLimits/sparseParts``
    case sparseParts(Int)
    /// ``ArchiveLimits/zstdWindow``
    case zstdWindow(Int)
    /// ``ArchiveLimits/xzMemory``
    case xzMemory(Int)
    /// ``ArchiveLimits/ratio``
    case ratio(Int)
  }

  /// A field of a gzip header.
  public enum GzipField: Hashable, Sendable {
    /// The compression method.
    case method
    /// The flags.
    case flags
    /// The header's own checksum.
    case checksum
  }

  /// What is wrong in a deflate stream (RFC 1951).
  public enum DeflateFault: Hashable, Sendable {
    /// A block has a type that does not exist.
    case blockType
    /// The length of a stored block and its complement differ.
    case storedLength
    /// The lengths of the codes make no code.
    case code
    /// Bits that stand for no symbol.
    case symbol
    /// A match begins before the output does.
    case distance
  }

  /// A field of a tar header.
  public enum TarField: String, Hashable, Sendable {
    /// How many bytes follow.
    case size
    /// The permissions.
    case mode
    /// The number of the user.
    case uid
    /// The number of the group.
    case gid
    /// When the file was changed last.
    case mtime
    /// The number of a device.
    case device
  }

  /// What went wrong.
  public let reason: Reason
  /// The byte of the blob at which it went wrong, or the last one that was looked at.
  public var compressedOffset: Int?
  /// The byte of the uncompressed archive at which it went wrong.
  public var uncompressedOffset: Int?

  /// Creates an error.
  public init(_ reason: Reason, compressed: Int? = nil, uncompressed: Int? = nil) {
    self.reason = reason
    compressedOffset = compressed
    uncompressedOffset = uncompressed
  }
}

extension ArchiveError: CustomStringConvertible {
  /// What went wrong and where, safe to print.
  public var description: String {
    let places = [
      compressedOffset.map { "byte \($0)" }, uncompressedOffset.map { "byte \($0) of the uncompressed archive" },
    ].compactMap(\.self)
    return places.isEmpty ? explanation : "\(explanation), at \(places.joined(separator: ", "))"
  }

  /// What went wrong and what to do, without the place.
  public var explanation: String {
    switch reason {
    case .unreadable(let error): error.explanation
    case .shrunk: "the file has become shorter since it was opened; read it again when nothing writes it"
    case .compressedIndex(let compression):
      "a \(compression) archive cannot be read by places; decompress it first, as with \(compression.command)"
    case .truncatedStream(let compression): "truncated: the \(compression) stream does not end"
    case .gzipHeader(.method): "damaged gzip header: unknown compression method"
    case .gzipHeader(.flags): "damaged gzip header: unknown flags"
    case .gzipHeader(.checksum): "damaged gzip header: its checksum does not match"
    case .deflate(.blockType): "damaged gzip stream: unknown type of block"
    case .deflate(.storedLength): "damaged gzip stream: the length of a stored block contradicts itself"
    case .deflate(.code): "damaged gzip stream: the lengths of the codes make no code"
    case .deflate(.symbol): "damaged gzip stream: bits that stand for nothing"
    case .deflate(.distance): "damaged gzip stream: a match that begins before the output"
    case .gzipChecksum: "damaged gzip stream: its checksum (CRC-32) does not match what it holds"
    case .gzipLength: "damaged gzip stream: its length does not match what it holds"
    case .zstd(let text): "damaged zstd stream: \(text)"
    case .xz(let text): "damaged xz stream: \(text)"
    case .bzip2(let text): "damaged bzip2 stream: \(text)"
    case .zstdDictionary: "the zstd stream needs a dictionary, which is not there; compress it without one"
    case .notTar: "not a tar archive"
    case .headerChecksum: "damaged tar header: its checksum does not match"
    case .loneZeroBlock: "damaged tar archive: a block of zeros stands alone"
    case .number(let field): "damaged tar header: \(field.rawValue) is no valid number"
    case .records: "damaged tar archive: malformed extended header (pax)"
    case .headerWithoutEntry: "damaged tar archive: an extended header without an entry"
    case .truncatedTar: "truncated: the tar archive ends within an entry"
    case .limit(let limit): limit.explanation
    }
  }
}

extension ArchiveError.Limit {
  fileprivate var explanation: String {
    switch self {
    case .uncompressedSize(let limit): "the uncompressed archive is larger than \(limit) bytes, the limit"
    case .recordSize(let limit): "an extended header or long name is larger than \(limit) bytes, the limit"
    case .pathLength(let limit): "a path is longer than \(limit) bytes, the limit"
    case .pathDepth(let limit): "a path leads more than \(limit) directories deep, the limit"
    case .entries(let limit): "the archive holds more than \(limit) entries, the limit"
    case .sparseParts(let limit): "a sparse file has more than \(limit) parts, the limit"
    case .zstdWindow(let limit): "the zstd stream needs a window of more than \(limit) bytes, the limit"
    case .xzMemory(let limit): "the xz stream needs more than \(limit) bytes of memory, the limit"
    case .ratio(let limit): "the uncompressed archive is more than \(limit) times larger, the limit"
    }
  }
}
