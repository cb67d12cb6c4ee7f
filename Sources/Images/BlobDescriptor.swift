internal import JSON

/// A reference from one document of an image to another, or to a layer (`descriptor.md`).
public struct BlobDescriptor: Sendable, Hashable {
  /// What the blob is.
  public let mediaType: String
  /// The digest of its content.
  public let digest: ContentDigest
  /// Its size in bytes.
  public let size: Int
  /// What an image runs on, where the descriptor says so.
  public let platform: Platform?
  /// What else is said of it.
  public let annotations: [String: String]

  init(_ node: JSONNode, in document: ImageDocument) throws(ImageError) {
    guard node.members != nil else { throw document.error(.expected("an object", at: "descriptor"), at: node) }
    mediaType = try document.string("mediaType", of: node) ?? ""
    let text = try document.requiredString("digest", of: node)
    digest = try document.digest(text, at: node["digest"] ?? node)
    guard let size = node["size"]?.integer, size >= 0 else {
      throw document.error(.expected("a whole number that is not below zero", at: "size"), at: node["size"] ?? node)
    }
    self.size = size
    annotations = try document.texts("annotations", of: node)
    if let node = try document.child("platform", of: node) {
      platform = Platform(
        system: try document.string("os", of: node) ?? "",
        architecture: try document.string("architecture", of: node) ?? "",
        variant: try document.string("variant", of: node) ?? "")
    } else {
      platform = nil
    }
  }

  /// Whether BuildKit wrote it for a document about an image: provenance, or a list of what is in it.
  var isAttestation: Bool {
    platform?.isUnknown == true || annotations["vnd.docker.reference.type"] == "attestation-manifest"
  }

  /// The names under which the image can be chosen, as the descriptors of `index.json` have them.
  var tags: [String] {
    ["org.opencontainers.image.ref.name", "io.containerd.image.name"].compactMap { annotations[$0] }
  }
}
