import Images
import JSON
import SourceText
import TestSupport

/// A layer as tests make it.
struct TestLayer {
  /// The uncompressed archive.
  var archive: [UInt8]
  /// The bytes as they are stored.
  var blob: [UInt8]
  var mediaType = "application/vnd.oci.image.layer.v1.tar+gzip"

  /// A gzip layer.
  init(_ archive: [UInt8]) {
    self.archive = archive
    blob = gzipStored(archive)
  }

  /// A layer that is stored in another way.
  init(_ archive: [UInt8], blob: [UInt8], type: String = "+gzip") {
    self.archive = archive
    self.blob = blob
    mediaType = "application/vnd.oci.image.layer.v1.tar" + type
  }

  /// A gzip layer of entries.
  init(_ body: (inout TarWriter) -> Void) {
    var writer = TarWriter()
    body(&writer)
    self.init(writer.finished)
  }

  /// A gzip layer of files with their content as text.
  init(_ files: [String: String]) {
    self.init { writer in
      for (name, text) in files.sorted(by: { $0.key < $1.key }) { writer.add(name, content: Array(text.utf8)) }
    }
  }

  var digest: ContentDigest { ContentDigest(sha256Of: blob) }
  var diffID: ContentDigest { ContentDigest(sha256Of: archive) }
}

/// An image as tests make it, a right one unless they change it.
struct TestImage {
  var layers: [TestLayer]
  var tag: String? = "latest"
  var platform = Platform(system: "linux", architecture: "amd64")
  /// What made the layers and what made none, with `nil` for a layer's turn.
  var history: JSONValue?
  var settings: JSONValue = [:]
  var diffIDs: [String]?
  var rootType = "layers"
  /// Members of the manifest that stand beside the usual ones.
  var manifestExtra: [JSONMember] = []
  /// Changes the descriptor of each layer.
  var descriptor: @Sendable (Int, [JSONMember]) -> [JSONMember] = { $1 }

  init(_ layers: [TestLayer]) {
    self.layers = layers
  }

  var configuration: [UInt8] {
    let ids = diffIDs ?? layers.map(\.diffID.description)
    var members = [
      JSONMember("os", .string(platform.system)), JSONMember("architecture", .string(platform.architecture)),
      JSONMember("config", settings),
      JSONMember("rootfs", ["type": .string(rootType), "diff_ids": .array(ids.map { .string($0) })]),
    ]
    if let history { members.append(JSONMember("history", history)) }
    return JSONValue.object(members).encoded()
  }

  static func descriptor(_ bytes: [UInt8], _ mediaType: String) -> [JSONMember] {
    [
      JSONMember("mediaType", .string(mediaType)),
      JSONMember("digest", .string(ContentDigest(sha256Of: bytes).description)),
      JSONMember("size", .integer(bytes.count)),
    ]
  }

  static let manifestType = "application/vnd.oci.image.manifest.v1+json"
  static let configurationType = "application/vnd.oci.image.config.v1+json"

  var manifest: [UInt8] {
    let blobs = layers.enumerated().map { number, layer in
      JSONValue.object(descriptor(number, Self.descriptor(layer.blob, layer.mediaType)))
    }
    return JSONValue.object(
      [
        JSONMember("schemaVersion", 2), JSONMember("mediaType", .string(Self.manifestType)),
        JSONMember("config", .object(Self.descriptor(configuration, Self.configurationType))),
        JSONMember("layers", .array(blobs)),
      ] + manifestExtra
    ).encoded()
  }

  /// The files of an image layout.
  var layout: [String: [UInt8]] { testLayout([self]) }

  /// The entry of the image in an index.
  var indexEntry: JSONValue {
    var members = Self.descriptor(manifest, Self.manifestType)
    members.append(
      JSONMember("platform", ["os": .string(platform.system), "architecture": .string(platform.architecture)]))
    if let tag { members.append(JSONMember("annotations", ["org.opencontainers.image.ref.name": .string(tag)])) }
    return .object(members)
  }

  /// The entries of an archive as `docker save` of old writes it: the layers plain, and here each behind a link.
  var saved: TarWriter {
    var writer = TarWriter()
    var paths: [JSONValue] = []
    for (number, layer) in layers.enumerated() {
      let plain = "\(layer.diffID.encoded).tar"
      writer.add("\(number)/layer.tar", type: "2", link: "../\(plain)")
      writer.add(plain, content: layer.archive)
      paths.append(.string("\(number)/layer.tar"))
    }
    let name = ContentDigest(sha256Of: configuration).encoded + ".json"
    writer.add(name, content: configuration)
    let list: JSONValue = [
      ["Config": .string(name), "RepoTags": tag.map { [.string("app:\($0)")] } ?? nil, "Layers": .array(paths)]
    ]
    writer.add("manifest.json", content: list.encoded())
    return writer
  }

  /// The files of skopeo's `dir:`.
  var skopeoDirectory: [String: [UInt8]] {
    var files = ["version": Array("Directory Transport Version: 1.1\n".utf8), "manifest.json": manifest]
    for bytes in layers.map(\.blob) + [configuration] { files[ContentDigest(sha256Of: bytes).encoded] = bytes }
    return files
  }
}

/// The files of an image layout with several images.
func testLayout(_ images: [TestImage]) -> [String: [UInt8]] {
  let index: JSONValue = ["schemaVersion": 2, "manifests": .array(images.map(\.indexEntry))]
  var files = ["oci-layout": Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), "index.json": index.encoded()]
  for image in images {
    for bytes in image.layers.map(\.blob) + [image.configuration, image.manifest] {
      files["blobs/sha256/\(ContentDigest(sha256Of: bytes).encoded)"] = bytes
    }
  }
  return files
}

/// The files in an archive, in the reverse order of their names.
func testArchive(_ files: [String: [UInt8]]) -> [UInt8] {
  var writer = TarWriter()
  for (name, bytes) in files.sorted(by: { $0.key > $1.key }) { writer.add(name, content: bytes) }
  return writer.finished
}
