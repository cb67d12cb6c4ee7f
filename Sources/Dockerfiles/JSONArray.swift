internal import SourceText

/// What a text that may be a JSON array of strings is.
enum JSONArray {
  case strings([JSONString])
  case notStrings
  case noArray
}

/// Reads the JSON form of an instruction as Go's `encoding/json` does.
func readJSONArray(_ bytes: [UInt8], _ range: ByteRange) -> JSONArray {
  guard range.lower < range.upper, bytes[range.lower] == UInt8(ascii: "[") else { return .noArray }
  var reader = JSONArrayReader(bytes, range)
  guard let strings = reader.readArray() else { return .noArray }
  return reader.hasOnlyStrings ? .strings(strings) : .notStrings
}

/// A reader of one JSON text that keeps only the strings of the outer array.
private struct JSONArrayReader {
  private static let depthLimit = 10_000

  private let bytes: [UInt8]
  private let end: Int
  private var index: Int
  private(set) var hasOnlyStrings = true

  init(_ bytes: [UInt8], _ range: ByteRange) {
    self.bytes = bytes
    index = range.lower
    end = range.upper
  }

  mutating func readArray() -> [JSONString]? {
    var strings: [JSONString] = []
    index += 1
    skipBlanks()
    if take("]") { return atEnd() ? strings : nil }
    while true {
      skipBlanks()
      let start = index
      if index < end, bytes[index] == UInt8(ascii: "\"") {
        guard let text = readString() else { return nil }
        strings.append(JSONString(text: text, range: ByteRange(start, index)))
      } else {
        hasOnlyStrings = false
        if !skipValue() { return nil }
      }
      skipBlanks()
      if take("]") { return atEnd() ? strings : nil }
      if !take(",") { return nil }
    }
  }

  private mutating func atEnd() -> Bool {
    skipBlanks()
    return index == end
  }

  private mutating func skipBlanks() {
    while index < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < end, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Skips a value that is no string of the outer array; open brackets are kept in a list, not on the stack.
  private mutating func skipValue() -> Bool {
    var open: [UInt8] = []
    while true {
      skipBlanks()
      if take("[") {
        open.append(UInt8(ascii: "]"))
        skipBlanks()
        guard take("]") else { continue }
        open.removeLast()
      } else if take("{") {
        open.append(UInt8(ascii: "}"))
        skipBlanks()
        if take("}") { open.removeLast() } else if readKey() { continue } else { return false }
      } else if !skipScalar() {
        return false
      }
      if open.count > Self.depthLimit { return false }
      while let last = open.last {
        skipBlanks()
        if take(",") { break }
        guard index < end, bytes[index] == last else { return false }
        index += 1
        open.removeLast()
      }
      if open.isEmpty { return true }
      if open.last == UInt8(ascii: "}"), !readKey() { return false }
    }
  }

  private mutating func readKey() -> Bool {
    skipBlanks()
    guard index < end, bytes[index] == UInt8(ascii: "\""), readString() != nil else { return false }
    skipBlanks()
    return take(":")
  }

  private mutating func skipScalar() -> Bool {
    guard index < end else { return false }
    if bytes[index] == UInt8(ascii: "\"") { return readString() != nil }
    for word in ["true", "false", "null"] where bytes[index..<end].starts(with: word.utf8) {
      index += word.utf8.count
      return true
    }
    return skipNumber()
  }

  private mutating func skipNumber() -> Bool {
    _ = take("-")
    if !take("0"), !skipDigits() { return false }
    if take("."), !skipDigits() { return false }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      return skipDigits()
    }
    return true
  }

  private mutating func skipDigits() -> Bool {
    let start = index
    while index < end, isDigit(bytes[index]) { index += 1 }
    return index > start
  }

  private mutating func readString() -> [UInt8]? {
    var text: [UInt8] = []
    index += 1
    while index < end {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case 0..<0x20: return nil
      case UInt8(ascii: "\\"):
        guard let escaped = readEscape() else { return nil }
        text += escaped
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func readEscape() -> [UInt8]? {
    guard index < end else { return nil }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return readUnicode()
    default: return nil
    }
  }

  private mutating func readUnicode() -> [UInt8]? {
    guard let first = readHex() else { return nil }
    var value = first
    if first >= 0xD800, first < 0xDC00, index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    {
      let start = index
      index += 2
      guard let second = readHex() else { return nil }
      if second >= 0xDC00, second < 0xE000 {
        value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
      } else {
        index = start
      }
    }
    // Half of a pair becomes the replacement character.
    return Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
  }

  private mutating func readHex() -> UInt32? {
    guard end - index >= 4 else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = lowercased(bytes[index])
      index += 1
      if isDigit(byte) {
        value = value * 16 + UInt32(byte - 0x30)
      } else if byte >= 0x61, byte <= 0x66 {
        value = value * 16 + UInt32(byte - 0x57)
      } else {
        return nil
      }
    }
    return value
  }
}
