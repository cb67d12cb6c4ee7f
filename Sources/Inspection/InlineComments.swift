internal import SourceText

/// A comment in an examined file that accepts findings.
struct InlineComment: Sendable, Hashable {
  /// How far it speaks.
  enum Scope: Sendable, Hashable {
    /// For the instruction or line that begins at this offset; nil where none follows.
    case next(Int?)
    /// For the whole file.
    case file
  }

  /// The comment, from its mark to the end of its line.
  let range: ByteRange
  /// How far it speaks.
  let scope: Scope
  /// The codes or names that it accepts, with their ranges.
  let rules: [Named]
  /// The reason it gives.
  let reason: String

  /// A code or name in a comment.
  struct Named: Sendable, Hashable {
    /// The text.
    let text: String
    /// Where it stands.
    let range: ByteRange
  }
}

/// Reads the comments that accept findings: `# cachepolicy: ignore[CP310] reason`.
enum InlineComments {
  private static let mark = Array("cachepolicy:".utf8)

  /// The comments in a file whose comments are lines that begin with `#`.
  ///
  /// A comment without rules or without a reason accepts nothing; it is returned with what it lacks,
  /// so that the run can say so.
  static func read(_ bytes: [UInt8]) -> [InlineComment] {
    guard contains(bytes, mark) else { return [] }
    let lines = LineTable(bytes)
    var comments: [InlineComment] = []
    // From the end, so that the line that a comment speaks for is known when the comment is met.
    var next: Int?
    for line in (1...lines.count).reversed() {
      let range = lines.range(ofLine: line)
      guard let start = bytes[range.indices].firstIndex(where: { !isBlank($0) }) else { continue }
      if bytes[start] != UInt8(ascii: "#") {
        next = range.lower
      } else if let comment = comment(bytes, ByteRange(start, range.upper), next: next) {
        comments.append(comment)
      }
    }
    return comments.reversed()
  }

  private static func comment(_ bytes: [UInt8], _ range: ByteRange, next: Int?) -> InlineComment? {
    var offset = skipBlanks(bytes, range.lower + 1, range.upper)
    guard bytes[offset..<range.upper].starts(with: mark) else { return nil }
    offset = skipBlanks(bytes, offset + mark.count, range.upper)
    let isFile = bytes[offset..<range.upper].starts(with: "ignore-file".utf8)
    guard isFile || bytes[offset..<range.upper].starts(with: "ignore".utf8) else { return nil }
    offset += isFile ? 11 : 6
    guard offset == range.upper || bytes[offset] == UInt8(ascii: "[") || isBlank(bytes[offset]) else { return nil }
    offset = skipBlanks(bytes, offset, range.upper)
    var rules: [InlineComment.Named] = []
    if offset < range.upper, bytes[offset] == UInt8(ascii: "["),
      let close = bytes[offset..<range.upper].firstIndex(of: UInt8(ascii: "]"))
    {
      for part in bytes[(offset + 1)..<close].split(separator: UInt8(ascii: ",")) {
        let start = skipBlanks(bytes, part.startIndex, part.endIndex)
        var end = part.endIndex
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        if start < end {
          rules.append(
            InlineComment.Named(text: String(decoding: bytes[start..<end], as: UTF8.self), range: ByteRange(start, end))
          )
        }
      }
      offset = close + 1
    }
    let reason = String(decoding: bytes[skipBlanks(bytes, offset, range.upper)..<range.upper], as: UTF8.self)
    let scope: InlineComment.Scope = isFile ? .file : .next(next)
    return InlineComment(range: range, scope: scope, rules: rules, reason: reason)
  }

  private static func skipBlanks(_ bytes: [UInt8], _ from: Int, _ end: Int) -> Int {
    var offset = from
    while offset < end, isBlank(bytes[offset]) { offset += 1 }
    return offset
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard let first = word.first, bytes.count >= word.count else { return false }
    var offset = 0
    while let hit = bytes[offset...].firstIndex(of: first) {
      if bytes[hit...].starts(with: word) { return true }
      offset = hit + 1
    }
    return false
  }
}
