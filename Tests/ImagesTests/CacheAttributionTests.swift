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

  struct Moved: Sendable, CustomTestStringConvertible {
    let variable: String
    let files: [Entry]
    let kind: String?

    init(_ variable: String, _ files: String, _ kind: String?) {
      self.variable = variable
      self.files = files.split(separator: " ").map { .file(String($0), 1) }
      self.kind = kind
    }

    var testDescription: String { "\(variable) \(files)" }
  }

  static let moved: [Moved] = [
    Moved("PIP_CACHE_DIR=/opt/pip", "opt/pip/http-v2/a", "python.pip"),
    Moved("PIP_CACHE_DIR=//opt/./pip/", "opt/pip/http-v2/a", "python.pip"),
    Moved("PIP_CACHE_DIR=/opt/pip", "opt/pip/notes", nil),
    Moved("PIP_CACHE_DIR=/opt/pip", "root/.cache/pip/http-v2/a", "python.pip"),
    Moved("PIP_CACHE_DIR=/opt/other", "opt/pip/http-v2/a", nil),
    Moved("NPM_CONFIG_CACHE=/opt/npm", "opt/npm/_cacache/index-v5/a opt/npm/_cacache/content-v2/a", "js.npm"),
    Moved("npm_config_cache=/opt/npm", "opt/npm/_cacache/index-v5/a opt/npm/_cacache/content-v2/a", "js.npm"),
    Moved("XDG_CACHE_HOME=/opt/c", "opt/c/pip/http-v2/a", "python.pip"),
    Moved("XDG_CACHE_HOME=/opt/c", "opt/c/uv/simple-v15/a", "python.uv"),
    Moved("XDG_CACHE_HOME=/opt/c", "opt/c/unknown/a", "generic.xdg"),
    Moved("XDG_CACHE_HOME=/opt", "opt/pip/http-v2/a", "python.pip"),
    Moved("XDG_CACHE_HOME=/opt", "opt/unknown/a", nil),
    Moved("GOCACHE=/b", "b/trim.txt", "go.build"),
    Moved("CARGO_HOME=/opt/cargo", "opt/cargo/registry/cache/i/a.crate", "rust.cargo-registry"),
    Moved("CARGO_HOME=/opt/cargo", "opt/cargo/bin/cache/i/a.crate", nil),
    Moved("UV_CACHE_DIR=/opt/uv", "opt/uv/simple-v15/a", "python.uv"),
    Moved("CARGO_TARGET_DIR=/opt/t", "opt/t/.rustc_info.json", "rust.target"),
    Moved("CONAN_HOME=/opt/conan", "opt/conan/p/cache.sqlite3", "c.conan2"),
    Moved("CONAN_HOME=/opt/conan", "opt/conan/cache.sqlite3", nil),
    Moved("PRE_COMMIT_HOME=/opt/pc", "opt/pc/pre-commit.log", "python.pre-commit"),
    // Where only parts of the directory are the cache.
    Moved("POETRY_CACHE_DIR=/opt/p", "opt/p/artifacts/a/b.whl", "python.poetry"),
    Moved("JULIA_DEPOT_PATH=/opt/j", "opt/j/compiled/a", "julia.depot"),
    Moved("JULIA_DEPOT_PATH=/opt/j", "opt/j/packages/a", nil),
    // What is not to be had from the text, or is in use for more.
    Moved("PIP_CACHE_DIR=opt/pip", "opt/pip/http-v2/a", nil),
    Moved("PIP_CACHE_DIR=/opt/*", "opt/pip/http-v2/a", nil),
    Moved("PIP_CACHE_DIR=/$X/pip", "opt/pip/http-v2/a", nil),
    Moved("PIP_CACHE_DIR=/x/../opt/pip", "opt/pip/http-v2/a", nil),
    Moved("PIP_CACHE_DIR=/", "http-v2/a", nil), Moved("PIP_CACHE_DIR=", "http-v2/a", nil),
    Moved("PIP_CACHE_DIR=/srv/app", "srv/app/http-v2/a", nil), Moved("PIP_CACHE_DIR=/srv", "srv/http-v2/a", nil),
    Moved("PIP_CACHE_DIR=/home", "home/http-v2/a", nil), Moved("PIP_CACHE_DIR=/data/u", "data/u/http-v2/a", nil),
    Moved("PIP_CACHE_DIR=/srv/app/c", "srv/app/c/http-v2/a", "python.pip"),
    Moved("SOMETHING=/opt/pip", "opt/pip/http-v2/a", nil), Moved("PIP_CACHE_DIR", "http-v2/a", nil),
  ]

  @Test("a variable of the image moves a cache, and the usual place remains one", arguments: moved)
  func moves(test: Moved) throws {
    let union = try layerUnion([test.files])
    let caches = CacheAttribution(
      union, homes: ["data/u"], environment: ["PATH=/bin", test.variable], workingDirectory: "srv/app")
    #expect(caches.shares.map { Catalogue.id(of: $0.kind) } == (test.kind.map { [$0] } ?? []))
  }

  @Test("no more places are looked at than the limit says")
  func manyMoves() throws {
    let union = try layerUnion([[.file("d0/http-v2/a", 1), .file("d2000/http-v2/a", 1)]])
    let environment = (0...2000).map { "PIP_CACHE_DIR=/d\($0)" }
    #expect(CacheAttribution(union, environment: environment).places.map(\.path) == ["d0"])
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

  struct Owner: Sendable, CustomTestStringConvertible {
    let kind: String
    let layers: [[Entry]]

    init(_ kind: String, _ layers: [Entry]...) {
      self.kind = kind
      self.layers = layers
    }

    var testDescription: String { "\(kind): \(layers)" }
  }

  private static let conda: [Entry] = [.file("opt/conda/pkgs/urls.txt", 0), .file("opt/conda/pkgs/cache/a.json", 1)]

  static let owners: [Owner] = [
    Owner("os.dnf", [.file("var/cache/dnf/base-0a/repodata/repomd.xml", 1)]),
    Owner("os.dnf", [.file("usr/bin/microdnf", 9)], [.file("var/cache/dnf/base-0a/repodata/repomd.xml", 1)]),
    Owner("os.microdnf", [.file("var/cache/yum/metadata/base-8-x86_64/repodata/repomd.xml", 1)]),
    Owner("os.microdnf", [.file("usr/bin/dnf", 9)], [.file("var/cache/yum/solv/base.solv", 1)]),
    Owner("os.microdnf", [.file("var/cache/dnf/metadata/base-8-x86_64/repodata/repomd.xml", 1)]),
    Owner("os.yum", [.file("var/cache/yum/x86_64/7/base/repomd.xml", 1)]),
    Owner("os.yum", [.file("usr/bin/microdnf", 9)], [.file("var/cache/yum/x86_64/7/base/gen/primary.sqlite", 1)]),
    Owner("os.yum", [.file("var/cache/yum/x86_64/7/base/packages/a.rpm", 1)]),
    Owner("os.dnf5", [.file("var/cache/libdnf5/base-0a/repodata/repomd.xml", 1)]),
    Owner("python.conda", conda),
    Owner("python.conda", [.file("opt/conda/bin/conda", 9)], conda),
    // Where links lead, and what the layer itself has brought or removed.
    Owner("python.micromamba", [.link("bin", "usr/bin"), .file("usr/bin/micromamba", 9)], conda),
    Owner("python.micromamba", conda + [.file("bin/micromamba", 9)]),
    Owner("python.micromamba", [.file("bin/micromamba", 9)], conda + [.file("bin/.wh.micromamba", 0)]),
    Owner("python.conda", [.file("bin/micromamba", 9)], [.file("bin/.wh.micromamba", 0)], conda),
    Owner("python.conda", [.link("bin/micromamba", "/opt/gone")], conda),
    Owner("python.conda", conda, [.file("bin/micromamba", 9)]),
    Owner("python.micromamba", [.file("root/micromamba/pkgs/urls.txt", 1)]),
  ]

  @Test("what many programs keep in one place is called that one's which wrote it", arguments: owners)
  func owner(test: Owner) throws {
    let shares = CacheAttribution(try layerUnion(test.layers)).shares
    #expect(Set(shares.map { Catalogue.id(of: $0.kind) }) == [test.kind])
  }

  @Test("where two programs have written into one directory, each has its own") func shared() throws {
    let union = try layerUnion([
      [
        .file("var/cache/dnf/base-0a/repodata/repomd.xml", 1), .file("var/cache/dnf/base.solv", 2),
        .file("var/cache/dnf/metadata/base-8-x86_64/repodata/repomd.xml", 4), .file("var/cache/dnf/solv/base.solv", 8),
        .file("srv/metadata/x/repodata/repomd.xml", 16),
      ]
    ])
    #expect(shares(union) == ["os.dnf 0 live 3", "os.microdnf 0 live 12"])
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

@Suite("The starts of files that are kept")
struct HeadTests {
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
