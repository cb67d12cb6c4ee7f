public import Findings

/// A test of a policy: files, and the findings that they must give.
public struct PolicyTest: Hashable, Sendable {
  /// What it shows.
  public let name: String
  /// The rules whose findings are compared, by code or own name; nil for all.
  public let rules: [String]?
  /// The profile for what nobody claims.
  public let profile: String?
  /// Whether unsafe fixes are applied too.
  public let unsafe: Bool
  /// The day on which it runs.
  public let today: CalendarDate?
  /// The files that are in the index and the work tree.
  public let files: [TestFile]
  /// The files that are in the work tree alone; `.git/info/exclude` may be one of them.
  public let untracked: [TestFile]
  /// The layers of an image, the lowest first; nil where the test has none.
  public let layers: [TestLayer]?
  /// The findings that must come, and no others.
  public let expect: [ExpectedFinding]
  /// The files that differ after the fix, and what they are then; nil where nothing is fixed.
  public let fixed: [TestFile]?
  /// Where it stands.
  public let origin: Origin
}

/// A file of a test.
public struct TestFile: Hashable, Sendable {
  /// Its path, relative to the repository.
  public let path: String
  /// What it holds.
  public let text: String
}

/// A layer of a test.
public struct TestLayer: Hashable, Sendable {
  /// What an added file is.
  public struct Addition: Hashable, Sendable {
    /// Its path.
    public let path: String
    /// What it holds, where that is written.
    public let text: String?
    /// How many bytes it has, where only that is written.
    public let size: Int?
  }

  /// The files that it adds.
  public let add: [Addition]
  /// The files that it removes.
  public let remove: [String]
}

/// A finding that a test wants.
public struct ExpectedFinding: Hashable, Sendable {
  /// The rule, by code or own name.
  public let rule: String
  /// The line, from 1.
  public let line: Int?
  /// The column, from 1.
  public let column: Int?
  /// The severity.
  public let severity: Severity?
  /// The file.
  public let path: String?
  /// The cache kind, by id.
  public let cache: String?
  /// Where it stands.
  public let origin: Origin
}
