import Facts
import Glibc
import ImageReading
import Images
import JSON
import SourceText
import TestSupport
import Testing

@Suite("Transports")
struct TransportTests {
  /// Two layers, the second of which deletes from the first.
  static let image: TestImage = {
    let lower = TestLayer { writer in
      writer.add("etc/", type: "5")
      writer.add("etc/passwd", content: Array("root:x:0:0::/root:/bin/sh\napp:x:7:8::/srv/app:/bin/sh\n".utf8))
      writer.add("./root/.cache/pip/http-v2/a", content: [UInt8](repeating: 7, count: 5000))
      writer.add("bin", type: "2", link: "usr/bin")
    }
    let upper = TestLayer { writer in
      writer.add("root/.cache/.wh.pip")
      writer.add("usr/bin/python3.11", content: [1, 2, 3])
    }
    var image = TestImage([lower, upper])
    image.settings = ["User": "app"]
    image.history = [
      ["created_by": "/bin/sh -c #(nop) ADD file:1 in / "],
      ["created_by": "/bin/sh -c #(nop)  CMD [\"sh\"]", "empty_layer": true],
      ["created_by": "RUN /bin/sh -c rm -r /root/.cache/pip # buildkit"],
    ]
    return image
  }()

  static let listing = [
    "bin -> usr/bin", "etc/", "etc/passwd 54", "root/", "root/.cache/", "usr/", "usr/bin/", "usr/bin/python3.11 3",
  ]

  static let forms = ["plain", "gzip", "zstd", "xz", "bzip2"]

  /// The bytes in one of the forms.
  private static func compressed(_ bytes: [UInt8], _ form: String) throws -> [UInt8] {
    switch form {
    case "gzip": gzipStored(bytes)
    case "zstd": zstdStored(bytes)
    default: try PythonCompression(rawValue: form)?.compress(bytes) ?? bytes
    }
  }

  private func check(_ result: ReadingResult, kind: ImageFacts.Kind = .image) throws {
    #expect(result.messages == [])
    #expect(result.listing == Self.listing)
    let image = try #require(result.images.first)
    #expect(image.facts.kind == kind)
    let charges = image.facts.union.charges.map { "\($0.writer) \($0.end ?? -1) \($0.fate) \($0.amount.bytes)" }
    #expect(charges == ["0 1 deleted 5000", "0 -1 live 54", "1 -1 live 3"])
    #expect(image.facts.caches.shares.map(\.amount.bytes) == [5000])
    #expect(image.facts.layers.map { $0.step?.keyword } == ["ADD", "RUN"])
    #expect(image.facts.baseLayers == 1)
    #expect(image.identity == UserTable.Identity(user: 7, groups: [8], home: "srv/app"))
    #expect(image.facts.isVerified)
  }

  @Test("an image layout, by its path too") func layout() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.image.layout, to: "image")
    try check(try directory.examine("oci:image"))
    try check(try directory.examine("oci:image:latest"))
    try check(try directory.examine("image"))
    #expect(try directory.examine("oci:image:other").message.contains("no image has the tag `other`; there is latest"))
  }

  @Test(
    "archives, plain and compressed, named and not",
    arguments: forms, ["oci-archive", "docker-archive", ""])
  func archives(form: String, transport: String) throws {
    let directory = try TemporaryDirectory()
    let plain = transport == "oci-archive" ? testArchive(Self.image.layout) : Self.image.saved.finished
    try directory.write(try Self.compressed(plain, form), to: "archive")
    try check(try directory.examine(transport.isEmpty ? "archive" : "\(transport):archive"))
  }

  @Test("docker save of version 25 and later: a layout and a list") func newSave() throws {
    let directory = try TemporaryDirectory()
    var files = Self.image.layout
    let list: JSONValue = [
      [
        "Config": .string(DigestPath.of(Self.image.configuration)), "RepoTags": ["app:latest"],
        "Layers": .array(Self.image.layers.map { .string(DigestPath.of($0.blob)) }),
        "LayerSources": .object(
          Self.image.layers.map {
            JSONMember($0.diffID.description, .object(TestImage.descriptor($0.blob, $0.mediaType)))
          }),
      ]
    ]
    files["manifest.json"] = list.encoded()
    try directory.write(testArchive(files), to: "archive")
    try check(try directory.examine("docker-archive:archive:app:latest"))
    try check(try directory.examine("archive"))
  }

  @Test("a directory of skopeo") func skopeo() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.image.skopeoDirectory, to: "image")
    try check(try directory.examine("dir:image"))
    try check(try directory.examine("image"))
  }

  @Test(
    "an image that was packed with its directory is told",
    arguments: [("layout", "child/"), ("layout", "./a/b/"), ("skopeo", "child/"), ("saved", "/child/")],
    ["plain", "gzip"])
  func packed(sort: (form: String, prefix: String), compression: String) throws {
    let files: [String: [UInt8]] =
      switch sort.form {
      case "layout": Self.image.layout
      case "skopeo": Self.image.skopeoDirectory
      default:
        ["manifest.json": [], "repositories": [], "\(Self.image.layers[0].diffID.encoded).tar": []]
      }
    let directory = try TemporaryDirectory()
    func read(_ more: [String]) throws -> ReadingResult {
      var all = Dictionary(uniqueKeysWithValues: files.map { (sort.prefix + $0.key, $0.value) })
      for name in more { all[name] = [] }
      try directory.write(try Self.compressed(testArchive(all), compression), to: "archive")
      return try directory.examine("archive")
    }
    let words = sort.form == "skopeo" ? "name the directory as dir:DIRECTORY" : "which is an image by its files"
    #expect(try read([]).message.contains(words))
    // Under a name that says what it is, the advice is the same.
    for transport in ["oci-archive", "docker-archive"] {
      #expect(try directory.examine("\(transport):archive").message.contains(words))
    }
    // A layer has other files, too, or is said to be one.
    for name in ["etc/passwd", "childish", "zzz/.wh.x", "etc/", "zzz/y/"] {
      #expect(try read([name]).images.first?.facts.kind == .layer)
    }
    // Directories in it and above it have entries, too.
    for name in [sort.prefix, sort.prefix + "blobs/sha256/", sort.prefix + "zzz/"] {
      #expect(try read([name]).message.contains(words))
    }
    _ = try read([])
    #expect(try directory.examine("layer:archive").images.first?.facts.kind == .layer)
  }

  @Test(
    "what another transport names is told by that name",
    arguments: [
      ("oci:saved", "what `docker save` writes: name it as docker-archive:"),
      ("oci:skopeo", "what `skopeo copy` to dir: writes: name it as dir:"),
      ("dir:layout", "an image layout: name it as oci:"),
      ("dir:saved", "what `docker save` writes: name it as docker-archive:"),
      ("docker-archive:skopeo", "name the directory as dir:"), ("oci-archive:layout", "name it as oci:"),
      ("layer:saved", "name it as docker-archive:"), ("oci:saved.tar", "name an archive as oci-archive:FILE"),
      ("dir:saved.tar", "name an archive by its path alone"), ("rootfs:saved.tar", "name a layer as layer:FILE"),
      ("oci-archive:saved.tar", "has no index.json with oci-layout, but manifest.json"),
    ])
  func otherTransport(target: String, words: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.image.layout, to: "layout")
    try directory.write(Self.image.skopeoDirectory, to: "skopeo")
    try directory.write(Self.image.saved.finished, to: "saved.tar")
    #expect(try run(["sh", "-c", "mkdir saved && tar -xf saved.tar -C saved"], in: directory.path).status == 0)
    let result = try directory.examine(target)
    #expect(result.images.isEmpty && result.message.contains(words), "\(result.message)")
  }

  @Test("a packed directory of skopeo is to be unpacked", arguments: ["", "./", "child/"])
  func packedSkopeo(prefix: String) throws {
    let directory = try TemporaryDirectory()
    let files = Self.image.skopeoDirectory.map { (prefix + $0.key, $0.value) }
    try directory.write(testArchive(Dictionary(uniqueKeysWithValues: files)), to: "archive")
    for target in ["archive", "oci-archive:archive", "docker-archive:archive"] {
      let message = try directory.examine(target).message
      #expect(message.contains("unpack it, and name the directory as dir:DIRECTORY"), "\(message)")
    }
    #expect(try run(["sh", "-c", "mkdir image && tar -xf archive -C image"], in: directory.path).status == 0)
    try check(try directory.examine("dir:image/\(prefix)"))
  }

  @Test(
    "a program's directory with a manifest.json is a layer", arguments: ["a/HEX", "HEX", "HEX.css", "HEX.js", "HEX-a"])
  func program(name: String) throws {
    let directory = try TemporaryDirectory()
    let name = name.replacing("HEX", with: String(repeating: "a", count: 64))
    let files = ["app/manifest.json": "{}", "app/index.json": "{}", "app/\(name)": ""]
    for archive in [TestLayer(files).archive, TestLayer(files).blob] {
      try directory.write(archive, to: "archive")
      #expect(try directory.examine("archive").images.first?.facts.kind == .layer)
    }
  }

  @Test(
    "an image whose directory was packed is told by the directories, too",
    arguments: [
      (["a/b/", "a/", "./"], true), (["a/b/c/"], true), (["a/b/c/", "a/b/d/", "a/b/"], true), (["a/", "a/b/"], true),
      (["a/c/"], false), (["a/b/", "a/c/"], false), (["a/", "b/"], false), (["a/bc/"], false),
      (["a/b/x/", "a/c"], false),
      (["a/b/x/", "a/b/y/", "a/z/"], false),
    ])
  func packedBeside(directories: [String], isImage: Bool) throws {
    let directory = try TemporaryDirectory()
    for isFirst in [true, false] {
      var writer = TarWriter()
      func addDirectories() { for name in directories { writer.add(name, type: "5") } }
      if isFirst { addDirectories() }
      for name in ["index.json", "oci-layout"] { writer.add("a/b/\(name)") }
      if !isFirst { addDirectories() }
      try directory.write(writer.finished, to: "archive")
      let result = try directory.examine("archive")
      #expect(result.message.contains("which is an image by its files") == isImage, "\(result.message)")
      #expect(result.images.isEmpty == isImage)
    }
  }

  @Test("an unpacked archive, whose links stay in it") func unpacked() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.image.saved.finished, to: "archive.tar")
    #expect(
      try run(["sh", "-c", "mkdir image && tar -xf archive.tar -C image"], in: directory.path).status == 0)
    try check(try directory.examine("docker-archive:image"))
    try check(try directory.examine("image"))
  }

  @Test("standard input", arguments: ["saved", "layout", "gzip", "xz", "bzip2"])
  func standardInput(form: String) throws {
    let directory = try TemporaryDirectory()
    let saved = Self.image.saved.finished
    try directory.write(
      form == "layout" ? testArchive(Self.image.layout) : try Self.compressed(saved, form), to: "input")
    let number = unsafe open(directory.path + "/input", O_RDONLY)
    defer { close(number) }
    var options = ReadingOptions()
    options.platform = .all
    options.standardInput = number
    try check(readImages(.standardInput, options: options))
  }

  @Test("standard input that holds nothing, or more than the limit") func badInput() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.image.saved.finished, to: "input")
    var options = ReadingOptions()
    options.limits.spooledSize = 4096
    options.standardInput = unsafe open(directory.path + "/input", O_RDONLY)
    defer { close(options.standardInput) }
    #expect(readImages(.standardInput, options: options).message.contains("larger than 4096 bytes, the limit"))
    options.standardInput = unsafe open("/dev/null", O_RDONLY)
    #expect(readImages(.standardInput, options: options).message.contains("standard input held nothing"))
  }

  private static let noArchives: [(name: String, bytes: [UInt8])] = [
    ("text", Array("FROM scratch\n".utf8)), ("long text", [UInt8](repeating: 65, count: 100_000)),
    ("short zeros", [UInt8](repeating: 0, count: 511)), ("one byte", [0x1F]),
    ("wrong checksum", [1] + Array(TarWriter.Header("a".utf8).block.dropFirst())),
  ]

  @Test("standard input that can be no archive is refused by its first bytes", arguments: noArchives)
  func noArchive(name: String, bytes: [UInt8]) throws {
    let directory = try TemporaryDirectory()
    try directory.write(bytes, to: "input")
    var options = ReadingOptions()
    options.standardInput = unsafe open(directory.path + "/input", O_RDONLY)
    defer { close(options.standardInput) }
    let result = readImages(.standardInput, options: options)
    #expect(result.message.hasPrefix("-: not a tar archive, at byte 0"), "\(result.message)")
    #expect(result.message.contains("add --stdin-filename NAME"))
    #expect(lseek(options.standardInput, 0, SEEK_CUR) == min(bytes.count, 512))
  }

  @Test("standard input that may be an archive is read on", arguments: ["old", "empty"])
  func mayBeArchive(name: String) throws {
    let directory = try TemporaryDirectory()
    var writer = TarWriter()
    var header = TarWriter.Header("a".utf8, size: 1)
    header.magic = []
    if name != "empty" { writer.add(header, content: [1]) }
    try directory.write(writer.finished, to: "input")
    var options = ReadingOptions()
    options.standardInput = unsafe open(directory.path + "/input", O_RDONLY)
    defer { close(options.standardInput) }
    let result = readImages(.standardInput, options: options)
    #expect(result.messages == [])
    #expect(result.listing == (name == "empty" ? [] : ["a 1"]))
  }

  @Test("a compressed archive that is larger than may be put aside") func spoolLimit() throws {
    let directory = try TemporaryDirectory()
    try directory.write(gzipStored(Self.image.saved.finished), to: "archive")
    let result = try directory.examine("docker-archive:archive") { $0.limits.spooledSize = 1000 }
    #expect(result.message.contains("larger than 1000 bytes, the limit"))
  }

  @Test("a lone layer, plain and compressed, named and not", arguments: forms, ["layer:l", "l"])
  func loneLayer(form: String, target: String) throws {
    let directory = try TemporaryDirectory()
    let archive = Self.image.layers[0].archive
    try directory.write(try Self.compressed(archive, form), to: "l")
    let result = try directory.examine(target)
    #expect(result.messages == [])
    let facts = try #require(result.images.first?.facts)
    #expect(facts.kind == .layer && facts.image == nil && facts.layers.count == 1)
    #expect(facts.layers[0].archiveBytes == archive.count)
    #expect(facts.caches.shares.map(\.amount.bytes) == [5000])
  }

  @Test("several platforms: the chosen, all, or an error that lists them") func platforms() throws {
    let directory = try TemporaryDirectory()
    var other = TestImage([TestLayer(["arm": "1"])])
    other.platform = Platform(system: "linux", architecture: "arm64")
    try directory.write(testLayout([Self.image, other]), to: "image")
    try check(try directory.examine("oci:image"))
    #expect(try directory.examine("oci:image") { $0.platform = .only(other.platform) }.listing == ["arm 1"])
    #expect(try directory.examine("oci:image") { $0.platform = .all }.images.count == 2)
    let none = try directory.examine("oci:image") {
      $0.platform = .only(Platform(system: "linux", architecture: "s390x"))
    }
    #expect(none.message.contains("linux/amd64") && none.message.contains("linux/arm64"))
  }
}

enum DigestPath {
  static func of(_ bytes: [UInt8]) -> String { "blobs/sha256/\(ContentDigest(sha256Of: bytes).encoded)" }
}
