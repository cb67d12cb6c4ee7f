/// How a blob is compressed, told by its first bytes.
public enum Compression: Sendable, Hashable {
  /// Not at all, or in no way that is known.
  case none
  /// gzip (RFC 1952).
  case gzip
  /// Zstandard (RFC 8878).
  case zstd
  /// xz.
  case xz
  /// bzip2.
  case bzip2

  /// How many bytes must be seen to tell.
  static let markLength = 6
  /// What a stream of xz begins with.
  static let xzMark: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]

  /// The compression that the first bytes of a blob tell; a name or a media type may claim another.
  public init(ofBlobStartingWith bytes: some Sequence<UInt8>) {
    let start = Array(bytes.prefix(Self.markLength))
    self =
      if start.starts(with: [0x1F, 0x8B]) {
        .gzip
      } else if Self.isZstd(start) {
        .zstd
      } else if start.starts(with: Self.xzMark) {
        .xz
      } else if Self.isBzip2(start) {
        .bzip2
      } else {
        .none
      }
  }

  /// The compression of a blob, told by its first bytes.
  ///
  /// - Parameter source: the blob, of which a few bytes are read.
  /// - Throws: why they cannot be read.
  public init(of source: ArchiveSource) throws(ArchiveError) {
    var bytes = [UInt8](repeating: 0, count: min(Self.markLength, source.count))
    let (count, failure) = unsafe bytes.withUnsafeMutableBytes { buffer -> (Int, ArchiveError?) in
      do throws(ArchiveError) {
        return (try unsafe source.read(into: buffer, at: 0), nil)
      } catch {
        return (0, error)
      }
    }
    if let failure { throw failure }
    self.init(ofBlobStartingWith: bytes.prefix(count))
  }

  /// Whether a zstd frame begins so, or one that is to be skipped (RFC 8878, section 3.1).
  static func isZstd(_ bytes: some Sequence<UInt8>) -> Bool {
    let mark = Array(bytes.prefix(4))
    guard mark.count == 4 else { return false }
    return mark == [0x28, 0xB5, 0x2F, 0xFD] || mark[0] & 0xF0 == 0x50 && mark[1...] == [0x2A, 0x4D, 0x18]
  }

  /// Whether a stream of bzip2 begins so: its name and the size of its blocks.
  static func isBzip2(_ bytes: some Sequence<UInt8>) -> Bool {
    let mark = Array(bytes.prefix(4))
    return mark.count == 4 && mark.starts(with: "BZh".utf8) && (0x31...0x39).contains(mark[3])
  }

  /// The command that decompresses it.
  var command: String {
    switch self {
    case .none: "cat"
    case .gzip: "gzip -d"
    case .zstd: "zstd -d"
    case .xz: "xz -d"
    case .bzip2: "bzip2 -d"
    }
  }
}

extension Compression: CustomStringConvertible {
  /// The name of the format.
  public var description: String {
    switch self {
    case .none: "no"
    case .gzip: "gzip"
    case .zstd: "zstd"
    case .xz: "xz"
    case .bzip2: "bzip2"
    }
  }
}
