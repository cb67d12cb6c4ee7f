public import SourceText

/// Where the interpreters of a target look for bytecode, and at which levels, as what starts them says.
///
/// A target that tells nothing of this, such as a repository, has the value that nothing was set for.
public struct BytecodeLookup: Hashable, Sendable {
  /// The directories below which interpreters from 3.8 on look (`PYTHONPYCACHEPREFIX`, `-X pycache_prefix`), from the
  /// root of the target; several where it starts Python in several ways.
  public var prefixes: [Path]
  /// Whether some of them look in `__pycache__`, as all do that have no prefix.
  public var usesCacheDirectory: Bool
  /// The levels of optimisation at which the target starts Python, 0 for none; empty where that is not known.
  public var levels: Set<Int>
  /// Whether the environment lets a Python that something else starts, such as a program of the target, run without
  /// optimisation.
  public var mayStartPlainly: Bool
  /// Whether it is certain that the target starts Python, and how, and not only known which environment that has.
  public var hasKnownStart: Bool

  /// Whether something may start Python at a level; all may be where nothing is known.
  public func mayUse(level: Int) -> Bool {
    levels.isEmpty || levels.contains(level) || level == 0 && mayStartPlainly
  }

  /// Creates a value.
  public init(
    prefixes: [Path] = [], usesCacheDirectory: Bool = true, levels: Set<Int> = [], mayStartPlainly: Bool = true,
    hasKnownStart: Bool = false
  ) {
    self.prefixes = prefixes
    self.usesCacheDirectory = usesCacheDirectory
    self.levels = levels
    self.mayStartPlainly = mayStartPlainly
    self.hasKnownStart = hasKnownStart
  }
}
