import Facts
import ImageReading
import Images
import JSON
import SourceText
import TestSupport
import Testing

/// The rows on configuration and JSON.
@Suite("Hostile documents")
struct HostileDocumentTests {
  private static let image = TestImage([TestLayer(["a": "1"]), TestLayer(["b": "2"])])

  private func read(_ image: TestImage) throws -> ReadingResult { try TemporaryDirectory().examine(image) }

  @Test("a diffID that is another") func diffID() throws {
    var image = Self.image
    image.diffIDs = [image.layers[0].diffID.description, image.layers[0].diffID.description]
    let result = try read(image)
    #expect(result.message.contains("layer 1 (\(image.layers[1].digest))"))
    #expect(result.message.contains("has the digest \(image.layers[1].diffID), not the diffID"))
    #expect(result.listing == ["a 1"])
  }

  @Test("a layer of another size than is said has none that counts") func size() throws {
    var image = Self.image
    image.descriptor = { number, members in
      number == 0 ? members : members.map { $0.name == "size" ? JSONMember("size", .integer(.max)) : $0 }
    }
    let result = try read(image)
    #expect(result.message.contains("\(Int.max)"))
    let layers = try #require(result.images.first?.facts.layers)
    #expect(layers.map(\.storedBytes) == [image.layers[0].blob.count, nil])
    #expect(layers.map(\.isRead) == [true, false])
  }

  @Test("another number of diffIDs than of layers", arguments: [1, 3]) func count(count: Int) throws {
    var image = Self.image
    image.diffIDs = Array(repeating: image.layers[0].diffID.description, count: count)
    #expect(try read(image).message.contains("\(count) diff_ids for 2 layers"))
  }

  @Test("a root file system of another type") func rootType() throws {
    var image = Self.image
    image.rootType = "zip"
    #expect(try read(image).message.contains("`zip`; only layers"))
  }

  @Test(
    "a history that does not fit is noted",
    arguments: [
      [["created_by": "A"], ["created_by": "B"], ["created_by": "C"]], [["created_by": "A"]], nil,
      [["created_by": "A", "empty_layer": true]],
    ] as [JSONValue])
  func history(history: JSONValue) throws {
    var image = Self.image
    image.history = history
    let result = try read(image)
    #expect(result.messages == [] && result.listing == ["a 1", "b 1"])
    #expect(result.images.first?.facts.layers.allSatisfy { $0.step == nil } == true)
    #expect(result.images.first?.facts.image?.notes.isEmpty == false)
  }

  /// Replaces the configuration by other bytes, with the right digest and size.
  private func readConfiguration(_ bytes: [UInt8]) throws -> ReadingResult {
    var files = Self.image.layout
    let old = TestImage.descriptor(Self.image.configuration, TestImage.configurationType)
    let new = TestImage.descriptor(bytes, TestImage.configurationType)
    func text(_ members: [JSONMember]) -> String {
      String(decoding: JSONValue.object(members).encoded(), as: UTF8.self)
    }
    let manifest = Array(
      String(decoding: Self.image.manifest, as: UTF8.self).replacing(text(old), with: text(new)).utf8)
    files[DigestPath.of(bytes)] = bytes
    files[DigestPath.of(manifest)] = manifest
    let entry = JSONValue.object(TestImage.descriptor(manifest, TestImage.manifestType))
    files["index.json"] = (["schemaVersion": 2, "manifests": [entry]] as JSONValue).encoded()
    let directory = try TemporaryDirectory()
    try directory.write(files, to: "image")
    return try directory.examine("oci:image")
  }

  @Test("a configuration that is not strict JSON, or too large") func json() throws {
    let right = Self.image.configuration
    let text = String(decoding: right, as: UTF8.self)
    #expect(try readConfiguration(right).listing == ["a 1", "b 1"])
    let bad: [[UInt8]] = [
      Array((text.dropLast() + #","rootfs":{"type":"layers","diff_ids":[]}}"#).utf8),
      [UInt8](repeating: UInt8(ascii: "["), count: 200_000), [0xEF, 0xBB, 0xBF] + right, right + [UInt8(ascii: "x")],
      Array(text.dropLast().utf8), [],
    ]
    for bytes in bad {
      let result = try readConfiguration(bytes)
      #expect(result.images.isEmpty && result.message.contains("is not the JSON"), "\(result.message)")
    }
    let large = try readConfiguration(right + [UInt8](repeating: UInt8(ascii: " "), count: 8 << 20))
    #expect(large.message.contains("more than 8388608 bytes, the limit for such a document; it cannot be raised"))
  }

  @Test(
    "the list of a saved archive",
    arguments: [
      (#"[{"Config":"../c.json","RepoTags":null,"Layers":[]}]"#, "leads out of the archive"),
      (#"[{"Config":"c.json","RepoTags":null,"Layers":["a/../../l.tar"]}]"#, "leads out of the archive"),
      ("[]", "manifest.json: lists no image"), ("null", "manifest.json: lists no image"),
      (#"[{"Config":"none.json","Layers":[]}]"#, "is missing"),
      (
        #"[{"Config":"c.json","RepoTags":["a:1"],"Layers":[]},{"Config":"d.json","RepoTags":["b:1"],"Layers":[]}]"#,
        "choose one by its tag; there are a:1, b:1"
      ),
    ])
  func list(text: String, words: String) throws {
    var writer = TarWriter()
    writer.add("c.json", content: Self.image.configuration)
    writer.add("manifest.json", content: Array(text.utf8))
    let directory = try TemporaryDirectory()
    try directory.write(writer.finished, to: "archive")
    let result = try directory.examine("docker-archive:archive")
    #expect(result.images.isEmpty && result.message.contains(words), "\(result.message)")
  }

  @Test("an archive with two lists, and one whose layers are links in a circle") func outer() throws {
    let directory = try TemporaryDirectory()
    var twice = Self.image.saved
    twice.add("./manifest.json", content: Array("[]".utf8))
    try directory.write(twice.finished, to: "twice")
    #expect(try directory.examine("docker-archive:twice").message.contains("stands twice in the archive"))

    var circle = TarWriter()
    let one = TestImage([Self.image.layers[0]])
    circle.add("c.json", content: one.configuration)
    circle.add("a/layer.tar", type: "2", link: "../b/layer.tar")
    circle.add("b/layer.tar", type: "2", link: "../a/layer.tar")
    circle.add(
      "manifest.json", content: Array(#"[{"Config":"c.json","RepoTags":null,"Layers":["a/layer.tar"]}]"#.utf8))
    try directory.write(circle.finished, to: "circle")
    #expect(try directory.examine("docker-archive:circle").message.contains("circle"))
  }

  @Test(
    "a layer that is a link out of the archive, a directory, or a file with holes",
    arguments: [
      ("2", "../../../etc/passwd", "leads out"), ("2", "/etc/passwd", "leads out"), ("3", "", "no ordinary file"),
    ])
  func outerKinds(type: String, link: String, words: String) throws {
    var writer = TarWriter()
    writer.add("c.json", content: TestImage([Self.image.layers[0]]).configuration)
    writer.add("l.tar", type: Character(type), link: link)
    writer.add("manifest.json", content: Array(#"[{"Config":"c.json","RepoTags":null,"Layers":["l.tar"]}]"#.utf8))
    let directory = try TemporaryDirectory()
    try directory.write(writer.finished, to: "archive")
    #expect(try directory.examine("docker-archive:archive").message.contains(words))
  }

  @Test("more entries than an archive of images may have") func outerEntries() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.image.saved.finished, to: "archive")
    let result = try directory.examine("archive") { $0.limits.outerEntries = 3 }
    #expect(result.message.contains("more than 3 entries, the limit"))
  }
}
