internal import JSON
public import SourceText

/// The list of images in an archive of `docker save`: its `manifest.json`.
public struct SavedImageList: Sendable, Hashable {
  /// An image of the archive.
  public struct SavedImage: Sendable, Hashable {
    /// The path of its configuration.
    public let configuration: Path
    /// The names under which it was saved.
    public internal(set) var tags: [String]
    /// The paths of its layers, the lowest first.
    public let layers: [Path]
    /// Where a layer came from, by its diffID, as Docker 25 and later say.
    public let sources: [ContentDigest: BlobDescriptor]
  }

  /// The images, in the order of the list; none for `[]` and for `null`.
  public let images: [SavedImage]

  /// Reads the list.
  ///
  /// - Parameters:
  ///   - bytes: The document.
  ///   - name: What errors call it.
  /// - Throws: ``ImageError`` with the place.
  public init(_ bytes: [UInt8], name: DocumentName = .file("manifest.json")) throws(ImageError) {
    let document = try ImageDocument(bytes, name: name, limit: ImageLimits.manifestSize)
    guard !document.root.isNull else {
      images = []
      return
    }
    guard let nodes = document.root.array else {
      if document.root["schemaVersion"] != nil { throw document.error(.manifest, at: document.root) }
      throw document.error(.expected("a list of images", at: ""), at: document.root)
    }
    guard nodes.count <= ImageLimits.documentCount else {
      throw document.error(.tooManyDocuments(limit: ImageLimits.documentCount), at: document.root)
    }
    var images: [SavedImage] = []
    for (number, node) in nodes.enumerated() { images.append(try Self.image(node, number, document)) }
    self.images = images
  }

  private static func image(
    _ node: JSONNode, _ number: Int, _ document: ImageDocument
  ) throws(ImageError) -> SavedImage {
    guard node.members != nil else {
      throw document.error(.expected("an image, with its Config and Layers", at: "[\(number)]"), at: node)
    }
    let configuration = try document.requiredString("Config", of: node)
    var layers: [Path] = []
    let nodes = try document.array("Layers", of: node) ?? []
    guard nodes.count <= ImageLimits.layerCount else {
      throw document.error(.tooManyLayers(limit: ImageLimits.layerCount), at: node["Layers"])
    }
    for layer in nodes {
      guard let text = layer.string else { throw document.error(.expected("a list of paths", at: "Layers"), at: layer) }
      layers.append(try path(text, at: layer, document))
    }
    var sources: [ContentDigest: BlobDescriptor] = [:]
    for pair in try document.child("LayerSources", of: node)?.members ?? [] where !pair.value.isNull {
      sources[try document.digest(pair.name, at: pair.value)] = try BlobDescriptor(pair.value, in: document)
    }
    return SavedImage(
      configuration: try path(configuration, at: node["Config"] ?? node, document),
      tags: try document.strings("RepoTags", of: node), layers: layers, sources: sources)
  }

  /// A path within the archive; one that leads out of it is refused rather than held, for no tool writes such.
  private static func path(_ text: String, at node: JSONNode, _ document: ImageDocument) throws(ImageError) -> Path {
    var name = EntryName()
    let bytes = Array(text.utf8)
    guard bytes.count <= ImageLimits.pathLength else { throw document.error(.unsafePath(text), at: node) }
    name.read(bytes.span)
    let leadsUp = bytes.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
    guard !leadsUp, bytes.first != UInt8(ascii: "/"), name.depth > 0, !bytes.contains(0) else {
      throw document.error(.unsafePath(text), at: node)
    }
    return Path(name.bytes)
  }
}
