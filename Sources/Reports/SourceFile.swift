public import SourceText

/// The bytes of a file with the table of its lines.
public struct SourceFile: Sendable {
  /// The bytes.
  public let bytes: [UInt8]
  /// Where its lines begin.
  public let lines: LineTable

  /// Creates the value from a file's bytes.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = LineTable(bytes)
  }

  /// Line and column of `offset`; a place past the end counts as the end.
  public func place(of offset: Int, in unit: ColumnUnit = .codePoints) -> LineColumn {
    lines.place(of: min(max(offset, 0), bytes.count), in: unit)
  }

  /// The whole lines that `range` touches.
  func linesOfText(_ range: ByteRange) -> ArraySlice<UInt8> {
    let lower = min(max(range.lower, 0), bytes.count)
    // A range that ends with a line end does not touch the line after it.
    let last = max(lower, min(range.upper, bytes.count) - (range.isEmpty ? 0 : 1))
    let start = lines.range(ofLine: lines.line(of: lower)).lower
    return bytes[start..<lines.range(ofLine: lines.line(of: last)).upper]
  }
}
