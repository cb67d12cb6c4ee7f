import Findings
import SourceText
import Testing

@testable import Reports

/// The line, and the mark as it stands below it.
private func marked(_ bytes: [UInt8], _ range: ByteRange) -> [String] {
  let snippet = SourceSnippet(range, in: SourceFile(bytes))
  let mark = String(repeating: " ", count: snippet.indent) + String(repeating: "^", count: snippet.length)
  return ["\(snippet.line) \(snippet.text)", "  " + mark]
}

private func marked(_ text: String, _ needle: String) -> [String] {
  let bytes = Array(text.utf8)
  let lower = bytes.firstRange(of: Array(needle.utf8))?.lowerBound ?? 0
  return marked(bytes, ByteRange(lower, lower + needle.utf8.count))
}

@Suite("Source with a mark")
struct SourceSnippetTests {
  @Test("the mark stands below the text it means, whatever the text is made of")
  func marks() {
    #expect(marked("a\n  && pip x\n", "pip") == ["2   && pip x", "       ^^^"])
    #expect(marked("\tpip\tx", "pip") == ["1     pip    x", "      ^^^"])
    #expect(marked("日本 pip", "pip") == ["1 日本 pip", "       ^^^"])
    #expect(marked("e\u{301}😀 日", "日") == ["1 e\u{301}😀 日", "      ^^"])
    #expect(marked("\u{1B}[0mpip", "pip") == [#"1 \x1b[0mpip"#, "         ^^^"])
    #expect(marked("\u{202E}pip", "pip") == [#"1 \u{202e}pip"#, "          ^^^"])
    #expect(marked([0xFF, 0x61], ByteRange(1, 2)) == [#"1 \xffa"#, "      ^"])
    #expect(marked(byteOrderMark + [0x61, 0x62], ByteRange(3, 4)) == ["1 ab", "  ^"])
  }

  @Test("of a range over several lines the first line is marked to its end")
  func severalLines() {
    #expect(marked("RUN a \\\r\n  b\r\nc", "a \\\r\n  b") == [#"1 RUN a \"#, "      ^^^"])
    #expect(marked("x\n\ny", "\n\ny") == ["1 x", "   ^"])
  }

  @Test("places at the end of a file, in an empty one, and past the end have a mark")
  func ends() {
    #expect(marked([], ByteRange(0, 0)) == ["1 ", "  ^"])
    #expect(marked(Array("ab\n".utf8), ByteRange(3, 3)) == ["2 ", "  ^"])
    #expect(marked(Array("ab".utf8), ByteRange(2, 2)) == ["1 ab", "    ^"])
    #expect(marked(Array("ab".utf8), ByteRange(70, 90)) == ["1 ab", "    ^"])
    #expect(SourceFile(Array("ab".utf8)).place(of: 70) == LineColumn(line: 1, column: 3))
    #expect(marked(byteOrderMark, ByteRange(0, 3)) == ["1 ", "  ^"])
  }

  @Test("of a long line the part round the mark is shown", arguments: [0, 10, 79, 81, 300, 5_000, 1_000_000])
  func long(before: Int) {
    for filler in ["a", "日", "\u{1B}"] {
      let bytes = Array(String(repeating: filler, count: before).utf8)
      let text = bytes + Array("MARK".utf8) + Array(String(repeating: filler, count: 1000).utf8)
      let snippet = SourceSnippet(ByteRange(bytes.count, bytes.count + 4), in: SourceFile(text))
      let shown = Array(snippet.text.unicodeScalars)
      let width = shown.reduce(0) { $0 + terminalWidth($1) }
      #expect(width <= SourceSnippet.width && snippet.length == 4)
      var column = 0
      let below = shown.filter { scalar in
        defer { column += terminalWidth(scalar) }
        return column >= snippet.indent && column < snippet.indent + 4
      }
      #expect(below == Array("MARK".unicodeScalars), "\(filler) \(before): \(snippet.text)")
    }
  }

  @Test("a mark that is longer than the line may be is cut")
  func longMark() {
    let text = [UInt8](repeating: 0x61, count: 100_000)
    let snippet = SourceSnippet(ByteRange(10, 90_000), in: SourceFile(text))
    #expect(snippet.indent == 10 && snippet.indent + snippet.length <= SourceSnippet.width)
    #expect(snippet.text.hasSuffix("…"))
  }
}
