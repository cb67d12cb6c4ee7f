internal import SourceText

extension ShellReader {
  /// The assignment that stands here, or nil where none does.
  mutating func assignment() throws(ShellError) -> ShellAssignment? {
    var index = position
    while index < bytes.count, isNamePart(bytes[index]) { index += 1 }
    guard index > position, !isDigit(bytes[position]), index < bytes.count else { return nil }
    let name = Array(bytes[position..<index])
    // `name[1]=value` of bash: an array, which is not followed.
    var isArray = false
    if bytes[index] == UInt8(ascii: "[") {
      guard let close = bytes[index...].prefix(200).firstIndex(of: UInt8(ascii: "]")) else { return nil }
      index = close + 1
      isArray = true
    }
    guard index < bytes.count else { return nil }
    let appends = bytes[index] == UInt8(ascii: "+")
    if appends { index += 1 }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return nil }
    position = index + 1
    if peek() == UInt8(ascii: "(") {
      position += 1
      try skipArray()
      return ShellAssignment(name: name, value: nil, appends: appends)
    }
    let value = try word() ?? ShellWord(parts: [], range: ByteRange(at: position))
    return ShellAssignment(name: name, value: isArray ? nil : value, appends: appends)
  }

  private mutating func skipArray() throws(ShellError) {
    while true {
      skipSpace(lines: true)
      if take(UInt8(ascii: ")")) { return }
      if try word() == nil { throw ShellError() }
    }
  }

  /// The word that stands here, or nil where none does.
  mutating func word() throws(ShellError) -> ShellWord? {
    let start = position
    var parts: [ShellWord.Part] = []
    var text: [UInt8] = []
    func finish() {
      if text.isEmpty { return }
      parts.append(.text(text, isQuoted: false))
      text.removeAll(keepingCapacity: true)
    }
    loop: while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\\"):
        if peek(1) == 0x0A {
          position += 2
        } else if peek(1) == 0x0D, peek(2) == 0x0A {
          position += 3
        } else if let next = peek(1) {
          finish()
          parts.append(.text([next], isQuoted: true))
          position += 2
        } else {
          text.append(byte)
          position += 1
        }
      case UInt8(ascii: "'"):
        finish()
        parts.append(try singleQuoted())
      case UInt8(ascii: "\""):
        finish()
        try doubleQuoted(&parts)
      case UInt8(ascii: "$"):
        finish()
        try dollar(isQuoted: false, &parts)
      case UInt8(ascii: "`"):
        if backticks > 0 { break loop }
        finish()
        parts.append(try backtick(isQuoted: false))
      case UInt8(ascii: "("):
        // `@(a|b)` of bash.
        guard let last = text.last ?? patternBefore(parts), "?*+@!".utf8.contains(last), position > start else {
          break loop
        }
        finish()
        try skipParenthesis()
        parts.append(.unknown)
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        guard position == start, peek(1) == UInt8(ascii: "(") else { break loop }
        position += 1
        try skipParenthesis()
        parts.append(.unknown)
      case UInt8(ascii: "*"), UInt8(ascii: "?"):
        finish()
        parts.append(.pattern(byte))
        position += 1
      case UInt8(ascii: "["):
        // Alone it is the command that tests.
        if position == start, peek(1).map({ endsWord($0) }) ?? true {
          text.append(byte)
        } else {
          finish()
          parts.append(.pattern(byte))
        }
        position += 1
      default:
        if endsWord(byte) { break loop }
        text.append(byte)
        position += 1
      }
    }
    finish()
    if position == start { return nil }
    return ShellWord(parts: parts, range: ByteRange(start, position))
  }

  private func patternBefore(_ parts: [ShellWord.Part]) -> UInt8? {
    if case .pattern(let byte)? = parts.last { return byte }
    return nil
  }

  /// Skips from an opening parenthesis past the one that closes it.
  private mutating func skipParenthesis() throws(ShellError) {
    position += 1
    var open = 1
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "'"): _ = try singleQuoted()
      case UInt8(ascii: "\""):
        var parts: [ShellWord.Part] = []
        try doubleQuoted(&parts)
      case UInt8(ascii: "\\"): position = min(position + 2, bytes.count)
      case UInt8(ascii: "("):
        open += 1
        position += 1
      case UInt8(ascii: ")"):
        open -= 1
        position += 1
        if open == 0 { return }
      default: position += 1
      }
    }
    throw ShellError()
  }

  mutating func singleQuoted() throws(ShellError) -> ShellWord.Part {
    guard let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "'")) else {
      position = bytes.count
      throw ShellError()
    }
    let text = Array(bytes[(position + 1)..<end])
    position = end + 1
    return .text(text, isQuoted: true)
  }

  mutating func doubleQuoted(_ parts: inout [ShellWord.Part]) throws(ShellError) {
    position += 1
    var text: [UInt8] = []
    var isEmpty = true
    func finish() {
      if text.isEmpty { return }
      parts.append(.text(text, isQuoted: true))
      text.removeAll(keepingCapacity: true)
      isEmpty = false
    }
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        finish()
        if isEmpty { parts.append(.text([], isQuoted: true)) }
        position += 1
        return
      case UInt8(ascii: "\\"):
        guard let next = peek(1) else { throw ShellError() }
        if next == 0x0A {
          position += 2
        } else if "$`\"\\".utf8.contains(next) {
          text.append(next)
          position += 2
        } else {
          text.append(byte)
          position += 1
        }
      case UInt8(ascii: "$"):
        finish()
        try dollar(isQuoted: true, &parts)
        isEmpty = false
      case UInt8(ascii: "`"):
        finish()
        parts.append(try backtick(isQuoted: true))
        isEmpty = false
      default:
        text.append(byte)
        position += 1
      }
    }
    throw ShellError()
  }

  mutating func backtick(isQuoted: Bool) throws(ShellError) -> ShellWord.Part {
    position += 1
    if backticks > 0 { throw ShellError() }
    var end = position
    var isEscaped = false
    while end < bytes.count, bytes[end] != UInt8(ascii: "`") {
      if bytes[end] == UInt8(ascii: "\\") {
        isEscaped = true
        end += 1
      }
      end += 1
    }
    guard end < bytes.count else {
      position = bytes.count
      throw ShellError()
    }
    // With a backslash in it the text would have to be read twice; nobody needs to know what it says.
    if isEscaped {
      position = end + 1
      return .output(nil, isQuoted: isQuoted)
    }
    backticks += 1
    depth += 1
    defer {
      backticks -= 1
      depth -= 1
    }
    if depth > ShellScript.depthLimit { throw ShellError() }
    let commands = sequence { _ in false }
    let isWhole = position == end
    if !isWhole { isComplete = false }
    // Never back, where quotes inside have led past the end: that would cost time without end.
    position = max(position, end + 1)
    return .output(isWhole ? commands : nil, isQuoted: isQuoted)
  }
}

extension ShellReader {
  /// Reads the text of a here-document in which the shell expands variables.
  static func document(_ text: [UInt8]) -> ShellWord {
    var reader = ShellReader(text)
    var parts: [ShellWord.Part] = []
    do throws(ShellError) {
      try reader.documentParts(&parts)
    } catch {
      parts.append(.unknown)
    }
    return ShellWord(parts: parts, range: ByteRange(0, text.count))
  }

  private mutating func documentParts(_ parts: inout [ShellWord.Part]) throws(ShellError) {
    var text: [UInt8] = []
    func finish() {
      if text.isEmpty { return }
      parts.append(.text(text, isQuoted: true))
      text.removeAll(keepingCapacity: true)
    }
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\\"):
        if peek(1) == 0x0A {
          position += 2
        } else if let next = peek(1), "$`\\".utf8.contains(next) {
          text.append(next)
          position += 2
        } else {
          text.append(byte)
          position += 1
        }
      case UInt8(ascii: "$"):
        finish()
        try dollar(isQuoted: true, &parts)
      case UInt8(ascii: "`"):
        finish()
        parts.append(try backtick(isQuoted: true))
      default:
        text.append(byte)
        position += 1
      }
    }
    finish()
  }
}

extension ShellWord {
  /// Whether the value of one of these variables may be in it.
  func mentions(_ names: [String]) -> Bool {
    parts.contains { part in
      switch part {
      case .variable(let name, let form, _):
        if names.contains(String(decoding: name, as: UTF8.self)) { return true }
        switch form {
        case .fallback(let word, _), .assigning(let word, _), .replacement(let word, _): return word.mentions(names)
        case .plain, .required, .unknown: return false
        }
      case .text, .output, .pattern, .arithmetic, .unknown: return false
      }
    }
  }
}

extension ShellWord.Part {
  /// Whether commands may run for it.
  var isRun: Bool {
    switch self {
    case .output: true
    case .variable(_, .fallback(let word, _), _), .variable(_, .replacement(let word, _), _),
      .variable(_, .assigning(let word, _), _):
      word.parts.contains(where: \.isRun)
    case .arithmetic: true
    case .text, .variable, .pattern, .unknown: false
    }
  }
}
