internal import JSON

/// What an image for one platform is made of (`manifest.md`), in the form of the OCI or of Docker's second schema.
public struct ImageManifest: Sendable, Hashable {
  /// Where the configuration is.
  public let configuration: BlobDescriptor
  /// The layers, the lowest first.
  public let layers: [BlobDescriptor]
  /// What is said of the whole.
  public let annotations: [String: String]

  /// Reads a manifest.
  ///
  /// - Parameters:
  ///   - bytes: The document.
  ///   - name: What errors call it.
  ///   - mediaType: The type that its descriptor says, where there is one.
  /// - Throws: ``ImageError`` with the place.
  public init(_ bytes: [UInt8], name: DocumentName, mediaType: String? = nil) throws(ImageError) {
    let document = try ImageDocument(bytes, name: name, limit: ImageLimits.manifestSize)
    let root = try document.object()
    try document.checkType(mediaType, among: MediaType.manifests)
    if root["manifests"] != nil { throw document.error(.ambiguous, at: root["manifests"]) }
    if root["fsLayers"] != nil { throw document.error(.schema1, at: root["fsLayers"]) }
    guard let node = try document.child("config", of: root) else {
      throw document.error(.expected("a descriptor", at: "config"), at: root)
    }
    configuration = try BlobDescriptor(node, in: document)
    guard let nodes = try document.array("layers", of: root) else {
      throw document.error(.expected("a list", at: "layers"), at: root)
    }
    // Attestations have layers without end; an image is judged by this limit.
    guard nodes.count <= ImageLimits.layerCount else {
      throw document.error(.tooManyLayers(limit: ImageLimits.layerCount), at: root["layers"])
    }
    var layers: [BlobDescriptor] = []
    for node in nodes { layers.append(try BlobDescriptor(node, in: document)) }
    self.layers = layers
    annotations = try document.texts("annotations", of: root)
  }

  /// Whether it is an image, and not another artifact that is stored in the same form.
  public var isImage: Bool { MediaType.configurations.contains(configuration.mediaType) }
}
