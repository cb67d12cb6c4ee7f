public import Policies
public import SourceText

/// What the command line and the environment say about a run.
public struct Settings: Sendable {
  /// The version of the program.
  public var version: String
  /// The directory that relative paths start from, absolute.
  public var currentDirectory: Path
  /// The environment variables that matter, by name.
  public var environment: [String: String]
  /// The profile of what no policy claims.
  public var profile: String?
  /// The profile of everything.
  public var forcedProfile: String?
  /// Policies that are merged after the discovered one, in order.
  public var policyFiles: [String]
  /// Whether only the built-in recommended policy counts.
  public var ignoresPolicies: Bool
  /// Codes, names or prefixes of codes that are judged; empty for all.
  public var select: [String]
  /// Codes, names or prefixes of codes that are not judged.
  public var ignore: [String]
  /// Patterns of paths that are not examined.
  public var exclude: [String]
  /// Whether paths come from the index alone, as in a commit hook.
  public var isStaged: Bool
  /// The stage that is built, where the person says.
  public var stage: String?
  /// The tags of interpreters that the targets have besides those that are found in them, such as `cpython-311`.
  public var interpreters: [String]
  /// Whether the program ends with the run, so that what was read need not be freed.
  public var endsWithRun = false
  /// How images are read.
  public var images = ImageSettings()
  /// The day that exceptions are judged by.
  public var today: CalendarDate

  /// Creates the settings of a run without flags.
  public init(version: String, currentDirectory: Path, environment: [String: String], today: CalendarDate) {
    self.version = version
    self.currentDirectory = currentDirectory
    self.environment = environment
    self.today = today
    profile = nil
    forcedProfile = nil
    policyFiles = []
    ignoresPolicies = false
    select = []
    ignore = []
    exclude = []
    isStaged = false
    stage = nil
    interpreters = []
  }

  /// Whether the work tree is a person's, so that what lies in it is worth judging.
  public var judgesWorkTree: Bool {
    !isStaged && (environment["CI"] ?? "").isEmpty
  }
}

/// Why a run cannot begin: what the person asked for is not possible.
public struct UsageError: Error, Hashable, Sendable {
  /// What is wrong and what to do, in lines.
  public let message: String

  /// Creates the error.
  public init(_ message: String) {
    self.message = message
  }
}
