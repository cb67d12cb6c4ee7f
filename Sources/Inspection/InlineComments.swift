internal import Dockerfiles
internal import SourceText
internal import Spelling

/// A comment in an examined file that accepts findings, or that was meant to.
struct InlineComment: Sendable, Hashable {
  /// How far it speaks.
  enum Extent: Sendable, Hashable {
    /// For what begins in these bytes: a line, an instruction.
    case range(ByteRange)
    /// For the build stage of these bytes.
    case stage(ByteRange)
    /// For the whole file.
    case file
  }

  /// Whose comment it is.
  enum Language: Sendable, Hashable {
    /// `# cachepolicy: ignore[CP310] reason`.
    case own
    /// `# hadolint ignore=DL3042 # reason`.
    case hadolint
  }

  /// Whose comment it is.
  let language: Language
  /// The comment, from its mark to the end of its line.
  let range: ByteRange
  /// How far it speaks.
  let extent: Extent
  /// The codes or names that it accepts, with their ranges.
  let rules: [Named]
  /// The reason it gives.
  let reason: String
  /// Why it cannot be read, and so accepts nothing; nil for one that can.
  let defect: Defect?

  /// A code or name in a comment.
  struct Named: Sendable, Hashable {
    /// The text.
    let text: String
    /// Where it stands.
    let range: ByteRange
  }

  /// What keeps a comment from being read.
  struct Defect: Error, Hashable {
    /// What is wrong.
    let message: String
    /// What to write instead.
    let help: String
    /// The part of the file that is wrong.
    let range: ByteRange
  }
}

/// Reads the comments that accept findings: `# cachepolicy: ignore[CP310] reason`.
struct InlineComments {
  private static let mark = Array("cachepolicy:".utf8)
  private static let verbs = ["ignore", "ignore-file"]

  private let bytes: [UInt8]
  private let lines: LineTable
  private(set) var comments: [InlineComment] = []

  /// The comments of a file whose comments are lines that begin with `#`.
  static func read(_ bytes: [UInt8]) -> [InlineComment] {
    guard contains(bytes, mark) else { return [] }
    var reader = InlineComments(bytes)
    reader.readLines()
    return reader.comments.reversed()
  }

  /// The comments of a Dockerfile.
  static func read(_ dockerfile: Dockerfile) -> [InlineComment] {
    guard contains(dockerfile.bytes, mark) else { return [] }
    var reader = InlineComments(dockerfile.bytes)
    reader.readPieces(dockerfile)
    return reader.comments.reversed()
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = LineTable(bytes)
  }

  // Files are read from the end, so that what a comment speaks for is known when the comment is met.

  private mutating func readLines() {
    var next: ByteRange?
    for line in (1...lines.count).reversed() {
      let range = lines.fullRange(ofLine: line)
      guard let start = textStart(range) else { continue }
      if bytes[start] == UInt8(ascii: "#") { read(start, next: next) } else { next = range }
    }
  }

  private mutating func readPieces(_ dockerfile: Dockerfile) {
    var next: ByteRange?
    for piece in dockerfile.pieces.reversed() {
      switch piece.kind {
      case .comment:
        if let start = textStart(piece.range) { read(start, next: next) }
      case .instruction(let index):
        next = piece.range
        readInside(dockerfile.instructions[index])
      default: continue
      }
    }
  }

  /// Comments between the lines of an instruction, where none speaks for an instruction.
  private mutating func readInside(_ instruction: Instruction) {
    var last = instruction.lineRange.upper
    // The text of a here-document is a program's, unless it is the script that RUN runs.
    if instruction.keyword == .run, case .shell(let range) = instruction.arguments,
      instruction.text[range].starts(with: "<<".utf8)
    {
      last = instruction.range.upper
    }
    guard Self.contains(bytes[instruction.range.lower..<last], Self.mark) else { return }
    let first = lines.line(of: instruction.range.lower)
    for line in (first...lines.line(of: max(first, last - 1))).reversed() {
      let range = lines.fullRange(ofLine: line)
      guard range.lower > instruction.range.lower, let start = textStart(range), bytes[start] == UInt8(ascii: "#")
      else { continue }
      read(start, next: nil, isInside: true)
    }
  }

  /// The place of the first byte that is no blank; nil in a blank line.
  private func textStart(_ range: ByteRange) -> Int? {
    bytes[range.indices].firstIndex { !Self.isBlank($0) && $0 != 0x0A && $0 != 0x0D }
  }

  private mutating func read(_ start: Int, next: ByteRange?, isInside: Bool = false) {
    let end = lines.range(ofLine: lines.line(of: start)).upper
    let text = skipBlanks(start + 1, end)
    guard text < end, bytes[text..<end].starts(with: Self.mark) else { return }
    let range = ByteRange(start, end)
    do throws(InlineComment.Defect) {
      if isInside {
        throw InlineComment.Defect(
          message: "a comment between the lines of an instruction speaks for nothing",
          help: "write it above the instruction", range: range)
      }
      comments.append(try comment(range, skipBlanks(text + Self.mark.count, end), next))
    } catch {
      comments.append(InlineComment(language: .own, range: range, extent: .file, rules: [], reason: "", defect: error))
    }
  }

  /// The comment whose verb begins at `start`.
  private func comment(
    _ range: ByteRange, _ start: Int, _ next: ByteRange?
  ) throws(InlineComment.Defect) -> InlineComment {
    let end = range.upper
    var offset = start
    while offset < end, !Self.isBlank(bytes[offset]), bytes[offset] != UInt8(ascii: "[") { offset += 1 }
    let verb = text(start, offset)
    guard Self.verbs.contains(verb) else { throw unknownVerb(verb, ByteRange(start, offset), range) }
    offset = skipBlanks(offset, end)
    guard offset < end, bytes[offset] == UInt8(ascii: "[") else {
      throw InlineComment.Defect(
        message: "the comment names no rule in brackets", help: "write \(verb)[CP201] and the reason", range: range)
    }
    guard let close = bytes[offset..<end].firstIndex(of: UInt8(ascii: "]")) else {
      throw InlineComment.Defect(
        message: "the bracket is never closed", help: "write `]` behind the last rule", range: ByteRange(offset, end))
    }
    let rules = names(ByteRange(offset + 1, close))
    if rules.isEmpty {
      throw InlineComment.Defect(
        message: "the comment names no rule", help: "write \(verb)[CP201] and the reason",
        range: ByteRange(offset, close + 1))
    }
    let reason = text(skipBlanks(close + 1, end), end)
    if !reason.utf8.contains(where: Self.isWordByte) {
      throw InlineComment.Defect(
        message: "the comment gives no reason, so it accepts nothing", help: "write the reason behind the bracket",
        range: range)
    }
    if verb == "ignore-file" {
      return InlineComment(language: .own, range: range, extent: .file, rules: rules, reason: reason, defect: nil)
    }
    guard let next else {
      throw InlineComment.Defect(
        message: "nothing follows for which the comment could speak",
        help: "write it above what it accepts, or ignore-file for the whole file", range: range)
    }
    return InlineComment(language: .own, range: range, extent: .range(next), rules: rules, reason: reason, defect: nil)
  }

  private func unknownVerb(_ verb: String, _ place: ByteRange, _ comment: ByteRange) -> InlineComment.Defect {
    let known = "known are ignore and ignore-file"
    if verb.isEmpty { return InlineComment.Defect(message: "the comment says nothing", help: known, range: comment) }
    let near = verb.utf8.count > 30 ? nil : suggestion(for: verb, among: Self.verbs)
    return InlineComment.Defect(
      message: "the comment cannot be read: `\(shortened(verb))` is no verb",
      help: near.map { "did you mean \($0)?" } ?? known, range: place)
  }

  private func names(_ list: ByteRange) -> [InlineComment.Named] {
    var names: [InlineComment.Named] = []
    for part in bytes[list.indices].split(separator: UInt8(ascii: ",")) {
      let start = skipBlanks(part.startIndex, part.endIndex)
      var end = part.endIndex
      while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
      if start < end { names.append(InlineComment.Named(text: text(start, end), range: ByteRange(start, end))) }
    }
    return names
  }

  private func text(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private func skipBlanks(_ from: Int, _ end: Int) -> Int {
    var offset = from
    while offset < end, Self.isBlank(bytes[offset]) { offset += 1 }
    return offset
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// Whether the byte can be part of a word of some language.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      true
    default: false
    }
  }

  private static func contains(_ bytes: some RandomAccessCollection<UInt8>, _ word: [UInt8]) -> Bool {
    guard let first = word.first, bytes.count >= word.count else { return false }
    var rest = bytes[...]
    while let hit = rest.firstIndex(of: first) {
      rest = rest[hit...]
      if rest.starts(with: word) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}

/// Words of a file as a message quotes them: safe to print, and not longer than a line takes.
func shortened(_ text: String) -> String {
  let limit = 40
  let shown = text.unicodeScalars.prefix(limit + 1)
  if shown.count <= limit { return printable(text) }
  return printable(String(String.UnicodeScalarView(shown.dropLast()))) + "…"
}
