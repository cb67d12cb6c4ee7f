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
  var pending: [PendingDocument] = []
  /// The documents that were read, by where their operator stands.
  var documents: [Int: ShellDocument] = [:]
  /// Inside of how many backticks the reader is.
  var backticks = 0

  struct PendingDocument {
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

  mutating func node() -> ShellNode {
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
  // MARK: Bytes

  func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8) throws(ShellError) {
    skipSpace(lines: true)
    if !take(byte) { throw ShellError() }
  }

  mutating func expect(_ word: String) throws(ShellError) {
    skipSpace(lines: true)
    if peek() == UInt8(ascii: ";"), peek(1) != UInt8(ascii: ";") {
      position += 1
      skipSpace(lines: true)
    }
    if !takeWord(word) { throw ShellError() }
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard peekWord().elementsEqual(word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// The plain text up to the next blank or operator; empty where a quote or the like stands in it.
  func peekWord() -> ArraySlice<UInt8> {
    var end = position
    while end < bytes.count, end - position < 100 {
      let byte = bytes[end]
      if endsWord(byte) || byte == UInt8(ascii: "`") && backticks > 0 { break }
      if startsQuote(byte) { return [] }
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

/// Whether a byte begins what does not stand for itself in a word.
private func startsQuote(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"): true
  default: false
  }
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
