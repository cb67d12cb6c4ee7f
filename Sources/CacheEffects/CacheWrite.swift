public import Caches
public import Dockerfiles

/// A cache that a command of a Dockerfile writes.
public struct CacheWrite: Sendable {
  /// The kind.
  public let kind: CacheKind
  /// The command, by its number among those of its instruction.
  public let command: Int
  /// The directory; nil where it is not known.
  public let place: CachePlace?
  /// Where it is instead, if the image has other tools than thought; empty where that is known.
  public internal(set) var otherPlaces: [[UInt8]] = []
  /// Whether it is written in every build that succeeds.
  public let isCertain: Bool
  /// What keeps it out of the layer; nil where nothing does.
  public internal(set) var keptOut: KeptOut?
  /// Why that is not known for sure; nil where it is, also where one of several ways through the script has to write it.
  public internal(set) var doubt: Doubt?
  /// A switch that makes the tool fail, or that it does not follow here.
  public internal(set) var refused: String?
  /// The command later in the same RUN that removes what a mount has of it, by its number.
  public internal(set) var emptiedBy: Int?

  /// Whether something of it stays in the layer, as far as is known.
  public var stays: Bool { keptOut == nil }
}

/// Where a cache is.
public struct CachePlace: Hashable, Sendable {
  /// The absolute path without a slash at its end; it may have wildcards.
  public let path: [UInt8]
  /// Whether that is sure; a home directory of a user that the Dockerfile does not tell of is a guess.
  public let isCertain: Bool

  /// Creates a place.
  public init(path: [UInt8], isCertain: Bool) {
    self.path = path
    self.isCertain = isCertain
  }
}

/// What keeps a cache out of a layer.
public enum KeptOut: Hashable, Sendable {
  /// A flag of the command.
  case flag(String)
  /// A variable.
  case variable(String, VariableOrigin?)
  /// A setting that an earlier command has written, by its instruction.
  case setting(String, instruction: Int)
  /// A mount, by the number of the flag.
  case mount(flag: Int, isCache: Bool)
  /// A command later in the same RUN, by its number.
  case removal(command: Int)
  /// What the base image does by itself.
  case base(String)
  /// It lies where no layer is.
  case outside

  /// The name of the way, as the policy and the facts say it.
  public var name: String {
    switch self {
    case .flag, .variable, .setting: "no-cache"
    case .mount: "cache-mount"
    case .removal: "clean"
    case .base: "base"
    case .outside: "outside"
    }
  }
}

/// Why a verdict is less than sure.
public enum Doubt: Hashable, Sendable {
  /// The base image may set a variable that counts.
  case base
  /// The base image may remove it by itself, as most images with apt do.
  case baseRemoval
  /// A variable's value is not known.
  case variable(String)
  /// A word of the command is not known.
  case word
  /// A configuration file that is not looked into may count, by the instruction that puts it there.
  case file(String, instruction: Int)
  /// What is set for good by a command or in a configuration file may move it, by the instruction that does so.
  case moved(String, instruction: Int)
  /// The command may not run.
  case branch
  /// The shell's text is not understood in full.
  case script
  /// A later command of the same RUN may remove it: one that may not run, or of which not all is known.
  case removal

  /// The doubt, for people.
  public var reason: String {
    switch self {
    case .base: "the base image is not known, and may set a variable"
    case .baseRemoval: "the base image is not known, and may remove it by itself"
    case .variable(let name): "the value of `\(name)` is not known"
    case .word: "a word of the command is not known"
    case .file(let path, _): "`\(path)` may turn it off"
    case .moved(let cause, _): "`\(cause)` may move it"
    case .branch: "the command may not run"
    case .script: "the script is not understood in full"
    case .removal: "a later command of the same RUN may remove it"
    }
  }
}

/// A cache of which a command needs what an earlier RUN has left.
public struct CacheNeed: Sendable {
  /// The kind.
  public let kind: CacheKind
  /// The command, by its number among those of its instruction.
  public let command: Int
}

/// Files that a command removes.
public struct Removal: Sendable {
  /// The command, by its number among those of its instruction.
  public let command: Int
  /// The absolute path, which may have wildcards; nil for what a tool's own command removes.
  public let path: [UInt8]?
  /// The kinds that a tool's own command removes.
  public let kinds: [CacheKind]
}
