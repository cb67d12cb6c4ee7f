import Caches
import Images
import SourceText
import Testing

@Suite("Bytes by cache kind")
struct CacheAttributionTests {
  private func shares(_ union: LayerUnion, homes: [Path] = []) -> [String] {
    CacheAttribution(union, homes: homes).shares.map { share in
      let end = share.end.map { " ended by \($0)" } ?? ""
      return "\(Catalogue.id(of: share.kind)) \(share.writer) \(share.fate)\(end) \(share.amount.bytes)"
    }
  }

  @Test("a kind is judged on the view after its writer, and a byte belongs to the deepest place")
  func deepest() throws {
    let union = try layerUnion([
      [
        .file("root/.cache/pip/http-v2/a/b", 10), .file("root/.cache/pip/selfcheck/c", 1),
        .file("root/.cache/other/x", 100), .file("root/notes", 1000),
      ],
      [.file("root/.cache/pip/.wh.http-v2", 0), .file("root/.cache/pip/.wh.selfcheck", 0)],
      [.file("root/.cache/pip/unproven", 10_000)],
    ])
    #expect(
      shares(union) == [
        "generic.xdg 0 live 100", "generic.xdg 2 live 10000", "python.pip 0 deleted ended by 1 11",
      ])
  }

  @Test("what a directory holds is judged by that directory, and is one place")
  func content() throws {
    let union = try layerUnion([
      [
        .file("var/lib/apt/lists/deb.test_dists_x_InRelease", 1), .file("var/lib/apt/lists/lock", 2),
        .file("var/lib/apt/lists/auxfiles/a", 4), .file("var/cache/apt/pkgcache.bin", 8),
        .file("var/cache/apt/archives/a.deb", 16), .file("var/cache/apt/archives/lock", 32), .file("var/lib/apt/x", 64),
      ]
    ])
    let attribution = CacheAttribution(union)
    #expect(shares(union) == ["deb.apt-lists 0 live 7", "deb.apt-archives 0 live 24"])
    #expect(attribution.places.map(\.path) == ["var/lib/apt/lists", "var/cache/apt", "var/cache/apt/archives"])
    #expect(attribution.places.allSatisfy { $0.isPart && $0.isDirectory && $0.layer == 0 })
    let owners = union.copies(ofLayer: 0).map { attribution.place(of: $0.id)?.path }
    #expect(owners.first == Path("var/lib/apt/lists"))
    #expect(owners.last == .some(nil))
  }

  @Test("bytecode is a directory's, wherever it lies; without proof there is no cache")
  func bytecode() throws {
    let union = try layerUnion([
      [
        .file("srv/app/a.py", 1), .file("srv/app/__pycache__/a.cpython-312.pyc", 2),
        .file("srv/app/__pycache__/b.cpython-312.pyc", 4), .file("srv/__pycache__/readme", 8),
        .file("srv/target/x", 16),
      ],
      [.file("srv/app/__pycache__/a.cpython-312.pyc", 2)],
    ])
    let attribution = CacheAttribution(union)
    #expect(
      shares(union) == [
        "python.bytecode 0 rewrittenOrMetadataOnly ended by 1 2", "python.bytecode 0 live 4",
        "python.bytecode 1 live 2",
      ])
    #expect(attribution.places.map(\.path) == ["srv/app/__pycache__", "srv/app/__pycache__"])
  }

  @Test("homes are those of root, of users, and those that are told")
  func homes() throws {
    let entries = ["root", "home/ann", "opt/home", "srv/none"].map { Entry.file("\($0)/.cache/pip/http-v2/a", 1) }
    let union = try layerUnion([entries])
    #expect(shares(union) == ["python.pip 0 live 2"])
    #expect(shares(union, homes: ["opt/home"]) == ["python.pip 0 live 3"])
  }

  @Test("what a hard link or a link leads to is counted once, where its content lies")
  func links() throws {
    let union = try layerUnion([
      [
        .directory("data/pip"), .directory("root/.cache"), .link("root/.cache/pip", "/data/pip"),
        .file("root/.cache/pip/http-v2/a", 5), .hardLink("root/.cache/pip/http-v2/b", "data/pip/http-v2/a"),
        .file("root/.cache/x", 1), .hardLink("copy", "root/.cache/x"),
      ]
    ])
    #expect(union.totals[.live].bytes == 6)
    #expect(shares(union) == ["generic.xdg 0 live 1", "python.pip 0 live 5"])
    #expect(CacheAttribution(union).places.map(\.path) == ["data/pip", "root/.cache"])
  }

  @Test("a link above a place leads there too, while it is there")
  func aliases() throws {
    let union = try layerUnion([
      [.link("root", "/data/admin"), .file("data/admin/.cache/pip/http-v2/a", 1)],
      [.directory("root"), .file("data/admin/.cache/pip/http-v2/b", 2)],
    ])
    #expect(shares(union) == ["python.pip 0 live 1"])
  }

  @Test("the surroundings answer as the tree is after their layer")
  func surroundings() throws {
    let union = try layerUnion([
      [.file("d/a", 1), .link("l", "d"), Entry(path: "p", type: .pipe)], [.file("d/.wh.a", 0), .file("d/b", 1)],
    ])
    let (before, after) = (union.view(after: 0), union.view(after: 1))
    #expect(before.entry(at: "d/a") == .file)
    #expect(after.entry(at: "d/a") == nil)
    #expect(after.entry(at: .root) == .directory)
    #expect(after.entry(at: "l") == .link)
    #expect(after.entry(at: "l/b") == nil)
    #expect(after.entry(at: "p") == .other)
    #expect(after.target(of: "l") == Array("d".utf8))
    #expect(after.target(of: "d/b") == nil)
    #expect(after.head(of: "d/b") == nil)
    #expect(before.anyChild(of: "d") { name, kind in name.elementsEqual("a".utf8) && kind == .file })
    #expect(!after.anyChild(of: "d") { name, _ in name.elementsEqual("a".utf8) })
    #expect(!after.anyChild(of: "l") { _, _ in true })
  }
}

@Suite("What of a file's content is kept")
struct KeptHeadsTests {
  @Test(
    "only what a proof or a verdict reads",
    arguments: [
      ("a.cpython-312.pyc", 16), ("a.pyo", 16), (".pyc", 0), ("CACHEDIR.TAG", 4096), ("README", 4096), (".a.swp", 4096),
      ("passwd", 0), ("", 0), ("a.py", 0),
    ])
  func lengths(name: String, expected: Int) {
    #expect(KeptHeads().length(ofFileNamed: Array(name.utf8)[...]) == expected)
  }

  @Test("what is kept proves a cache")
  func proof() throws {
    var builder = LayerTable.Builder()
    for (path, head) in [
      ("opt/cargo/registry/CACHEDIR.TAG", "x"), ("root/.cargo/registry/CACHEDIR.TAG", "made by cargo"),
      ("root/.cargo/git/CACHEDIR.TAG", "of another"),
    ] {
      let path = Array(path.utf8)
      try builder.add(path.span, .file, content: EntryContent(size: 9, head: Array(head.utf8)))
    }
    var union = LayerUnion()
    try union.apply(builder.finish())
    #expect(CacheAttribution(union).places.map(\.path) == ["root/.cargo/registry"])
  }
}
