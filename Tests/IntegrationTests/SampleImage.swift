import Digests
import JSON
import TestSupport

/// A small image as builders leave it, in each form in which images are handed on.
struct SampleImage {
  /// A layer: what it holds, and the step that made it.
  struct Layer {
    var files: [(name: String, content: String)]
    /// Files that may be executed, behind the others.
    var programs: [(name: String, content: [UInt8])] = []
    var step: String

    init(_ step: String, _ files: [(name: String, content: String)]) {
      self.step = step
      self.files = files
    }

    /// The archive.
    var archive: [UInt8] {
      var writer = TarWriter()
      for file in files {
        writer.addRecords([("path", file.name)])
        writer.add("file", content: Array(file.content.utf8))
      }
      for program in programs {
        var header = TarWriter.Header(program.name.utf8, size: program.content.count)
        header.mode = 0o755
        writer.add(header, content: program.content)
      }
      return writer.finished
    }
  }

  var layers: [Layer]
  var tag = "latest"
  /// What the configuration says of its containers.
  var config: JSONValue = [:]

  /// An image that should pass.
  static let clean = SampleImage(layers: [Layer("COPY app /usr/bin/", [("usr/bin/app", "#!/bin/sh\n")])])

  /// An image that ships a key which a later layer deletes: an error, whatever else is judged.
  static let leaky = SampleImage(layers: [
    Layer("RUN build", [("root/.aws/credentials", "key"), ("usr/bin/app", "#!/bin/sh\n")]),
    Layer("RUN rm /root/.aws/credentials", [("root/.aws/.wh.credentials", "")]),
  ])

  private var blobs: [[UInt8]] { layers.map { gzipStored($0.archive) } }

  private var configuration: [UInt8] {
    let value: JSONValue = [
      "os": "linux", "architecture": "amd64", "config": config,
      "rootfs": ["type": "layers", "diff_ids": .array(layers.map { .string(Self.digest($0.archive)) })],
      "history": .array(layers.map { ["created_by": .string($0.step)] }),
    ]
    return value.encoded()
  }

  private var manifest: [UInt8] {
    let value: JSONValue = [
      "schemaVersion": 2, "mediaType": .string(Self.manifestType),
      "config": Self.descriptor(configuration, "application/vnd.oci.image.config.v1+json"),
      "layers": .array(blobs.map { Self.descriptor($0, "application/vnd.oci.image.layer.v1.tar+gzip") }),
    ]
    return value.encoded()
  }

  /// The files of an image layout.
  var layout: [String: [UInt8]] {
    let entry: JSONValue = [
      "mediaType": .string(Self.manifestType), "digest": .string(Self.digest(manifest)),
      "size": .integer(manifest.count), "annotations": ["org.opencontainers.image.ref.name": .string(tag)],
    ]
    let index: JSONValue = ["schemaVersion": 2, "manifests": [entry]]
    var files = ["oci-layout": Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), "index.json": index.encoded()]
    for blob in blobs + [configuration, manifest] { files["blobs/sha256/\(Self.hash(blob))"] = blob }
    return files
  }

  /// The layout in an archive.
  var layoutArchive: [UInt8] { Self.archive(layout) }

  private var savedFiles: [String: [UInt8]] {
    let list: JSONValue = [
      [
        "Config": .string("\(Self.hash(configuration)).json"), "RepoTags": [.string("sample:\(tag)")],
        "Layers": .array(layers.indices.map { .string("\($0)/layer.tar") }),
      ]
    ]
    var files = ["manifest.json": list.encoded(), "\(Self.hash(configuration)).json": configuration]
    for (number, layer) in layers.enumerated() { files["\(number)/layer.tar"] = layer.archive }
    return files
  }

  /// What `docker save` wrote before version 25.
  var saved: [UInt8] { Self.archive(savedFiles) }

  /// What `docker save` writes from version 25 on: a layout, and the list beside it.
  var savedLayout: [UInt8] {
    let list: JSONValue = [
      [
        "Config": .string("blobs/sha256/\(Self.hash(configuration))"), "RepoTags": [.string("sample:\(tag)")],
        "Layers": .array(blobs.map { .string("blobs/sha256/\(Self.hash($0))") }),
      ]
    ]
    return Self.archive(layout.merging(["manifest.json": list.encoded()]) { $1 })
  }

  /// The files of skopeo's `dir:`.
  var directory: [String: [UInt8]] {
    var files = ["version": Array("Directory Transport Version: 1.1\n".utf8), "manifest.json": manifest]
    for blob in blobs + [configuration] { files[Self.hash(blob)] = blob }
    return files
  }

  private static let manifestType = "application/vnd.oci.image.manifest.v1+json"

  private static func hash(_ bytes: [UInt8]) -> String { hexadecimal(Digests.digest(.sha256, of: bytes)) }

  private static func digest(_ bytes: [UInt8]) -> String { "sha256:" + hash(bytes) }

  private static func descriptor(_ bytes: [UInt8], _ mediaType: String) -> JSONValue {
    ["mediaType": .string(mediaType), "digest": .string(digest(bytes)), "size": .integer(bytes.count)]
  }

  private static func archive(_ files: [String: [UInt8]]) -> [UInt8] {
    var writer = TarWriter()
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { writer.add(name, content: bytes) }
    return writer.finished
  }
}

/// A directory with an image in it, where the program is run.
struct ImageSandbox {
  let directory: TemporaryDirectory

  /// Makes the directory with these files in it.
  init(_ files: [String: [UInt8]]) throws {
    directory = try TemporaryDirectory()
    for (name, bytes) in files { try directory.write(bytes, to: name) }
  }

  /// Makes the directory with the files of a form of an image below a name.
  init(_ files: [String: [UInt8]], below name: String) throws {
    try self.init(Dictionary(uniqueKeysWithValues: files.map { ("\(name)/\($0.key)", $0.value) }))
  }

  /// Runs the program there.
  func cachepolicy(_ arguments: [String], input: [UInt8] = []) throws -> ProcessResult {
    try run([try builtProgram("cachepolicy")] + arguments, in: directory.path, input: input)
  }

  /// What the program wrote into a file.
  func text(_ name: String) throws -> String { String(decoding: try directory.read(name), as: UTF8.self) }
}
