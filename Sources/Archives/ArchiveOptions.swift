public import Digests

/// What is wanted of an archive beside its entries.
public struct ArchiveOptions: Sendable {
  /// The digest of the blob as it is stored; nil computes none.
  public var blobDigest: DigestAlgorithm?
  /// The digest of the uncompressed archive (the diffID of a layer); nil computes none.
  public var archiveDigest: DigestAlgorithm?
  /// How the blob is compressed by its media type; nil where nothing was said.
  public var saidCompression: Compression?
  /// How much is read.
  public var limits = ArchiveLimits()
  /// How many bytes are read from the source at once; tests cut the input into small pieces by it.
  package var readSize = 256 << 10

  /// No digest, and the usual limits.
  public init() {}

  /// Digests of the blob and of the archive, and the usual limits.
  public init(blobDigest: DigestAlgorithm?, archiveDigest: DigestAlgorithm?) {
    self.blobDigest = blobDigest
    self.archiveDigest = archiveDigest
  }
}
