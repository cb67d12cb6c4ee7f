public import Images

/// What was seen in an image, in a lone layer or in a root file system.
public struct ImageFacts: Sendable {
  /// What was examined.
  public enum Kind: String, Sendable, Hashable {
    /// An image with its configuration.
    case image
    /// A layer without the image that it belongs to.
    case layer
    /// A file system as a container sees it.
    case rootFileSystem = "rootfs"
  }

  /// What was examined.
  public let kind: Kind
  /// The documents of the image; nil for all else.
  public let image: Image?
  /// The layers, the lowest first; a root file system is one of them.
  public let layers: [LayerFacts]
  /// The layers, put upon each other.
  public let union: LayerUnion
  /// Which bytes are caches.
  public let caches: CacheAttribution
  /// How many of the lowest layers are the base image's; nil where nothing tells.
  public let baseLayers: Int?
  /// Why these layers are taken for the base image's.
  public let baseReason: String?
  /// Whether the digests were compared.
  public let isVerified: Bool

  /// Creates the fact.
  public init(
    kind: Kind, image: Image?, layers: [LayerFacts], union: LayerUnion, caches: CacheAttribution, baseLayers: Int?,
    baseReason: String?, isVerified: Bool
  ) {
    self.kind = kind
    self.image = image
    self.layers = layers
    self.union = union
    self.caches = caches
    self.baseLayers = baseLayers
    self.baseReason = baseReason
    self.isVerified = isVerified
  }

  /// Whether there are layers to tell apart: a root file system is one whole, unless it is kept as overlay2 keeps it.
  public var hasLayers: Bool { kind != .rootFileSystem || layers.count > 1 }

  /// Whether a layer is the base image's, as far as is known.
  public func isBase(_ layer: Int) -> Bool { layer < baseLayers ?? 0 }
}

/// What was seen of one layer beside its entries.
public struct LayerFacts: Sendable, Hashable {
  /// Why a layer was not read.
  public enum Unread: Sendable, Hashable {
    /// An error of the run tells why.
    case failed
    /// It is not there, as it need not be by its media type.
    case absent
    /// Its media type is none of a layer.
    case noLayer(String)
  }

  /// The digest of the bytes as they are stored; nil where nothing tells it.
  public let digest: String?
  /// The digest of the uncompressed archive; nil where nothing tells it.
  public let diffID: String?
  /// How many bytes are stored; nil where nothing is, or where the layer was not read.
  public let storedBytes: Int?
  /// How many bytes the uncompressed archive has; nil where the layer was not read.
  public let archiveBytes: Int?
  /// How it is compressed: `gzip`, `zstd`, `xz`, `bzip2` or `none`; nil where the layer was not read.
  public let compression: String?
  /// The media type that does not fit the bytes, where it does not.
  public let wrongMediaType: String?
  /// The step that made it; nil where that is not known.
  public let step: BuildStep?
  /// Who ran that step, by the users that the image had before it; nil where that is not known.
  public let user: StepUser?
  /// What is odd in it, in words that are safe to print.
  public let notes: [String]
  /// How many more notes there are.
  public let uncountedNotes: Int
  /// What is worth knowing of it and no fault, in words that are safe to print.
  public let remarks: [String]
  /// The digests of it that cannot be compared, since only some algorithms are known here.
  public let unverified: [String]
  /// Why its entries are not among the facts; nil where they are.
  public let unread: Unread?
  /// Whether its entries are among the facts.
  public var isRead: Bool { unread == nil }

  /// Creates the fact.
  public init(
    digest: String?, diffID: String?, storedBytes: Int?, archiveBytes: Int?, compression: String?,
    wrongMediaType: String? = nil, step: BuildStep?, user: StepUser? = nil, notes: [String] = [],
    uncountedNotes: Int = 0,
    remarks: [String] = [], unverified: [String] = [], unread: Unread? = nil
  ) {
    self.digest = digest
    self.diffID = diffID
    self.storedBytes = storedBytes
    self.archiveBytes = archiveBytes
    self.compression = compression
    self.wrongMediaType = wrongMediaType
    self.step = step
    self.user = user
    self.notes = notes
    self.uncountedNotes = uncountedNotes
    self.remarks = remarks
    self.unverified = unverified
    self.unread = unread
  }
}
