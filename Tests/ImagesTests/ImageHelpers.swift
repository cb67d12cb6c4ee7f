import Images
import JSON
import SourceText

/// The documents and layers of an image, as values.
struct MemoryStore: BlobStore {
  var files: [Path: [UInt8]] = [:]
  var sizes: [Path: Int] = [:]

  func size(of path: Path) throws(BlobStoreError) -> Int? { sizes[path] ?? files[path]?.count }

  func read(_ path: Path, limit: Int) throws(BlobStoreError) -> [UInt8] {
    guard let bytes = files[path] else { throw .missing }
    guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    return bytes
  }

  /// Adds a blob, and gives its descriptor.
  mutating func add(
    _ bytes: [UInt8], _ mediaType: String, platform: String? = nil, annotations: JSONValue = [:]
  ) -> JSONValue {
    let digest = ContentDigest(sha256Of: bytes)
    files[digest.blobPath] = bytes
    var members: [JSONMember] = [
      JSONMember("mediaType", .string(mediaType)), JSONMember("digest", .string(digest.description)),
      JSONMember("size", .integer(bytes.count)), JSONMember("annotations", annotations),
    ]
    if let parts = platform?.split(separator: "/").map(String.init) {
      let variant: JSONValue = parts.count > 2 ? .string(parts[2]) : nil
      members.append(
        JSONMember("platform", ["os": .string(parts[0]), "architecture": .string(parts[1]), "variant": variant]))
    }
    return .object(members)
  }

  /// Adds an image of empty layers, and gives the descriptor of its manifest.
  mutating func addImage(
    _ platform: String = "linux/amd64", layers: Int = 1, says: Bool = true, annotations: JSONValue = [:],
    configuration: JSONValue = [:]
  ) -> JSONValue {
    let blobs = (0..<layers).map { number in
      add(Array("\(platform) layer \(number)".utf8), layerType)
    }
    let settings = add(Self.configuration(platform, layers: layers, and: configuration).encoded(), configurationType)
    return add(
      manifest(settings, blobs).encoded(), manifestType, platform: says ? platform : nil, annotations: annotations)
  }

  static func configuration(_ platform: String, layers: Int, and other: JSONValue = [:]) -> JSONValue {
    let parts = platform.split(separator: "/").map(String.init)
    let diffIDs = (0..<layers).map { JSONValue.string(ContentDigest(sha256Of: Array("diff \($0)".utf8)).description) }
    var members: [JSONMember] = [
      JSONMember("os", .string(parts[0])), JSONMember("architecture", .string(parts[1])),
      JSONMember("rootfs", ["type": "layers", "diff_ids": .array(diffIDs)]),
    ]
    if case .object(let others) = other {
      members.removeAll { member in others.contains { $0.name == member.name } }
      members += others
    }
    return .object(members)
  }

  /// Makes it an image layout.
  mutating func setIndex(_ manifests: [JSONValue]) {
    files["oci-layout"] = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)
    files["index.json"] = index(manifests).encoded()
  }

  var layout: ImageReader<MemoryStore> { ImageReader(self) }
}

let indexType = "application/vnd.oci.image.index.v1+json"
let manifestType = "application/vnd.oci.image.manifest.v1+json"
let configurationType = "application/vnd.oci.image.config.v1+json"
let layerType = "application/vnd.oci.image.layer.v1.tar+gzip"

func index(_ manifests: [JSONValue]) -> JSONValue {
  ["schemaVersion": 2, "mediaType": .string(indexType), "manifests": .array(manifests)]
}

func manifest(_ configuration: JSONValue, _ layers: [JSONValue]) -> JSONValue {
  ["schemaVersion": 2, "mediaType": .string(manifestType), "config": configuration, "layers": .array(layers)]
}

func tag(_ name: String) -> JSONValue { ["org.opencontainers.image.ref.name": .string(name)] }

/// What a reader answers: the platforms and tags of the images, or the error.
func outcome(_ body: () throws(ImageError) -> ImageSet) -> String {
  do throws(ImageError) {
    return try body().images.map { ([$0.platform.description] + $0.tags).joined(separator: " ") }.joined(
      separator: "; ")
  } catch {
    return "\(error)"
  }
}
