public import SourceText

/// What an image holds and in which layers, for the tables of reports.
public struct ImageSummary: Sendable, Hashable {
  /// A line of the table of layers.
  public struct Layer: Sendable, Hashable {
    /// Its number, from 0 for the lowest; nil in a root file system.
    public var number: Int?
    /// Whether it is the base image's.
    public var isBase: Bool
    /// Whether it was read; else its sizes are unknown, and 0 here.
    public var isRead: Bool
    /// The digest of the bytes as they are stored, or of the uncompressed archive where nothing tells the first; nil where
    /// nothing tells either.
    public var digest: String?
    /// The bytes of its files.
    public var bytes: Int
    /// How many files that are.
    public var files: Int
    /// The bytes as they are stored; nil where nothing tells it, or where the layer was not read.
    public var storedBytes: Int?
    /// How it is compressed: `gzip`, `zstd`, `xz`, `bzip2` or `none`; nil where that is not known.
    public var compression: String?
    /// The bytes of caches that live.
    public var liveCacheBytes: Int
    /// The bytes of caches that are shipped and seen by nobody.
    public var deadCacheBytes: Int
    /// All bytes that are shipped and seen by nobody.
    public var unseenBytes: Int
    /// The bytes of caches by kind, the largest first.
    public var caches: [Cache]
    /// The step that made it, in one line that is safe to print; nil where that is not known.
    public var instruction: String?

    /// Creates the value.
    public init(
      number: Int?, isBase: Bool, isRead: Bool, digest: String?, bytes: Int, files: Int, storedBytes: Int?,
      compression: String?, liveCacheBytes: Int, deadCacheBytes: Int, unseenBytes: Int, caches: [Cache],
      instruction: String?
    ) {
      self.number = number
      self.isBase = isBase
      self.isRead = isRead
      self.digest = digest
      self.bytes = bytes
      self.files = files
      self.storedBytes = storedBytes
      self.compression = compression
      self.liveCacheBytes = liveCacheBytes
      self.deadCacheBytes = deadCacheBytes
      self.unseenBytes = unseenBytes
      self.caches = caches
      self.instruction = instruction
    }
  }

  /// What layers have in storage together, as far as they were read; nil where that is not known of all these.
  public static func storedBytes(of layers: some Sequence<Layer>) -> Int? {
    var sum = 0
    for layer in layers where layer.isRead {
      guard let bytes = layer.storedBytes else { return nil }
      let (next, overflows) = sum.addingReportingOverflow(bytes)
      if overflows { return nil }
      sum = next
    }
    return sum
  }

  /// The bytes of one cache kind.
  public struct Cache: Sendable, Hashable {
    /// The kind's id.
    public var kind: String
    /// The bytes that live.
    public var liveBytes: Int
    /// The bytes that are shipped and seen by nobody.
    public var deadBytes: Int

    /// Creates the value.
    public init(
      kind: String, liveBytes: Int, deadBytes: Int
    ) {
      self.kind = kind
      self.liveBytes = liveBytes
      self.deadBytes = deadBytes
    }
  }

  /// Something large that is no cache.
  public struct Large: Sendable, Hashable {
    /// Where it is, from the root of the image.
    public var path: Path
    /// Its bytes in that layer, without those of caches and of directories below it that are told themselves.
    public var bytes: Int
    /// How many of these nobody sees.
    public var unseenBytes: Int
    /// The number of the layer that ships it; nil in a root file system.
    public var layer: Int?
    /// The step that made the layer; nil where that is not known.
    public var instruction: String?

    /// Creates the value.
    public init(
      path: Path, bytes: Int, unseenBytes: Int, layer: Int?, instruction: String?
    ) {
      self.path = path
      self.bytes = bytes
      self.unseenBytes = unseenBytes
      self.layer = layer
      self.instruction = instruction
    }
  }

  /// Bytes by what became of them.
  public struct Totals: Sendable, Hashable {
    /// All bytes of files that the layers ship.
    public var shipped: Int
    /// Those that the base image's layers ship.
    public var base: Int
    /// Those that the other layers ship.
    public var own: Int
    /// What a container sees.
    public var live: Int
    /// What was deleted or replaced.
    public var dead: Int
    /// What was shipped once more though its content did not change.
    public var metadataOnly: Int
    /// What is one of these two, where contents were not compared.
    public var undecided: Int
    /// Caches that live.
    public var liveCaches: Int
    /// Caches that are shipped and seen by nobody.
    public var deadCaches: Int
    /// What is stored, compressed, of the layers that were read; nil where nothing tells it of all of them.
    public var stored: Int?

    /// Creates the value.
    public init(
      shipped: Int, base: Int, own: Int, live: Int, dead: Int, metadataOnly: Int, undecided: Int,
      liveCaches: Int, deadCaches: Int, stored: Int?
    ) {
      self.shipped = shipped
      self.base = base
      self.own = own
      self.live = live
      self.dead = dead
      self.metadataOnly = metadataOnly
      self.undecided = undecided
      self.liveCaches = liveCaches
      self.deadCaches = deadCaches
      self.stored = stored
    }

    /// What is shipped and seen by nobody.
    public var unseen: Int { shipped - live }
    /// The share of that, in thousandths, rounded down.
    public var unseenThousandths: Int {
      guard shipped > 0, (0...shipped).contains(unseen) else { return 0 }
      return Int(UInt(shipped).dividingFullWidth(UInt(unseen).multipliedFullWidth(by: 1000)).quotient)
    }
  }

  /// The layers, the lowest first.
  public var layers: [Layer]
  /// Bytes by what became of them.
  public var totals: Totals
  /// The bytes of caches by kind, the largest first.
  public var caches: [Cache]
  /// The largest directories that are no cache, each without what is told of those below it.
  public var directories: [Large]
  /// The largest files that are no cache.
  public var files: [Large]
  /// How many of the lowest layers are the base image's; nil where nothing tells.
  public var baseLayers: Int?
  /// Why these layers are taken for the base image's.
  public var baseReason: String?

  /// Creates a summary.
  public init(
    layers: [Layer], totals: Totals, caches: [Cache], directories: [Large], files: [Large], baseLayers: Int?,
    baseReason: String?
  ) {
    self.layers = layers
    self.totals = totals
    self.caches = caches
    self.directories = directories
    self.files = files
    self.baseLayers = baseLayers
    self.baseReason = baseReason
  }
}
