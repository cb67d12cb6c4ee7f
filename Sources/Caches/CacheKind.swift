/// One place that one tool writes, with one answer to "may it be removed?".
public struct CacheKind: Sendable, Hashable {
  /// What the tool keeps there.
  public enum Group: String, Sendable, Hashable, CaseIterable {
    /// Compiled modules.
    case bytecode
    /// What was fetched from a network.
    case download
    /// What a build made.
    case build
    /// State and reports of tests.
    case test
    /// State of checkers.
    case lint
    /// Environments with installed packages.
    case env
    /// Indexes and lists.
    case metadata
    /// State of editors.
    case editor
    /// What operating systems leave behind.
    case osJunk = "os-junk"
    /// Models and data of machine learning.
    case models
    /// Logs.
    case logs
    /// Places that many tools share.
    case generic
  }

  /// How much of it comes back by itself.
  public enum Regeneration: String, Sendable, Hashable, CaseIterable {
    /// All of it.
    case fully
    /// All of it, from the network.
    case network
    /// All of it, at a price.
    case costly
    /// A part of it.
    case partial
    /// Nothing of it.
    case never
  }

  /// How the catalogue knows.
  public enum Evidence: String, Sendable, Hashable, CaseIterable {
    /// The tool was run.
    case measured
    /// Its documentation or source was read.
    case read
    /// From general knowledge; no fix relies on it.
    case recalled
  }

  /// The id, such as `python.pip`.
  public var id: String
  /// Further names that people type for it, such as `pip`.
  public var aliases: [String]
  /// The ecosystem it belongs to, such as `python`.
  public var ecosystem: String
  /// The tools that write it.
  public var tool: String
  /// What it is, in a few words.
  public var what: String
  /// What the tool keeps there.
  public var group: Group
  /// Globs of directories in a repository, at any depth.
  public var repositoryDirectories: [String]
  /// Globs of files in a repository, at any depth.
  public var repositoryFiles: [String]
  /// Alternatives of proof, in the catalogue's proof language; any one suffices.
  public var proof: [String]
  /// What is mistaken for it, and what beside it must stay.
  public var trap: String?
  /// How much of it comes back by itself.
  public var regenerates: Regeneration
  /// Whether an image may need it as its application.
  public var mayBePayload: Bool
  /// Whether some projects commit it on purpose.
  public var commitOK: Bool
  /// Whether the tool writes an ignore file into it that ignores everything.
  public var ignoresItself: Bool
  /// Lines for a .gitignore; empty where nothing of it appears in a repository.
  public var gitignore: [String]
  /// Lines for a .dockerignore.
  public var dockerignore: [String]
  /// How the catalogue knows.
  public var evidence: Evidence
  /// Where that was seen.
  public var source: String

  /// The part of the id before the dot.
  public var prefix: Substring { id.prefix { $0 != "." } }
}
