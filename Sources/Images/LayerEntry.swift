/// What an entry of a layer is.
public enum LayerEntryType: UInt8, Sendable, Hashable {
  /// A regular file.
  case file
  /// A further name of something that has one already.
  case hardLink
  /// A symbolic link.
  case symbolicLink
  /// A directory.
  case directory
  /// A character device.
  case characterDevice
  /// A block device.
  case blockDevice
  /// A named pipe.
  case pipe
  /// Anything else, such as a socket.
  case other
}

/// What a header says of an entry beside its name and its content.
public struct EntryMetadata: Sendable, Hashable {
  /// When it was changed: seconds since 1970.
  public var seconds: Int64
  /// The part of a second that belongs to it, in nanoseconds.
  public var nanoseconds: UInt32
  /// The number of the user who owns it.
  public var user: UInt32
  /// The number of the group that owns it.
  public var group: UInt32
  /// The permissions: the low twelve bits of the mode.
  public var mode: UInt16

  /// Creates what a header says.
  public init(mode: UInt16 = 0o644, user: UInt32 = 0, group: UInt32 = 0, seconds: Int64 = 0, nanoseconds: UInt32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.user = user
    self.group = group
    self.mode = mode
  }
}

/// A fast hash of a file's content, which tells whether two files are the same; it proves nothing to an attacker.
public struct ContentHash: Sendable, Hashable {
  /// One half.
  public let high: UInt64
  /// The other half.
  public let low: UInt64

  /// Creates a hash of its halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// What is known of a file's content.
public struct EntryContent: Sendable, Hashable {
  /// How many bytes the file has, the holes of a sparse file among them.
  public var size: Int
  /// How many bytes of it the archive holds: less than its size for a sparse file.
  public var dataBytes: Int
  /// Its hash, where one was taken.
  public var hash: ContentHash?
  /// How many compressed bytes it took, where that was measured.
  public var compressedBytes: Int?
  /// Its first bytes, where they were kept for a proof or a verdict.
  public var head: [UInt8]

  /// Nothing, as directories and links have it.
  public static let none = EntryContent(size: 0)

  /// Creates what is known; without `dataBytes` the archive holds the whole file.
  public init(
    size: Int, dataBytes: Int? = nil, hash: ContentHash? = nil, compressedBytes: Int? = nil, head: [UInt8] = []
  ) {
    self.size = size
    self.dataBytes = dataBytes ?? size
    self.hash = hash
    self.compressedBytes = compressedBytes
    self.head = head
  }
}
