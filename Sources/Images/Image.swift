public import SourceText

/// A layer of an image, as its documents describe it.
public struct LayerDescriptor: Sendable, Hashable {
  /// Whether the layer can be read.
  public enum State: Sendable, Hashable {
    /// Its bytes are there.
    case present
    /// It may be left out where an image is copied, and was.
    case absent
    /// Its media type is none of a layer.
    case skipped
    /// It should be there and is not, or not as it should be; ``Image/errors`` tells why.
    case failed
  }

  /// The digest of the bytes as they are stored; nil where nothing tells it.
  public let digest: ContentDigest?
  /// The digest of the uncompressed archive.
  public let diffID: ContentDigest
  /// How many bytes are stored; nil where nothing tells it.
  public let size: Int?
  /// The media type; nil where nothing tells it.
  public let mediaType: String?
  /// Where the bytes are in the store.
  public let source: Path
  /// Whether the layer can be read.
  public let state: State
}

/// Something in the documents of an image that is worth knowing and stops nothing.
public enum ImageNote: Sendable, Hashable {
  /// The history has steps for another number of layers than there are.
  case historyMismatch(steps: Int, layers: Int)
  /// A blob of a type that is not known was passed over.
  case skippedType(ContentDigest, String)
  /// Something that is stored like an image and is none was passed over; the type of its configuration.
  case skippedArtifact(ContentDigest, String)
  /// A layer is not present, as it need not be.
  case absentLayer(ContentDigest)
  /// A document that no chosen image needs is not present.
  case absentDocument(ContentDigest)
  /// Content cannot be verified, since the algorithm of its digest is not known.
  case unverifiable(ContentDigest)
  /// An index was met again, and is not read twice.
  case repeatedIndex(ContentDigest)
}

extension ImageNote: CustomStringConvertible {
  /// The note in words, safe to print.
  public var description: String {
    switch self {
    case .historyMismatch(let steps, let layers):
      "the history has \(steps) steps that made a layer for \(layers) layers"
    case .skippedType(let digest, let type): "\(digest) is passed over: its type is `\(printable(type))`"
    case .skippedArtifact(let digest, let type):
      "\(digest) is passed over: it is no image, its configuration is `\(printable(type))`"
    case .absentLayer(let digest): "the layer \(digest) is not present"
    case .absentDocument(let digest): "\(digest) is not present"
    case .unverifiable(let digest): "\(digest) cannot be verified: only sha256 and sha512 are compared"
    case .repeatedIndex(let digest): "the index \(digest) is listed again"
    }
  }
}

/// An image for one platform, assembled from its documents.
public struct Image: Sendable, Hashable {
  /// The document that stands for it: its manifest, or its configuration in a saved archive.
  public let document: DocumentName
  /// The names under which it can be chosen.
  public let tags: [String]
  /// What it runs on.
  public let platform: Platform
  /// What it is and how it is run.
  public let configuration: ImageConfiguration
  /// The layers, the lowest first.
  public let layers: [LayerDescriptor]
  /// How it was made.
  public let history: BuildHistory
  /// What is worth knowing.
  public let notes: [ImageNote]
  /// Why layers of it cannot be read.
  public let errors: [ImageError]

  /// The variables that hold in the image, and those that held while it was built as far as its history tells, each as
  /// `NAME=VALUE`; the last ones come first.
  public var environments: [String] {
    configuration.environment.reversed() + history.steps.reversed().flatMap { $0.variables.reversed() }
  }
}

/// The images that were chosen.
public struct ImageSet: Sendable, Hashable {
  /// The images, in the order of the index.
  public let images: [Image]
  /// What is worth knowing of the target as a whole.
  public let notes: [ImageNote]
  /// Why parts of the target cannot be read.
  public let errors: [ImageError]
}

/// Which images of a target are examined, and how strictly.
public struct ImageChoice: Sendable, Hashable {
  /// The tag, or the digest of a manifest; nil where there is but one image.
  public var tag: String?
  /// The platform.
  public var platform: PlatformChoice
  /// Whether documents must have their digests.
  public var verifies: Bool

  /// Creates a choice.
  public init(tag: String? = nil, platform: PlatformChoice = .automatic(host: .host), verifies: Bool = true) {
    self.tag = tag
    self.platform = platform
    self.verifies = verifies
  }

  /// Whether a name that an image has is the chosen one: the whole name, or its last part after a colon.
  ///
  /// Docker leaves out `docker.io`, `library` and `latest`.
  static func isTag(_ wanted: String, of name: String) -> Bool {
    if name == wanted || full(name) == full(wanted) { return true }
    guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return false }
    return name[name.index(after: colon)...] == wanted
  }

  private static func full(_ name: String) -> String {
    var parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let isHost = parts.count > 1 && (parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost")
    if !isHost { parts.insert("docker.io", at: 0) }
    if parts.count == 2, parts[0] == "docker.io" { parts.insert("library", at: 1) }
    let last = parts[parts.count - 1]
    if !last.contains(":"), !last.contains("@") { parts[parts.count - 1] = last + ":latest" }
    return parts.joined(separator: "/")
  }
}
