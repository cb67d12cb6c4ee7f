import Images
import SourceText
import TestSupport
import Testing

@Suite("Layers put upon each other")
struct LayerUnionTests {
  private static let base = [Entry.file("bin/sh", 1_000_000)]
  private static let cache = (0..<50).map { Entry.file("root/.cache/pip/\($0)", 1_000_000, UInt64($0)) }

  @Test(
    "three ways of deleting give equal ledgers, and a change of mode gives another",
    arguments: [
      ([Entry.file("root/.cache/.wh.pip", 0)], [CopyFate.live: 1_000_000, .deleted: 50_000_000]),
      ([Entry.file("root/.cache/pip/.wh..wh..opq", 0)], [.live: 1_000_000, .deleted: 50_000_000]),
      (
        (0..<50).map { Entry.file("root/.cache/pip/.wh.\($0)", 0) },
        [.live: 1_000_000, .deleted: 50_000_000]
      ),
      (cache, [.live: 51_000_000, .metadataOnly: 50_000_000]),
    ])
  func shapes(layer: [Entry], expected: [CopyFate: Int]) throws {
    let union = try layerUnion([Self.base, Self.cache, layer])
    #expect(union.totals.bytes == expected)
    #expect(union.totals.shipped.bytes == expected.values.reduce(0, +))
    #expect(union.totals(ofLayer: 1).shipped.bytes == 50_000_000)
    let dead = union.charges.filter { $0.fate != .live }
    #expect(dead.map(\.writer) == [1])
    #expect(dead.map(\.end) == [2])
    #expect(union.notes(ofLayer: 2).isEmpty)
  }

  @Test("without hashes, equal lengths are not decided")
  func undecided() throws {
    let union = try layerUnion([[.file("a", 5), .file("b", 5)], [.file("a", 5), .file("b", 6)]])
    #expect(union.totals.bytes == [.live: 11, .rewrittenOrMetadataOnly: 5, .rewritten: 5])
    #expect(union.totals[ledger: .undecided].files == 1)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var layers: [[Entry]]
    var paths: [String]
    var bytes: [CopyFate: Int] = [:]
    var notes: [LayerNote.Kind] = []
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "names that lead outside are held at the root",
      layers: [[.file("../../etc/x", 1), .file("/abs", 2), .file("a/../../b", 4), .file("./x/./y", 8)]],
      paths: ["abs", "b", "etc/", "etc/x", "x/", "x/y"], bytes: [.live: 15],
      notes: [.leadsOutside, .leadsOutside]),
    Case(
      name: "an entry below a link to a directory outside stays inside",
      layers: [[.link("out", "../../tmp"), .file("out/x", 3)]],
      paths: ["out -> ../../tmp", "tmp/", "tmp/x"], bytes: [.live: 3], notes: [.linkLeadsOutside]),
    Case(
      name: "an entry below links in a circle is taken literally",
      layers: [[.link("a", "b"), .link("b", "a"), .file("a/x", 3)]],
      paths: ["a/", "a/x", "b -> a"], bytes: [.live: 3], notes: [.linkCycle]),
    Case(
      name: "a hard link to a lower layer's file holds no bytes",
      layers: [[.file("f", 7)], [.hardLink("g", "f")]], paths: ["f", "g"], bytes: [.live: 7]),
    Case(
      name: "a file lives while a hard link leads to it",
      layers: [[.file("f", 7), .hardLink("g", "f")], [.file(".wh.f", 0)]], paths: ["g"], bytes: [.live: 7]),
    Case(
      name: "a file ends with its last name",
      layers: [[.file("f", 7), .hardLink("d/g", "/f")], [.file(".wh.f", 0)], [.file(".wh.d", 0)]], paths: [],
      bytes: [.deleted: 7]),
    Case(
      name: "a hard link keeps what the same layer hides",
      layers: [[.file("d/f", 7), .file("e", 1)], [.hardLink("g", "d/f"), .file(".wh.d", 0)]], paths: ["e", "g"],
      bytes: [.live: 8]),
    Case(
      name: "a hard link to what an earlier layer hid is ignored",
      layers: [[.file("f", 7)], [.file(".wh.f", 0)], [.hardLink("g", "f"), .file(".wh.x", 0)]], paths: [],
      bytes: [.deleted: 7], notes: [.missingLinkTarget]),
    Case(
      name: "a hard link without target is ignored",
      layers: [[.hardLink("g", "nothing"), .file("h", 1)]], paths: ["h"], bytes: [.live: 1],
      notes: [.missingLinkTarget]),
    Case(
      name: "a hard link that leads outside is held at the root",
      layers: [[.file("etc/passwd", 2), .hardLink("g", "../../etc/passwd")]],
      paths: ["etc/", "etc/passwd", "g"], bytes: [.live: 2], notes: [.hardLinkLeadsOutside]),
    Case(
      name: "a hard link upon a file rewrites it",
      layers: [[.file("f", 7, 1), .file("g", 7, 1)], [.hardLink("g", "f")]], paths: ["f", "g"],
      bytes: [.live: 7, .rewritten: 7]),
    Case(
      name: "of a path that stands three times the last counts, and all are shipped",
      layers: [[.file("f", 1), .file("f", 2), .file("./f", 4)]], paths: ["f"],
      bytes: [.live: 4, .duplicate: 3], notes: [.duplicate, .duplicate]),
    Case(
      name: "whiteouts of nothing, of . and of .. are ignored",
      layers: [[.file("d/f", 1)], [.file("d/.wh.", 0), .file("d/.wh..", 0), .file("d/.wh...", 0)]],
      paths: ["d/", "d/f"], bytes: [.live: 1], notes: [.invalidWhiteout, .invalidWhiteout, .invalidWhiteout]),
    Case(
      name: "a whiteout of what does not exist is silent",
      layers: [[.file("f", 1)], [.file("d/.wh.g", 0), .file(".wh.h", 0)]], paths: ["f"], bytes: [.live: 1]),
    Case(
      name: "the metadata of AUFS is ignored",
      layers: [[.file(".wh..wh.aufs", 9), .file(".wh..wh.plnk/1.2", 9), .file("d/.wh..wh.orph", 9), .file("f", 1)]],
      paths: ["f"], bytes: [.live: 1]),
    Case(
      name: "a whiteout before the same name",
      layers: [[.file("f", 3)], [.file(".wh.f", 0), .file("f", 5)]], paths: ["f"],
      bytes: [.live: 5, .rewritten: 3]),
    Case(
      name: "a whiteout after the same name",
      layers: [[.file("f", 3)], [.file("f", 5), .file(".wh.f", 0)]], paths: ["f"],
      bytes: [.live: 5, .rewritten: 3]),
    Case(
      name: "an opaque marker after the directory's new entries",
      layers: [
        [.file("d/old", 3), .file("d/e/old", 4)], [.directory("d"), .file("d/new", 5), .file("d/.wh..wh..opq", 0)],
      ],
      paths: ["d/", "d/new"], bytes: [.live: 5, .deleted: 7]),
    Case(
      name: "a whiteout of a directory in which the same layer writes",
      layers: [[.file("d/old", 3)], [.file("d/new", 5), .file(".wh.d", 0)]], paths: ["d/", "d/new"],
      bytes: [.live: 5, .deleted: 3]),
    Case(
      name: "a file upon a directory",
      layers: [[.file("d/a", 3), .file("d/b/c", 4)], [.file("d", 5)]], paths: ["d"],
      bytes: [.live: 5, .deleted: 7]),
    Case(
      name: "a directory upon a file",
      layers: [[.file("d", 3)], [.directory("d"), .file("d/a", 5)]], paths: ["d/", "d/a"],
      bytes: [.live: 5, .rewritten: 3]),
    Case(
      name: "an entry below a file makes it a directory",
      layers: [[.file("d", 3)], [.file("d/a", 5)]], paths: ["d/", "d/a"], bytes: [.live: 5, .rewritten: 3]),
    Case(
      name: "a directory upon a directory keeps what it holds",
      layers: [[.file("d/a", 3)], [.directory("d/")]], paths: ["d/", "d/a"], bytes: [.live: 3]),
    Case(
      name: "names go through the links of the tree",
      layers: [
        [.directory("usr/lib"), .link("lib", "usr/lib"), .file("usr/lib/a", 1)], [.file("lib/b", 2)],
        [.file("lib/.wh.a", 0)],
      ],
      paths: ["lib -> usr/lib", "usr/", "usr/lib/", "usr/lib/b"], bytes: [.live: 2, .deleted: 1]),
    Case(
      name: "a directory that replaces a link hides nothing where the link led",
      layers: [
        [.file("usr/lib/a", 1), .link("lib", "/usr/lib")],
        [.directory("lib"), .file("lib/.wh..wh..opq", 0), .file("lib/b", 2)],
      ],
      paths: ["lib/", "lib/b", "usr/", "usr/lib/", "usr/lib/a"], bytes: [.live: 3]),
    Case(
      name: "a file below a link that becomes a directory again is written there",
      layers: [[.link("l", "d"), .file("l/a", 1), .directory("l"), .file("l/b", 2)]],
      paths: ["d/", "d/a", "l/", "l/b"], bytes: [.live: 3], notes: [.duplicate]),
    Case(
      name: "the root stays a directory",
      layers: [[.file(".", 5), .link("/", "x"), .directory("./"), .file("a", 1)]], paths: ["a"], bytes: [.live: 1],
      notes: [.replacesRoot, .replacesRoot]),
    Case(
      name: "an opaque root hides all that is below",
      layers: [[.file("a/b", 1), .file("c", 2)], [.file("d", 4), .file(".wh..wh..opq", 0)]], paths: ["d"],
      bytes: [.live: 4, .deleted: 3]),
    Case(
      name: "a hard link that replaces the directory of its target keeps the content",
      layers: [[.file("d/x", 3)], [.hardLink("d", "d/x")]], paths: ["d"], bytes: [.live: 3]),
    Case(
      name: "a copy that is removed and comes again is another copy",
      layers: [[.file("f", 3, 1)], [.file(".wh.f", 0)], [.file("f", 3, 1)]], paths: ["f"],
      bytes: [.live: 3, .deleted: 3]),
    Case(name: "no entry at all", layers: [[], []], paths: []),
  ]

  @Test("names, links and layers", arguments: cases)
  func applied(sample: Case) throws {
    let union = try layerUnion(sample.layers)
    #expect(listing(union.merged) == sample.paths)
    #expect(union.totals.bytes == sample.bytes)
    #expect((0..<union.layerCount).flatMap { union.notes(ofLayer: $0) }.map(\.kind) == sample.notes)
    for note in (0..<union.layerCount).flatMap({ union.notes(ofLayer: $0) }) { #expect(!note.description.isEmpty) }
  }

  @Test("each layer can be looked at as if it were the last")
  func views() throws {
    let layers: [[Entry]] = [
      [.file("a/f", 1), .link("l", "a")], [.file("a/.wh.f", 0), .file("a/g", 2)], [.file("a", 3)],
      [.directory("a"), .file("l/h", 4)],
    ]
    let union = try layerUnion(layers)
    #expect(listing(union.view(after: 0)) == ["a/", "a/f", "l -> a"])
    #expect(listing(union.view(after: 1)) == ["a/", "a/g", "l -> a"])
    #expect(listing(union.view(after: 2)) == ["a", "l -> a"])
    #expect(listing(union.view(after: 3)) == ["a/", "a/h", "l -> a"])
    let view = union.view(after: 3)
    let item = try #require(view.item(at: "/l/h"))
    #expect(view.path(of: item) == "a/h")
    #expect(view.size(of: item) == 4)
    #expect(view.copy(of: item)?.layer == 3)
    #expect(view.item(at: "l/h", followsLinks: false) == nil)
    #expect(view.item(at: "l", followsLinks: false)?.type == .symbolicLink)
    #expect(view.item(at: "l")?.type == .directory)
    #expect(view.item(at: "../.")?.type == .directory)
  }

  @Test("what a header says is kept, and the first bytes too")
  func metadata() throws {
    var builder = LayerTable.Builder()
    let path = Array("f".utf8)
    let said = EntryMetadata(mode: 0o4755, user: 5, group: 6, seconds: -7, nanoseconds: 8)
    let content = EntryContent(
      size: 1 << 60, dataBytes: 10, compressedBytes: 4, head: [1, 2, 3])
    try builder.add(path.span, .file, content: content, metadata: said)
    var union = LayerUnion()
    try union.apply(builder.finish())
    let item = try #require(union.merged.item(at: "f"))
    #expect(union.merged.metadata(of: item) == said)
    #expect(union.merged.size(of: item) == 1 << 60)
    #expect(union.merged.head(of: item) == [1, 2, 3])
    #expect(union.totals[.live] == union.totals.shipped)
    #expect(union.totals[.live].bytes == 10)
    #expect(union.totals[.live].compressedBytes == 4)
  }
}
