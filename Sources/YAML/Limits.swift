/// How much of a document is read before it is refused.
public struct Limits: Hashable, Sendable {
  /// The greatest number of bytes.
  public var size: Int
  /// The greatest number of nodes inside each other.
  public var nesting: Int
  /// The greatest number of nodes.
  public var nodes: Int
  /// The greatest number of errors that are kept.
  public var errors: Int

  /// Creates limits; what is not named is as for a policy.
  public init(size: Int = 1 << 20, nesting: Int = 64, nodes: Int = 100_000, errors: Int = 100) {
    self.size = size
    // A tree is walked by functions that call themselves.
    self.nesting = min(nesting, 512)
    self.nodes = nodes
    self.errors = errors
  }

  /// The limits of a policy.
  public static let policy = Limits()
}

/// Which parts of the language a document may use.
public enum Strictness: Hashable, Sendable {
  /// Values, lists and keys only: no anchors, aliases, merge keys or tags.
  case plain
  /// All of it; an alias stays an alias, it is never expanded.
  case full
}
