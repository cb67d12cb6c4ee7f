internal import SourceText

/// An ignore file in git's language.
public struct GitIgnoreFile: Sendable {
  /// Git passes over a file that is larger, in bytes (since 2.46).
  public static let sizeLimit = 100 << 20

  /// The patterns, in the order of the file.
  public let rules: [GitIgnoreRule]
  let matcher: GitIgnoreMatcher

  /// Reads a file; every sequence of bytes is one.
  public init(_ bytes: [UInt8], ignoreCase: Bool = false) {
    var rules: [GitIgnoreRule] = []
    var start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    var line = 1
    if bytes.count > Self.sizeLimit { start = bytes.count }
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if let range = Self.pattern(bytes, start, end) {
        rules.append(GitIgnoreRule(bytes[range.indices], line: line, range: range))
      }
      start = end + 1
      line += 1
    }
    self.rules = rules
    matcher = GitIgnoreMatcher(rules, foldsCase: ignoreCase)
  }

  /// The rule that stands in a line, from 1.
  public func rule(atLine line: Int) -> GitIgnoreRule? {
    var low = 0
    var high = rules.count
    while low < high {
      let middle = (low + high) / 2
      if rules[middle].line < line { low = middle + 1 } else { high = middle }
    }
    return low < rules.count && rules[low].line == line ? rules[low] : nil
  }

  /// The pattern in a line; nil where the line has none.
  private static func pattern(_ bytes: [UInt8], _ start: Int, _ lineEnd: Int) -> ByteRange? {
    guard start < lineEnd, bytes[start] != UInt8(ascii: "#") else { return nil }
    var end = lineEnd
    if bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    if let zero = bytes[start..<end].firstIndex(of: 0) { end = zero }
    // Trailing spaces go, unless a backslash keeps them.
    var lastSpace: Int?
    var index = start
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: " "):
        if lastSpace == nil { lastSpace = index }
        index += 1
      case UInt8(ascii: "\\"):
        if index + 1 >= end { return start < end ? ByteRange(start, end) : nil }
        lastSpace = nil
        index += 2
      default:
        lastSpace = nil
        index += 1
      }
    }
    if let lastSpace { end = lastSpace }
    return start < end ? ByteRange(start, end) : nil
  }

  /// The last rule that matches a path relative to the file's directory, by its place in ``rules``.
  ///
  /// `path` holds the path from `start` on, and its last part begins at `name`.
  func lastMatch(_ path: [UInt8], from start: Int, name: Int, isDirectory: Bool) -> Int? {
    matcher.lastMatch(path, from: start, name: name, isDirectory: isDirectory)
  }
}
