internal import IgnoreFiles
public import SourceText

/// Patterns in git's ignore language, relative to the repository's root.
///
/// A pattern that names a directory speaks of all below it; `!` takes back what an earlier one says.
public struct PatternList: Hashable, Sendable {
  /// The patterns as they are written.
  public let patterns: [String]
  private let compiled: PathPatterns

  /// Creates a list.
  public init(_ patterns: [String]) {
    self.patterns = patterns
    compiled = PathPatterns(patterns)
  }

  /// Whether the list speaks of `path`.
  public func matches(_ path: Path, isDirectory: Bool = false) -> Bool {
    compiled.matches(path, isDirectory: isDirectory)
  }

  /// Whether both have the same patterns.
  public static func == (left: PatternList, right: PatternList) -> Bool { left.patterns == right.patterns }

  /// Feeds the patterns to a hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(patterns) }
}
