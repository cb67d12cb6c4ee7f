public import Bytecode
internal import Facts
public import SourceText

/// A tree of files in which bytecode is looked at: a directory, a root file system, the layers of an image.
///
/// Paths are relative to the root of the tree. Links are followed as the interpreter follows them, on the way and at the
/// end; in an image or a root file system an absolute one starts at the root of the tree. Nothing is opened but what is
/// asked for, and whatever is no ordinary file is never opened.
public protocol BytecodeTree {
  /// The entries of a directory, without `.` and `..`, in any order.
  ///
  /// - Returns: nil where no directory stands there.
  /// - Throws: why a directory cannot be listed.
  func entries(of directory: Path) throws(BytecodeReadingError) -> [BytecodeTreeEntry]?

  /// What stands at a path; nil where nothing does, or a link that leads nowhere.
  func status(at path: Path) -> BytecodeTreeStatus?

  /// The first bytes of a bytecode file: 16, or all of a shorter one (`BytecodeScan.header`).
  ///
  /// - Throws: why they cannot be read.
  func header(of file: Path) throws(BytecodeReadingError) -> [UInt8]

  /// What is known of the code behind the header (`BytecodeScan.finish()`).
  ///
  /// - Throws: why it cannot be read.
  func body(of file: Path) throws(BytecodeReadingError) -> BytecodeBody

  /// The hash of a source with this key.
  ///
  /// - Returns: nil where it was not taken yet, so that the caller has to take it in a further pass and ask again.
  /// - Throws: why the source cannot be read.
  func sourceHash(of source: Path, _ key: SourceHashKey) throws(BytecodeReadingError) -> UInt64?
}

/// An entry of a directory.
public struct BytecodeTreeEntry: Hashable, Sendable {
  /// Its name.
  public let name: [UInt8]
  /// What it is.
  public let kind: Kind

  /// What an entry is, as far as its directory tells.
  public enum Kind: Hashable, Sendable {
    /// A directory.
    case directory
    /// A link, to whatever it may be.
    case link
    /// Anything else.
    case file
  }

  /// Creates an entry.
  public init(name: [UInt8], kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// What is known of something in a tree; of a link, what is known of what it leads to.
public struct BytecodeTreeStatus: Hashable, Sendable {
  /// Whether it is an ordinary file.
  public var isFile: Bool
  /// How many bytes it has.
  public var size: Int
  /// When it was modified.
  public var mtime: FileTime
  /// The permission bits of its mode.
  public var mode: UInt32
  /// The number of the user who owns it.
  public var owner: UInt32
  /// The number of the group that owns it.
  public var group: UInt32
  /// The layer that brings it, from 0 for the lowest; nil outside of images.
  public var layer: Int?

  /// Creates what is known.
  public init(
    isFile: Bool, size: Int, mtime: FileTime, mode: UInt32, owner: UInt32, group: UInt32, layer: Int? = nil
  ) {
    self.isFile = isFile
    self.size = size
    self.mtime = mtime
    self.mode = mode
    self.owner = owner
    self.group = group
    self.layer = layer
  }
}

/// Why something in a tree could not be read; all else was.
public struct BytecodeReadingError: Error, Hashable, Sendable {
  /// What it is, in the tree.
  public let path: Path
  /// Why, in words.
  public let explanation: String

  /// Creates an error.
  public init(_ path: Path, _ explanation: String) {
    self.path = path
    self.explanation = explanation
  }
}

extension FileUser {
  /// Whether the user has a permission for something in a tree.
  func has(_ permission: Permission, on status: BytecodeTreeStatus) -> Bool {
    has(permission, mode: status.mode, owner: status.owner, group: status.group)
  }
}
