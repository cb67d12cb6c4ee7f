/// Writes tar archives for tests, right ones and wrong ones.
public struct TarWriter: Sendable {
  /// The archive so far, without its end.
  public private(set) var bytes: [UInt8] = []

  /// Begins an empty archive.
  public init() {}

  /// What a header says; each field as it is stored.
  public struct Header: Sendable {
    /// The name, cut to 100 bytes.
    public var name: [UInt8]
    /// The type's letter.
    public var type: UInt8
    /// The permissions.
    public var mode = 0o644
    /// The number of the user.
    public var uid = 0
    /// The number of the group.
    public var gid = 0
    /// How many bytes of data the header claims.
    public var size = 0
    /// When it was changed last, in seconds since 1970.
    public var modified = 0
    /// The target of a link, cut to 100 bytes.
    public var link: [UInt8] = []
    /// Magic and version.
    public var magic = Array("ustar\u{0}00".utf8)
    /// Bytes put over the header before its checksum is computed: where, and which.
    public var patches: [(offset: Int, bytes: [UInt8])] = []

    /// Creates a header.
    public init(_ name: some Sequence<UInt8>, type: Character = "0", size: Int = 0) {
      self.name = Array(name)
      self.type = type.asciiValue ?? 0
      self.size = size
    }

    /// The block, with its checksum.
    public var block: [UInt8] {
      var block = [UInt8](repeating: 0, count: 512)
      func put(_ bytes: some Sequence<UInt8>, at offset: Int, limit: Int) {
        for (index, byte) in bytes.prefix(limit).enumerated() { block[offset + index] = byte }
      }
      put(name, at: 0, limit: 100)
      put(octal(mode, digits: 7), at: 100, limit: 8)
      put(octal(uid, digits: 7), at: 108, limit: 8)
      put(octal(gid, digits: 7), at: 116, limit: 8)
      put(octal(size, digits: 11), at: 124, limit: 12)
      put(octal(modified, digits: 11), at: 136, limit: 12)
      block[156] = type
      put(link, at: 157, limit: 100)
      put(magic, at: 257, limit: 8)
      for patch in patches { put(patch.bytes, at: patch.offset, limit: 512 - patch.offset) }
      put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148, limit: 8)
      put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + [0], at: 148, limit: 7)
      return block
    }

    private func octal(_ value: Int, digits: Int) -> [UInt8] {
      let text = Array(String(value, radix: 8).utf8)
      return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
    }
  }

  /// Adds a file, or an entry of another type.
  public mutating func add(
    _ name: String, type: Character = "0", content: [UInt8] = [], link: String = "", modified: Int = 0
  ) {
    var header = Header(name.utf8, type: type, size: content.count)
    header.link = Array(link.utf8)
    header.modified = modified
    add(header, content: content)
  }

  /// Adds a header as it is, and content filled up to whole blocks.
  public mutating func add(_ header: Header, content: [UInt8] = []) {
    bytes += header.block
    bytes += content
    bytes += [UInt8](repeating: 0, count: -content.count & 511)
  }

  /// Adds an extended header of pax.
  public mutating func addRecords(_ records: [(key: String, value: String)], isGlobal: Bool = false) {
    addRecords(records.flatMap { paxRecord($0.key, Array($0.value.utf8)) }, isGlobal: isGlobal)
  }

  /// Adds an extended header of pax whose records are given as they are stored.
  public mutating func addRecords(_ records: [UInt8], isGlobal: Bool = false) {
    add(Header("pax".utf8, type: isGlobal ? "g" : "x", size: records.count), content: records)
  }

  /// Adds bytes as they are.
  public mutating func addRaw(_ more: [UInt8]) {
    bytes += more
  }

  /// The archive with the two blocks of zeros that end it.
  public var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}

/// A record of a pax header, with the length that counts itself.
public func paxRecord(_ key: String, _ value: [UInt8]) -> [UInt8] {
  let rest = Array(" \(key)=".utf8) + value + Array("\n".utf8)
  var length = rest.count + 1
  while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
  return Array(String(length).utf8) + rest
}

/// The bytes as a member of gzip that is not compressed (RFC 1951, stored blocks).
public func gzipStored(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
  var start = 0
  repeat {
    let count = min(bytes.count - start, 0xFFFF)
    let isLast = start + count == bytes.count
    result += [isLast ? 1 : 0] + littleEndian(UInt16(count)) + littleEndian(~UInt16(count))
    result += bytes[start..<(start + count)]
    start += count
  } while start < bytes.count
  return result + littleEndian(crc32(bytes)) + littleEndian(UInt32(truncatingIfNeeded: bytes.count))
}

/// The bytes as a zstd frame that is not compressed (RFC 8878: raw blocks).
public func zstdStored(_ bytes: [UInt8]) -> [UInt8] {
  // One segment, and eight bytes for the size of the content.
  var result: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0] + littleEndian(UInt64(bytes.count))
  var start = 0
  repeat {
    let count = min(bytes.count - start, 100_000)
    let isLast: UInt32 = start + count == bytes.count ? 1 : 0
    result += littleEndian(UInt32(count) << 3 | isLast).prefix(3)
    result += bytes[start..<(start + count)]
    start += count
  } while start < bytes.count
  return result
}

/// The checksum of gzip, bit by bit.
public func crc32(_ bytes: [UInt8]) -> UInt32 {
  var state: UInt32 = ~0
  for byte in bytes {
    state ^= UInt32(byte)
    for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
  }
  return ~state
}

/// A number as bytes, the lowest first.
public func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
