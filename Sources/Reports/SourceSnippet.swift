public import SourceText

/// A line of a file with a mark below the part that matters, for people.
public struct SourceSnippet: Sendable {
  /// How many columns of a long line are shown.
  public static let width = 160
  private static let tabWidth = 4

  /// The number of the line, from 1.
  public let line: Int
  /// The text of the line, safe to print.
  public let text: String
  /// How many columns stand before the mark.
  public let indent: Int
  /// How many columns the mark takes, at least one.
  public let length: Int

  /// Creates the snippet of the first line of `range` in `source`.
  public init(_ range: ByteRange, in source: SourceFile) {
    let lower = min(max(range.lower, 0), source.bytes.count)
    line = source.lines.line(of: lower)
    let whole = source.lines.range(ofLine: line)
    let start = line == 1 && source.bytes.starts(with: byteOrderMark) ? byteOrderMark.count : whole.lower
    let visible = ByteRange(min(start, whole.upper), whole.upper)
    let markStart = min(max(lower, visible.lower), visible.upper)
    let markEnd = min(max(range.upper, markStart), visible.upper)
    let room = Self.width
    // Of a line of any length only what can be shown is looked at.
    let near = Self.window(before: markStart, in: source.bytes, notBefore: visible.lower)
    var before = Self.cells(source.bytes, ByteRange(near, markStart), limit: Self.windowSize)
    var marked = Self.cells(source.bytes, ByteRange(markStart, markEnd), limit: room + 1)
    var after = Self.cells(source.bytes, ByteRange(markEnd, visible.upper), limit: room + 1)
    if near > visible.lower || before.width > room / 2 { before = before.lastCells(room / 4) }
    marked = marked.firstCells(room - before.width)
    after = after.firstCells(room - before.width - marked.width)
    text = before.text + marked.text + after.text
    indent = before.width
    length = max(1, marked.width)
  }

  /// How many bytes before the mark are looked at, at most.
  private static let windowSize = 4 * width

  /// Where to begin so that the text before `offset` is short, and no character is cut.
  private static func window(before offset: Int, in bytes: [UInt8], notBefore lowest: Int) -> Int {
    var start = max(lowest, offset - windowSize)
    let furthest = min(start + 3, offset)
    while start > lowest, start < furthest, bytes[start] & 0xC0 == 0x80 { start += 1 }
    return start
  }

  /// Text with the columns that it takes on a terminal.
  private struct Cells {
    var parts: [(text: String, width: Int)] = []

    var text: String { parts.map(\.text).joined() }
    var width: Int { parts.reduce(0) { $0 + $1.width } }

    func firstCells(_ limit: Int) -> Cells {
      if width <= limit { return self }
      var result = Cells()
      var used = 1
      for part in parts {
        used += part.width
        if used > limit { break }
        result.parts.append(part)
      }
      if limit > 0 { result.parts.append(("…", 1)) }
      return result
    }

    /// The last columns, with a sign that something stands before them.
    func lastCells(_ limit: Int) -> Cells {
      var result = Cells()
      var used = 1
      for part in parts.reversed() {
        used += part.width
        if used > limit { break }
        result.parts.append(part)
      }
      result.parts.append(("…", 1))
      result.parts.reverse()
      return result
    }
  }

  private static func cells(_ bytes: [UInt8], _ range: ByteRange, limit: Int) -> Cells {
    var decoder = UTF8Decoder(bytes, in: range)
    var cells = Cells()
    var offset = range.lower
    while cells.parts.count < limit, let piece = decoder.next() {
      if piece == .scalar("\t") {
        cells.parts.append((String(repeating: " ", count: tabWidth), tabWidth))
      } else {
        let text = printable(bytes[offset..<decoder.offset])
        cells.parts.append((text, text.unicodeScalars.reduce(0) { $0 + terminalWidth($1) }))
      }
      offset = decoder.offset
    }
    return cells
  }
}

/// How many columns a terminal gives a character: East Asian wide ones and pictures take two,
/// combining marks none (Unicode Standard Annex 11; the ranges that matter in source files).
func terminalWidth(_ scalar: Unicode.Scalar) -> Int {
  if scalar.isASCII { return 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark: return 0
  default: break
  }
  if scalar.properties.isEmojiPresentation { return 2 }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}
