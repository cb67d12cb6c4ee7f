/// Where a place is, as people and editors say it: line and column from 1.
public struct LineColumn: Hashable, Sendable {
  /// The line, from 1.
  public let line: Int
  /// The column, from 1, in the unit that was asked for.
  public let column: Int

  /// Creates a place from its line and column.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// What a column counts.
public enum ColumnUnit: Sendable {
  /// Unicode code points, for people; a byte that is not UTF-8 counts as one.
  case codePoints
  /// Bytes, as reviewdog wants them.
  case bytes
  /// UTF-16 code units, as editors want them.
  case utf16
}

/// Turns byte offsets of one text into lines and columns, and back into the text of a line.
///
/// Lines end at LF alone, as they do for git, BuildKit and libyaml's positions; a CR before it is
/// part of the line's end, not of its text. A byte-order mark at the very start has no column.
public struct LineTable: Sendable {
  private let bytes: [UInt8]
  private let starts: [Int]

  /// Creates the table of `bytes`; reads them once.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { starts.append(index + 1) }
    self.starts = starts
  }

  /// How many lines there are; a text that ends with LF has an empty last one.
  public var count: Int { starts.count }

  /// The line that holds `offset`, from 1.
  public func line(of offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// Line and column of `offset`.
  public func place(of offset: Int, in unit: ColumnUnit = .codePoints) -> LineColumn {
    let line = line(of: offset)
    var start = starts[line - 1]
    if line == 1, bytes.starts(with: byteOrderMark) { start = min(byteOrderMark.count, offset) }
    return LineColumn(line: line, column: 1 + width(ByteRange(start, max(start, offset)), in: unit))
  }

  /// The bytes of `line` (from 1), without its line end.
  public func range(ofLine line: Int) -> ByteRange {
    let start = starts[line - 1]
    var end = line < starts.count ? starts[line] - 1 : bytes.count
    if line < starts.count, end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return ByteRange(start, end)
  }

  /// The bytes of `line` (from 1) with its line end, as far as it has one.
  public func fullRange(ofLine line: Int) -> ByteRange {
    ByteRange(starts[line - 1], line < starts.count ? starts[line] : bytes.count)
  }

  /// How many columns the bytes of `range` take.
  public func width(_ range: ByteRange, in unit: ColumnUnit = .codePoints) -> Int {
    if unit == .bytes { return range.count }
    var decoder = UTF8Decoder(bytes, in: range)
    var width = 0
    while let piece = decoder.next() {
      if unit == .utf16, case .scalar(let scalar) = piece, scalar.value > 0xFFFF { width += 1 }
      width += 1
    }
    return width
  }
}

/// The three bytes that some editors put before UTF-8 text.
public let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
