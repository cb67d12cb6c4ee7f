internal import SourceText

extension ShellReader {
  /// What an opening parenthesis begins: an arithmetic command, or a subshell.
  mutating func parenthesis() throws(ShellError) -> ShellNode.Kind {
    if peek(1) == UInt8(ascii: "("), let end = arithmeticEnd(from: position + 2) {
      let start = position
      var parts: [ShellWord.Part] = []
      position += 2
      try arithmetic(until: end, &parts)
      return .test(ShellWord(parts: parts, range: ByteRange(start, end)))
    }
    position += 1
    let body = sequence { _ in false }
    try expect(UInt8(ascii: ")"))
    return .subshell(body)
  }

  /// Past the `))` of an arithmetic expression; nil where there is none.
  func arithmeticEnd(from start: Int) -> Int? {
    var index = start
    var open = 0
    while index < bytes.count, index - start < Self.arithmeticLimit {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "("): open += 1
      case UInt8(ascii: ")"):
        if open == 0 {
          return index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: ")") ? index + 2 : nil
        }
        open -= 1
      default: break
      }
      index += 1
    }
    return nil
  }

  mutating func compound(named word: ArraySlice<UInt8>) throws(ShellError) -> ShellNode.Kind? {
    if word.isEmpty || word.count > 8 { return nil }
    let name = String(decoding: word, as: UTF8.self)
    let start = position
    switch name {
    case "{", "if", "while", "until", "for", "select", "case", "function", "[[": position += word.count
    default: return nil
    }
    switch name {
    case "{":
      let body = sequence { $0.elementsEqual([UInt8(ascii: "}")]) }
      try expect("}")
      return .group(body)
    case "if": return try conditional()
    case "while", "until":
      let condition = sequence { $0.elementsEqual("do".utf8) }
      return .loop(condition: condition, body: try doGroup())
    case "for", "select": return try each()
    case "case": return try selection()
    case "function": return try namedFunction()
    default:
      position = start
      return try testExpression()
    }
  }

  private mutating func conditional() throws(ShellError) -> ShellNode.Kind {
    var arms: [(condition: ShellSequence, body: ShellSequence)] = []
    var otherwise: ShellSequence?
    while true {
      let condition = sequence { $0.elementsEqual("then".utf8) }
      try expect("then")
      let isEnd: (ArraySlice<UInt8>) -> Bool = { word in
        ["elif", "else", "fi"].contains { word.elementsEqual($0.utf8) }
      }
      arms.append((condition, sequence(until: isEnd)))
      if takeWord("elif") { continue }
      if takeWord("else") { otherwise = sequence { $0.elementsEqual("fi".utf8) } }
      try expect("fi")
      return .conditional(arms, otherwise: otherwise)
    }
  }

  private mutating func doGroup() throws(ShellError) -> ShellSequence {
    try expect("do")
    let body = sequence { $0.elementsEqual("done".utf8) }
    try expect("done")
    return body
  }

  private mutating func each() throws(ShellError) -> ShellNode.Kind {
    skipSpace()
    if peek() == UInt8(ascii: "("), peek(1) == UInt8(ascii: "("), let end = arithmeticEnd(from: position + 2) {
      position = end
      skipSpace(lines: true)
      if peek() == UInt8(ascii: ";") { position += 1 }
      skipSpace(lines: true)
      return .each(variable: [], words: nil, body: try doGroup())
    }
    let name = Array(peekWord())
    if name.isEmpty { throw ShellError() }
    position += name.count
    skipSpace(lines: true)
    var words: [ShellWord]?
    if takeWord("in") {
      var list: [ShellWord] = []
      skipSpace()
      while let word = try word() {
        list.append(word)
        skipSpace()
      }
      words = list
    }
    skipSpace(lines: true)
    if peek() == UInt8(ascii: ";") { position += 1 }
    skipSpace(lines: true)
    return .each(variable: name, words: words, body: try doGroup())
  }

  private mutating func selection() throws(ShellError) -> ShellNode.Kind {
    skipSpace()
    guard let subject = try word() else { throw ShellError() }
    skipSpace(lines: true)
    try expect("in")
    var arms: [ShellArm] = []
    while true {
      skipSpace(lines: true)
      if takeWord("esac") { return .selection(subject, arms) }
      if peek() == UInt8(ascii: "(") { position += 1 }
      var patterns: [ShellWord] = []
      repeat {
        skipSpace()
        guard let pattern = try word() else { throw ShellError() }
        patterns.append(pattern)
        skipSpace()
      } while take(UInt8(ascii: "|"))
      try expect(UInt8(ascii: ")"))
      arms.append(ShellArm(patterns: patterns, body: sequence { $0.elementsEqual("esac".utf8) }))
      skipSpace(lines: true)
      guard peek() == UInt8(ascii: ";"), peek(1) == UInt8(ascii: ";") else {
        try expect("esac")
        return .selection(subject, arms)
      }
      position += 2
      // `;;&` and `;&` are bash's.
      if peek() == UInt8(ascii: "&") { position += 1 }
    }
  }

  private mutating func namedFunction() throws(ShellError) -> ShellNode.Kind {
    skipSpace()
    let name = Array(peekWord())
    if name.isEmpty { throw ShellError() }
    position += name.count
    skipSpace()
    if peek() == UInt8(ascii: "(") {
      position += 1
      skipSpace()
      try expect(UInt8(ascii: ")"))
    }
    skipSpace(lines: true)
    return .function(name: name, body: node())
  }

  /// `[[ … ]]`: its words are read for their quotes alone.
  private mutating func testExpression() throws(ShellError) -> ShellNode.Kind {
    let start = position
    var parts: [ShellWord.Part] = []
    position += 2
    while true {
      skipSpace(lines: true)
      guard let byte = peek() else { throw ShellError() }
      if peekWord().elementsEqual("]]".utf8) {
        position += 2
        return .test(ShellWord(parts: parts, range: ByteRange(start, position)))
      }
      if "();&|<>".utf8.contains(byte) {
        position += 1
      } else if let word = try word() {
        parts += word.parts.filter(\.isRun)
      } else {
        throw ShellError()
      }
    }
  }

  mutating func simple() throws(ShellError) -> ShellNode {
    let start = position
    var assignments: [ShellAssignment] = []
    var words: [ShellWord] = []
    var redirections: [ShellRedirection] = []
    var end = position
    while true {
      skipSpace()
      if let redirection = try redirection() {
        redirections.append(redirection)
      } else if words.isEmpty, let assignment = try assignment() {
        assignments.append(assignment)
      } else if let word = try word() {
        words.append(word)
        if words.count == 1, assignments.isEmpty, let function = try functionBody(after: word) { return function }
      } else {
        break
      }
      end = position
    }
    if words.isEmpty, assignments.isEmpty, redirections.isEmpty { throw ShellError() }
    return ShellNode(
      kind: .simple(assignments: assignments, words: words), redirections: redirections,
      range: ByteRange(start, end))
  }

  /// The body of a function, where `()` follows its name.
  private mutating func functionBody(after name: ShellWord) throws(ShellError) -> ShellNode? {
    guard let text = name.plain else { return nil }
    var index = position
    while index < bytes.count, isBlank(bytes[index]) { index += 1 }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "(") else { return nil }
    position = index + 1
    skipSpace()
    try expect(UInt8(ascii: ")"))
    skipSpace(lines: true)
    let body = node()
    return ShellNode(
      kind: .function(name: text, body: body), redirections: [],
      range: ByteRange(name.range.lower, max(body.range.upper, name.range.upper)))
  }
}
