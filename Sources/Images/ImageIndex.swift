internal import JSON

/// A list of images, one a platform or one a tag (`image-index.md`), or Docker's manifest list.
public struct ImageIndex: Sendable, Hashable {
  /// The images and the indexes that it lists, in order.
  public let manifests: [BlobDescriptor]
  /// What is said of the whole.
  public let annotations: [String: String]

  /// Reads an index.
  ///
  /// - Parameters:
  ///   - bytes: The document.
  ///   - name: What errors call it.
  ///   - mediaType: The type that its descriptor says, where there is one.
  /// - Throws: ``ImageError`` with the place.
  public init(_ bytes: [UInt8], name: DocumentName, mediaType: String? = nil) throws(ImageError) {
    let document = try ImageDocument(bytes, name: name, limit: ImageLimits.manifestSize)
    let root = try document.object()
    try document.checkType(mediaType, among: MediaType.indexes)
    // Also where they are null: another reader might look only whether they are there.
    if root["layers"] != nil || root["config"] != nil || root["fsLayers"] != nil { throw document.error(.ambiguous) }
    guard let nodes = try document.array("manifests", of: root) else {
      throw document.error(.expected("a list", at: "manifests"), at: root)
    }
    var manifests: [BlobDescriptor] = []
    for node in nodes { manifests.append(try BlobDescriptor(node, in: document)) }
    self.manifests = manifests
    annotations = try document.texts("annotations", of: root)
  }
}
