import Images
import JSON
import SourceText
import Testing

private let name = DocumentName.file("d.json")

/// The error that a reader throws, as text; nothing where it throws none.
private func error<Document>(_ read: () throws(ImageError) -> Document) -> String {
  do throws(ImageError) {
    _ = try read()
    return ""
  } catch {
    return error.description
  }
}

private let hex = String(repeating: "0a", count: 32)
private let descriptor = #"{"mediaType":"m","digest":"sha256:\#(hex)","size":1}"#
private let config =
  #"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:\#(hex)","size":1}"#

@Suite("Digests of images")
struct ContentDigestTests {
  @Test("of a variable that is there twice the last one counts; a name ends at the first equals sign")
  func variables() throws {
    var environment = ["A=1", "B", "=C", "A=2=3", "D=\u{301}x", "E="]
    environment += (0..<20_000).map { "V\($0)=\($0)" }
    let list = environment.map { "\"\($0)\"" }.joined(separator: ",")
    let configuration = try ImageConfiguration(
      Array("{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":[\(list)]}}".utf8), name: .file("config.json"))
    let values = ["A", "B", "D", "E", "C", "A=2"].map { configuration.value(of: $0) }
    #expect(values == ["2=3", nil, "\u{301}x", "", nil, nil])
    #expect((0..<20_000).allSatisfy { configuration.value(of: "V\($0)") == "\($0)" })
  }

  @Test(
    "texts of the grammar are digests",
    arguments: [
      "sha256:" + hex, "sha512:" + hex + hex, "blake3:" + hex, "a+b.c_d-e:x=_-Y", "multihash+base58:QmRZx",
    ])
  func read(text: String) throws {
    let digest = try #require(ContentDigest(text))
    #expect(digest.description == text)
    #expect(digest.blobPath.components.count == 3)
    #expect(digest.isVerifiable == text.hasPrefix("sha"))
    #expect(digest.matches([]) == (text.hasPrefix("sha") ? false : nil))
  }

  @Test(
    "anything else is none",
    arguments: [
      "", ":", "sha256:", "sha256", "sha256:../../x", "sha256:abcd", "sha256:" + hex.uppercased(),
      "sha256:" + hex + "0",
      "SHA256:" + hex, "sha256::" + hex, "../x:y", "a..b:c", "+a:b", "a+:b", "x:a/b", "x:a b", "x:é", "sha512:" + hex,
      "x:" + String(repeating: "a", count: 600),
    ])
  func refused(text: String) {
    #expect(ContentDigest(text) == nil)
  }

  @Test("content is verified by SHA-256 and SHA-512")
  func verified() throws {
    let bytes = Array("abc".utf8)
    #expect(ContentDigest(sha256Of: bytes).matches(bytes) == true)
    #expect(ContentDigest(sha256Of: bytes).matches([]) == false)
    let long = try #require(
      ContentDigest(
        "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"))
    #expect(long.matches(bytes) == true)
  }
}

@Suite("Documents of images")
struct DocumentTests {
  @Test(
    "an index that is none is refused with its place",
    arguments: [
      ("{}", "d.json:1:1: `manifests` must be a list"),
      ("[]", "d.json:1:1: the document must be an object"),
      (#"{"manifests":{}}"#, "d.json:1:14: `manifests` must be a list"),
      (#"{"manifests":[7]}"#, "d.json:1:15: `descriptor` must be an object"),
      (#"{"manifests":[{"digest":"x","size":1}]}"#, "`x` is no digest"),
      (#"{"manifests":[{"digest":"sha256:../../x","size":1}]}"#, "`sha256:../../x` is no digest"),
      ("{\n \"manifests\":[\n  {\"digest\":\"sha256:\(hex)\",\"size\":-1}]}", "d.json:3:94: `size` must be"),
      (#"{"manifests":[{"digest":"sha256:\#(hex)"}]}"#, "`size` must be"),
      (#"{"manifests":[{"digest":"sha256:\#(hex)","size":4611686018427387904000}]}"#, "`size` must be"),
      (#"{"manifests":[],"layers":[]}"#, "a manifest and an index at once"),
      (#"{"manifests":[],"config":null}"#, "a manifest and an index at once"),
      (#"{"manifests":[],"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#, "says that it is"),
      (#"{"manifests":[],"mediaType":"x\u001by"}"#, #"says that it is `x\x1by`"#),
      (#"{"manifests":[],"schemaVersion":1}"#, "schema 1"),
      (#"{"manifests":[],"schemaVersion":3}"#, "`schemaVersion` must be 2"),
      (#"{"manifests":[],"manifests":[]}"#, "d.json:1:17: is not the JSON that images are described in: the name"),
      ("\u{FEFF}{}", "is not the JSON"), ("{} x", "d.json:1:4: is not the JSON"),
      (String(repeating: "[", count: 200_000), "nested more than 64 levels deep, the limit; it cannot be raised"),
      (#"{"a":""# + String(repeating: "x", count: 1 << 20 + 1) + #""}"#, "a string of more than 1048576 bytes"),
      (String(repeating: " ", count: 4 << 20 + 1), "more than 4194304 bytes"),
      ("[" + String(repeating: "1,", count: 1 << 18) + "1]", "more than 262144 values"),
    ])
  func index(text: String, expected: String) {
    let message = error { () throws(ImageError) in try ImageIndex(Array(text.utf8), name: name) }
    #expect(message.contains(expected), "\(message)")
    #expect(message.utf8.count < 500)
  }

  @Test("an index knows what it lists")
  func indexValues() throws {
    let text =
      #"{"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"sha256:\#(hex)","size":5,"platform":{"os":"linux","#
      + #""architecture":"arm","variant":"v7"},"annotations":{"a":"b","n":null}}],"annotations":null}"#
    let index = try ImageIndex(Array(text.utf8), name: name, mediaType: indexType)
    let entry = try #require(index.manifests.first)
    #expect(entry.platform == Platform("linux/arm/v7"))
    #expect(entry.annotations == ["a": "b"])
    #expect(entry.size == 5)
  }

  @Test(
    "a manifest that is none is refused",
    arguments: [
      (#"{"config":\#(config)}"#, "`layers` must be a list"),
      (#"{"layers":[]}"#, "`config` must be a descriptor"),
      (#"{"config":\#(config),"layers":[],"manifests":[]}"#, "a manifest and an index at once"),
      (#"{"schemaVersion":1,"fsLayers":[]}"#, "schema 1"), (#"{"fsLayers":[]}"#, "schema 1"),
      (#"{"mediaType":"application/vnd.docker.distribution.manifest.v1+prettyjws"}"#, "schema 1"),
      (
        #"{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":\#(config),"layers":[]}"#,
        "where `application/vnd.oci.image.manifest.v1+json` is expected"
      ),
      (
        #"{"config":\#(config),"layers":[\#(Array(repeating: descriptor, count: 1001).joined(separator: ","))]}"#,
        "more than 1000 layers"
      ),
    ])
  func manifest(text: String, expected: String) {
    let message = error { () throws(ImageError) in
      try ImageManifest(Array(text.utf8), name: name, mediaType: manifestType)
    }
    #expect(message.contains(expected), "\(message)")
  }

  @Test(
    "a configuration that is none is refused",
    arguments: [
      ("{}", "`rootfs` must be an object"),
      (#"{"rootfs":{"type":"zip","diff_ids":[]}}"#, "of type `zip`"),
      (#"{"rootfs":{"diff_ids":[]}}"#, "`type` must be a text"),
      (#"{"rootfs":{"type":"layers","diff_ids":["x"]}}"#, "`x` is no digest"),
      (#"{"rootfs":{"type":"layers"},"history":[1]}"#, "`history` must be a list of objects"),
      (#"{"rootfs":{"type":"layers"},"history":[{"empty_layer":1}]}"#, "`empty_layer` must be true or false"),
      (#"{"rootfs":{"type":"layers"},"config":{"Env":[1]}}"#, "`Env` must be a list of texts"),
      (#"{"rootfs":{"type":"layers"},"rootfs":{"type":"layers"}}"#, "stands twice"),
    ])
  func configuration(text: String, expected: String) {
    let message = error { () throws(ImageError) in try ImageConfiguration(Array(text.utf8), name: name) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test("a configuration knows how the image is run; what is null is absent")
  func configurationValues() throws {
    let text = """
      {"os":"linux","architecture":"arm64","variant":null,"extra":[{}],
       "rootfs":{"type":"layers","diff_ids":["sha256:\(hex)"]},
       "config":{"Env":["A=1","B=","A=2"],"Entrypoint":["e"],"Cmd":null,"User":"app:1","WorkingDir":"/w",
         "Labels":{"k":"v"}},
       "history":[{"created_by":"x","comment":"c","empty_layer":true},{}]}
      """
    let read = try ImageConfiguration(Array(text.utf8), name: name)
    #expect(read.platform.description == "linux/arm64")
    #expect(read.value(of: "A") == "2")
    #expect(read.value(of: "B") == "")
    #expect(read.value(of: "C") == nil)
    #expect(read.entrypoint == ["e"])
    #expect(read.command == nil)
    #expect(read.user == "app:1")
    #expect(read.workingDirectory == "/w")
    #expect(read.labels == ["k": "v"])
    #expect(read.history.map(\.isEmptyLayer) == [true, false])
    let bare = #"{"rootfs":{"type":"layers","diff_ids":null},"config":null,"history":null}"#
    let empty = try ImageConfiguration(Array(bare.utf8), name: name)
    #expect(empty.diffIDs.isEmpty && empty.environment.isEmpty && empty.user.isEmpty)
  }

  @Test(
    "a list of saved images that is none is refused",
    arguments: [
      ("{}", "the document must be a list of images"), ("[1]", "`[0]` must be an image, with its Config and Layers"),
      (#"[{"Config":"x.json","Layers":[]},null]"#, "`[1]` must be an image"),
      (#"{"schemaVersion":2,"layers":[]}"#, "is the manifest of an image, as `skopeo copy` to dir: writes it"),
      (#"[{"Layers":[]}]"#, "`Config` must be a text"),
      (#"[{"Config":"../x.json","Layers":[]}]"#, "`../x.json` leads out of the archive"),
      (#"[{"Config":"/x.json","Layers":[]}]"#, "leads out of the archive"),
      (#"[{"Config":"x.json","Layers":["a/../../b"]}]"#, "d.json:1:31: `a/../../b` leads out of the archive"),
      (#"[{"Config":"x.json","Layers":[1]}]"#, "`Layers` must be a list of paths"),
      (#"[{"Config":"x.json","Layers":["."]}]"#, "leads out of the archive"),
      (#"[{"Config":"x.json","Layers":[],"LayerSources":{"x":{}}}]"#, "`x` is no digest"),
    ])
  func savedImages(text: String, expected: String) {
    let message = error { () throws(ImageError) in try SavedImageList(Array(text.utf8), name: name) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test("a list of saved images may be empty, and its images without names")
  func savedImageValues() throws {
    #expect(try SavedImageList(Array("null".utf8)).images.isEmpty)
    #expect(try SavedImageList(Array("[]".utf8)).images.isEmpty)
    let text = #"[{"Config":"./x.json","RepoTags":null,"Layers":null,"LayerSources":null}]"#
    let image = try #require(try SavedImageList(Array(text.utf8)).images.first)
    #expect(image.configuration == "x.json")
    #expect(image.tags.isEmpty && image.layers.isEmpty)
  }

  @Test(
    "the types of layers",
    arguments: [
      ("application/vnd.oci.image.layer.v1.tar", MediaType.Compression.none, false),
      ("application/vnd.oci.image.layer.v1.tar+gzip", .gzip, false),
      ("application/vnd.oci.image.layer.v1.tar+zstd", .zstd, false),
      ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", .gzip, true),
      ("application/vnd.docker.image.rootfs.diff.tar", .none, false),
      ("application/vnd.docker.image.rootfs.diff.tar.gzip", .gzip, false),
      ("application/vnd.docker.image.rootfs.diff.tar.zstd", .zstd, false),
      ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", .gzip, true),
    ])
  func layerTypes(type: String, compression: MediaType.Compression, isForeign: Bool) throws {
    let layer = try #require(MediaType.layer(type))
    #expect(layer.compression == compression)
    #expect(layer.isForeign == isForeign)
    #expect(MediaType.layer(type + "x") == nil)
  }

  @Test("platforms are read as people write them")
  func platforms() {
    #expect(Platform("linux/amd64")?.description == "linux/amd64")
    #expect(Platform("Linux/aarch64")?.description == "linux/arm64")
    #expect(Platform("linux/x86_64/v3")?.description == "linux/amd64/v3")
    #expect(Platform("linux/armhf")?.description == "linux/arm/v7")
    #expect(Platform(system: "", architecture: "").description == "unknown/unknown")
    #expect(Platform("unknown/unknown")?.matches(Platform(system: "", architecture: "")) == true)
    for text in ["", "linux", "linux/", "/amd64", "a/b/c/d", "linux/am d64", "linux/\u{1B}"] {
      #expect(Platform(text) == nil)
    }
    #expect(PlatformChoice("all") == .all)
    #expect(PlatformChoice("linux") == nil)
    #expect(Platform("linux/arm64")?.matches(Platform(system: "linux", architecture: "arm64", variant: "v8")) == true)
    #expect(Platform("linux/arm")?.matches(Platform(system: "linux", architecture: "arm", variant: "v6")) == false)
    #expect(Platform("linux/amd64")?.matches(Platform(system: "linux", architecture: "amd64", variant: "v1")) == true)
    #expect(Platform.host.system == "linux")
  }
}
