public import SourceText

/// Patterns in git's ignore language, relative to the repository's root.
///
/// A pattern that names a directory speaks of all below it; `!` takes back what an earlier one says.
public struct PatternList: Hashable, Sendable {
  /// The patterns as they are written.
  public let patterns: [String]

  /// Creates a list.
  public init(_ patterns: [String]) {
    self.patterns = patterns
  }

  /// Whether the list speaks of `path`.
  public func matches(_ path: Path, isDirectory: Bool = false) -> Bool {
    var isMatch = false
    for pattern in patterns where speaks(pattern, of: path, isDirectory: isDirectory) {
      isMatch = !pattern.hasPrefix("!")
    }
    return isMatch
  }

  private func speaks(_ pattern: String, of path: Path, isDirectory: Bool) -> Bool {
    var text = pattern.hasPrefix("!") ? pattern.dropFirst() : pattern[...]
    let isDirectoryOnly = text.hasSuffix("/")
    if isDirectoryOnly { text = text.dropLast() }
    let isAnchored = text.contains("/")
    if text.hasPrefix("/") { text = text.dropFirst() }
    var parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Wildcard(String($0)) }
    if !isAnchored { parts.insert(Wildcard("**"), at: 0) }
    let components = path.components
    // Which numbers of parts can stand for the components so far: one pass, whatever the pattern is.
    var reached: Set<Int> = [0]
    for (index, component) in components.enumerated() {
      var next: Set<Int> = []
      for position in closure(reached, parts) where position < parts.count {
        if parts[position].pattern == "**" {
          next.insert(position)
          if position == parts.count - 1 { next.insert(parts.count) }
        } else if parts[position].matches(component) {
          next.insert(position + 1)
        }
      }
      reached = next
      let isLast = index == components.count - 1
      if reached.contains(parts.count), !(isDirectoryOnly && isLast && !isDirectory) { return true }
    }
    return false
  }

  /// The positions with those that follow when a `**` before the end stands for nothing.
  private func closure(_ positions: Set<Int>, _ parts: [Wildcard]) -> Set<Int> {
    var result = positions
    for start in positions {
      var position = start
      while position < parts.count - 1, parts[position].pattern == "**" {
        position += 1
        result.insert(position)
      }
    }
    return result
  }
}
