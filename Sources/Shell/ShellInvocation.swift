public import SourceText

/// One run of a program that a script asks for, wrappers such as `sudo` and `env` taken off.
public struct ShellInvocation: Sendable {
  /// The words, the program's name first.
  public internal(set) var words: [ShellArgument]
  /// Where the command stands in the script, its wrappers included; nil where no place holds its very text.
  public internal(set) var range: ByteRange?
  /// Under which conditions it runs, the outermost first; none for what every successful run comes past.
  public internal(set) var branches: [ShellBranch]
  /// The variables that it gets.
  public internal(set) var scope: ShellScope
  /// Who runs it.
  public internal(set) var user: ShellUser
  /// Where it runs.
  public internal(set) var directory: ShellDirectory
  /// Whether the script goes on without waiting for it.
  public internal(set) var isBackground: Bool
  /// Whether it is written in a script of its own, as after `sh -c` or `xargs`, where an edit needs more care.
  public internal(set) var isNested: Bool
  /// The files that its output goes to.
  public internal(set) var outputs: [ShellArgument] = []
  /// The command of the script that it comes from; its own place where it has one.
  public internal(set) var origin: ByteRange?
  /// What its here-document gives it where its output goes to a file; nil where it has none.
  public internal(set) var input: [UInt8]?

  /// The name of the program without its directory; nil where it is not known.
  public var name: ArraySlice<UInt8>? {
    guard let first = words.first?.value else { return nil }
    return first.lastIndex(of: UInt8(ascii: "/")).map { first[($0 + 1)...] } ?? first[...]
  }

  /// Whether it may be left out in a run that succeeds.
  public var isPerhaps: Bool { !branches.isEmpty }

  /// Whether this runs in every successful run in which `other` does.
  public func runs(whenever other: ShellInvocation) -> Bool {
    branches.count <= other.branches.count && branches.elementsEqual(other.branches.prefix(branches.count))
      && !isBackground
  }
}

/// One way of several that a script may take.
public struct ShellBranch: Hashable, Sendable {
  /// The number of the fork in the script.
  public let fork: Int
  /// Which of its ways it is.
  public let arm: Int
  /// How many ways there are, from 0 on, one of which every run takes that comes to the fork; 0 where it may take none.
  public internal(set) var ways: Int
  /// The absolute path of a file or directory that is there where this way is taken; nil where it is no test for one.
  public internal(set) var existing: [UInt8]?
  /// Whether it is taken where a command has failed that does not only ask.
  public internal(set) var isRescue = false

  /// Creates the way of a fork.
  public init(fork: Int, arm: Int, ways: Int = 0) {
    self.fork = fork
    self.arm = arm
    self.ways = ways
  }

  /// Whether two are the same way of the same fork.
  public static func == (left: ShellBranch, right: ShellBranch) -> Bool {
    left.fork == right.fork && left.arm == right.arm
  }

  /// Hashes the fork and the way.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(fork)
    hasher.combine(arm)
  }
}

/// Who runs a command.
public enum ShellUser: Hashable, Sendable {
  /// Who runs the script.
  case same
  /// The user of this name or number.
  case named([UInt8])
  /// A user that is not known.
  case unknown
}

/// Where a command runs.
public enum ShellDirectory: Hashable, Sendable {
  /// Where the script was started.
  case same
  /// In this directory, which is relative to where the script was started, or absolute; `~` is the home.
  case path([UInt8])
  /// In one that is not known.
  case unknown
}

/// A word that a command gets.
public struct ShellArgument: Hashable, Sendable {
  /// Its text, or nil where it is not known; a leading `~` is left as it is if ``isHome``.
  public internal(set) var value: [UInt8]?
  /// How it begins, as far as that is known.
  public internal(set) var prefix: [UInt8]
  /// Where it stands in the script; nil where no place holds it.
  public internal(set) var range: ByteRange?
  /// Whether it has wildcards that stand for names of files.
  public internal(set) var isPattern = false
  /// Whether a leading `~` stands for a home directory.
  public internal(set) var isHome = false
  /// Whether any number of words may stand in its place.
  public internal(set) var isSpread = false
  /// The words of the one plain command whose output it is, or begins with.
  public internal(set) var output: [[UInt8]]?
  /// The text at the end of a word that is not known, such as `/cache` in `$(gem env gemdir)/cache` and in `$DIR/cache`.
  public internal(set) var suffix: [UInt8] = []

  /// A word that stands for itself.
  public init(_ value: [UInt8], range: ByteRange?) {
    self.value = value
    self.prefix = value
    self.range = range
  }

  /// Whether it could be an option, as far as is known.
  public var mayBeOption: Bool {
    value == nil && (prefix.isEmpty || prefix.first == UInt8(ascii: "-"))
  }

  /// Whether its text is known, and this.
  public func isText(_ text: String) -> Bool { value?.elementsEqual(text.utf8) ?? false }
}
