public import SourceText

/// The text of an instruction as Docker sees it, its continued lines joined, with the way back to the file.
public struct LogicalText: Sendable {
  /// A run of bytes that stand together in the file, too.
  private struct Segment {
    var logical: Int
    var physical: Int
  }

  /// The joined bytes.
  public private(set) var bytes: [UInt8] = []
  private var segments: [Segment] = []
  private var end: Int

  init(at offset: Int) {
    end = offset
  }

  mutating func append(_ file: [UInt8], _ range: ByteRange) {
    end = range.upper
    if range.isEmpty { return }
    segments.append(Segment(logical: bytes.count, physical: range.lower))
    bytes += file[range.indices]
  }

  /// Where the byte at a place of the joined text stands in the file.
  public func physical(_ offset: Int) -> Int {
    if offset >= bytes.count { return end }
    var low = 0
    var high = segments.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if segments[middle].logical <= offset { low = middle } else { high = middle }
    }
    return segments[low].physical + offset - segments[low].logical
  }

  /// The bytes of the file from the first to the last byte of a range of the joined text.
  ///
  /// It may hold continuations, comments and blank lines that the joined text has not.
  public func physical(_ range: ByteRange) -> ByteRange {
    if range.isEmpty {
      let offset = range.lower == 0 ? physical(0) : physical(range.lower - 1) + 1
      return ByteRange(at: offset)
    }
    return ByteRange(physical(range.lower), physical(range.upper - 1) + 1)
  }

  /// Whether the range stands in the file without a continuation in it.
  public func isContiguous(_ range: ByteRange) -> Bool {
    physical(range).count == range.count
  }

  /// The bytes of a range of the joined text.
  public subscript(range: ByteRange) -> ArraySlice<UInt8> {
    bytes[range.indices]
  }

  /// The text of a range alone, with its own places.
  func slice(_ range: ByteRange) -> LogicalText {
    var result = LogicalText(at: range.isEmpty ? physical(range).lower : physical(range.upper - 1) + 1)
    if range.isEmpty { return result }
    for (index, segment) in segments.enumerated() {
      let upper = index + 1 < segments.count ? segments[index + 1].logical : bytes.count
      let from = max(segment.logical, range.lower)
      let to = min(upper, range.upper)
      if from >= to { continue }
      result.segments.append(
        Segment(logical: from - range.lower, physical: segment.physical + from - segment.logical))
    }
    result.bytes = Array(bytes[range.indices])
    return result
  }
}
