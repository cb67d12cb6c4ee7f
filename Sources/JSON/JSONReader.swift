internal import SourceText

/// Reads JSON texts as RFC 8259 defines them, strictly.
///
/// What the standard leaves open is refused: a name that stands twice, half a surrogate pair, a
/// byte-order mark.
public struct JSONReader: Sendable {
  /// How many bytes a text may have.
  public let sizeLimit: Int
  /// How many lists and objects may stand in one another.
  public let depthLimit: Int
  /// How many bytes a string may take, its escapes counted as they are written.
  public let stringLimit: Int
  /// How many values there may be: a short text can hold very many, and each takes memory.
  public let valueLimit: Int

  /// Creates a reader with limits of its own.
  public init(
    sizeLimit: Int = 64 << 20, depthLimit: Int = 128, stringLimit: Int = 64 << 20, valueLimit: Int = 16 << 20
  ) {
    self.sizeLimit = sizeLimit
    self.depthLimit = depthLimit
    self.stringLimit = stringLimit
    self.valueLimit = valueLimit
  }

  /// The value that `bytes` hold.
  ///
  /// - Throws: ``JSONError`` with the place of the first mistake.
  public func read(_ bytes: [UInt8]) throws(JSONError) -> JSONNode {
    guard bytes.count <= sizeLimit else { throw JSONError(reason: .tooLarge(limit: sizeLimit), offset: sizeLimit) }
    var cursor = JSONCursor(bytes: bytes, limits: self)
    let value = try cursor.value(depth: 0)
    cursor.skipBlanks()
    guard cursor.offset == bytes.count else { throw cursor.error(.expected("the end of the text")) }
    return value
  }
}

/// A place in a JSON text.
struct JSONCursor {
  let bytes: [UInt8]
  let limits: JSONReader
  var offset = 0
  private var values = 0

  init(bytes: [UInt8], limits: JSONReader) {
    self.bytes = bytes
    self.limits = limits
  }

  var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  func error(_ reason: JSONError.Reason) -> JSONError {
    JSONError(reason: offset < bytes.count ? reason : .unfinished, offset: offset)
  }

  mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: scalar) else { return false }
    offset += 1
    return true
  }

  mutating func value(depth: Int) throws(JSONError) -> JSONNode {
    skipBlanks()
    let start = offset
    values += 1
    guard values <= limits.valueLimit else { throw error(.tooMany(limit: limits.valueLimit)) }
    let content: JSONNode.Content
    switch current {
    case UInt8(ascii: "{"): content = .object(try members(depth: depth + 1))
    case UInt8(ascii: "["): content = .array(try elements(depth: depth + 1))
    case UInt8(ascii: "\""): content = .string(try string())
    case UInt8(ascii: "-"): content = .number(try number())
    case let byte? where byte.isDigit: content = .number(try number())
    case UInt8(ascii: "t"): content = try word("true", .bool(true))
    case UInt8(ascii: "f"): content = try word("false", .bool(false))
    case UInt8(ascii: "n"): content = try word("null", .null)
    default: throw error(.expected("a value"))
    }
    return JSONNode(content: content, range: ByteRange(start, offset))
  }

  private mutating func word(
    _ word: String, _ content: JSONNode.Content
  ) throws(JSONError) -> JSONNode.Content {
    for byte in word.utf8 {
      guard current == byte else { throw error(.expected(word)) }
      offset += 1
    }
    return content
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [JSONNode] {
    guard depth <= limits.depthLimit else { throw error(.tooDeep(limit: limits.depthLimit)) }
    offset += 1
    var elements: [JSONNode] = []
    skipBlanks()
    if accept("]") { return elements }
    while true {
      elements.append(try value(depth: depth))
      skipBlanks()
      if accept("]") { return elements }
      guard accept(",") else { throw error(.expected("`,` or `]`")) }
    }
  }

  private mutating func members(depth: Int) throws(JSONError) -> [JSONNode.Member] {
    guard depth <= limits.depthLimit else { throw error(.tooDeep(limit: limits.depthLimit)) }
    offset += 1
    var members: [JSONNode.Member] = []
    var names: Set<[UInt8]> = []
    skipBlanks()
    if accept("}") { return members }
    while true {
      skipBlanks()
      let start = offset
      guard current == UInt8(ascii: "\"") else { throw error(.expected("a name in quotes")) }
      let name = try string()
      let range = ByteRange(start, offset)
      // Compared as bytes: Swift's strings call two spellings of one accented letter equal.
      guard names.insert(Array(name.utf8)).inserted else {
        throw JSONError(reason: .duplicate(name: name), offset: start)
      }
      skipBlanks()
      guard accept(":") else { throw error(.expected("`:`")) }
      members.append(JSONNode.Member(name: name, nameRange: range, value: try value(depth: depth)))
      skipBlanks()
      if accept("}") { return members }
      guard accept(",") else { throw error(.expected("`,` or `}`")) }
    }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = offset
    _ = accept("-")
    if !accept("0") { try digits() }
    if accept(".") { try digits() }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    if let byte = current, byte.isDigit || byte == UInt8(ascii: ".") { throw error(.number) }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func digits() throws(JSONError) {
    guard let byte = current, byte.isDigit else { throw error(.number) }
    while let byte = current, byte.isDigit { offset += 1 }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
