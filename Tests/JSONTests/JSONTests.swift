import SourceText
import TestSupport
import Testing

@testable import JSON

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("Writing JSON")
struct JSONWriterTests {
  @Test("values are written compactly, or a member a line")
  func layouts() {
    let value: JSONValue = ["b": [1, -2, true, nil], "a": ["x": "y"], "empty": [:], "none": []]
    #expect(text(value.encoded()) == #"{"b":[1,-2,true,null],"a":{"x":"y"},"empty":{},"none":[]}"#)
    #expect(
      text(value.encoded(.indented)) == """
        {
          "b": [
            1,
            -2,
            true,
            null
          ],
          "a": {
            "x": "y"
          },
          "empty": {},
          "none": []
        }
        """)
  }

  @Test("what JSON demands and what a terminal would obey is escaped, nothing else")
  func escapes() {
    let value = JSONValue.string("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1B}\u{7F}\u{9B}é\u{2028}\u{202E}\u{E0041}😀")
    #expect(
      text(value.encoded())
        == #""\"\\/\b\f\n\r\t\u0000\u001b\u007f\u009bé\u2028\u202e\udb40\udc41😀""#)
  }

  @Test("bytes that are no UTF-8 are written in base 64")
  func bytes() {
    #expect(text(JSONValue.bytes(Array("aé".utf8)).encoded()) == "\"aé\"")
    #expect(text(JSONValue.bytes([0x61, 0xFF]).encoded()) == #"{"b64":"Yf8="}"#)
    #expect(text(JSONValue.bytes([0xED, 0xA0, 0x80]).encoded()) == #"{"b64":"7aCA"}"#)
  }
}

@Suite("Reading JSON")
struct JSONReaderTests {
  @Test("every value knows its bytes")
  func places() throws {
    let bytes = Array(#" {"é": [1, "x\n"], "b":null} "#.utf8)
    let node = try JSONReader().read(bytes)
    #expect(node.range == ByteRange(1, bytes.count - 1))
    let list = try #require(node["é"]?.array)
    #expect(list.map { text(Array(bytes[$0.range.indices])) } == ["1", #""x\n""#])
    #expect(list[0].integer == 1)
    #expect(list[1].string == "x\n")
    #expect(node["b"]?.isNull == true)
    #expect(node.members?.first.map { text(Array(bytes[$0.nameRange.indices])) } == "\"é\"")
  }

  @Test(
    "what is not JSON is refused at its place",
    arguments: [
      ("", JSONError.Reason.unfinished, 0), ("  ", .unfinished, 2), ("01", .number, 1), ("-", .unfinished, 1),
      ("1.", .unfinished, 2), ("1.x", .number, 2), ("[1,]", .expected("a value"), 3), ("[1", .unfinished, 2),
      ("{a:1}", .expected("a name in quotes"), 1), (#"{"a" 1}"#, .expected("`:`"), 5),
      (#"{"a":1,"a":2}"#, .duplicate(name: "a"), 7), (#""\x""#, .escape, 1), (#""\ud800""#, .loneSurrogate, 1),
      (#""\udc00\ud800""#, .loneSurrogate, 1), (#""\u12"#, .unfinished, 5), ("\"a\nb\"", .control, 2),
      ("nul", .unfinished, 3), ("nulx", .expected("null"), 3), ("1 2", .expected("the end of the text"), 2),
      ("\u{FEFF}1", .expected("a value"), 0), ("[[[[]]]]", .tooDeep(limit: 3), 3),
      ("\"123456789012345678901234567890\"", .tooLarge(limit: 30), 30),
    ])
  func refused(text: String, reason: JSONError.Reason, offset: Int) {
    #expect(throws: JSONError(reason: reason, offset: offset)) {
      try JSONReader(sizeLimit: 30, depthLimit: 3).read(Array(text.utf8))
    }
  }

  @Test("bytes that are no UTF-8 are refused")
  func encoding() {
    #expect(throws: JSONError(reason: .encoding, offset: 2)) {
      try JSONReader().read([0x22, 0x61, 0xFF, 0x22])
    }
  }

  @Test("long strings and many values are refused at their limits")
  func limits() throws {
    let reader = JSONReader(stringLimit: 3, valueLimit: 4)
    _ = try reader.read(Array(#"["abc","\n",{}]"#.utf8))
    #expect(throws: JSONError(reason: .stringTooLong(limit: 3), offset: 7)) {
      try reader.read(Array(#"[ "abcd"]"#.utf8))
    }
    #expect(throws: JSONError(reason: .stringTooLong(limit: 3), offset: 6)) {
      try reader.read(Array(#"{"abcd":1}"#.utf8))
    }
    #expect(throws: JSONError(reason: .tooMany(limit: 4), offset: 7)) { try reader.read(Array("[1,2,3,4]".utf8)) }
  }

  @Test("deep nesting ends at the limit, not at the end of the stack")
  func hostile() {
    let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: JSONError(reason: .tooDeep(limit: 128), offset: 128)) { try JSONReader().read(bytes) }
  }
}

@Suite("JSON against Python's")
struct JSONComparisonTests {
  /// Reads a list of texts in base 64; says for each whether it is JSON, and what it means.
  private static let judge = """
    import base64, json, sys
    def pairs(items):
        names = [name for name, _ in items]
        if len(names) != len(set(names)): raise ValueError("twice")
        return dict(items)
    def no(word): raise ValueError(word)
    for line in sys.stdin:
        try:
            value = json.loads(base64.b64decode(line).decode(), object_pairs_hook=pairs, parse_constant=no)
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            text.encode()
            print("yes " + base64.b64encode(text.encode()).decode())
        except (ValueError, RecursionError):
            print("no")
    """

  @Test("both accept the same texts and read the same values", arguments: 0..<4)
  func agrees(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let texts = (0..<400).map { _ in mutated(Self.value(depth: 3, &random).encoded(.compact), &random) }
    let directory = try TemporaryDirectory()
    let input = texts.map { base64($0) + "\n" }.joined()
    let result = try run(["python3", "-c", Self.judge], in: directory.path, input: Array(input.utf8))
    #expect(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
    let answers = result.text.split(separator: "\n").map(String.init)
    try #require(answers.count == texts.count)
    for (bytes, answer) in zip(texts, answers) {
      let node = try? JSONReader().read(bytes)
      let ours = node.map { "yes " + base64(Self.rewritten($0)) } ?? "no"
      // Numbers with a fraction or an exponent are spelled as Python likes; that both accept them is enough.
      let isPlain = !bytes.contains { "eE.".utf8.contains($0) }
      let agree = isPlain ? ours == answer : ours.prefix(2) == answer.prefix(2)
      #expect(agree, "\(text(bytes)): \(ours), \(answer)")
    }
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    guard Bool.random(using: &random), !bytes.isEmpty else { return bytes }
    var bytes = bytes
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.remove(at: place)
    case 1: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: place)
    case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
    default: bytes.insert(contentsOf: " \t\n\r".utf8, at: place)
    }
    return bytes
  }

  private static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int.random(in: -1000...1_000_000_000_000, using: &random))
    case 3, 4: return .string(word(&random))
    case 5, 6:
      return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth: depth - 1, &random) })
    default:
      return .object(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          JSONMember(word(&random), value(depth: depth - 1, &random))
        })
    }
  }

  private static func word(_ random: inout SeededGenerator) -> String {
    let scalars = Array("ab\"\\/\u{8}\n\t\u{0}\u{1F}é\u{7F}\u{2028}日😀\u{E0041}".unicodeScalars)
    var word = ""
    for _ in 0..<Int.random(in: 0..<5, using: &random) {
      word.unicodeScalars.append(scalars.randomElement(using: &random) ?? "x")
    }
    return word
  }

  /// The value as Python writes it: it leaves DEL and what follows ASCII as it is.
  private static func rewritten(_ node: JSONNode) -> [UInt8] {
    switch node.content {
    case .null: return Array("null".utf8)
    case .bool(let value): return Array((value ? "true" : "false").utf8)
    case .number(let literal): return Array((literal == "-0" ? "0" : literal).utf8)
    case .string(let text): return quoted(text)
    case .array(let elements):
      return [UInt8(ascii: "[")] + elements.map { rewritten($0) }.joined(separator: ",".utf8) + "]".utf8
    case .object(let members):
      let parts = members.map { quoted($0.name) + ":".utf8 + rewritten($0.value) }
      return [UInt8(ascii: "{")] + parts.joined(separator: ",".utf8) + "}".utf8
    }
  }

  private static func quoted(_ text: String) -> [UInt8] {
    var result = [UInt8(ascii: "\"")]
    for scalar in text.unicodeScalars {
      let isPlain = scalar.value >= 0x7F
      result += isPlain ? Array(String(scalar).utf8) : JSONValue.string(String(scalar)).encoded().dropFirst().dropLast()
    }
    return result + "\"".utf8
  }
}
