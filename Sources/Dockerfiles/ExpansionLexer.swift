internal import SourceText

/// Why a text cannot be expanded; Docker refuses the instruction.
public struct ExpansionError: Error, Hashable, Sendable {
  /// What is wrong.
  public let message: String

  init(_ message: String) {
    self.message = message
  }
}

/// Docker's own small shell: quotes, escapes, `$name` and `${name…}`.
struct ExpansionLexer {
  /// How deep `${a:-${b:-…}}` may nest.
  static let depthLimit = 100
  /// How much the texts of one file may cost: bytes of values looked up and steps of patterns.
  ///
  /// Without a limit, a few lines such as `ENV A=$A$A` would fill the memory.
  static let workLimit = 10_000_000

  let bytes: [UInt8]
  let escape: UInt8
  /// Quotes stay in the result.
  var keepsQuotes = false
  /// Escape characters stay in the result.
  var keepsEscapes = false
  /// What names an unset variable stays in the result.
  var keepsUnset = false
  let lookup: (String) -> VariableValue

  private var index = 0
  private var depth = 0
  /// Whether something in the result is not known.
  private(set) var isUnknown = false
  /// What was spent of the limit.
  private(set) var work = 0

  init(_ bytes: [UInt8], escape: UInt8, work: Int = 0, lookup: @escaping (String) -> VariableValue) {
    self.bytes = bytes
    self.escape = escape
    self.work = work
    self.lookup = lookup
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// The whole text expanded, and the words that it makes.
  mutating func process() throws(ExpansionError) -> (text: [UInt8], words: [[UInt8]]) {
    try process(until: nil)
  }

  private mutating func process(until stop: UInt8?) throws(ExpansionError) -> (text: [UInt8], words: [[UInt8]]) {
    var result: [UInt8] = []
    var words = WordCollector()
    while let byte = peek {
      if byte == stop {
        index += 1
        return (result, words.finished())
      }
      switch byte {
      case UInt8(ascii: "$"):
        let value = try processDollar()
        result += value
        words.append(splitting: value)
      case UInt8(ascii: "'"):
        let value = try processSingleQuote()
        result += value
        words.append(raw: value)
      case UInt8(ascii: "\""):
        let value = try processDoubleQuote()
        result += value
        words.append(raw: value)
      case UInt8(ascii: "<"):
        let value = processLess()
        result += value
        words.append(raw: value)
      case escape:
        index += 1
        if keepsEscapes {
          words.append(raw: [byte])
          result.append(byte)
        }
        guard let escaped = peek else { break }
        index += 1
        words.append(raw: [escaped])
        result.append(escaped)
      default:
        let length = max(1, Space.length(bytes, index, bytes.count))
        words.append(splitting: bytes[index..<(index + length)])
        result += bytes[index..<(index + length)]
        index += length
      }
    }
    if let stop {
      let character = String(Unicode.Scalar(stop))
      throw ExpansionError("unexpected end of statement while looking for matching \(character)")
    }
    return (result, words.finished())
  }

  /// A `<<` takes the blanks behind it into its word, so that `<< EOF` is one.
  private mutating func processLess() -> [UInt8] {
    let start = index
    index += 1
    if peek != UInt8(ascii: "<") { return [UInt8(ascii: "<")] }
    index += 1
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D { index += 1 }
    return Array(bytes[start..<index])
  }

  private mutating func processSingleQuote() throws(ExpansionError) -> [UInt8] {
    let start = index
    index += 1
    guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "'")) else {
      throw ExpansionError("unexpected end of statement while looking for matching single-quote")
    }
    index = end + 1
    return Array(keepsQuotes ? bytes[start...end] : bytes[(start + 1)..<end])
  }

  private mutating func processDoubleQuote() throws(ExpansionError) -> [UInt8] {
    var result: [UInt8] = keepsQuotes ? [UInt8(ascii: "\"")] : []
    index += 1
    while let byte = peek {
      if byte == UInt8(ascii: "\"") {
        index += 1
        if keepsQuotes { result.append(byte) }
        return result
      }
      if byte == UInt8(ascii: "$") {
        result += try processDollar()
        continue
      }
      index += 1
      if byte == escape {
        if keepsEscapes { result.append(byte) }
        guard let escaped = peek else { break }
        if escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "$") || escaped == escape {
          index += 1
          result.append(escaped)
          continue
        }
      }
      result.append(byte)
    }
    throw ExpansionError("unexpected end of statement while looking for matching double-quote")
  }

  private mutating func processDollar() throws(ExpansionError) -> [UInt8] {
    let start = index
    index += 1
    if peek != UInt8(ascii: "{") {
      let name = processName()
      if name.isEmpty { return [UInt8(ascii: "$")] }
      return try value(of: name) ?? Array(bytes[start..<index])
    }
    index += 1
    switch peek {
    case nil: throw ExpansionError("syntax error: missing '}'")
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ":"):
      throw ExpansionError("syntax error: bad substitution")
    default: break
    }
    let name = processName()
    guard let operation = peek else { throw ExpansionError("syntax error: missing '}'") }
    index += 1
    depth += 1
    defer { depth -= 1 }
    if depth > Self.depthLimit { throw ExpansionError("more than \(Self.depthLimit) nested substitutions") }
    switch operation {
    case UInt8(ascii: "}"): return try value(of: name) ?? Array(bytes[start..<index])
    case UInt8(ascii: ":"):
      guard let second = peek else { throw ExpansionError("syntax error: missing '}'") }
      index += 1
      return try processModifier(name, second, nullIsUnset: true)
    case UInt8(ascii: "/"): return try processReplacement(name)
    default: return try processModifier(name, operation, nullIsUnset: false)
    }
  }

  private mutating func processModifier(
    _ name: String, _ operation: UInt8, nullIsUnset: Bool
  ) throws(ExpansionError) -> [UInt8] {
    let isTrimming = operation == UInt8(ascii: "#") || operation == UInt8(ascii: "%")
    let isKnownOperation = isTrimming || "+-?".utf8.contains(operation)
    if !isKnownOperation, !nullIsUnset {
      throw ExpansionError("unsupported modifier (\(String(Unicode.Scalar(operation)))) in substitution")
    }
    let word = try nested(until: UInt8(ascii: "}"), keepsEscapes: isTrimming)
    let current = lookup(name)
    if keepsUnset, current == .unset {
      let head = "${" + name + (nullIsUnset ? ":" : "")
      return Array(head.utf8) + [operation] + word + [UInt8(ascii: "}")]
    }
    let isSet: Bool
    var value: [UInt8] = []
    switch current {
    case .unknown:
      isUnknown = true
      return []
    case .unset: isSet = false
    case .value(let known):
      value = known
      try spend(known.count)
      isSet = !(nullIsUnset && known.isEmpty)
    }
    switch operation {
    case UInt8(ascii: "-"): return isSet ? value : word
    case UInt8(ascii: "+"): return isSet ? word : []
    case UInt8(ascii: "?"):
      if !isSet { throw ExpansionError("\(name): \(word.isEmpty ? "is not allowed to be unset" : text(word))") }
      return value
    case UInt8(ascii: "#"), UInt8(ascii: "%"):
      let isGreedy = word.first == operation
      return try trimmed(
        value, Array(isGreedy ? word.dropFirst() : word[...]), isGreedy: isGreedy,
        isSuffix: operation == UInt8(ascii: "%"))
    default: throw ExpansionError("unsupported modifier in substitution")
    }
  }

  private mutating func processReplacement(_ name: String) throws(ExpansionError) -> [UInt8] {
    let isForAll = peek == UInt8(ascii: "/")
    if isForAll { index += 1 }
    let pattern = try nested(until: UInt8(ascii: "/"), keepsEscapes: true)
    let replacement = try nested(until: UInt8(ascii: "}"), keepsEscapes: true)
    switch lookup(name) {
    case .unset where keepsUnset:
      let slash: [UInt8] = [UInt8(ascii: "/")]
      return Array("${\(name)\(isForAll ? "//" : "/")".utf8) + pattern + slash + replacement + [UInt8(ascii: "}")]
    case .unset: return []
    case .unknown: break
    case .value(let value):
      let glob = Glob(pattern)
      try spend(glob.cost(value, starts: value.count + 1, replacement: replacement.count))
      if let result = glob.replacing(value, with: replacement, all: isForAll) { return result }
    }
    isUnknown = true
    return []
  }

  private mutating func trimmed(
    _ value: [UInt8], _ pattern: [UInt8], isGreedy: Bool, isSuffix: Bool
  ) throws(ExpansionError) -> [UInt8] {
    let glob = Glob(pattern)
    try spend(glob.cost(value, starts: 1))
    let result = glob.trimming(value, isGreedy: isGreedy, isSuffix: isSuffix)
    if result == nil { isUnknown = true }
    return result ?? []
  }

  private mutating func nested(until stop: UInt8, keepsEscapes: Bool) throws(ExpansionError) -> [UInt8] {
    let before = self.keepsEscapes
    self.keepsEscapes = keepsEscapes
    defer { self.keepsEscapes = before }
    return try process(until: stop).text
  }

  /// The value of a variable, or nil where its name is to stay.
  private mutating func value(of name: String) throws(ExpansionError) -> [UInt8]? {
    switch lookup(name) {
    case .value(let value):
      try spend(value.count)
      return value
    case .unset: return keepsUnset ? nil : []
    case .unknown:
      isUnknown = true
      return []
    }
  }

  private mutating func spend(_ amount: Int) throws(ExpansionError) {
    // No patterns that would not be tried are paid for.
    work += min(amount, Glob.stepLimit)
    if work > Self.workLimit { throw ExpansionError("the expansions of the file are too long") }
  }

  private mutating func processName() -> String {
    let start = index
    guard let first = peek else { return "" }
    if isDigit(first) {
      while let byte = peek, isDigit(byte) { index += 1 }
    } else if "@*#?-$!".utf8.contains(first) {
      index += 1
    } else {
      while let byte = peek, isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") { index += 1 }
    }
    return text(bytes[start..<index])
  }
}

/// Collects the words that a text makes.
private struct WordCollector {
  private var words: [[UInt8]] = []
  private var word: [UInt8] = []

  mutating func append(raw bytes: some Sequence<UInt8>) {
    word += bytes
  }

  /// Appends text whose white space separates words.
  mutating func append(splitting bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    var index = 0
    while index < bytes.count {
      let length = Space.length(bytes, index, bytes.count)
      if length == 0 {
        word.append(bytes[index])
        index += 1
        continue
      }
      finishWord()
      index += length
    }
  }

  mutating func finished() -> [[UInt8]] {
    finishWord()
    return words
  }

  private mutating func finishWord() {
    if !word.isEmpty { words.append(word) }
    word = []
  }
}
