import ImageReading
import SourceText
import TestSupport
import Testing

@Suite("What a person writes for an image")
struct TargetTests {
  @Test(
    "is parsed as skopeo does",
    arguments: [
      ("oci:dir", ImageTarget.layout("dir", tag: nil)), ("oci:a/b:v1", .layout("a/b", tag: "v1")),
      ("oci:dir:name:v1", .layout("dir", tag: "name:v1")), ("oci:dir:", .layout("dir", tag: nil)),
      ("oci-archive:f.tar", .layoutArchive("f.tar", tag: nil)),
      ("docker-archive:f.tar:app:v1", .savedArchive("f.tar", tag: "app:v1")),
      ("dir:/a/b", .directory("/a/b")), ("dir:a:b", .directory("a:b")), ("rootfs:/", .rootFileSystem("/")),
      ("layer:l.tar.zst", .layer("l.tar.zst")), ("-", .standardInput),
    ])
  func parses(text: String, target: ImageTarget) throws {
    #expect(try ImageTarget(text) == target)
  }

  @Test("is none where it is a path", arguments: ["app", "./oci", "a:b", "ftp:x", ".", "", "--"])
  func isNone(text: String) throws {
    #expect(try ImageTarget(text) == nil)
  }

  @Test(
    "is answered with the command that makes a target of it",
    arguments: [
      ("docker://alpine:3", "skopeo copy docker://alpine:3 oci:image && cachepolicy check oci:image"),
      ("docker-daemon:app:latest", "docker save app:latest | cachepolicy check -"),
      ("containers-storage:localhost/app", "skopeo copy containers-storage:localhost/app oci:image"),
      ("https://a.test/x", "skopeo copy docker://a.test/x oci:image"),
      ("docker://a b'$(x)", "skopeo copy 'docker://a b'\\''$(x)' oci:image"), ("oci:", "name a path after `oci:`"),
    ])
  func advises(text: String, advice: String) throws {
    let error = #expect(throws: ImageTargetError.self) { try ImageTarget(text) }
    #expect(error?.advice.contains(advice) == true, "\(error?.advice ?? "")")
  }

  @Test(
    "is known for the name of an image",
    arguments: [("app:latest", true), ("a.test:5000/x/y@sha256:00", true), ("app", false), ("a b:c", false)])
  func knowsNames(text: String, isName: Bool) {
    #expect((ImageTarget.advice(forMissing: text) != nil) == isName)
    if isName {
      #expect(
        ImageTarget.advice(forMissing: text)?.advice.contains("docker save \(text) | cachepolicy check -") == true)
    }
  }

  @Test("is found behind a plain path by its bytes")
  func detects() throws {
    let directory = try TemporaryDirectory()
    let image = TestImage([TestLayer(["a": "1"])])
    try directory.write(image.saved.finished, to: "a")
    try directory.write(gzipStored([1]), to: "b")
    try directory.write(zstdStored([1]), to: "c")
    try directory.write("FROM scratch\n", to: "d")
    try directory.write("", to: "e")
    try directory.write(image.layout, to: "f")
    func path(_ name: String) -> Path { Path((directory.path + "/" + name).utf8) }
    for name in ["a", "b", "c"] { #expect(ImageTarget(archiveAt: path(name)) == .archive(path(name), tag: nil)) }
    for name in ["d", "e", "f", "g"] { #expect(ImageTarget(archiveAt: path(name)) == nil) }
    #expect(ImageTarget(layoutAt: path("f")) == .layout(path("f"), tag: nil))
    #expect(ImageTarget(layoutAt: path("a")) == nil)
    #expect(ImageTarget(unpackedAt: path("f")) == nil)
    try directory.write(image.skopeoDirectory, to: "s")
    #expect(ImageTarget(directoryAt: path("s")) == .directory(path("s")))
    try directory.write("1.1\n", to: "s/version")
    #expect(ImageTarget(directoryAt: path("s")) == nil)
  }

  @Test(
    "is an unpacked archive where its list is one of images that are there",
    arguments: [
      (#"[{"Config": "c.json", "RepoTags": null, "Layers": ["l/layer.tar"]}]"#, true),
      (#"[{"Config": "c.json", "Layers": ["gone.tar"]}]"#, true),
      (#"[{"Config": "gone.json", "Layers": ["l/layer.tar"]}]"#, true),
      (#"[{"Config": "gone.json", "Layers": []}, {"Config": "c.json"}]"#, true),
      // Damaged beyond knowing, or nothing of the kind: the manifests of web applications, extensions and bundlers.
      (#"[{"Config": "gone.json", "Layers": ["gone.tar"]}]"#, false), (#"[{"Config": "../c.json"}]"#, false),
      (#"[{"Config": "l", "Layers": []}]"#, false), ("[]", false), ("null", false), ("", false), ("[", false),
      (#"{"name": "app", "icons": [{"src": "c.json"}], "start_url": "."}"#, false),
      (#"{"manifest_version": 3, "name": "x", "version": "1"}"#, false),
      (#"{"main.js": {"file": "assets/main.js", "isEntry": true}}"#, false),
      (#"[{"name": "c.json", "Layers": ["l/layer.tar"]}]"#, false), (#"["c.json"]"#, false),
    ])
  func unpacked(list: String, isImage: Bool) throws {
    let directory = try TemporaryDirectory()
    try directory.write(list, to: "manifest.json")
    try directory.write("{}", to: "c.json")
    try directory.write("", to: "l/layer.tar")
    let path = Path(directory.path.utf8)
    #expect(ImageTarget(unpackedAt: path) == (isImage ? .savedArchive(path, tag: nil) : nil))
  }
}
