/// One block of a tar archive, read as a header.
///
/// The fields are those of POSIX (pax, "ustar Interchange Format") and of GNU tar (manual, "Basic Tar Format").
enum TarBlock {
  /// How long a block is.
  static let size = 512
  static let name = 0..<100
  static let mode = 100..<108
  static let uid = 108..<116
  static let gid = 116..<124
  static let dataSize = 124..<136
  static let modified = 136..<148
  static let checksum = 148..<156
  static let typeFlag = 156
  static let link = 157..<257
  static let magic = 257..<265
  static let deviceMajor = 329..<337
  static let deviceMinor = 337..<345
  static let prefix = 345..<500
  /// The prefix of star, which keeps times behind it.
  static let starPrefix = 345..<476
  static let starMark = 508..<512
  /// The map of GNU's old form of sparse files: pairs of offset and length, 12 bytes each.
  static let sparseMap = 386..<482
  static let sparseIsContinued = 482
  static let sparseSize = 483..<495
  /// The map in a block that continues one.
  static let sparseContinuation = 0..<504
  static let sparseContinuationIsContinued = 504

  /// What a sum over a block tells.
  struct Sums {
    /// Whether every byte is zero.
    let isZero: Bool
    /// Whether the checksum matches, by bytes without sign as POSIX says, or with sign as old programs did.
    let checksumMatches: Bool
  }

  /// Sums a block up.
  static func sums(_ block: Span<UInt8>) -> Sums {
    // Two lanes of 16 bits for each byte pair hold the sum of 64 words without running over.
    let pairs: UInt64 = 0x00FF_00FF_00FF_00FF
    var sum: UInt64 = 0
    var highBits = 0
    var any: UInt64 = 0
    unsafe block.withUnsafeBytes { bytes in
      for index in stride(from: 0, to: bytes.count & ~7, by: 8) {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        sum &+= (word & pairs) &+ (word &>> 8 & pairs)
        highBits &+= (word & 0x8080_8080_8080_8080).nonzeroBitCount
        any |= word
      }
    }
    if any == 0 { return Sums(isZero: true, checksumMatches: false) }
    var total = 0
    for lane in 0..<4 { total += Int(sum >> UInt64(16 * lane) & 0xFFFF) }
    // The checksum's own field counts as blanks.
    for index in checksum {
      total += Int(UInt8(ascii: " ")) - Int(block[index])
      highBits -= block[index] >= 0x80 ? 1 : 0
    }
    let stored = number(block, checksum)
    return Sums(isZero: false, checksumMatches: stored == total || stored == total - 256 * highBits)
  }

  /// A number in octal digits, or in base 256 where the first bit is set; nil where it is neither or too large.
  static func number(_ block: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let first = block[range.lowerBound]
    if first & 0x80 != 0 { return binaryNumber(block, range) }
    var index = range.lowerBound
    while index < range.upperBound, block[index] == UInt8(ascii: " ") || block[index] == 0 { index += 1 }
    var value = 0
    while index < range.upperBound {
      let byte = block[index]
      if byte == 0 || byte == UInt8(ascii: " ") { break }
      guard (0x30...0x37).contains(byte) else { return nil }
      value = value << 3 | Int(byte & 7)
      index += 1
    }
    return value
  }

  /// A number of GNU's base 256: two's complement, the most significant byte first, behind the mark.
  private static func binaryNumber(_ block: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let first = block[range.lowerBound]
    let isNegative = first & 0x40 != 0
    var value = Int(first & 0x3F) - (isNegative ? 0x40 : 0)
    for index in (range.lowerBound + 1)..<range.upperBound {
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 256)
      guard !isTooLarge else { return nil }
      value = product + Int(block[index])
    }
    return value
  }

  /// Where a text ends that NUL ends, if the field is not full.
  static func textEnd(_ block: Span<UInt8>, _ range: Range<Int>) -> Int {
    var index = range.lowerBound
    while index < range.upperBound, block[index] != 0 { index += 1 }
    return index
  }

  /// Appends a text to bytes.
  static func append(_ block: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) {
    let text = block.extracting(range.lowerBound..<textEnd(block, range))
    bytes.reserveCapacity(bytes.count + text.count)
    for index in text.indices { bytes.append(text[index]) }
  }

  /// Appends the path: the name, and the prefix before it where the format has one.
  static func appendPath(_ block: Span<UInt8>, to bytes: inout [UInt8]) {
    if block[prefix.lowerBound] != 0, has(block, "ustar\0", at: magic.lowerBound) {
      append(block, has(block, "tar\0", at: starMark.lowerBound) ? starPrefix : prefix, to: &bytes)
      bytes.append(UInt8(ascii: "/"))
    }
    append(block, name, to: &bytes)
  }

  private static func has(_ block: Span<UInt8>, _ text: StaticString, at start: Int) -> Bool {
    for index in 0..<text.utf8CodeUnitCount {
      guard unsafe block[start + index] == text.utf8Start[index] else { return false }
    }
    return true
  }
}
