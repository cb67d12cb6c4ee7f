internal import SourceText

/// Reads the lines of a Dockerfile into pieces.
struct DockerfileReader {
  private let bytes: [UInt8]
  private var next = 0
  private var line = 0
  private var takesDirectives = true

  private(set) var pieces: [Dockerfile.Piece] = []
  private(set) var directives: [Dockerfile.Directive] = []
  private(set) var instructions: [Instruction] = []
  private(set) var problems: [Dockerfile.Problem] = []
  private(set) var escape = UInt8(ascii: "\\")

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// A line of the file: its bytes with and without the line end.
  private struct Line {
    let range: ByteRange
    let text: ByteRange
  }

  mutating func read() {
    if bytes.starts(with: byteOrderMark) {
      next = byteOrderMark.count
      pieces.append(.init(kind: .byteOrderMark, range: ByteRange(0, next)))
    }
    while let line = nextLine() { read(line) }
    if instructions.isEmpty { report("file with no instructions", ByteRange(at: bytes.count), line: max(1, line)) }
  }

  private mutating func nextLine() -> Line? {
    if next >= bytes.count { return nil }
    let start = next
    var end = start
    while end < bytes.count, bytes[end] != 0x0A { end += 1 }
    next = min(end + 1, bytes.count)
    line += 1
    if end - start > Dockerfile.lineLimit {
      report("line greater than max allowed size of \(Dockerfile.lineLimit)", ByteRange(start, end), line: line)
    }
    while end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return Line(range: ByteRange(start, next), text: ByteRange(start, end))
  }

  private mutating func read(_ first: Line) {
    let start = Space.skip(bytes, first.text.lower, first.text.upper)
    let text = ByteRange(start, first.text.upper)
    if takesDirectives, readDirective(text, first) { return }
    if !text.isEmpty, bytes[start] == UInt8(ascii: "#") {
      pieces.append(.init(kind: .comment, range: first.range))
    } else if text.isEmpty {
      pieces.append(.init(kind: .blank, range: first.range))
    } else {
      readInstruction(text, first)
    }
  }

  private mutating func readInstruction(_ text: ByteRange, _ first: Line) {
    let startLine = line
    var logical = LogicalText(at: text.lower)
    var hasBlank = false
    var part = continued(text)
    var upper = first.range.upper
    logical.append(bytes, part.text)
    while part.continues, let following = nextLine() {
      upper = following.range.upper
      let start = Space.skip(bytes, following.text.lower, following.text.upper)
      if start == following.text.upper {
        hasBlank = true
        continue
      }
      if bytes[start] == UInt8(ascii: "#") { continue }
      part = continued(following.text)
      logical.append(bytes, part.text)
    }
    let lineRange = ByteRange(first.range.lower, upper)
    if logical.bytes.isEmpty {
      pieces.append(.init(kind: .blank, range: lineRange))
      return
    }
    var parser = InstructionParser(logical, escape: escape)
    let parts = parser.parse(ByteRange(0, logical.bytes.count))
    for problem in parser.problems {
      report(problem.message, logical.physical(problem.range), line: startLine)
    }
    let heredocs = readHeredocs(logical, parts, lineRange, startLine)
    let range = ByteRange(lineRange.lower, next)
    pieces.append(.init(kind: .instruction(instructions.count), range: range))
    instructions.append(
      Instruction(
        keyword: parts.keyword, keywordRange: parts.keywordRange, range: range, lineRange: lineRange,
        startLine: startLine, endLine: line, text: logical, flags: parts.flags, argumentRange: parts.argumentRange,
        arguments: parts.arguments, heredocs: heredocs, hasBlankContinuation: hasBlank))
  }

  /// The line without the escape character that continues it, and whether one does.
  private func continued(_ text: ByteRange) -> (text: ByteRange, continues: Bool) {
    var end = text.upper
    while end > text.lower, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    guard end > text.lower, bytes[end - 1] == escape else { return (text, false) }
    if end - 2 >= text.lower, bytes[end - 2] == escape { return (text, false) }
    return (ByteRange(text.lower, end - 1), true)
  }

  private mutating func readHeredocs(
    _ logical: LogicalText, _ parts: InstructionParts, _ lineRange: ByteRange, _ startLine: Int
  ) -> [Heredoc] {
    if !parts.takesHeredocs { return [] }
    let markers: [HeredocMarker]
    do {
      markers = try heredocMarkers(logical.bytes)
    } catch {
      report(error.message, lineRange, line: startLine)
      return []
    }
    var heredocs: [Heredoc] = []
    for marker in markers {
      let start = next
      let firstLine = line + 1
      var end = start
      var isTerminated = false
      while let body = nextLine() {
        var content = bytes[body.text.indices]
        if marker.stripsTabs { content = content.drop { $0 == 0x09 } }
        if content.elementsEqual(marker.name) {
          isTerminated = true
          break
        }
        end = body.range.upper
      }
      heredocs.append(
        Heredoc(
          name: marker.name, stripsTabs: marker.stripsTabs, expands: marker.expands, body: ByteRange(start, end),
          startLine: firstLine, endLine: line))
      if !isTerminated {
        report("unterminated heredoc", place(of: marker, logical) ?? lineRange, line: startLine)
        break
      }
    }
    return heredocs
  }

  /// Where the marker of a here-document stands in the file; nil where several places could be it.
  private func place(of marker: HeredocMarker, _ logical: LogicalText) -> ByteRange? {
    let text = logical.bytes
    var found: ByteRange?
    var index = 0
    while index + 1 < text.count {
      defer { index += 1 }
      guard text[index] == UInt8(ascii: "<"), text[index + 1] == UInt8(ascii: "<") else { continue }
      var name = index + 2
      while name < text.count, Space.isASCII(text[name]) || "-'\"\\".utf8.contains(text[name]) { name += 1 }
      guard text[name...].starts(with: marker.name) else { continue }
      if found != nil { return nil }
      found = ByteRange(index, name + marker.name.count)
    }
    return found.map { logical.physical($0) }
  }

  /// Reads a parser directive; anything else ends the part of the file where they may stand.
  private mutating func readDirective(_ text: ByteRange, _ line: Line) -> Bool {
    guard let directive = directive(text) else {
      takesDirectives = false
      return false
    }
    pieces.append(.init(kind: .directive(directives.count), range: line.range))
    if directives.contains(where: { $0.name == directive.name }) {
      report("only one \(directive.name) parser directive can be used", text, line: self.line)
    } else if directive.name == "escape" {
      if directive.value == [UInt8(ascii: "\\")] || directive.value == [UInt8(ascii: "`")] {
        escape = directive.value[0]
      } else {
        report("invalid escape token, neither ` nor \\", directive.valueRange, line: self.line)
      }
    }
    directives.append(directive)
    return true
  }

  private func directive(_ line: ByteRange) -> Dockerfile.Directive? {
    var index = line.lower
    let end = line.upper
    guard index < end, bytes[index] == UInt8(ascii: "#") else { return nil }
    index = Space.skip(bytes, index + 1, end)
    let start = index
    while index < end, isLetter(bytes[index]) || (index > start && isDigit(bytes[index])) { index += 1 }
    let name = text(bytes[start..<index].map(lowercased))
    guard ["syntax", "escape", "check"].contains(name) else { return nil }
    while index < end, Self.isBlank(bytes[index]) { index += 1 }
    guard index < end, bytes[index] == UInt8(ascii: "=") else { return nil }
    index += 1
    while index < end, Self.isBlank(bytes[index]) { index += 1 }
    var upper = end
    while upper > index, Self.isBlank(bytes[upper - 1]) { upper -= 1 }
    if upper == index { return nil }
    let range = ByteRange(index, upper)
    return .init(name: name, value: Array(bytes[range.indices]), line: self.line, valueRange: range)
  }

  /// What a regular expression of Go calls white space: no vertical tab.
  private static func isBlank(_ byte: UInt8) -> Bool {
    Space.isASCII(byte) && byte != 0x0B
  }

  private mutating func report(_ message: String, _ range: ByteRange, line: Int) {
    problems.append(.init(level: .file, message: message, range: range, line: line))
  }
}
