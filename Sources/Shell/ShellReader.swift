internal import SourceText

/// Reads a script by recursive descent.
///
/// The grammar is that of POSIX.1-2017, volume 3, section 2.10, with the words of bash that Dockerfiles use.
struct ShellReader {
  /// How long an arithmetic expression may be; a longer one is not understood.
  static let arithmeticLimit = 1_000

  let bytes: [UInt8]
  var position = 0
  var depth = 0
  /// Whether all of the text was understood.
  var isComplete = true
  /// Here-documents whose lines come after the current one.
  private var pending: [PendingDocument] = []
  /// The documents that were read, by where their operator stands.
  private var documents: [Int: ShellDocument] = [:]
  /// Inside of how many backticks the reader is.
  var backticks = 0

  private struct PendingDocument {
    let at: Int
    let name: [UInt8]
    let stripsTabs: Bool
    let expands: Bool
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func script() -> ShellSequence {
    var whole = ShellSequence(range: ByteRange(0, 0))
    while true {
      let part = sequence { _ in false }
      whole.items += part.items
      if position >= bytes.count { break }
      // A `)`, a `fi` or the like that nothing opened.
      isComplete = false
      let start = position
      position += 1
      while position < bytes.count, !isBlank(bytes[position]), bytes[position] != 0x0A { position += 1 }
      whole.items.append(unknownItem(ByteRange(start, position)))
    }
    if let first = whole.items.first, let last = whole.items.last {
      whole.range = first.range.joined(last.range)
    }
    attachDocuments(&whole)
    return whole
  }

  private func unknownItem(_ range: ByteRange) -> ShellItem {
    let node = ShellNode(kind: .unknown, redirections: [], range: range)
    let pipeline = ShellPipeline(isNegated: false, commands: [node], range: range)
    return ShellItem(
      links: [ShellLink(condition: .first, operatorRange: ByteRange(at: range.lower), pipeline: pipeline)],
      terminator: .semicolon, range: range)
  }

  // MARK: Lists

  /// Commands up to a reserved word that `ends` knows, a closing parenthesis, `;;`, or the end.
  mutating func sequence(until ends: (ArraySlice<UInt8>) -> Bool) -> ShellSequence {
    var sequence = ShellSequence(range: ByteRange(at: position))
    while true {
      skipSpace(lines: true)
      // An empty command between separators is an error for a shell, and no command for us.
      if peek() == UInt8(ascii: ";"), peek(1) != UInt8(ascii: ";") {
        position += 1
        continue
      }
      guard let byte = peek(), byte != UInt8(ascii: ")"), byte != UInt8(ascii: ";") else { break }
      if byte == UInt8(ascii: "`"), backticks > 0 { break }
      let word = peekWord()
      if !word.isEmpty, ends(word) || isClosing(word) { break }
      let before = position
      sequence.items.append(item())
      if position == before { break }
    }
    if let first = sequence.items.first, let last = sequence.items.last {
      sequence.range = first.range.joined(last.range)
    }
    return sequence
  }

  private mutating func item() -> ShellItem {
    let start = position
    var links: [ShellLink] = []
    var condition = ShellLink.Condition.first
    var symbol = ByteRange(at: start)
    while true {
      links.append(ShellLink(condition: condition, operatorRange: symbol, pipeline: pipeline()))
      skipSpace()
      if peek() == UInt8(ascii: "&"), peek(1) == UInt8(ascii: "&") {
        condition = .onSuccess
      } else if peek() == UInt8(ascii: "|"), peek(1) == UInt8(ascii: "|") {
        condition = .onFailure
      } else {
        break
      }
      symbol = ByteRange(position, position + 2)
      position += 2
      skipSpace(lines: true)
      if peek() == nil {
        isComplete = false
        break
      }
    }
    let end = links.last.map(\.pipeline.range.upper) ?? position
    var terminator = ShellItem.Terminator.end
    switch peek() {
    case UInt8(ascii: ";") where peek(1) != UInt8(ascii: ";"):
      position += 1
      terminator = .semicolon
    case UInt8(ascii: "&"):
      position += 1
      terminator = .background
    case 0x0A:
      terminator = .newline
      newline()
    default: break
    }
    return ShellItem(links: links, terminator: terminator, range: ByteRange(start, max(end, start)))
  }

  private mutating func pipeline() -> ShellPipeline {
    let start = position
    var isNegated = false
    if peekWord().elementsEqual([UInt8(ascii: "!")]) {
      isNegated = true
      position += 1
      skipSpace()
    }
    var commands: [ShellNode] = []
    while true {
      // bash takes a `!` alone.
      if isNegated, commands.isEmpty, peek().map({ $0 == 0x0A || $0 == UInt8(ascii: ";") }) ?? true {
        commands.append(
          ShellNode(
            kind: .test(ShellWord(parts: [], range: ByteRange(at: position))), redirections: [],
            range: ByteRange(at: position)))
        break
      }
      commands.append(node())
      skipSpace()
      guard peek() == UInt8(ascii: "|"), peek(1) != UInt8(ascii: "|") else { break }
      position += 1
      if peek() == UInt8(ascii: "&") { position += 1 }
      skipSpace(lines: true)
      if peek() == nil {
        isComplete = false
        break
      }
    }
    let end = commands.last?.range.upper ?? position
    return ShellPipeline(isNegated: isNegated, commands: commands, range: ByteRange(start, max(start, end)))
  }

  // MARK: Commands

  private mutating func node() -> ShellNode {
    let start = position
    depth += 1
    defer { depth -= 1 }
    if depth > ShellScript.depthLimit { return giveUp(from: start) }
    do throws(ShellError) {
      var kind: ShellNode.Kind
      if peek() == UInt8(ascii: "(") {
        kind = try parenthesis()
      } else if let compound = try compound(named: peekWord()) {
        kind = compound
      } else {
        return try simple()
      }
      var end = position
      skipSpace()
      var redirections: [ShellRedirection] = []
      while let redirection = try redirection() {
        redirections.append(redirection)
        end = position
        skipSpace()
      }
      if case .conditional(let arms, _) = kind, arms.isEmpty { kind = .unknown }
      return ShellNode(kind: kind, redirections: redirections, range: ByteRange(start, max(start, end)))
    } catch {
      return recover(from: start)
    }
  }

  /// Skips a command that is not understood, up to where the next one may begin.
  private mutating func recover(from start: Int) -> ShellNode {
    isComplete = false
    if position == start { position = min(position + 1, bytes.count) }
    while let byte = peek(), byte != 0x0A, byte != UInt8(ascii: ";"), byte != UInt8(ascii: "&") {
      if backticks > 0, byte == UInt8(ascii: "`") { break }
      position += 1
    }
    return ShellNode(kind: .unknown, redirections: [], range: ByteRange(start, position))
  }

  private mutating func giveUp(from start: Int) -> ShellNode {
    isComplete = false
    position = bytes.count
    return ShellNode(kind: .unknown, redirections: [], range: ByteRange(start, position))
  }

  private mutating func parenthesis() throws(ShellError) -> ShellNode.Kind {
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

  private mutating func compound(named word: ArraySlice<UInt8>) throws(ShellError) -> ShellNode.Kind? {
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
    var arms: [ShellSequence] = []
    while true {
      skipSpace(lines: true)
      if takeWord("esac") { return .selection(subject, arms) }
      if peek() == UInt8(ascii: "(") { position += 1 }
      repeat {
        skipSpace()
        guard try word() != nil else { throw ShellError() }
        skipSpace()
      } while take(UInt8(ascii: "|"))
      try expect(UInt8(ascii: ")"))
      arms.append(sequence { $0.elementsEqual("esac".utf8) })
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

  private mutating func simple() throws(ShellError) -> ShellNode {
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

  // MARK: Redirections

  private mutating func redirection() throws(ShellError) -> ShellRedirection? {
    let start = position
    var index = position
    while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    if index == start, peek() == UInt8(ascii: "{") {
      // `{name}>file` of bash.
      var end = index + 1
      while end < bytes.count, isNamePart(bytes[end]) { end += 1 }
      if end > index + 1, end + 1 < bytes.count, bytes[end] == UInt8(ascii: "}"), "<>".utf8.contains(bytes[end + 1]) {
        index = end + 1
      }
    }
    guard index < bytes.count else { return nil }
    let first = bytes[index]
    let isBoth = first == UInt8(ascii: "&") && index == start && index + 1 < bytes.count && bytes[index + 1] == 0x3E
    guard isBoth || first == UInt8(ascii: "<") || first == UInt8(ascii: ">") else { return nil }
    // `<(` and `>(` are words of bash.
    if !isBoth, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "(") { return nil }
    let symbols = ["<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">"]
    guard let symbol = symbols.first(where: { bytes[index...].starts(with: $0.utf8) }) else { return nil }
    position = index + symbol.utf8.count
    skipSpace()
    let at = position
    let descriptor = Array(bytes[start..<index])
    guard let target = try word() else { throw ShellError() }
    if symbol == "<<" || symbol == "<<-" {
      let raw = bytes[target.range.indices]
      let isQuoted = raw.contains { "'\"\\".utf8.contains($0) }
      pending.append(
        PendingDocument(at: at, name: unquoted(raw), stripsTabs: symbol == "<<-", expands: !isQuoted))
    }
    return ShellRedirection(symbol: Array(symbol.utf8), descriptor: descriptor, target: target, document: nil)
  }

  private func unquoted(_ word: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in word {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if isEscaped || (byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\"")) {
        result.append(byte)
        isEscaped = false
      }
    }
    return result
  }

  /// Takes the end of a line, and the here-documents that begin after it.
  private mutating func newline() {
    position += 1
    let waiting = pending
    pending = []
    for document in waiting {
      let start = position
      var end = bytes.count
      while position < bytes.count {
        let lineStart = position
        let lineEnd = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
        position = min(lineEnd + 1, bytes.count)
        var line = bytes[lineStart..<lineEnd]
        if line.last == 0x0D { line = line.dropLast() }
        if document.stripsTabs { line = line.drop { $0 == 0x09 } }
        if line.elementsEqual(document.name) {
          end = lineStart
          documents[document.at] = ShellDocument(range: ByteRange(start, end), expands: document.expands)
          break
        }
        if lineEnd >= bytes.count { position = bytes.count }
      }
      if documents[document.at] == nil { isComplete = false }
    }
  }

  /// Gives the commands the here-documents that were read after their line.
  private func attachDocuments(_ sequence: inout ShellSequence) {
    if documents.isEmpty { return }
    for index in sequence.items.indices {
      for link in sequence.items[index].links.indices {
        for node in sequence.items[index].links[link].pipeline.commands.indices {
          attachDocuments(&sequence.items[index].links[link].pipeline.commands[node])
        }
      }
    }
  }

  private func attachDocuments(_ node: inout ShellNode) {
    for index in node.redirections.indices {
      node.redirections[index].document = documents[node.redirections[index].target.range.lower]
      attachDocuments(&node.redirections[index].target)
    }
    switch node.kind {
    case .group(var body):
      attachDocuments(&body)
      node.kind = .group(body)
    case .subshell(var body):
      attachDocuments(&body)
      node.kind = .subshell(body)
    case .conditional(var arms, var otherwise):
      for index in arms.indices {
        attachDocuments(&arms[index].condition)
        attachDocuments(&arms[index].body)
      }
      if var last = otherwise {
        attachDocuments(&last)
        otherwise = last
      }
      node.kind = .conditional(arms, otherwise: otherwise)
    case .loop(var condition, var body):
      attachDocuments(&condition)
      attachDocuments(&body)
      node.kind = .loop(condition: condition, body: body)
    case .each(let variable, var words, var body):
      if var list = words {
        for index in list.indices { attachDocuments(&list[index]) }
        words = list
      }
      attachDocuments(&body)
      node.kind = .each(variable: variable, words: words, body: body)
    case .selection(var subject, var arms):
      attachDocuments(&subject)
      for index in arms.indices { attachDocuments(&arms[index]) }
      node.kind = .selection(subject, arms)
    case .function(let name, var body):
      attachDocuments(&body)
      node.kind = .function(name: name, body: body)
    case .simple(var assignments, var words):
      for index in assignments.indices {
        guard var value = assignments[index].value else { continue }
        attachDocuments(&value)
        assignments[index].value = value
      }
      for index in words.indices { attachDocuments(&words[index]) }
      node.kind = .simple(assignments: assignments, words: words)
    case .test(var word):
      attachDocuments(&word)
      node.kind = .test(word)
    case .unknown: return
    }
  }

  private func attachDocuments(_ word: inout ShellWord) {
    for index in word.parts.indices {
      switch word.parts[index] {
      case .output(var commands?, let isQuoted):
        attachDocuments(&commands)
        word.parts[index] = .output(commands, isQuoted: isQuoted)
      case .variable(let name, .fallback(var inner, let countsEmpty), let isQuoted):
        attachDocuments(&inner)
        word.parts[index] = .variable(name: name, .fallback(inner, countsEmpty: countsEmpty), isQuoted: isQuoted)
      case .variable(let name, .assigning(var inner, let countsEmpty), let isQuoted):
        attachDocuments(&inner)
        word.parts[index] = .variable(name: name, .assigning(inner, countsEmpty: countsEmpty), isQuoted: isQuoted)
      case .variable(let name, .replacement(var inner, let countsEmpty), let isQuoted):
        attachDocuments(&inner)
        word.parts[index] = .variable(name: name, .replacement(inner, countsEmpty: countsEmpty), isQuoted: isQuoted)
      case .text, .variable, .output, .pattern, .arithmetic, .unknown: continue
      }
    }
  }

  // MARK: Bytes

  func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(ShellError) {
    skipSpace(lines: true)
    if !take(byte) { throw ShellError() }
  }

  private mutating func expect(_ word: String) throws(ShellError) {
    skipSpace(lines: true)
    if peek() == UInt8(ascii: ";"), peek(1) != UInt8(ascii: ";") {
      position += 1
      skipSpace(lines: true)
    }
    if !takeWord(word) { throw ShellError() }
  }

  private mutating func takeWord(_ word: String) -> Bool {
    guard peekWord().elementsEqual(word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// The plain text up to the next blank or operator; empty where a quote or the like stands in it.
  private func peekWord() -> ArraySlice<UInt8> {
    var end = position
    while end < bytes.count, end - position < 100 {
      let byte = bytes[end]
      if endsWord(byte) || byte == UInt8(ascii: "`") && backticks > 0 { break }
      if "'\"\\$`".utf8.contains(byte) { return [] }
      end += 1
    }
    return bytes[position..<end]
  }

  /// Whether a word in the place of a command ends what encloses it.
  private func isClosing(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count <= 4, let first = word.first, "}tdfe".utf8.contains(first) else { return false }
    return ["}", "then", "do", "done", "fi", "else", "elif", "esac"].contains { word.elementsEqual($0.utf8) }
  }

  /// Skips blanks, comments, and the ends of lines if `lines` says so.
  mutating func skipSpace(lines: Bool = false) {
    while let byte = peek() {
      if isBlank(byte) {
        position += 1
      } else if byte == UInt8(ascii: "\\"), peek(1) == 0x0A {
        position += 2
      } else if byte == UInt8(ascii: "\\"), peek(1) == 0x0D, peek(2) == 0x0A {
        position += 3
      } else if byte == UInt8(ascii: "#") {
        while let next = peek(), next != 0x0A, !(backticks > 0 && next == UInt8(ascii: "`")) { position += 1 }
      } else if lines, byte == 0x0A {
        newline()
      } else {
        return
      }
    }
  }
}

/// The text is not understood here.
struct ShellError: Error {}

/// Whether a byte separates words.
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0B || byte == 0x0C }

func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

/// Whether a byte may stand in the name of a variable.
func isNamePart(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "_") || isDigit(byte) || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
}

/// Whether an unquoted byte ends a word.
func endsWord(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"),
    UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"):
    true
  default: false
  }
}
