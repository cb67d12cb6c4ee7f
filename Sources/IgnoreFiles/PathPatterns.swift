public import SourceText

/// Patterns in git's ignore language that choose paths, relative to a root.
///
/// A pattern that matches a directory speaks of all below it; the last pattern that speaks of a path
/// decides, and `!` takes back.
public struct PathPatterns: Sendable {
  private let file: GitIgnoreFile

  /// Creates the list; each text is one pattern.
  public init(_ patterns: [String]) {
    file = GitIgnoreFile(Array(patterns.joined(separator: "\n").utf8))
  }

  /// Whether there is no pattern.
  public var isEmpty: Bool { file.rules.isEmpty }

  /// Whether the list speaks of a path.
  public func matches(_ path: Path, isDirectory: Bool = false) -> Bool {
    if isEmpty || !file.matcher.mayMatch(path.bytes) { return false }
    var best = -1
    var name = 0
    while name < path.bytes.count {
      let end = path.bytes[name...].firstIndex(of: UInt8(ascii: "/")) ?? path.bytes.count
      let isLast = end == path.bytes.count
      let part = isLast ? path.bytes : Array(path.bytes[..<end])
      if let rule = file.lastMatch(part, from: 0, name: name, isDirectory: !isLast || isDirectory) {
        best = max(best, rule)
      }
      name = end + 1
    }
    return best >= 0 && !file.rules[best].isNegated
  }
}
