public import SourceText

/// Which rule decided about a path, and what it said.
public struct IgnoreDecision: Sendable, Hashable {
  /// Where the rule stands.
  public enum Source: Sendable, Hashable {
    /// An ignore file in the work tree.
    case file(Path)
    /// The repository's own list that nobody else sees, `info/exclude`.
    case infoExclude
    /// The user's list for all repositories, `core.excludesFile`.
    case personal
  }

  /// Where the rule stands.
  public let source: Source
  /// Its line, from 1.
  public let line: Int
  /// Its pattern, as git prints it.
  public let pattern: [UInt8]
  /// Whether the path is ignored; false where the rule is a negation.
  public let isIgnored: Bool
  /// The path itself, or the parent that was excluded and decides for all below.
  public let decidedAt: Path

  /// Creates a decision.
  public init(source: Source, line: Int, pattern: [UInt8], isIgnored: Bool, decidedAt: Path) {
    self.source = source
    self.line = line
    self.pattern = pattern
    self.isIgnored = isIgnored
    self.decidedAt = decidedAt
  }
}
