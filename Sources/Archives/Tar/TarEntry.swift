/// What a tar entry is.
public enum TarEntryKind: Sendable, Hashable {
  /// A file.
  case regular
  /// A further name of a file; the link's target is a path in the image.
  case hardLink
  /// A symbolic link.
  case symbolicLink
  /// A character device; of the numbers 0 and 0 it is a whiteout of overlay file systems.
  case characterDevice
  /// A block device.
  case blockDevice
  /// A directory.
  case directory
  /// A named pipe.
  case pipe
  /// Something else, by its letter; readers of tar treat it as a file.
  case other(UInt8)
}

/// A time as tar has it.
public struct TarTime: Sendable, Hashable, Comparable {
  /// Whole seconds since 1970, rounded down, so that they are below 0 before then.
  public let seconds: Int64
  /// The rest, from 0 to 999,999,999; digits beyond are cut off.
  public let nanoseconds: UInt32

  /// Creates a time.
  public init(seconds: Int64, nanoseconds: UInt32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Orders times.
  public static func < (left: TarTime, right: TarTime) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

/// The extended attributes of overlay file systems that an entry carries
/// (kernel documentation, `filesystems/overlayfs.rst`), with the prefix `trusted.` or `user.`.
public struct OverlayAttributes: OptionSet, Sendable, Hashable {
  /// The set as bits.
  public let rawValue: UInt8

  /// Creates a set from its bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// `overlay.opaque` of the value `y`: what lower layers have in the directory is hidden.
  public static let opaque = OverlayAttributes(rawValue: 1)
  /// `overlay.opaque` of the value `x`: the directory holds whiteouts that are files.
  public static let holdsWhiteouts = OverlayAttributes(rawValue: 2)
  /// `overlay.whiteout`: an empty file that hides the name.
  public static let whiteout = OverlayAttributes(rawValue: 4)
  /// `overlay.redirect`: the directory has moved.
  public static let redirect = OverlayAttributes(rawValue: 8)
  /// `overlay.metacopy`: the entry has a size but no data.
  public static let metadataOnly = OverlayAttributes(rawValue: 16)
}

/// A place in an archive, in both of its forms.
public struct ArchivePosition: Sendable, Hashable {
  /// Bytes of the uncompressed archive before it.
  public let offset: Int
  /// Bits of the blob that were needed for them.
  ///
  /// For gzip and plain archives it is exact, up to the rest of the symbol that the place falls into; for zstd it is
  /// in proportion within one block, at most 128 KiB, and for xz within as much as is put out at once, at most 256 KiB.
  /// bzip2 takes in a block of up to 900 kB before it puts anything out, so there it is right for whole blocks only.
  /// The difference between two places is the share of the blob.
  public let blobBit: Int

  /// Creates a position.
  public init(offset: Int, blobBit: Int) {
    self.offset = offset
    self.blobBit = blobBit
  }
}

/// An entry of a tar archive, without its names.
public struct TarEntry: Sendable, Hashable {
  /// What it is.
  public internal(set) var kind = TarEntryKind.regular
  /// How many bytes the file has, the holes of a sparse file among them; 0 for what has no data.
  public internal(set) var size = 0
  /// How many bytes of data the archive holds for it, without the map of a sparse file.
  public internal(set) var dataSize = 0
  /// Whether the file has holes, which the archive leaves out.
  public internal(set) var isSparse = false
  /// Whether the map of a sparse file fits its size and its data, so that the places of its holes are known.
  public internal(set) var isMapped = false
  /// The permission bits, the set-id bits and the sticky bit among them.
  public internal(set) var mode: UInt32 = 0
  /// The number of the user.
  public internal(set) var uid = 0
  /// The number of the group.
  public internal(set) var gid = 0
  /// When it was changed last.
  public internal(set) var modified = TarTime(seconds: 0)
  /// The major number of a device.
  public internal(set) var deviceMajor = 0
  /// The minor number of a device.
  public internal(set) var deviceMinor = 0
  /// What overlay file systems have noted.
  public internal(set) var overlay: OverlayAttributes = []
  /// Where the first header of the entry begins.
  public internal(set) var start = ArchivePosition(offset: 0, blobBit: 0)
  /// Where the data begin in the uncompressed archive.
  public internal(set) var dataOffset = 0
}
