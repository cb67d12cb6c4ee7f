internal import SourceText

/// How the bytes of a JSON text are laid out.
public enum JSONLayout: Sendable {
  /// Everything on one line, without blanks.
  case compact
  /// A line a member, indented by two blanks a level.
  case indented
}

extension JSONValue {
  /// The value as JSON text in UTF-8, without a line end.
  public func encoded(_ layout: JSONLayout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    writer.write(self)
    return writer.output
  }
}

/// Appends values to a text.
private struct JSONWriter {
  let layout: JSONLayout
  var output: [UInt8] = []
  private var level = 0

  init(layout: JSONLayout) {
    self.layout = layout
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): append(String(value))
    case .string(let text): writeString(Array(text.utf8))
    case .bytes(let bytes): writeBytes(bytes)
    case .array(let elements):
      writeList("[", elements, "]") { writer, element in writer.write(element) }
    case .object(let members):
      writeList("{", members, "}") { writer, member in
        writer.writeString(Array(member.name.utf8))
        writer.append(writer.layout == .compact ? ":" : ": ")
        writer.write(member.value)
      }
    }
  }

  private mutating func writeList<Element>(
    _ opening: Unicode.Scalar, _ elements: [Element], _ closing: Unicode.Scalar,
    _ body: (inout JSONWriter, Element) -> Void
  ) {
    output.append(UInt8(ascii: opening))
    level += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      breakLine()
      body(&self, element)
    }
    level -= 1
    if !elements.isEmpty { breakLine() }
    output.append(UInt8(ascii: closing))
  }

  private mutating func breakLine() {
    guard layout == .indented else { return }
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
  }

  private mutating func append(_ text: String) {
    output.append(contentsOf: text.utf8)
  }

  private mutating func writeBytes(_ bytes: [UInt8]) {
    if isUTF8(bytes) {
      writeString(bytes)
    } else {
      write(.object([JSONMember("b64", .string(base64(bytes)))]))
    }
  }

  /// Writes UTF-8 as a string.
  ///
  /// Besides what JSON demands, characters that a terminal could take for a command are escaped, since
  /// a report may be looked at where it was made.
  private mutating func writeString(_ bytes: [UInt8]) {
    output.append(UInt8(ascii: "\""))
    var decoder = UTF8Decoder(bytes)
    var start = 0
    var offset = 0
    while let piece = decoder.next() {
      if case .scalar(let scalar) = piece, scalar == "\"" || scalar == "\\" || isControl(scalar) {
        output.append(contentsOf: bytes[start..<offset])
        writeEscape(scalar)
        start = decoder.offset
      }
      offset = decoder.offset
    }
    output.append(contentsOf: bytes[start...])
    output.append(UInt8(ascii: "\""))
  }

  private mutating func writeEscape(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": append("\\\"")
    case "\\": append("\\\\")
    case "\u{8}": append("\\b")
    case "\u{C}": append("\\f")
    case "\n": append("\\n")
    case "\r": append("\\r")
    case "\t": append("\\t")
    default:
      for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
        let digits = String(unit, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
      }
    }
  }
}

private func isUTF8(_ bytes: [UInt8]) -> Bool {
  var decoder = UTF8Decoder(bytes)
  while let piece = decoder.next() {
    if case .invalid = piece { return false }
  }
  return true
}

/// The bytes in base 64 with padding (RFC 4648, section 4).
func base64(_ bytes: [UInt8]) -> String {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    var word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    word <<= UInt32(8 * (3 - group.count))
    for position in 0..<4 {
      let letter = letters[Int(word >> UInt32(18 - 6 * position) & 63)]
      text.append(position <= group.count ? letter : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}
