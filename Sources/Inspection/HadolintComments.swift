internal import Dockerfiles
internal import Rules
internal import SourceText

/// Reads `# hadolint ignore=DL3042 # why` as hadolint 2.15.1 does.
///
/// Seen by running it: `ignore` speaks for the instruction in the very next line, `stage ignore` for the
/// stage whose FROM stands there, `global ignore` for the file wherever it stands; a comment between the
/// lines of an instruction is none. A list with anything but codes in capital letters, separated by
/// commas, makes the comment void, and so does a text behind it without a second `#`.
enum HadolintComments {
  private enum Reach { case next, stage, global }

  /// The comments of a Dockerfile that speak for something, and of rules that a comment can accept here.
  static func read(_ dockerfile: Dockerfile) -> [InlineComment] {
    let pieces = dockerfile.pieces
    var comments: [InlineComment] = []
    for (position, piece) in pieces.enumerated() where piece.kind == .comment {
      guard let pragma = pragma(dockerfile.bytes, piece.range),
        let extent = extent(pragma.reach, of: position, in: dockerfile)
      else { continue }
      let codes = pragma.codes.filter { HadolintRule.named($0)?.canBeIgnored ?? false }
      guard let first = codes.first else { continue }
      comments.append(
        InlineComment(
          language: .hadolint, range: piece.range, extent: extent,
          rules: codes.map { InlineComment.Named(text: $0, range: piece.range) },
          reason: pragma.reason.isEmpty ? "hadolint ignore=\(first)" : pragma.reason, defect: nil))
    }
    return comments
  }

  private static func extent(_ reach: Reach, of position: Int, in dockerfile: Dockerfile) -> InlineComment.Extent? {
    if reach == .global { return .file }
    let pieces = dockerfile.pieces
    guard position + 1 < pieces.count, case .instruction(let index) = pieces[position + 1].kind else { return nil }
    let range = dockerfile.instructions[index].range
    if reach == .next { return .range(range) }
    guard dockerfile.instructions[index].keyword == .from else { return nil }
    let next = dockerfile.instructions[(index + 1)...].first { $0.keyword == .from }
    return .stage(ByteRange(range.lower, next?.range.lower ?? dockerfile.bytes.count))
  }

  private static func pragma(
    _ bytes: [UInt8], _ line: ByteRange
  ) -> (reach: Reach, codes: [String], reason: String)? {
    var cursor = Cursor(bytes[line.indices])
    cursor.skipBlanks()
    guard cursor.take("#") else { return nil }
    cursor.skipBlanks()
    guard cursor.take("hadolint"), cursor.skipBlanks() else { return nil }
    var reach = Reach.next
    if cursor.take("global") {
      reach = .global
    } else if cursor.take("stage") {
      reach = .stage
    }
    if reach != .next, !cursor.skipBlanks() { return nil }
    guard cursor.take("ignore") else { return nil }
    cursor.skipBlanks()
    guard cursor.take("=") else { return nil }
    var codes: [String] = []
    repeat {
      cursor.skipBlanks()
      guard let code = cursor.code() else { return nil }
      codes.append(code)
      cursor.skipBlanks()
    } while cursor.take(",")
    if cursor.take("#") { return (reach, codes, cursor.trimmedRest) }
    return cursor.trimmedRest.isEmpty ? (reach, codes, "") : nil
  }

  /// A place in one line.
  private struct Cursor {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
      rest = line
    }

    /// What is left, without white space around it.
    var trimmedRest: String {
      let text = rest.drop(while: Self.isSpace)
      return String(
        decoding: text.prefix(upTo: (text.lastIndex { !Self.isSpace($0) } ?? text.startIndex - 1) + 1), as: UTF8.self)
    }

    @discardableResult
    mutating func skipBlanks() -> Bool {
      let before = rest.startIndex
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      return rest.startIndex > before
    }

    mutating func take(_ text: String) -> Bool {
      guard rest.starts(with: text.utf8) else { return false }
      rest = rest.dropFirst(text.utf8.count)
      return true
    }

    /// `DL` or `SC` and digits, of which there may be none.
    mutating func code() -> String? {
      guard rest.starts(with: "DL".utf8) || rest.starts(with: "SC".utf8) else { return nil }
      let digits = rest.dropFirst(2).prefix { (0x30...0x39).contains($0) }
      let code = rest[rest.startIndex..<digits.endIndex]
      rest = rest[digits.endIndex...]
      return String(decoding: code, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  }
}
