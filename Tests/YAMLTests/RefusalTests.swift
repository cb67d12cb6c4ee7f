import SourceText
import TestSupport
import Testing

@testable import YAML

@Suite("YAML: what is refused, in words that help")
struct RefusalTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let line: Int
    let column: Int
    let words: String
    let help: String
    var testDescription: String { text.debugDescription }
  }

  static let cases = [
    Case(text: "a:\n\tb: c\n", line: 2, column: 1, words: "a tab", help: "indent with spaces"),
    Case(text: "é: a: b: c\n", line: 1, column: 4, words: "holds a `: `", help: "put quotes round `a: b: c`"),
    Case(text: "a: b\n  c: d\n", line: 2, column: 3, words: "already has a value", help: "indentation"),
    Case(text: "é: 'open\nb: c\n", line: 1, column: 4, words: "never closed", help: ""),
    Case(text: "a: \"open\n", line: 1, column: 4, words: "never closed", help: ""),
    Case(text: "a: [**/b]\n", line: 1, column: 5, words: "begins with `*`", help: "quotes"),
    Case(text: "*: b\n", line: 1, column: 1, words: "begins with `*`", help: "quotes"),
    Case(text: "a: @b\n", line: 1, column: 4, words: "cannot begin with `@`", help: "quotes"),
    Case(text: "a: `b`\n", line: 1, column: 4, words: "cannot begin with ``", help: "quotes"),
    Case(text: "a: \"\\d\"\n", line: 1, column: 5, words: "escape is not known", help: "single quotes"),
    Case(text: "a: [b, c\nd: e\n", line: 2, column: 2, words: "a `,` or `]` is missing", help: ""),
    Case(text: "a: b\nc\nd: e\n", line: 2, column: 1, words: "neither `key: value`", help: "missing"),
    Case(text: "a: b\n c: d\n", line: 2, column: 2, words: "already has a value", help: "indentation"),
    Case(text: "a:\n  b: c\n d: e\n", line: 3, column: 2, words: "does not belong", help: "indentation"),
    Case(text: "a: - b\n", line: 1, column: 4, words: "a list cannot begin here", help: "line of its own"),
    Case(text: "a: 'b' c\n", line: 1, column: 8, words: "does not belong", help: "quotes"),
    Case(text: "%YAML 1.3\n---\na: b\n", line: 1, column: 1, words: "version of YAML", help: "%YAML"),
  ]

  @Test("libyaml's refusals say what to change, and where", arguments: cases)
  func translated(given: Case) throws {
    let bytes = Array(given.text.utf8)
    let error = try #require(Document(bytes).errors.first)
    let place = LineTable(bytes).place(of: error.range.lower)
    #expect(place == LineColumn(line: given.line, column: given.column), "\(error)")
    #expect(error.description.contains(given.words), "\(error)")
    #expect((error.help ?? "").contains(given.help), "\(error.help ?? "")")
  }

  @Test("bytes that are no text are named by their offset", arguments: [[UInt8](), byteOrderMark])
  func unreadable(prefix: [UInt8]) {
    let wrong = prefix + Array("é: x\nb: ".utf8) + [0xFF, 0x0A]
    #expect(Document(wrong).errors.map(\.reason) == [.encoding(offset: prefix.count + 9)])
    let control = prefix + Array("a: é".utf8) + [0x01, 0x0A]
    #expect(Document(control).errors.map(\.reason) == [.controlCharacter(offset: prefix.count + 5)])
    #expect(Document([0xFF, 0xFE, 0x61, 0]).errors.map(\.reason) == [.encoding(offset: 0)])
  }

  @Test("nesting ends at its limit, however deep the text is", arguments: ["[", "{", "- ", "[{a: ", "? "])
  func deep(opening: String) throws {
    let bytes = [UInt8](String(repeating: opening, count: 200_000).utf8)
    let clock = ContinuousClock()
    var document: Document?
    let time = clock.measure { document = Document(bytes, limits: Limits(size: 1 << 21)) }
    let errors = try #require(document).errors
    #expect(errors.map(\.reason) == [.tooDeep(limit: 64)])
    #expect(time < .milliseconds(900))
  }

  @Test("64 levels are read, 65 are not")
  func nesting() {
    func nested(_ count: Int) -> [UInt8] {
      Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
    }
    #expect(Document(nested(64)).errors.isEmpty)
    #expect(Document(nested(65)).errors.map(\.reason) == [.tooDeep(limit: 64)])
  }

  @Test("size and count end at their limits")
  func counts() {
    #expect(
      Document([UInt8](repeating: 0x20, count: (1 << 20) + 1)).errors.map(\.reason) == [.tooLarge(limit: 1 << 20)])
    let many = Array(String(repeating: "- a\n", count: 100_001).utf8)
    #expect(Document(many).errors.map(\.reason) == [.tooManyNodes(limit: 100_000)])
    let twice = Array(String(repeating: "a: b\n", count: 40_000).utf8)
    #expect(Document(twice).errors.count == 100)
  }

  @Test("an alias bomb is read without being expanded")
  func bomb() {
    var text = "a0: &a0 [x]\n"
    for level in 1..<30 {
      text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]\n"
    }
    #expect(Document(Array(text.utf8), strictness: .full).errors.isEmpty)
    #expect(Document(Array(text.utf8)).errors.count == 100)
  }

  @Test("no bytes make the reader stop the program")
  func noise() {
    var generator = SeededGenerator(seed: 7)
    let alphabet = Array("ab:-[]{},&*!|>'\"%@`#?\n\n  \t\\é日\u{FEFF}".utf8)
    for _ in 0..<3_000 {
      let bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      let document = Document(bytes, strictness: Bool.random(using: &generator) ? .plain : .full)
      for error in document.errors { #expect(error.range.upper <= bytes.count) }
    }
  }
}
