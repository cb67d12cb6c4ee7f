public import SourceText

/// Where the interpreters of a target look for bytecode, and at which levels, as what starts them says.
///
/// A target that tells nothing of this, such as a repository, has the value that nothing was set for.
public struct BytecodeLookup: Hashable, Sendable {
  /// The directory below which interpreters from 3.8 on look in place of `__pycache__` (`PYTHONPYCACHEPREFIX`,
  /// `-X pycache_prefix`), from the root of the target; nil where they look in `__pycache__`.
  public var prefix: Path?
  /// The levels of optimisation at which the target starts Python, 0 for none; empty where that is not known.
  public var levels: Set<Int>

  /// Creates a value.
  public init(prefix: Path? = nil, levels: Set<Int> = []) {
    self.prefix = prefix
    self.levels = levels
  }
}
