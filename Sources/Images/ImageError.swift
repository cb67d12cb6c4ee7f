public import JSON
public import SourceText

/// A document of an image, as errors name it.
public enum DocumentName: Sendable, Hashable {
  /// A blob by its digest.
  case blob(ContentDigest)
  /// A file of the layout or of the archive, such as `index.json`.
  case file(Path)
}

extension DocumentName: CustomStringConvertible {
  /// The digest or the path, safe to print.
  public var description: String {
    switch self {
    case .blob(let digest): digest.description
    case .file(let path): path.description
    }
  }
}

/// Why an image, or a part of it, cannot be examined.
public struct ImageError: Error, Sendable, Hashable {
  /// What is wrong.
  public enum Reason: Sendable, Hashable {
    /// The document is not the JSON that it should be.
    case json(JSONError)
    /// A value, or the document where none is named, is not what the specification wants there.
    case expected(String, at: String)
    /// A text is not a digest.
    case digest(String)
    /// The content does not have its digest.
    case digestMismatch
    /// The file has another size than its descriptor says.
    case sizeMismatch(expected: Int, actual: Int)
    /// The file does not exist.
    case missing
    /// The file could not be read.
    case unreadable(String)
    /// The file is larger than such a document may be.
    case tooLarge(limit: Int)
    /// The document says that it is of another type than its descriptor does.
    case mediaTypeMismatch(expected: String, actual: String)
    /// The document is a manifest and an index at once (CVE-2021-41190).
    case ambiguous
    /// A manifest of the first schema, which has no layers that can be told apart.
    case schema1
    /// Something that is stored like an image and is none; the media type of its configuration.
    case notAnImage(String)
    /// The root file system is not made of layers.
    case rootType(String)
    /// The configuration and the manifest do not have the same number of layers.
    case layerCount(layers: Int, diffIDs: Int)
    /// There are more layers than are read.
    case tooManyLayers(limit: Int)
    /// Indexes stand in one another too often.
    case tooDeep(limit: Int)
    /// There are more documents than are read.
    case tooManyDocuments(limit: Int)
    /// A path leads out of the archive.
    case unsafePath(String)
    /// The layout has a version that is not known.
    case layoutVersion(String)
    /// There is neither an image layout nor a saved archive.
    case noImage
    /// There is no image layout, but the list of a saved archive.
    case savedArchive
    /// What should be the list of a saved archive is the manifest of one image.
    case manifest
    /// The index, or the list of a saved archive, lists no image.
    case emptyIndex
    /// The archive is of Docker before 1.10, whose layers have no digests.
    case oldArchive
    /// An image for an operating system whose layers are not read.
    case unsupportedSystem(String)
    /// No image has the wanted tag; those that exist.
    case unknownTag(String, known: [String])
    /// There are several images, and none was chosen; their tags.
    case tagNeeded(known: [String])
    /// No image is of the wanted platform; those that exist.
    case unknownPlatform(String, known: [String])
  }

  /// What is wrong.
  public let reason: Reason
  /// The document that is wrong; nil where it is the whole target.
  public let document: DocumentName?
  /// The number of the layer whose bytes it is about, from 0 for the lowest; nil where it is about none.
  public private(set) var layer: Int?
  /// The byte in it where that was seen.
  public let offset: Int?
  /// The same as line and column, counted in code points.
  public let place: LineColumn?

  /// Creates an error about a document, or about the whole target.
  public init(_ reason: Reason, in document: DocumentName?, offset: Int? = nil, place: LineColumn? = nil) {
    self.reason = reason
    self.document = document
    self.offset = offset
    self.place = place
  }

  /// The same error about the bytes of a layer.
  func about(layer: Int) -> ImageError {
    var error = self
    error.layer = layer
    return error
  }
}

extension ImageError: CustomStringConvertible {
  /// The document, the place in it, the reason and what to do; safe to print.
  public var description: String {
    let name = document?.description ?? "image"
    let place = place.map { ":\($0.line):\($0.column)" } ?? ""
    let subject = layer.map { "layer \($0) (\(name))" } ?? name
    return "\(subject)\(place): \(reason.words)"
  }
}

extension ImageError.Reason {
  /// The reason and what to do.
  fileprivate var words: String {
    switch self {
    case .json(let error):
      "is not the JSON that images are described in: \(printable(error.description))"
        + (error.isOfLimit ? ", the limit; it cannot be raised" : "")
    case .expected(let what, ""): "the document must be \(what)"
    case .expected(let what, let place): "`\(printable(place))` must be \(what)"
    case .digest(let text): "`\(printable(String(text.prefix(200))))` is no digest, such as sha256: and 64 digits"
    case .digestMismatch: "its content does not have this digest: the image is damaged; copy it again"
    case .sizeMismatch(let expected, let actual):
      "has \(actual) bytes where \(expected) are said: the image is damaged; copy it again"
    case .missing: "is missing: the image is not complete; copy it again"
    case .unreadable(let reason): "cannot be read: \(printable(reason))"
    case .tooLarge(let limit): "has more than \(limit) bytes, the limit for such a document; it cannot be raised"
    case .mediaTypeMismatch(let expected, let actual):
      "says that it is `\(printable(actual))`, where `\(printable(expected))` is expected"
    case .ambiguous: "is a manifest and an index at once, which is refused"
    case .schema1: "is a manifest of schema 1; convert the image, as `skopeo copy` does"
    case .notAnImage(let type): "is no image: its configuration is `\(printable(type))`"
    case .rootType(let type): "has a root file system of type `\(printable(type))`; only layers are known"
    case .layerCount(let layers, let diffIDs): "has \(diffIDs) diff_ids for \(layers) layers"
    case .tooManyLayers(let limit): "has more than \(limit) layers, the limit; it cannot be raised"
    case .tooDeep(let limit): "stands in more than \(limit) indexes, the limit; it cannot be raised"
    case .tooManyDocuments(let limit):
      "more than \(limit) documents belong to the image, the limit, which cannot be raised; choose a tag or a platform"
    case .unsafePath(let path): "`\(printable(String(path.prefix(200))))` leads out of the archive"
    case .layoutVersion(let version): "the layout has version `\(printable(version))`; 1.0.0 is known"
    case .noImage: "has neither index.json with oci-layout nor manifest.json: save the image again"
    case .savedArchive:
      "has no index.json with oci-layout, but manifest.json, as `docker save` writes it: name it as docker-archive:"
    case .manifest:
      "is the manifest of an image, as `skopeo copy` to dir: writes it, and no list of images: name the directory as dir:, "
        + "unpacked where it is in an archive"
    case .emptyIndex: "lists no image; save or copy the image again"
    case .oldArchive: "was saved by Docker before 1.10; load it and save it again"
    case .unsupportedSystem(let system): "is an image for `\(printable(system))`, whose layers are not read"
    case .unknownTag(let tag, let known): "no image has the tag `\(printable(tag))`; there \(list(known))"
    case .tagNeeded(let known): "several images: choose one by its tag; there \(list(known))"
    case .unknownPlatform(let platform, let known):
      "no image for \(printable(platform)): choose with --platform; there \(list(known))"
    }
  }

  private func list(_ names: [String]) -> String {
    if names.isEmpty { return "is none" }
    let shown = names.prefix(20).map { printable(String($0.prefix(200))) }.joined(separator: ", ")
    return "\(names.count == 1 ? "is" : "are") \(shown)\(names.count > 20 ? " and \(names.count - 20) more" : "")"
  }
}
