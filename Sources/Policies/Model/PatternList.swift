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
    for end in components.indices {
      let isLast = end == components.count - 1
      if isDirectoryOnly, isLast, !isDirectory { continue }
      if fits(parts[...], components[...end]) { return true }
    }
    return false
  }

  private func fits(_ parts: ArraySlice<Wildcard>, _ components: ArraySlice<ArraySlice<UInt8>>) -> Bool {
    guard let part = parts.first else { return components.isEmpty }
    if part.pattern == "**" {
      if parts.count == 1 { return !components.isEmpty }
      return (components.startIndex...components.endIndex).contains { fits(parts.dropFirst(), components[$0...]) }
    }
    guard let component = components.first, part.matches(component) else { return false }
    return fits(parts.dropFirst(), components.dropFirst())
  }
}
