/// A half-open range of byte offsets into one source file.
public struct ByteRange: Hashable, Sendable {
  /// The offset of the first byte.
  public let lower: Int
  /// The offset just past the last byte.
  public let upper: Int

  /// Creates a range; `lower` must not exceed `upper`.
  public init(_ lower: Int, _ upper: Int) {
    precondition(lower <= upper, "a byte range cannot run backwards")
    self.lower = lower
    self.upper = upper
  }

  /// The empty range at `offset`: a place between two bytes.
  public init(at offset: Int) {
    self.init(offset, offset)
  }

  /// How many bytes the range covers.
  public var count: Int { upper - lower }

  /// Whether the range covers no byte.
  public var isEmpty: Bool { lower == upper }

  /// The same range as the standard library writes it.
  public var indices: Range<Int> { lower..<upper }

  /// Whether the two ranges share a byte.
  public func overlaps(_ other: ByteRange) -> Bool {
    lower < other.upper && other.lower < upper
  }

  /// The smallest range that covers both.
  public func joined(_ other: ByteRange) -> ByteRange {
    ByteRange(min(lower, other.lower), max(upper, other.upper))
  }
}

extension ByteRange: Comparable {
  /// Orders ranges by where they begin, then by where they end.
  public static func < (left: ByteRange, right: ByteRange) -> Bool {
    (left.lower, left.upper) < (right.lower, right.upper)
  }
}
