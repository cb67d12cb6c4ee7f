import SourceText
import Testing

@testable import YAML

@Suite("YAML: a tree in which every key and value knows its bytes")
struct DocumentTests {
  private func document(_ text: String, strictness: Strictness = .plain) -> Document {
    Document(Array(text.utf8), strictness: strictness)
  }

  private func slice(_ range: ByteRange, of text: String) -> String {
    String(decoding: Array(text.utf8)[range.indices], as: UTF8.self)
  }

  /// Every key and value as the bytes that its range covers.
  private func slices(_ node: Node, of text: String) -> [String] {
    switch node.content {
    case .scalar, .alias: [slice(node.range, of: text)]
    case .sequence(let nodes): nodes.flatMap { slices($0, of: text) }
    case .mapping(let entries):
      entries.flatMap { [slice($0.key.range, of: text)] + slices($0.value, of: text) }
    }
  }

  @Test(
    "ranges are bytes, whatever the characters before them",
    arguments: [
      "é日: x\n\"😀\": ['ä', \"\\u00e9\", 😀]\n", "\u{FEFF}é: x\n日本: {ü: ö, a: b}\n", "a: b\r\né: ü\r\nc: d\r\n",
      "# 日本語 \u{2028}# comment\nkey: välue # é\nlist:\n- é\n- ü\n",
    ])
  func ranges(text: String) throws {
    let document = document(text)
    #expect(document.errors.isEmpty)
    let found = slices(try #require(document.root), of: text)
    let expected: [String: [String]] = [
      "é日": ["é日", "x", "\"😀\"", "'ä'", "\"\\u00e9\"", "😀"],
      "é": ["é", "x", "日本", "ü", "ö", "a", "b"], "a": ["a", "b", "é", "ü", "c", "d"],
      "key": ["key", "välue", "list", "é", "ü"],
    ]
    #expect(found == expected[try #require(found.first)])
  }

  @Test("ranges hold after many characters of several bytes")
  func manyCharacters() throws {
    let text = (0..<500).map { "\(String(repeating: "é日😀", count: $0 % 7))k\($0): ü\($0)\n" }.joined()
    let root = try #require(document(text).root)
    for entry in try #require(root.entries) {
      #expect(slice(entry.key.range, of: text) == entry.name)
      #expect(slice(entry.value.range, of: text) == entry.value.text)
    }
  }

  @Test("collections reach from their first to their last byte")
  func collections() throws {
    let text = "a:\n  b: [1, 2]\n  c: {d: e}\n\n# end\nf:\n- g\n- h: i\n\n"
    let root = try #require(document(text).root)
    #expect(slice(root.range, of: text) == "a:\n  b: [1, 2]\n  c: {d: e}\n\n# end\nf:\n- g\n- h: i")
    #expect(slice(try #require(root["a"]).range, of: text) == "b: [1, 2]\n  c: {d: e}")
    #expect(slice(try #require(root["a"]?["b"]).range, of: text) == "[1, 2]")
    #expect(slice(try #require(root["f"]).range, of: text) == "- g\n- h: i")
  }

  @Test("values stay text, and say how they are written")
  func styles() throws {
    let root = try #require(document("a: no\nb: 1.10\nc: 'x'\nd: \"y\"\ne: |\n  l1\n   l2\nf: >\n  g\ng:\n").root)
    let scalars = try #require(root.entries).map { $0.value.scalar }
    #expect(
      scalars == [
        Scalar("no", .plain), Scalar("1.10", .plain), Scalar("x", .singleQuoted), Scalar("y", .doubleQuoted),
        Scalar("l1\n l2\n", .literal), Scalar("g\n", .folded), Scalar("", .plain),
      ])
    #expect(root["g"]?.scalar?.isMissing == true)
    #expect(root["c"]?.scalar?.isMissing == false)
  }

  @Test("an empty text has no root and no error", arguments: ["", "\u{FEFF}", "# only\n", "\n\n"])
  func empty(text: String) {
    #expect(document(text).root == nil)
    #expect(document(text).errors.isEmpty)
  }

  @Test("equal keys are errors that show both places, and all of them are reported")
  func duplicates() throws {
    let text = "a: 1\nb: {c: 1, 'c': 2}\na: 2\n"
    let errors = document(text).errors
    #expect(errors.map(\.reason) == [.duplicateKey("c"), .duplicateKey("a")])
    #expect(slice(errors[0].range, of: text) == "'c'")
    #expect(errors[1].range.lower == 23)
    #expect(errors[1].related == ByteRange(0, 1))
  }

  @Test("what only a full document may use is refused in a plain one")
  func plain() {
    let text = "a: &x 1\nb: *x\n<<: {c: d}\ne: !f g\nh: !!str i\n[j]: k\n"
    #expect(
      document(text).errors.map(\.reason) == [
        .anchor("x"), .alias("x"), .mergeKey, .tag("!f"), .keyIsNoText,
      ])
  }

  @Test("a full document keeps aliases as they are, and refuses undefined ones")
  func full() throws {
    let text = "a: &x [1]\nb: *x\n<<: *x\n<<: *x\nc: *nope\nd: !f g\n"
    let document = document(text, strictness: .full)
    #expect(document.errors.map(\.reason) == [.undefinedAlias("nope")])
    #expect(document.root?["b"]?.content == .alias("x"))
    #expect(document.root?["a"]?.anchor == "x")
    #expect(document.root?["d"]?.tag == "!f")
  }

  @Test("a second document is an error")
  func secondDocument() {
    #expect(document("a: 1\n---\nb: 2\n").errors.map(\.reason) == [.secondDocument])
  }
}
