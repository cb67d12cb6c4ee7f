/// One place that one tool writes, with one answer to "may it be removed?".
public struct CacheKind: Sendable {
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

  /// Whether secrets may lie in it.
  public enum Secrets: String, Sendable, Hashable, CaseIterable {
    /// No.
    case none
    /// Hardly ever.
    case low
    /// Now and then.
    case possible
    /// As a rule.
    case likely
  }

  /// The id, such as `python.pip`.
  public internal(set) var id = ""
  /// Further names that people type for it, such as `pip`.
  public internal(set) var aliases: [String] = []
  /// The ecosystem it belongs to, such as `python`.
  public internal(set) var ecosystem = ""
  /// The tools that write it.
  public internal(set) var tool = ""
  /// What it is, in a few words.
  public internal(set) var what = ""
  /// What the tool keeps there.
  public internal(set) var group = Group.generic
  /// Globs of directories in a repository, at any depth.
  public internal(set) var repositoryDirectories: [String] = []
  /// Globs of files in a repository, at any depth.
  public internal(set) var repositoryFiles: [String] = []
  /// Alternatives of proof, in the catalogue's proof language; any one suffices.
  public internal(set) var proof: [String] = []
  /// Ids of kinds that give way to this one where both are proven for one place.
  public internal(set) var supersedes: [String] = []
  /// What shows that the tool is used in a directory; empty where nothing does for sure.
  public internal(set) var usedWhen: [UseMarker] = []
  /// Paths that the tool would write, relative to a directory where it is used.
  public internal(set) var samples: [String] = []
  /// Whether the tool writes an ignore file into it that ignores everything.
  public internal(set) var ignoresItself = false
  /// Where it is in an image.
  public internal(set) var image = ImagePlaces()
  /// What is mistaken for it, and what beside it must stay.
  public internal(set) var trap: String?
  /// How much of it comes back by itself.
  public internal(set) var regenerates = Regeneration.fully
  /// Whether secrets may lie in it.
  public internal(set) var secrets = Secrets.none
  /// Whether an image may need it as its application.
  public internal(set) var mayBePayload = false
  /// Whether some projects commit it on purpose.
  public internal(set) var commitOK = false
  /// The commands that write it.
  public internal(set) var writtenBy: [CommandForm] = []
  /// What turns its writing off.
  public internal(set) var disable = Switches()
  /// What moves it elsewhere.
  public internal(set) var relocate = Switches()
  /// What a RUN of a Dockerfile leaves of it; nil where that is not worth a finding.
  public internal(set) var layer: LayerTraces?
  /// Commands that clear it, for a shell.
  public internal(set) var clean: [String] = []
  /// Where a BuildKit cache mount for it belongs.
  public internal(set) var mounts: [CacheMount] = []
  /// Lines for a .gitignore in a directory where the tool is used; empty where none are needed.
  public internal(set) var gitignore: [String] = []
  /// Lines for a .dockerignore.
  public internal(set) var dockerignore: [String] = []
  /// How the catalogue knows.
  public internal(set) var evidence = Evidence.recalled
  /// Where that was seen.
  public internal(set) var source = ""
  /// What else is worth knowing.
  public internal(set) var note: String?

  /// The part of the id before the dot.
  public var prefix: Substring { id.prefix { $0 != "." } }
}

extension CacheKind: Hashable {
  /// Whether both are the same kind: ids are unique in the catalogue.
  public static func == (left: CacheKind, right: CacheKind) -> Bool { left.id == right.id }

  /// Feeds the id to the hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
