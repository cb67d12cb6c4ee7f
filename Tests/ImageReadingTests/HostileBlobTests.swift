import Facts
import ImageReading
import Images
import JSON
import SourceText
import TestSupport
import Testing

/// The rows on blobs and descriptors: what is wrong with an image of two layers, and what is said.
@Suite("Hostile blobs and descriptors")
struct HostileBlobTests {
  private static let image = TestImage([TestLayer(["a": "1"]), TestLayer(["b": "2"])])
  private static let blob = "blobs/sha256/\(image.layers[1].digest.encoded)"

  /// Reads the image after its files have been tampered with; the first layer must be examined all the same.
  private func read(
    _ image: TestImage = Self.image, keeps: Bool = true, _ tamper: (TemporaryDirectory) throws -> Void = { _ in }
  ) throws -> ReadingResult {
    let directory = try TemporaryDirectory()
    try directory.write(image.layout, to: "image")
    try tamper(directory)
    let result = try directory.examine("oci:image")
    if keeps {
      #expect(result.listing == ["a 1"])
      #expect(result.images.first?.facts.layers.map(\.isRead) == [true, false])
    }
    return result
  }

  private func shell(_ script: String, in directory: TemporaryDirectory) throws {
    #expect(try run(["sh", "-ec", script], in: directory.path).status == 0)
  }

  @Test(
    "a blob that is no ordinary file is refused without waiting",
    arguments: [
      ("mkfifo B", "a named pipe"), ("mkdir B", "a directory"), ("ln -s /etc/hostname B", "leads out"),
      ("ln -s ../../../../outside B", "leads out"), ("ln -s B B", "circle"),
      ("ln -s ../../index.json B", "bytes where"),
    ])
  func kinds(command: String, words: String) throws {
    let result = try read { directory in
      try directory.write("outside", to: "outside")
      let name = Self.image.layers[1].digest.encoded
      try shell(
        "cd image/blobs/sha256; rm \(name); \(command.replacing("B B", with: "\(name) \(name)").replacing(" B", with: " " + name))",
        in: directory)
    }
    #expect(result.message.contains(words), "\(result.message)")
    #expect(result.message.contains("layer 1 (\(Self.image.layers[1].digest)): "))
  }

  @Test("a digest of an algorithm that is not known is told apart from what is odd in the archive")
  func algorithms() throws {
    var image = Self.image
    let digest = "blake3:" + String(repeating: "0", count: 64)
    image.diffIDs = [image.layers[0].diffID.description, digest]
    let facts = try #require(try read(image, keeps: false).images.first?.facts)
    #expect(facts.layers.map(\.unverified) == [[], [digest]])
    #expect(facts.layers.allSatisfy { $0.isRead && $0.notes.isEmpty })
  }

  @Test("a directory of the layout that is a link out of it is not followed") func linkedDirectory() throws {
    let result = try read(keeps: false) { directory in
      try shell("mv image/blobs elsewhere; ln -s ../elsewhere image/blobs", in: directory)
    }
    #expect(result.images.isEmpty && result.message.contains("leads out"), "\(result.message)")
  }

  @Test("a missing blob is named; one that may be missing is noted") func missing() throws {
    let result = try read { try shell("rm image/\(Self.blob)", in: $0) }
    #expect(result.message.contains("layer 1 (\(Self.image.layers[1].digest)): is missing"))
    var foreign = Self.image
    foreign.layers[1].mediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    let absent = try read(foreign) { try shell("rm image/\(Self.blob)", in: $0) }
    #expect(absent.messages == [])
    #expect(absent.images.first?.facts.image?.notes.contains(.absentLayer(foreign.layers[1].digest)) == true)
  }

  @Test("content that has not its digest") func content() throws {
    var other = Self.image.layers[1].blob
    other[600] ^= 1
    let result = try read { try $0.write(other, to: "image/\(Self.blob)") }
    #expect(result.message.contains("layer 1 (\(Self.image.layers[1].digest))"))
    // The checksum of gzip tells it first; a plain layer has none.
    var plain = Self.image
    plain.layers[1] = TestLayer(plain.layers[1].archive, blob: plain.layers[1].archive, type: "")
    var bytes = plain.layers[1].archive
    bytes[512] ^= 1
    let path = "image/blobs/sha256/\(plain.layers[1].digest.encoded)"
    let damaged = try read(plain) { try $0.write(bytes, to: path) }
    #expect(damaged.message.contains("stored bytes have the digest sha256:"), "\(damaged.message)")
    #expect(damaged.message.contains("not \(plain.layers[1].digest)"))
    let directory = try TemporaryDirectory()
    try directory.write(plain.layout, to: "image")
    try directory.write(bytes, to: path)
    let unverified = try directory.examine("oci:image") { $0.verifies = false }
    #expect(unverified.messages == [] && unverified.listing == ["a 1", "b 1"])
    #expect(unverified.images.first?.facts.isVerified == false)
  }

  @Test("a size that is not the file's", arguments: [1, 1 << 62, 0]) func size(size: Int) throws {
    var image = Self.image
    image.descriptor = { number, members in
      number == 1 ? members.dropLast() + [JSONMember("size", .integer(size))] : members
    }
    let result = try read(image)
    #expect(result.message.contains("where \(size) are said"), "\(result.message)")
  }

  @Test(
    "a descriptor that is none",
    arguments: [
      ("size", JSONValue.integer(-1), "not below zero"), ("digest", "sha256:../../../../outside", "is no digest"),
      ("digest", "sha256:abcd", "is no digest"),
    ])
  func descriptor(name: String, value: JSONValue, words: String) throws {
    var image = Self.image
    image.descriptor = { number, members in
      number == 1 ? members.map { $0.name == name ? JSONMember(name, value) : $0 } : members
    }
    let result = try read(image, keeps: false)
    #expect(result.images.isEmpty && result.message.contains(words), "\(result.message)")
  }

  @Test("a layer of an unknown type is passed over with a note") func unknownType() throws {
    var image = Self.image
    image.layers[1].mediaType = "application/vnd.in-toto+json"
    let result = try read(image)
    #expect(result.messages == [])
    let note = ImageNote.skippedType(image.layers[1].digest, "application/vnd.in-toto+json")
    #expect(result.images.first?.facts.image?.notes.contains(note) == true)
  }

  @Test("a manifest that is an index as well") func ambiguous() throws {
    var image = Self.image
    image.manifestExtra = [JSONMember("manifests", [])]
    #expect(try read(image, keeps: false).message.contains("a manifest and an index at once"))
  }

  @Test("three platforms and an attestation") func attestation() throws {
    var others = [Self.image, Self.image, Self.image]
    others[1].platform = Platform(system: "linux", architecture: "arm64")
    others[2].platform = Platform(system: "unknown", architecture: "unknown")
    let directory = try TemporaryDirectory()
    try directory.write(testLayout(others), to: "image")
    let result = try directory.examine("oci:image")
    #expect(result.messages == [] && result.listing == ["a 1", "b 1"])
  }

  @Test("an index that contains itself") func circle() throws {
    let digest = ContentDigest(sha256Of: [1])
    let index: JSONValue = [
      "schemaVersion": 2,
      "manifests": [
        [
          "mediaType": "application/vnd.oci.image.index.v1+json", "digest": .string(digest.description), "size": 0,
        ]
      ],
    ]
    let size = index.encoded().count + 2
    let text = String(decoding: index.encoded(), as: UTF8.self).replacing("\"size\":0", with: "\"size\":\(size)")
    let directory = try TemporaryDirectory()
    try directory.write(#"{"imageLayoutVersion":"1.0.0"}"#, to: "image/oci-layout")
    try directory.write(text, to: "image/index.json")
    try directory.write(text, to: "image/\(digest.blobPath)")
    let result = try directory.examine("oci:image") { $0.verifies = false }
    #expect(result.images.isEmpty && !result.errors.isEmpty)
  }

  @Test("more layers than the limit; as many as it") func layers() throws {
    let empty = TestLayer([UInt8](repeating: 0, count: 1024))
    let most = try read(TestImage(Array(repeating: empty, count: 1000)), keeps: false)
    #expect(most.messages == [] && most.images.first?.facts.layers.count == 1000)
    let more = try read(TestImage(Array(repeating: empty, count: 10_000)), keeps: false)
    #expect(more.message.contains("more than 1000 layers, the limit; it cannot be raised"), "\(more.message)")
  }
}
