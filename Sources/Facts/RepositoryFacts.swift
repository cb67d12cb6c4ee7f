public import Caches
public import IgnoreFiles
public import Policies
public import SourceText

/// What the index and the work tree hold.
public struct RepositoryFacts: Sendable {
  /// The caches that are proven, sorted by path.
  public var caches: [CacheFact]
  /// Tracked files that are no caches though an ignore rule of the repository covers them.
  public var ignoredSources: [IgnoredSource]
  /// The paths of the index, sorted; only as far as a rule asked for them.
  public var tracked: [Path]
  /// What the paths in ``tracked`` are, where they are no ordinary files.
  public var modes: [Path: Match.EntryMode]

  /// Creates the facts of a repository.
  public init(
    caches: [CacheFact], ignoredSources: [IgnoredSource], tracked: [Path] = [], modes: [Path: Match.EntryMode] = [:]
  ) {
    self.caches = caches
    self.ignoredSources = ignoredSources
    self.tracked = tracked
    self.modes = modes
  }
}

/// A proven place of a cache kind.
public struct CacheFact: Sendable {
  /// The kind.
  public let kind: CacheKind
  /// The directory or file.
  public let path: Path
  /// Whether it is a directory.
  public let isDirectory: Bool
  /// The entries of the index that are it or lie below it, sorted.
  public let tracked: [Path]
  /// Whether it exists in the work tree.
  public let isOnDisk: Bool
  /// The rule of the repository's own ignore files that covers it, where one does.
  public let ignoredBy: IgnoreDecision?
  /// The rule that covers it when personal excludes count too, where one does.
  public let privatelyIgnoredBy: IgnoreDecision?
  /// Whether an ignore file inside covers all of it.
  public let ignoresItself: Bool
  /// The alternative of proof that held.
  public let proof: String

  /// Creates the fact.
  public init(
    kind: CacheKind, path: Path, isDirectory: Bool, tracked: [Path], isOnDisk: Bool, ignoredBy: IgnoreDecision?,
    privatelyIgnoredBy: IgnoreDecision?, ignoresItself: Bool, proof: String
  ) {
    self.kind = kind
    self.path = path
    self.isDirectory = isDirectory
    self.tracked = tracked
    self.isOnDisk = isOnDisk
    self.ignoredBy = ignoredBy
    self.privatelyIgnoredBy = privatelyIgnoredBy
    self.ignoresItself = ignoresItself
    self.proof = proof
  }
}

/// A tracked file that an ignore rule of the repository covers.
public struct IgnoredSource: Sendable {
  /// The file.
  public let path: Path
  /// The rule that covers it.
  public let decision: IgnoreDecision

  /// Creates the fact.
  public init(path: Path, decision: IgnoreDecision) {
    self.path = path
    self.decision = decision
  }
}

/// A tool that is used in a directory, and what it would write there.
public struct ToolUse: Sendable {
  /// A kind that many uses share, so that passing them on copies one reference.
  public final class SharedKind: Sendable {
    /// The kind.
    public let kind: CacheKind

    /// Wraps a kind.
    public init(_ kind: CacheKind) {
      self.kind = kind
    }
  }

  private let shared: SharedKind
  /// The directory where it is used.
  public let directory: Path
  /// The file that shows it.
  public let marker: Path
  /// Paths that it would write, and how the repository's own ignore files judge them.
  public let writes: [ExpectedWrite]

  /// The cache that it writes.
  public var kind: CacheKind { shared.kind }

  /// Whether the tool writes an ignore file of git's beside the cache; Docker does not read it.
  public var ignoresItself: Bool { shared.kind.ignoresItself }

  /// The id of the cache that it writes.
  public var kindID: String { shared.kind.id }

  /// Creates the fact.
  public init(kind: SharedKind, directory: Path, marker: Path, writes: [ExpectedWrite]) {
    shared = kind
    self.directory = directory
    self.marker = marker
    self.writes = writes
  }
}

/// A path that a tool would write.
public struct ExpectedWrite: Sendable {
  /// The path of the file.
  public let path: Path
  /// The rule of the repository's own ignore files that decides, where one does.
  public let decision: IgnoreDecision?

  /// Whether the repository's own ignore files cover it.
  public var isIgnored: Bool { decision?.isIgnored ?? false }

  /// Creates the fact.
  public init(path: Path, decision: IgnoreDecision?) {
    self.path = path
    self.decision = decision
  }
}
