public import SourceText

/// What stands at a path.
public enum EntryKind: Sendable, Hashable {
  /// A directory.
  case directory
  /// A regular file.
  case file
  /// A symbolic link, which is never followed.
  case link
  /// A device, a socket, a nested repository.
  case other
}

/// What a proof may ask about the place that it judges: a work tree, an index, the paths of a layer.
///
/// Paths are relative to the root of what is examined; the empty path is that root.
public protocol Surroundings {
  /// What stands at a path, or nil where nothing does.
  func entry(at path: Path) -> EntryKind?

  /// Whether some child of a directory satisfies a condition; stops at the first that does.
  func anyChild(of directory: Path, where matches: (_ name: ArraySlice<UInt8>, _ kind: EntryKind) -> Bool) -> Bool

  /// The first 4 KiB of a regular file, or nil where they cannot be had.
  func head(of file: Path) -> [UInt8]?

  /// The target of a symbolic link, or nil where it cannot be had.
  func target(of link: Path) -> [UInt8]?

  /// Whether an image has something at a path from its root, to which links may lead; false outside of images.
  func imageHas(_ path: Path) -> Bool
}

extension Surroundings {
  /// A repository is no image: what its paths become there is not known.
  public func imageHas(_ path: Path) -> Bool { false }
}

/// How much of a file a proof looks at.
public let headLimit = 4096
