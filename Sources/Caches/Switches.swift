/// What turns a cache's writing off, or moves it.
public struct Switches: Sendable, Hashable {
  /// Environment variables.
  public internal(set) var environment: [EnvironmentSwitch] = []
  /// Flags of commands.
  public internal(set) var flags: [FlagSwitch] = []
  /// Entries of configuration files, as prose.
  public internal(set) var configuration: [String] = []

  /// Whether nothing is known.
  public var isEmpty: Bool { environment.isEmpty && flags.isEmpty && configuration.isEmpty }
}

/// An environment variable that turns a cache's writing off, or moves the cache.
public struct EnvironmentSwitch: Sendable, Hashable {
  /// How much of the writing it stops.
  public enum Effect: String, Sendable, Hashable, CaseIterable {
    /// All of it.
    case full
    /// A part of it.
    case partial
    /// The tool fails: to be reported, never to be written.
    case forbidden
    /// The cache is written elsewhere.
    case moves
  }

  /// The variable.
  public internal(set) var name: String
  /// The value to write; empty for a variable that moves the cache, which takes a directory.
  public internal(set) var value: String
  /// How the tool reads the value.
  public internal(set) var grammar: SwitchGrammar
  /// How much of the writing it stops.
  public internal(set) var effect: Effect
  /// The one command whose writing it stops, where others write the cache too.
  public internal(set) var only: String?
  /// What else is worth knowing.
  public internal(set) var note: String?
  /// Commands that fail with a value that the tool refuses.
  public internal(set) var failing: [CommandForm] = []
  /// Flags with which the tool does not look at the variable.
  public internal(set) var ignoredWith: [String]
  /// Where below the directory that the variable names an image is searched for the cache, empty for that directory
  /// itself; nil where ``LayerTraces/places`` tells, or nothing does.
  public internal(set) var below: String?
}

/// A flag that turns a cache's writing off, or moves the cache.
public struct FlagSwitch: Sendable, Hashable {
  /// How the flag acts.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    /// Written, it takes effect.
    case add
    /// Left out, it takes effect.
    case omit
    /// It is a command to run once, not a flag.
    case run
  }

  /// How the flag acts.
  public internal(set) var action: Action
  /// The command that takes it; for `run` the whole command line.
  public internal(set) var command: String
  /// The sub-commands after which it stands; empty where it follows the command itself.
  public internal(set) var after: [String]
  /// The flag, with its value where that is fixed: `--no-cache-dir`, `-p no:cacheprovider`.
  public internal(set) var flag: String
  /// What stands for the value that the user chooses, such as `DIR`.
  public internal(set) var value: String?
  /// What else is worth knowing.
  public internal(set) var note: String?
  /// Where below the directory that the user chooses the cache lies; empty for that directory itself.
  public internal(set) var below: String
  /// Flags that take it back, and what a variable says, where they come later.
  public internal(set) var undoneBy: [String]

  /// The switch as a person would write it: `pip install --no-cache-dir`.
  public var text: String {
    if action == .run { return command }
    var words = [command] + after.prefix(1)
    if action == .omit { words.append("without") }
    words.append(flag)
    guard let value else { return words.joined(separator: " ") }
    let joins = flag.last == "=" || flag.last == ":"
    return words.joined(separator: " ") + (joins ? "" : " ") + value
  }
}

/// Where a cache is in an image.
public struct ImagePlaces: Sendable, Hashable {
  /// Globs of absolute paths when root runs the tool.
  public internal(set) var root: [String] = []
  /// Globs for other users, `~` being HOME.
  public internal(set) var user: [String] = []
  /// Whether the tool honours XDG_CACHE_HOME.
  public internal(set) var followsXDG = false
}

/// A BuildKit cache mount that fits a cache.
public struct CacheMount: Sendable, Hashable {
  /// The mount's target.
  public internal(set) var target: String
  /// Whether builds may use it at once (`shared`) or one after the other (`locked`).
  public internal(set) var sharing: String
}
