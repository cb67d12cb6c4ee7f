public import Archives
internal import Images

/// How much of a target is read; what goes beyond is an error that names the limit.
///
/// A person sets them by the names of ``LimitName``. The limits of documents, layers and paths are those of
/// `ImageLimits`, which no option changes.
public struct ReadingLimits: Sendable, Hashable {
  /// What holds for each layer: bytes, entries, records, and windows of zstd, of which one of 32 MiB is enough for all
  /// usual levels.
  public var archive = ArchiveLimits()
  /// How many bytes of standard input, or of a compressed archive that has to be decompressed, are put into a temporary
  /// file.
  public var spooledSize = 64 << 30
  /// How many entries an archive may have that holds an image: blobs and documents, not the files of its layers.
  public var outerEntries = 200_000
  /// How many bytes of `/etc/passwd` and `/etc/group` are read, of each; a longer file is not used at all.
  public var userFileSize = 1 << 20
  /// How many bytes of a bytecode file in a directory are read to find out whether its code is whole, and how many of a
  /// source for its hash.
  public var bytecodeSize = 256 << 20
  /// How many scripts of a layer are known by their first line, which takes up to 256 bytes each.
  public var scripts = 20_000
  /// How many directories a root file system may lead deep.
  public var treeDepth = 4096

  /// The limits that hold unless others are asked for.
  public init() {
    archive.zstdWindow = 32 << 20
  }

  /// How many bytes of first lines of scripts a layer may keep.
  var scriptShare = scriptBytes

  /// How many bytes a layer may keep of files whose text may prove a cache.
  var textShare = textBytes
  /// How many bytes of holes are taken for zeros in a layer.
  var holeShare = holeBytes

  /// The limits for one of the layers of an image, each of which has an equal share of what is kept of them all.
  func share(of layers: Int) -> ReadingLimits {
    var limits = self
    limits.scriptShare = Self.scriptBytes / max(1, layers)
    limits.textShare = Self.textBytes / max(1, layers)
    limits.holeShare = Self.holeBytes / max(1, layers)
    return limits
  }

  /// How many bytes the path of a home has at most, which is far more than any has.
  static let homeLength = 256
  /// How many bytes of first lines of scripts are kept of an image.
  ///
  /// That is a quarter of what is kept of the starts of a layer's files, and hundreds of thousands of usual lines.
  static let scriptBytes = ImageLimits.headBytes / 4
  /// How many bytes are kept of files whose text may prove a cache, of an image: of each up to the end of that text.
  static let textBytes = ImageLimits.headBytes / 4
  /// How many bytes of the files that list users and groups are kept of an image.
  static let userFileBytes = 16 << 20
  /// How many bytes of holes are taken for the zeros that they are, of all sparse files of an image.
  ///
  /// Holes cost nothing to make, and each byte of them has to be hashed: a gigabyte in 0.05 s.
  static let holeBytes = 4 << 30
  /// How many bytes the paths have that are tried for bytecode behind links named `__pycache__`: some 100,000 usual ones.
  public static let linkedBytes = 8 << 20
  /// How many bytes a source of Python may have to be hashed in a directory without counting as if it were a hole, which
  /// costs nothing to make; hardly any source is larger.
  static let usualSource = 1 << 20
  /// How many links of an archive or a directory one path may lead through.
  static let linkHops = 40
  /// How many bytes at the start of a file are kept where its name could be that of a cache, for the proof.
  static let headSize = 64
  /// How many homes of users are looked at for caches.
  static let homes = 1000
  /// How many entries of user and group files are kept.
  static let users = 100_000
  /// How many notes in words are kept of a layer.
  static let notes = 100
}
