import Caches
import Facts
import ImageReading
import Images
import JSON
import SourceText
import Synchronization
import TestSupport
import Testing

@Suite("Layers")
struct LayerTests {
  /// The four shapes that all tools should agree on, each byte being a thousand there.
  private static let shapes: [(String, @Sendable (inout TarWriter) -> Void, [Int])] = [
    ("directory", { $0.add("root/.cache/.wh.pip") }, [1000, 50_000, 0]),
    ("opaque", { $0.add("root/.cache/pip/.wh..wh..opq") }, [1000, 50_000, 0]),
    (
      "files",
      { writer in
        for number in 0..<50 { writer.add("root/.cache/pip/.wh.\(number)") }
      }, [1000, 50_000, 0]
    ),
    ("chmod", { writer in files(&writer) }, [51_000, 0, 50_000]),
  ]

  private static func files(_ writer: inout TarWriter) {
    for number in 0..<50 {
      writer.add("root/.cache/pip/\(number)", content: [UInt8](repeating: UInt8(number), count: 1000))
    }
  }

  @Test("the four shapes", arguments: shapes.map(\.0)) func shape(name: String) throws {
    let (_, body, expected) = try #require(Self.shapes.first { $0.0 == name })
    let image = TestImage([
      TestLayer { $0.add("bin/sh", content: [UInt8](repeating: 1, count: 1000)) }, TestLayer(Self.files),
      TestLayer(body),
    ])
    let result = try TemporaryDirectory().examine(image)
    let totals = try #require(result.images.first?.facts.union.totals)
    #expect(
      [totals[ledger: .live], totals[ledger: .dead], totals[ledger: .metadataOnly]].map(\.bytes) == expected)
  }

  @Test("each entry's share of a plain layer is what lies between its header and the next") func shares() throws {
    let archive = TestLayer { writer in
      writer.add("a", content: [UInt8](repeating: 1, count: 1000))
      writer.add("b", content: [])
    }.archive
    let image = TestImage([TestLayer(archive, blob: archive, type: "")])
    let result = try TemporaryDirectory().examine(image)
    let copies = try #require(result.images.first?.facts.union.copies(ofLayer: 0))
    #expect(copies.map(\.compressedBytes) == [1536, 512])
  }

  @Test("any number of jobs gives the same") func jobs() throws {
    var layers: [TestLayer] = []
    for number in 0..<12 {
      layers.append(
        TestLayer { writer in
          for file in 0..<(number * 3) { writer.add("d\(file % 5)/\(file)", content: [UInt8(number), UInt8(file)]) }
          writer.add("d\(number % 5)/.wh.\(number)")
        })
    }
    layers[4].blob.removeLast(300)
    let image = TestImage(layers)
    let one = try TemporaryDirectory().examine(image)
    let many = try TemporaryDirectory().examine(image) { $0.jobs = 5 }
    #expect(one.listing == many.listing && !one.listing.isEmpty)
    #expect(one.images.first?.facts.union.charges == many.images.first?.facts.union.charges)
    #expect(one.images.first?.facts.layers == many.images.first?.facts.layers)
    #expect(one.errors.map(\.explanation) == many.errors.map(\.explanation) && one.errors.count == 1)
  }

  @Test("progress is told, and never more than there is") func progress() throws {
    let archive = TestLayer { writer in
      for number in 0..<12 { writer.add("\(number)", content: [UInt8](repeating: 1, count: 1 << 20)) }
    }.archive
    let image = TestImage([TestLayer(archive, blob: archive, type: "")])
    let told = Told()
    _ = try TemporaryDirectory().examine(image) { $0.progress = { told.add($0) } }
    let news = told.all
    #expect(news.count >= 2 && news.count <= 4)
    #expect(news.allSatisfy { $0.bytesRead <= archive.count && $0.bytesTotal == archive.count && $0.layers == 1 })
    #expect(news.map(\.bytesRead) == news.map(\.bytesRead).sorted())
  }

  @Test("the first bytes are kept of what may be a cache") func heads() throws {
    let layer = TestLayer { writer in
      writer.add("x/CACHEDIR.TAG", content: Array("Signature: 8a477f597d28d172789f06886806bc55\n".utf8))
      writer.add("x/data", content: [1, 2, 3])
      writer.add("y/CACHEDIR.TAG", content: Array("something else".utf8))
      writer.add("y/data", content: [1, 2, 3])
    }
    let result = try TemporaryDirectory().examine(TestImage([layer]))
    let facts = try #require(result.images.first?.facts)
    #expect(facts.union.merged.head(of: "x/CACHEDIR.TAG")?.starts(with: Array("Signature: 8a47".utf8)) == true)
    #expect(facts.union.merged.head(of: "x/data") == nil)
  }

  @Test("caches that a text in them proves", arguments: ["mypy", "ruff", "go-build", "none"])
  func texts(tool: String) throws {
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n"
    let layer = TestLayer { writer in
      switch tool {
      case "mypy":
        // As mypy 1.x writes it.
        let text =
          tag + "# This file is a cache directory tag automatically created by mypy.\n"
          + "# For information about cache directory tags see https://bford.info/cachedir/\n"
        writer.add("app/.mypy_cache/CACHEDIR.TAG", content: Array(text.utf8))
        writer.add("app/.mypy_cache/3.11/a.json", content: [1, 2, 3])
      case "ruff":
        writer.add("app/.ruff_cache/.gitignore", content: Array("# Automatically created by ruff.\n*\n".utf8))
        writer.add("app/.ruff_cache/CACHEDIR.TAG", content: Array(tag.utf8))
        writer.add("app/.ruff_cache/0.5/a", content: [1, 2, 3])
      case "go-build":
        let text = "This directory holds cached build artifacts from the Go build system.\n"
        writer.add("root/.cache/go-build/README", content: Array(text.utf8))
        writer.add("root/.cache/go-build/a", content: [1, 2, 3])
      default:
        writer.add("app/.mypy_cache/.gitignore", content: Array("*\n".utf8))
        writer.add("app/.mypy_cache/a", content: [1, 2, 3])
      }
    }
    let facts = try #require(try TemporaryDirectory().examine(TestImage([layer])).images.first?.facts)
    let ids = facts.caches.places.map { Catalogue.id(of: $0.kind) }
    #expect(ids == ["mypy": ["python.mypy"], "ruff": ["python.ruff"], "go-build": ["go.build"]][tool] ?? [])
  }

  @Test("texts have a limit of their own, which leaves the rest known") func manyTexts() throws {
    let layer = TestLayer { writer in
      let text = [UInt8](repeating: 0x20, count: 4000) + Array("pytest".utf8)
      for number in 0..<4500 { writer.add("d\(number)/.gitignore", content: text) }
      let tag = "Signature: 8a477f597d28d172789f06886806bc55\n# This file was created by mypy.\n"
      writer.add("w/.mypy_cache/CACHEDIR.TAG", content: Array(tag.utf8))
      writer.add("w/.mypy_cache/a", content: [1])
      writer.add("x/CACHEDIR.TAG", content: Array(tag.utf8))
    }
    let result = try TemporaryDirectory().examine(TestImage([layer]))
    let view = try #require(result.images.first?.facts.union.merged)
    #expect(view.head(of: "d0/.gitignore")?.count == 4006 && view.head(of: "d4400/.gitignore")?.isEmpty != false)
    #expect(view.head(of: "x/CACHEDIR.TAG")?.count == 64)
    #expect(
      result.layerNotes.count == 1 && result.layerNotes.allSatisfy { $0.contains("texts that may prove a cache") })
  }

  @Test("homes of the image's own users are searched") func homes() throws {
    let layer = TestLayer { writer in
      writer.add("etc/passwd", content: Array("app:x:7:7::/opt/app home:/bin/sh\nbad\n".utf8))
      writer.add("opt/app home/.cache/pip/http-v2/x", content: [1, 2])
      writer.add("opt/other/.cache/pip/http-v2/x", content: [1, 2, 3])
      writer.add("run/home/.cache/pip/http-v2/x", content: [1, 2, 3, 4])
    }
    var image = TestImage([layer])
    image.settings = ["Env": ["HOME=/run/home"]]
    let result = try TemporaryDirectory().examine(image)
    let places = try #require(result.images.first?.facts.caches.places)
    #expect(places.map(\.path).contains { $0.isWithin("opt/app home/.cache/pip") })
    #expect(places.map(\.path).contains { $0.isWithin("run/home/.cache/pip") })
    #expect(!places.map(\.path).contains { $0.isWithin("opt/other/.cache/pip") } || places.count == 3)
  }

  @Test("homes of users whom a later layer removes are searched, too") func formerHomes() throws {
    let passwd = { (home: String) in "root:x:0:0::/root:/bin/sh\napp:x:7:7::\(home):/bin/sh\n" }
    let file = { (home: String) in home + "/.cache/pip/http-v2/x" }
    let layers = [
      TestLayer(["etc/passwd": passwd("/opt/a"), file("opt/a"): "1"]),
      TestLayer(["etc/passwd": passwd("/opt/b"), file("opt/b"): "1", file("opt/d"): "1"]),
      TestLayer(["etc/.wh.passwd": ""]), TestLayer(["etc/passwd": passwd("/opt/c"), file("opt/c"): "1"]),
    ]
    let result = try TemporaryDirectory().examine(TestImage(layers))
    let places = try #require(result.images.first?.facts.caches.places)
    #expect(
      places.map { "\($0.layer) \($0.path)" } == ["0 opt/a/.cache/pip", "1 opt/b/.cache/pip", "3 opt/c/.cache/pip"])
    #expect(result.images.first?.users.users.map(\.home) == ["root", "opt/c"])
  }

  @Test("caches are searched where the environment moves them, also that of earlier steps") func movedCaches() throws {
    var image = TestImage([
      TestLayer(["opt/pip/http-v2/x": "1", "opt/npm/_cacache/index-v5/x": "1", "opt/npm/_cacache/content-v2/x": "1"]),
      TestLayer(["opt/go/trim.txt": "1", "run/h/.cache/uv/simple-v15/x": "1", "root/.cache/pip/http-v2/x": "1"]),
    ])
    image.settings = ["Env": ["PATH=/bin", "PIP_CACHE_DIR=/opt/pip"], "WorkingDir": "/opt"]
    image.history = [
      ["created_by": "/bin/sh -c #(nop)  ENV NPM_CONFIG_CACHE=/opt/npm", "empty_layer": true],
      ["created_by": "ENV HOME=/run/h", "empty_layer": true], ["created_by": "COPY a b # buildkit"],
      ["created_by": "RUN |1 GOCACHE=/opt/go /bin/sh -c go build # buildkit"],
    ]
    let result = try TemporaryDirectory().examine(image)
    let places = try #require(result.images.first?.facts.caches.places)
    #expect(
      places.map { "\(Catalogue.id(of: $0.kind)) \($0.path)" }.sorted() == [
        "go.build opt/go", "js.npm opt/npm/_cacache", "python.pip opt/pip", "python.pip root/.cache/pip",
        "python.uv run/h/.cache/uv",
      ])
  }

  @Test("the layers of a base image") func base() throws {
    let layers = [TestLayer(["a": "1"]), TestLayer(["b": "2"]), TestLayer(["c": "3"])]
    let directory = try TemporaryDirectory()
    try directory.write(TestImage(Array(layers[..<2])).saved.finished, to: "base.tar")
    try directory.write(TestImage([layers[0], layers[2]]).saved.finished, to: "other.tar")
    try directory.write(TestImage(layers).layout, to: "image")
    func target(_ name: String) throws -> ImageTarget? { try ImageTarget("docker-archive:\(directory.path)/\(name)") }
    let base = try target("base.tar")
    let facts = try #require(try directory.examine("oci:image") { $0.base = base }.images.first?.facts)
    #expect(facts.baseLayers == 2 && facts.baseReason?.contains("base.tar") == true)
    let other = try target("other.tar")
    let result = try directory.examine("oci:image") { $0.base = other }
    #expect(result.message.contains("they differ from layer 1 on") && result.images.first?.facts.baseLayers == nil)
    let none = try target("none.tar")
    #expect(try directory.examine("oci:image") { $0.base = none }.message.contains("the base image cannot be read"))
  }
}

/// What was told, from any thread.
private final class Told: Sendable {
  private let news = Mutex<[ReadingProgress]>([])

  func add(_ progress: ReadingProgress) { news.withLock { $0.append(progress) } }

  var all: [ReadingProgress] { news.withLock { $0 } }
}
