internal import Archives
internal import Images
internal import JSON
internal import SourceText

/// What skopeo writes for `dir:`, seen as an image layout of one manifest.
///
/// `manifest.json` is the manifest or the index, the manifests that an index lists are `HEX.manifest.json`, and every
/// other blob is a file named by the digits of its digest (containers/image, `directory/directory_transport.go`; newer
/// versions put the algorithm and a dash before those that are not SHA-256).
struct SkopeoStore: LayerStore {
  private let files: DirectoryStore
  private let manifest: Path
  private let index: [UInt8]

  private static let version = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

  /// Opens a directory, and reads its manifest to describe it.
  init(_ root: Path) throws(ImageError) {
    files = DirectoryStore(root)
    let name = DocumentName.file("manifest.json")
    let bytes: [UInt8]
    do throws(BlobStoreError) {
      bytes = try files.read("manifest.json", limit: ImageLimits.manifestSize)
    } catch {
      switch error {
      case .missing: throw ImageError(.missing, in: name)
      case .tooLarge(let limit): throw ImageError(.tooLarge(limit: limit), in: name)
      case .unreadable(let reason): throw ImageError(.unreadable(reason), in: name)
      }
    }
    let digest = ContentDigest(sha256Of: bytes)
    manifest = digest.blobPath
    let descriptor = JSONValue.object([
      JSONMember("mediaType", .string(Self.mediaType(of: bytes))), JSONMember("digest", .string(digest.description)),
      JSONMember("size", .integer(bytes.count)),
    ])
    index = JSONValue.object([
      JSONMember("schemaVersion", .integer(2)), JSONMember("manifests", .array([descriptor])),
    ]).encoded()
  }

  /// The type that the manifest says itself; one that says nothing is the OCI's, of an index where it lists manifests.
  private static func mediaType(of bytes: [UInt8]) -> String {
    let reader = JSONReader(
      sizeLimit: ImageLimits.manifestSize, depthLimit: ImageLimits.documentDepth,
      stringLimit: ImageLimits.stringLength, valueLimit: ImageLimits.valueCount)
    // What cannot be read is told when it is read as a manifest.
    let root = try? reader.read(bytes)
    if let type = root?["mediaType"]?.string { return type }
    return root?["manifests"] == nil
      ? "application/vnd.oci.image.manifest.v1+json" : "application/vnd.oci.image.index.v1+json"
  }

  func size(of path: Path) throws(BlobStoreError) -> Int? {
    if let bytes = made(path) { return bytes.count }
    for place in places(of: path) {
      if let size = try files.size(of: place) { return size }
    }
    return nil
  }

  func read(_ path: Path, limit: Int) throws(BlobStoreError) -> [UInt8] {
    if let bytes = made(path) { return bytes }
    return try files.read(try place(of: path), limit: limit)
  }

  func source(of path: Path) throws(BlobStoreError) -> ArchiveSource {
    if let bytes = made(path) { return ArchiveSource(bytes) }
    return try files.source(of: try place(of: path))
  }

  private func made(_ path: Path) -> [UInt8]? {
    switch path {
    case "oci-layout": Self.version
    case "index.json": index
    default: nil
    }
  }

  private func place(of path: Path) throws(BlobStoreError) -> Path {
    for place in places(of: path) where try files.size(of: place) != nil { return place }
    throw .missing
  }

  /// The names that the blob of a layout may have here.
  private func places(of path: Path) -> [Path] {
    if path == manifest { return ["manifest.json"] }
    let parts = path.components
    guard parts.count == 3, parts[0].elementsEqual("blobs".utf8) else { return [] }
    return [
      Path(parts[2]), Path(Array(parts[1]) + Array("-".utf8) + Array(parts[2])),
      Path(Array(parts[2]) + Array(".manifest.json".utf8)),
    ]
  }
}
