/// What git tracks: the entries of a repository's index, sorted by path and stage.
///
/// Paths and ids stay in the bytes that they were read from, so an entry costs no memory of its own
/// beyond a few numbers.
public struct Index: Sendable {
  /// An index larger than this is refused.
  public static let sizeLimit = 1 << 30
  /// A path longer than this is refused.
  public static let pathLimit = 32 << 10

  /// What an entry is, by its mode.
  public enum Kind: Sendable, Hashable {
    /// A file.
    case file
    /// A file that may be run.
    case executable
    /// A symbolic link.
    case symbolicLink
    /// A commit of another repository: a submodule.
    case repository
    /// A directory that a sparse index keeps as one entry; its path ends in `/`.
    case sparseDirectory
  }

  /// One entry; its path and id are asked of the index.
  public struct Entry: Sendable {
    let pathStart: UInt32
    let pathLength: UInt32
    let idStart: UInt32
    /// The size of the file when it was added, modulo 2³².
    public let size: UInt32
    /// The mode as git has it, such as 0o100644.
    public let mode: UInt16
    let flags: IndexFlags

    /// What it is.
    public var kind: Kind {
      switch mode {
      case 0o040000: .sparseDirectory
      case 0o120000: .symbolicLink
      case 0o160000: .repository
      default: mode & 0o100 == 0 ? .file : .executable
      }
    }
    /// 0, or for a path in conflict 1 for the base, 2 for ours, 3 for theirs.
    public var stage: Int { flags.stage }
    /// Whether a sparse checkout leaves the file out of the work tree.
    public var isSkippedInWorkTree: Bool { flags.contains(.skipWorkTree) }
    /// Whether only the intention to add the file is there (`git add -N`), and no content.
    public var isIntentToAdd: Bool { flags.contains(.intentToAdd) }
    /// Whether git was told to assume that the file does not change.
    public var isAssumedUnchanged: Bool { flags.contains(.assumeUnchanged) }
  }

  /// The entries in git's order.
  public internal(set) var entries: [Entry]
  /// How many bytes an id has.
  public let idSize: Int
  /// Whether some directories are one entry each, so that not every tracked path is listed.
  public internal(set) var isSparse = false
  /// The bytes that hold the paths.
  var paths: [UInt8]
  /// The bytes that hold the ids.
  var ids: [UInt8]

  /// An index without entries.
  public init() {
    self.init(idSize: 20)
  }

  init(idSize: Int) {
    entries = []
    paths = []
    ids = []
    self.idSize = idSize
  }

  /// How many entries there are.
  public var count: Int { entries.count }

  /// The path of an entry.
  public func path(of entry: Entry) -> ArraySlice<UInt8> {
    paths[Int(entry.pathStart)..<(Int(entry.pathStart) + Int(entry.pathLength))]
  }

  /// The path of the entry at a position.
  public func path(at position: Int) -> ArraySlice<UInt8> {
    path(of: entries[position])
  }

  /// The id of an entry's content.
  public func id(of entry: Entry) -> ArraySlice<UInt8> {
    ids[Int(entry.idStart)..<(Int(entry.idStart) + idSize)]
  }
}

/// The flags of an entry: the first 16 bits of every version, over the 16 further ones of version 3.
struct IndexFlags: OptionSet, Sendable {
  let rawValue: UInt32

  static let assumeUnchanged = IndexFlags(rawValue: 1 << 31)
  static let extended = IndexFlags(rawValue: 1 << 30)
  static let skipWorkTree = IndexFlags(rawValue: 1 << 14)
  static let intentToAdd = IndexFlags(rawValue: 1 << 13)
  /// The bits of the second half that no version of git has given a meaning.
  static let unknown = IndexFlags(rawValue: 0x9FFF)

  var stage: Int { Int(rawValue >> 28 & 3) }
  /// The length of the path, or this and no more where it is longer.
  var pathLength: Int { Int(rawValue >> 16 & 0xFFF) }
  static let longPath = 0xFFF
}
