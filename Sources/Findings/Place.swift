public import SourceText

/// Where a finding is.
public enum Place: Hashable, Sendable {
  /// A file, and the part of it that the finding speaks of; nil for the file as a whole.
  case file(Path, ByteRange?)
  /// Something in an image, in a layer or in a root file system.
  case entry(EntryPlace)
  /// A key of an image's configuration, such as `Env PIP_NO_CACHE_DIR`.
  case configuration(String)
  /// The target as a whole.
  case target

  /// The path in the target, where the place has one.
  public var path: Path? {
    switch self {
    case .file(let path, _): path
    case .entry(let entry): entry.path
    case .configuration, .target: nil
    }
  }

  /// The part of the file, where the place has one.
  public var range: ByteRange? {
    guard case .file(_, let range) = self else { return nil }
    return range
  }
}

/// Something in an image: a path, and the layer that brought it.
public struct EntryPlace: Hashable, Sendable {
  /// The path, from the root of the image.
  public let path: Path
  /// The number of the layer, from 0 for the lowest; nil in a root file system.
  public let layer: Int?
  /// The digest by which a registry knows the layer, that of its bytes as they are stored, or of the uncompressed
  /// archive where nothing tells the first, as `sha256:HEX`; nil where nothing tells either.
  public let digest: String?
  /// The step of the build that made the layer, as a Dockerfile would have it; nil where that is not known.
  public let instruction: String?

  /// Creates a place.
  public init(_ path: Path, layer: Int? = nil, digest: String? = nil, instruction: String? = nil) {
    self.path = path
    self.layer = layer
    self.digest = digest
    self.instruction = instruction
  }
}

/// A further place that explains a finding.
public struct RelatedPlace: Hashable, Sendable {
  /// Where it is.
  public let place: Place
  /// What it has to do with the finding.
  public let message: String

  /// Creates a related place.
  public init(_ place: Place, _ message: String) {
    self.place = place
    self.message = message
  }
}
