public import Images

/// How a target is read.
public struct ReadingOptions: Sendable {
  /// Which platforms of an image are examined.
  public var platform = PlatformChoice.automatic(host: .host)
  /// Whether the digests of documents and layers are compared.
  public var verifies = true
  /// How many layers are read at once.
  public var jobs = 1
  /// The image whose layers are taken for the base image's; nil leaves it to the history.
  public var base: ImageTarget?
  /// How much is read.
  public var limits = ReadingLimits()
  /// The number of the descriptor that standard input is.
  public var standardInput: Int32 = 0
  /// What is told about the progress, from any thread, at most once for each ``ReadingProgress/step`` bytes.
  public var progress: (@Sendable (ReadingProgress) -> Void)?

  /// Verifies, with one job and the usual limits.
  public init() {}
}

/// How far the reading of an image's layers has come.
public struct ReadingProgress: Sendable, Hashable {
  /// After how many bytes there is news.
  public static let step = 4 << 20

  /// The layer whose reading gave the news, from 0 for the lowest.
  public let layer: Int
  /// How many layers are read in all.
  public let layers: Int
  /// How many stored bytes of all layers have been read.
  public let bytesRead: Int
  /// How many stored bytes all layers have.
  public let bytesTotal: Int
}
