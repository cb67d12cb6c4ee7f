import SourceText
import TestSupport
import Testing

@Suite("Lines and columns")
struct LineTableTests {
  @Test("columns count code points, bytes or UTF-16 units")
  func columns() {
    let bytes = Array("a\né日𝄞x\r\nlast".utf8)
    let table = LineTable(bytes)
    let offset = 2 + 2 + 3 + 4
    #expect(table.place(of: offset) == LineColumn(line: 2, column: 4))
    #expect(table.place(of: offset, in: .bytes) == LineColumn(line: 2, column: 10))
    #expect(table.place(of: offset, in: .utf16) == LineColumn(line: 2, column: 5))
    #expect(table.range(ofLine: 2) == ByteRange(2, 12))
    #expect(table.fullRange(ofLine: 2) == ByteRange(2, 14))
    #expect(table.place(of: bytes.count) == LineColumn(line: 3, column: 5))
  }

  @Test("a byte that is no UTF-8 is one column, a byte-order mark none")
  func oddBytes() {
    #expect(LineTable([0xFF, 0xC3, 0x78]).place(of: 2).column == 3)
    #expect(LineTable(byteOrderMark + [0x78]).place(of: 3).column == 1)
  }
}

@Suite("Edits")
struct EditTests {
  @Test("edits apply from the end, whatever their order")
  func apply() throws {
    let edits = [Edit(ByteRange(4, 5), "X"), Edit(ByteRange(at: 0), "<"), Edit(ByteRange(at: 6), ">")]
    #expect(try applying(edits, to: Array("abcdef".utf8)) == Array("<abcdXf>".utf8))
  }

  @Test("overlapping edits and two insertions at one place conflict")
  func conflicts() {
    #expect(throws: EditConflict.self) {
      try applying([Edit(ByteRange(0, 2), "x"), Edit(ByteRange(1, 3), "y")], to: [1, 2, 3])
    }
    #expect(throws: EditConflict.self) {
      try applying([Edit(ByteRange(at: 1), "x"), Edit(ByteRange(at: 1), "y")], to: [1, 2, 3])
    }
  }
}

@Suite("Unified diffs")
struct UnifiedDiffTests {
  @Test("git apply turns the old text into the new one", arguments: 0..<60)
  func applies(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let directory = try TemporaryDirectory()
    let ends = ["\n", "\r\n"]
    func text() -> [UInt8] {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        bytes += Array(
          ("line \(Int.random(in: 0...6, using: &random))" + (ends.randomElement(using: &random) ?? "")).utf8)
      }
      return Bool.random(using: &random) ? bytes : bytes + Array("no end".utf8)
    }
    let old = text()
    let new = text()
    let name = ["file", "with blank.txt", "q\"uote", "ümlaut"][Int(seed % 4)]
    try directory.write(old, to: name)
    let patch = UnifiedDiff(path: Path(name.utf8), old: old, new: new).bytes
    #expect(patch.isEmpty == (old == new))
    if patch.isEmpty { return }
    let result = try run(["git", "apply", "--unidiff-zero", "-p1", "-"], in: directory.path, input: patch)
    #expect(result.status == 0, "\(String(decoding: result.errors + patch, as: UTF8.self))")
    // Git removes a file that a patch empties only when the patch says so.
    #expect(try directory.read(name) == new)
  }

  @Test("a file that did not exist is made")
  func creates() throws {
    let directory = try TemporaryDirectory()
    let patch = UnifiedDiff(path: "sub/.gitignore", old: nil, new: Array("a\nb".utf8)).bytes
    #expect(try run(["git", "apply", "-"], in: directory.path, input: patch).status == 0)
    #expect(try directory.read("sub/.gitignore") == Array("a\nb".utf8))
  }
}

@Suite("Text for people")
struct PrintableTests {
  @Test("what a terminal would obey is made visible")
  func escapes() {
    #expect(printable(Array("a\u{1B}[31m\n\u{202E}é".utf8) + [0xFF]) == "a\\x1b[31m\\x0a\\u{202e}é\\xff")
  }

  @Test("paths are quoted as git quotes them")
  func quoting() {
    #expect(String(decoding: quoted(Array("tab\té\"".utf8)), as: UTF8.self) == #""tab\t\303\251\"""#)
    #expect(quoted(Array("a b".utf8)) == Array("a b".utf8))
  }
}
