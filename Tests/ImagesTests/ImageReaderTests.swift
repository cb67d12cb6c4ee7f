import Images
import JSON
import SourceText
import Testing

@Suite("Images of a layout")
struct LayoutTests {
  private func chosen(
    _ store: MemoryStore, tag: String? = nil, _ platform: String? = nil, host: String = "linux/amd64",
    verifies: Bool = true
  ) throws -> String {
    let host = try #require(Platform(host))
    let choice = try platform.map { try #require(PlatformChoice($0)) } ?? .automatic(host: host)
    let reader = ImageReader(store, choice: ImageChoice(tag: tag, platform: choice, verifies: verifies))
    return outcome { () throws(ImageError) in try reader.layout() }
  }

  @Test("a plain image gives no note")
  func plain() throws {
    var store = MemoryStore()
    let history: JSONValue = ["history": [["created_by": "RUN /bin/sh -c x"], ["created_by": "COPY a b"]]]
    store.setIndex([store.addImage(layers: 2, annotations: tag("v1"), configuration: history)])
    let set = try store.layout.layout()
    let image = try #require(set.images.first)
    #expect(set.images.count == 1 && set.notes.isEmpty && set.errors.isEmpty)
    #expect(image.tags == ["v1"])
    #expect(image.layers.map(\.state) == [.present, .present])
    #expect(image.layers.map(\.digest?.blobPath) == image.layers.map(\.source))
    #expect(image.layers.map(\.size) == [19, 19])
    #expect(image.notes.isEmpty && image.errors.isEmpty)
    #expect(image.history.step(ofLayer: 1)?.keyword == "COPY")
  }

  @Test("one of several platforms is chosen, and attestations are passed over")
  func platforms() throws {
    var store = MemoryStore()
    let images = ["linux/amd64", "linux/arm64", "linux/arm/v7"].map { store.addImage($0) }
    let attestation = store.addImage("unknown/unknown")
    let noted = store.addImage("linux/s390x", annotations: ["vnd.docker.reference.type": "attestation-manifest"])
    let nested = store.add(index(images + [attestation, noted]).encoded(), indexType, annotations: tag("v1"))
    store.setIndex([nested])
    #expect(try chosen(store) == "linux/amd64 v1")
    #expect(try chosen(store, host: "linux/arm64") == "linux/arm64 v1")
    #expect(try chosen(store, "linux/arm") == "linux/arm v1")
    #expect(try chosen(store, "all") == "linux/amd64 v1; linux/arm64 v1; linux/arm v1")
    #expect(
      try chosen(store, host: "linux/riscv64").hasSuffix("there are linux/amd64, linux/arm64, linux/arm/v7"))
    #expect(try chosen(store, "linux/arm/v6").contains("no image for linux/arm/v6: choose with --platform"))
  }

  @Test("the only image is taken, whatever it runs on; what is not present does not count")
  func only() throws {
    var store = MemoryStore()
    let arm = store.addImage("linux/arm64")
    let amd = store.addImage("linux/amd64")
    store.setIndex([arm, amd])
    let missing = try #require(digest(of: amd))
    store.files[missing.blobPath] = nil
    #expect(try chosen(store) == "linux/arm64")
    #expect(try chosen(store, "all") == "linux/arm64")
    #expect(try chosen(store, "linux/amd64").hasSuffix("is missing: the image is not complete; copy it again"))
    #expect(try store.layout.layout().notes == [.absentDocument(missing)])
  }

  @Test("a platform that the descriptor does not say is the configuration's")
  func unsaidPlatform() throws {
    var store = MemoryStore()
    store.setIndex(["linux/arm64", "linux/amd64"].map { store.addImage($0, says: false) })
    #expect(try chosen(store) == "linux/amd64")
    #expect(try chosen(store, "linux/arm64") == "linux/arm64")
  }

  @Test("an image is chosen by its tag")
  func tags() throws {
    var store = MemoryStore()
    let one = store.addImage(layers: 1, annotations: tag("1.0"))
    let two = store.addImage(
      layers: 2, annotations: ["io.containerd.image.name": "docker.io/library/app:2.0"])
    store.setIndex([one, two])
    #expect(try chosen(store, tag: "1.0") == "linux/amd64 1.0")
    for tag in ["2.0", "app:2.0", "library/app:2.0", "docker.io/library/app:2.0"] {
      #expect(try chosen(store, tag: tag) == "linux/amd64 docker.io/library/app:2.0")
    }
    let first = try #require(digest(of: one))
    #expect(try chosen(store, tag: first.description) == "linux/amd64 1.0")
    #expect(try chosen(store, tag: "3").contains("no image has the tag `3`; there are 1.0, docker.io/library/app:2.0"))
    #expect(try chosen(store).contains("several images: choose one by its tag; there are 1.0"))
  }

  @Test("two tags of one image are no choice")
  func sameImage() throws {
    var store = MemoryStore()
    store.setIndex([store.addImage(annotations: tag("a")), store.addImage(annotations: tag("b"))])
    #expect(try chosen(store) == "linux/amd64 a b")
  }

  private func digest(of descriptor: JSONValue) -> ContentDigest? {
    guard case .object(let members) = descriptor,
      case .string(let text)? = members.first(where: { $0.name == "digest" })?.value
    else { return nil }
    return ContentDigest(text)
  }

  @Test("indexes may nest, up to a limit")
  func nesting() throws {
    var store = MemoryStore()
    var inner = store.addImage()
    for _ in 0..<8 { inner = store.add(index([inner]).encoded(), indexType) }
    store.setIndex([inner])
    #expect(try chosen(store) == "linux/amd64")
    store.setIndex([store.add(index([inner]).encoded(), indexType)])
    #expect(try chosen(store).contains("stands in more than 8 indexes"))
  }

  @Test("an index that lists itself is read once")
  func circle() throws {
    var store = MemoryStore()
    let image = store.addImage()
    let own = try #require(ContentDigest("blake3:" + String(repeating: "00", count: 32)))
    let padding = 4000
    func circle(_ padding: String) -> JSONValue {
      [
        "manifests": [
          ["mediaType": .string(indexType), "digest": .string(own.description), "size": .integer(padding.utf8.count)],
          image,
        ], "x": .string(padding),
      ]
    }
    let overhead = circle(String(repeating: "x", count: padding)).encoded().count - padding
    let bytes = circle(String(repeating: "x", count: padding)).encoded()
    store.files[own.blobPath] = bytes
    store.sizes[own.blobPath] = nil
    let descriptor: JSONValue = [
      "mediaType": .string(indexType), "digest": .string(own.description), "size": .integer(padding + overhead),
    ]
    store.setIndex([descriptor])
    let set = try store.layout.layout()
    #expect(set.images.count == 1)
    #expect(set.notes == [.unverifiable(own), .repeatedIndex(own)])
  }

  @Test("what is no image is passed over with a note, and refused where it is all there is")
  func artifacts() throws {
    var store = MemoryStore()
    let artifact = store.add(manifest(store.add([], "application/x"), []).encoded(), manifestType)
    let strange = store.add([1], "application/vnd.in-toto+json")
    let image = store.addImage(says: false)
    store.setIndex([strange, artifact, image])
    let notes = try store.layout.layout().notes.map(\.description)
    #expect(notes.count == 2)
    #expect(notes[0].contains("its type is `application/vnd.in-toto+json`"))
    #expect(notes[1].contains("it is no image, its configuration is `application/x`"))
    store.setIndex([artifact])
    #expect(try chosen(store).contains("its configuration is `application/x`"))
    store.setIndex([strange])
    #expect(try chosen(store) == "index.json: lists no image; save or copy the image again")
    store.setIndex([])
    #expect(try chosen(store) == "index.json: lists no image; save or copy the image again")
    store.setIndex([store.add([2], "application/vnd.docker.distribution.manifest.v1+json")])
    #expect(try chosen(store).contains("schema 1"))
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    var expected: String
    var apply: @Sendable (inout MemoryStore) -> Void
    var testDescription: String { name }
  }

  static let damages = [
    Damage(name: "no layout file", expected: "neither index.json with oci-layout nor manifest.json") {
      $0.files["oci-layout"] = nil
    },
    Damage(name: "another version", expected: "oci-layout:1:23: the layout has version `2.0`") {
      $0.files["oci-layout"] = Array(#"{"imageLayoutVersion":"2.0"}"#.utf8)
    },
    Damage(name: "no index", expected: "neither index.json") { $0.files["index.json"] = nil },
    Damage(name: "another byte", expected: "does not have this digest") { store in
      for (path, bytes) in store.files where bytes.starts(with: #"{"os":"linux"#.utf8) {
        store.files[path] = bytes.map { $0 == UInt8(ascii: "x") ? UInt8(ascii: "y") : $0 }
      }
    },
    Damage(name: "another size", expected: "the image is damaged") { store in
      for (path, bytes) in store.files where bytes.starts(with: #"{"os""#.utf8) { store.files[path] = bytes + [0x20] }
    },
    Damage(name: "a configuration that is missing", expected: "is missing") { store in
      for (path, bytes) in store.files where bytes.starts(with: #"{"os""#.utf8) { store.files[path] = nil }
    },
    Damage(name: "an unreadable size", expected: "where") { store in
      for (path, bytes) in store.files where bytes.starts(with: #"{"os""#.utf8) { store.sizes[path] = 1 << 62 }
    },
  ]

  @Test("what is damaged is an error that says so", arguments: damages)
  func damaged(damage: Damage) throws {
    var store = MemoryStore()
    store.setIndex([store.addImage()])
    damage.apply(&store)
    let message = try chosen(store)
    #expect(message.contains(damage.expected), "\(message)")
  }

  @Test(
    "sizes and digests that do not fit are refused before reading",
    arguments: [0, 1, 1 << 62])
  func sizes(size: Int) throws {
    var store = MemoryStore()
    let blob = ContentDigest(sha256Of: [1, 2])
    store.files[blob.blobPath] = [1, 2]
    store.setIndex([["mediaType": .string(manifestType), "digest": .string(blob.description), "size": .integer(size)]])
    #expect(try chosen(store).contains("has 2 bytes where \(size) are said"))
  }

  @Test("counts of layers and diff_ids must agree", arguments: [0, 1, 3])
  func counts(diffIDs: Int) throws {
    var store = MemoryStore()
    let layers = (0..<2).map { store.add([UInt8($0)], layerType) }
    let settings = store.add(MemoryStore.configuration("linux/amd64", layers: diffIDs).encoded(), configurationType)
    store.setIndex([store.add(manifest(settings, layers).encoded(), manifestType)])
    #expect(try chosen(store).hasSuffix("has \(diffIDs) diff_ids for 2 layers"))
  }

  @Test("layers that are not as they should be are told, and the others stay")
  func layers() throws {
    var store = MemoryStore()
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    let types = [layerType, layerType, foreign, "application/vnd.in-toto+json", layerType]
    let blobs = types.enumerated().map { store.add([UInt8($0.offset)], $0.element) }
    let settings = store.add(MemoryStore.configuration("linux/amd64", layers: 5).encoded(), configurationType)
    store.setIndex([store.add(manifest(settings, blobs).encoded(), manifestType)])
    for (number, change) in [(1, nil), (2, nil), (4, [UInt8(1), 2])] as [(Int, [UInt8]?)] {
      store.files[ContentDigest(sha256Of: [UInt8(number)]).blobPath] = change
    }
    let image = try #require(try store.layout.layout().images.first)
    #expect(image.layers.map(\.state) == [.present, .failed, .absent, .skipped, .failed])
    #expect(image.errors.map(\.reason) == [.missing, .sizeMismatch(expected: 1, actual: 2)])
    #expect(image.notes.count == 3)
    #expect(image.notes.allSatisfy { !$0.description.isEmpty })
  }

  @Test("layers of Windows are not read")
  func windows() throws {
    var store = MemoryStore()
    store.setIndex([store.addImage("windows/amd64")])
    #expect(try chosen(store).contains("an image for `windows`, whose layers are not read"))
  }

  @Test("without verification another content is accepted, another size is not")
  func unverified() throws {
    var store = MemoryStore()
    store.setIndex([store.addImage()])
    for (path, bytes) in store.files where bytes.starts(with: #"{"os""#.utf8) {
      store.files[path] = bytes.map { $0 == UInt8(ascii: "x") ? UInt8(ascii: "y") : $0 }
    }
    #expect(try chosen(store).contains("does not have this digest"))
    #expect(try chosen(store, verifies: false) == "linuy/amd64")
    for (path, bytes) in store.files where bytes.starts(with: #"{"os""#.utf8) { store.files[path] = bytes + [0x20] }
    #expect(try chosen(store, verifies: false).contains("the image is damaged"))
  }
}
