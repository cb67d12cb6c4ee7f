/// Where the data of a sparse file stand in it.
///
/// How much of the archive belongs to the file is told by its header alone, so a map that is wrong is no reason to stop.
struct SparseMap {
  /// Data between two holes.
  struct Part {
    let offset: Int
    let count: Int
  }

  /// The parts in their order, as long as none is odd.
  private(set) var parts: [Part] = []
  /// How many parts there are, odd ones among them.
  private(set) var partCount = 0
  /// How many bytes of data they have.
  private var bytes = 0
  /// Where the last part ends.
  private var end = 0
  /// Whether a part is impossible, of a negative size, before the end of another or beyond what can be counted; or
  /// whether what should be a number is none.
  private(set) var isOdd = false

  /// Notes that something of the map could not be read.
  mutating func doubt() {
    isOdd = true
    parts = []
  }

  /// Takes a part of the map.
  mutating func add(offset: Int, count: Int, limit: Int) throws(ArchiveError) {
    partCount += 1
    guard partCount <= limit else { throw ArchiveError(.limit(.sparseParts(limit))) }
    let (newEnd, isTooFar) = offset.addingReportingOverflow(count)
    let (newBytes, isTooMuch) = bytes.addingReportingOverflow(count)
    guard offset >= end, count >= 0, !isTooFar, !isTooMuch else {
      return doubt()
    }
    end = newEnd
    bytes = newBytes
    // A part of no data says where the file ends, which its size says, too.
    if !isOdd, count > 0 { parts.append(Part(offset: offset, count: count)) }
  }

  /// Whether the map fits the file's size and the data that the archive holds.
  func fits(size: Int, dataSize: Int) -> Bool {
    !isOdd && bytes == dataSize && end <= size
  }
}

/// Reads the map that stands before the data in GNU's sparse form 1.0: decimal numbers, each on a line.
///
/// First comes how many parts there are, then the offset and the length of each; blocks are filled up with NUL.
struct SparseMapReader {
  private(set) var map = SparseMap()
  private var expected: Int?
  private var offset: Int?
  private var number = 0
  private var hasDigits = false
  /// How many blocks the map has taken.
  private(set) var blocks = 0

  /// Takes a block, and tells whether the map is complete, or cannot be read further.
  mutating func take(_ block: Span<UInt8>, limit: Int) throws(ArchiveError) -> Bool {
    blocks += 1
    for index in block.indices {
      let byte = block[index]
      if byte == UInt8(ascii: "\n") {
        guard hasDigits else { return giveUp() }
        if try finishNumber(limit: limit) { return true }
      } else {
        guard (0x30...0x39).contains(byte) else { return giveUp() }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
        let (sum, isTooLargeNow) = product.addingReportingOverflow(Int(byte - 0x30))
        number = isTooLarge || isTooLargeNow ? .max : sum
        hasDigits = true
      }
    }
    return false
  }

  /// Notes that the map does not go on as one does.
  private mutating func giveUp() -> Bool {
    map.doubt()
    return true
  }

  private mutating func finishNumber(limit: Int) throws(ArchiveError) -> Bool {
    let value = number
    number = 0
    hasDigits = false
    guard let expected else {
      guard value <= limit else { throw ArchiveError(.limit(.sparseParts(limit))) }
      self.expected = value
      return value == 0
    }
    guard let offset else {
      self.offset = value
      return false
    }
    try map.add(offset: offset, count: value, limit: limit)
    self.offset = nil
    return map.partCount == expected
  }
}
