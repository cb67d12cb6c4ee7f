import Caches
import Facts
import JSON
import Reports
import SourceText
import TestSupport
import Testing

@testable import Images
@testable import Inspection

@Suite("What reports and facts say of an image")
struct ImageSummaryTests {
  private func facts(_ layers: [[(path: String, size: Int)]], base: Int? = nil, kind: ImageFacts.Kind = .layer) throws
    -> ImageFacts
  {
    var union = LayerUnion()
    for entries in layers {
      var builder = LayerTable.Builder()
      for (path, size) in entries {
        let path = Array(path.utf8)
        try builder.add(path.span, .file, content: EntryContent(size: size))
      }
      try union.apply(builder.finish())
    }
    let known = layers.indices.map { number in
      LayerFacts(
        digest: "sha256:blob\(number)", diffID: "sha256:diff\(number)", storedBytes: 10, archiveBytes: 100,
        compression: "gzip", step: BuildStep(createdBy: "RUN /bin/sh -c step \(number)\n\u{1B}[2J # buildkit"))
    }
    return ImageFacts(
      kind: kind, image: nil, layers: known, union: union, caches: CacheAttribution(union), baseLayers: base,
      baseReason: base.map { _ in "its CMD" }, isVerified: true)
  }

  private var sample: [[(path: String, size: Int)]] {
    [
      [("bin/sh", 1000), ("var/lib/apt/lists/deb.test_dists_x_InRelease", 300)],
      [
        ("root/.cache/pip/http-v2/a", 700), ("usr/lib/python3/a/x", 50), ("usr/lib/python3/b/x", 60),
        ("usr/lib/python3/c/x", 55), ("usr/lib/python3/d/x", 52), ("usr/lib/python3/e/x", 51), ("opt/big", 400),
      ],
      [("root/.cache/.wh.pip", 0), ("opt/.wh.big", 0)],
    ]
  }

  @Test("totals, layers and kinds are those of the ledgers")
  func totals() throws {
    let summary = ImageSummary(try facts(sample, base: 1))
    #expect(
      summary.totals
        == ImageSummary.Totals(
          shipped: 2668, base: 1300, own: 1368, live: 1568, dead: 1100, metadataOnly: 0, undecided: 0, liveCaches: 300,
          deadCaches: 700, stored: 30))
    #expect(summary.totals.unseen == 1100 && summary.totals.unseenThousandths == 412)
    #expect(
      summary.caches == [
        ImageSummary.Cache(kind: "python.pip", liveBytes: 0, deadBytes: 700),
        ImageSummary.Cache(kind: "deb.apt-lists", liveBytes: 300, deadBytes: 0),
      ])
    let layer = summary.layers[1]
    #expect((layer.number, layer.isBase, layer.bytes, layer.files) == (1, false, 1368, 7))
    #expect((layer.liveCacheBytes, layer.deadCacheBytes, layer.unseenBytes) == (0, 700, 1100))
    #expect((layer.digest, layer.storedBytes, layer.compression) == ("sha256:blob1", 10, "gzip"))
    #expect(layer.instruction == "RUN step 1 \\x1b[2J")
    #expect(summary.layers[0].isBase && summary.baseLayers == 1 && summary.baseReason == "its CMD")
    #expect(ImageSummary(try facts([])).totals.unseenThousandths == 0)
  }

  @Test("what is stored counts for layers that were read, and never wraps")
  func stored() {
    func layer(_ stored: Int?, isRead: Bool = true) -> ImageSummary.Layer {
      ImageSummary.Layer(
        number: 0, isBase: false, isRead: isRead, digest: nil, bytes: 1, files: 1, storedBytes: stored,
        compression: nil, liveCacheBytes: 0, deadCacheBytes: 0, unseenBytes: 0, caches: [], instruction: nil)
    }
    #expect(ImageSummary.storedBytes(of: [layer(3), layer(4), layer(nil, isRead: false)]) == 7)
    #expect(ImageSummary.storedBytes(of: [layer(3), layer(nil)]) == nil)
    #expect(ImageSummary.storedBytes(of: [layer(.max), layer(.max)]) == nil)
  }

  /// The directories of a summary, as `PATH BYTES LAYER`.
  private func directories(_ layers: [[(path: String, size: Int)]]) throws -> [String] {
    ImageSummary(try facts(layers)).directories.map { "/\($0.path) \($0.bytes) \($0.layer ?? -1)" }
  }

  @Test("the largest that is no cache is told in the layer that ships it")
  func large() throws {
    let summary = ImageSummary(try facts(sample))
    let directories = summary.directories.map { "\($0.path) \($0.bytes) \($0.unseenBytes) \($0.layer ?? -1)" }
    #expect(directories.prefix(3) == ["bin 1000 0 0", "opt 400 400 1", "usr/lib/python3/b 60 0 1"])
    #expect(
      summary.files.map { "\($0.path) \($0.bytes)" }.prefix(3) == [
        "bin/sh 1000", "opt/big 400", "usr/lib/python3/b/x 60",
      ])
    #expect(summary.directories[1].instruction == "RUN step 1 \\x1b[2J")
    // The directories of overlay2 are layers; a plain root file system has none.
    #expect(
      ImageSummary(try facts(sample, kind: .rootFileSystem)).directories.map(\.layer) == [0, 1, 1, 1, 1, 1, 1])
    let plain = ImageSummary(try facts([sample[0]], kind: .rootFileSystem))
    #expect(plain.directories.map(\.layer) == [nil] && plain.layers.map(\.number) == [nil])
  }

  @Test("a directory is told with what lies beside the told ones in it")
  func beside() throws {
    let files = (0..<30).map { (path: "usr/lib/f\($0)", size: 10) } + (0..<12).map { ("usr/lib/sub/g\($0)", 10) }
    #expect(try directories([files + [("opt/x", 20)]]) == ["/usr/lib 300 0", "/usr/lib/sub 120 0", "/opt 20 0"])
    // What is small counts with the directory above it, where there are more than ten.
    let packages = (0..<40).map { (path: "site/p\($0)/f", size: 5) } + [("site/torch/lib/a", 500), ("site/torch/b", 3)]
    #expect(
      try directories([packages, [("srv/a", 7), ("srv/b", 1)]]) == ["/site/torch/lib 500 0", "/site 203 0", "/srv 8 1"])
  }

  @Test("where equals are too many, what is left of the layers is told")
  func equals() throws {
    let layers = (0..<30).map { _ in (0..<4).map { (path: "opt/app/\($0)/f", size: 10) } }
    #expect(try directories(layers) == (0..<10).map { "/opt/app 40 \($0)" })
    #expect(try directories([(0..<12).map { (path: "d\($0)/f", size: 10) }]) == ["/ 120 0"])
  }

  @Test("the choice is the one that its rule describes", arguments: 0..<60)
  func choice(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let layers = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      (0..<Int.random(in: 5...60, using: &random)).map { number in
        let depth = Int.random(in: 0...5, using: &random)
        let names = (0..<depth).map { _ in "d\(Int.random(in: 0...2, using: &random))" } + ["f\(number)"]
        return (path: names.joined(separator: "/"), size: Int.random(in: 1...50, using: &random))
      }
    }
    /// Every directory's own share for a size, by layer and path.
    func shares(_ least: Int) -> [String] {
      var shares: [String] = []
      for (layer, files) in layers.enumerated() {
        var bytes: [[Substring]: Int] = [:]
        for file in files { bytes[file.path.split(separator: "/").dropLast(), default: 0] += file.size }
        for depth in (0...5).reversed() {
          for (path, size) in bytes where path.count == depth {
            if size >= least {
              shares.append("/\(path.joined(separator: "/")) \(size) \(layer)")
            } else if depth > 0 {
              bytes[Array(path.dropLast()), default: 0] += size
            }
          }
        }
      }
      return shares
    }
    let total = layers.joined().reduce(0) { $0 + $1.size }
    let expected = try #require((1...total + 1).lazy.map(shares).first { $0.count <= 10 })
    let found = try directories(layers)
    #expect(Set(found).isSuperset(of: expected))
    #expect(found.count == 10 || found.count - expected.count <= layers.count)
  }

  @Test("the lists are short, and the same however the entries stand")
  func bounded() throws {
    let many = (0..<3000).map { (path: "d\($0 % 50)/f\($0)", size: $0 % 50) }
    let forwards = ImageSummary(try facts([many]))
    let backwards = ImageSummary(try facts([Array(many.reversed())]))
    #expect(forwards.directories.count == 10 && forwards.files.count == 10)
    #expect(forwards.directories == backwards.directories)
    #expect(forwards.directories.prefix(2).map { "\($0.path)" } == ["", "d49"])
    // What is deep costs no more than what is flat.
    let deep = (0..<200).map { (path: String(repeating: "x/", count: 2000) + "\($0)/f", size: 1) }
    let path = ImageSummary(try facts([deep])).directories[0].path
    #expect(path.components.count == 2000)
  }

  @Test("facts have layers, ledgers and caches")
  func document() throws {
    let value = ImageDocument.value(try facts(sample, base: 1))
    let text = String(decoding: value.encoded(), as: UTF8.self)
    #expect(text.contains(#""kind":"layer""#))
    #expect(text.contains(#""base_layers":1,"base_reason":"its CMD""#))
    #expect(
      text.contains(
        #"{"index":0,"digest":"sha256:blob0","diff_id":"sha256:diff0","read":true,"base":true,"stored_bytes":10,"#
          + #""archive_bytes":100,"compression":"gzip","wrong_media_type":null,"#
          + #""instruction":"RUN step 0 \\x1b[2J","keyword":"RUN","bytes":1300,"files":2"#))
    #expect(
      text.contains(
        #"{"writer":1,"end":2,"fate":"deleted","amount":{"bytes":1100,"files":2,"compressed_bytes":null}}"#))
    #expect(
      text.contains(
        #"{"kind":"python.pip","path":"root/.cache/pip","layer":1,"directory":true,"part":false,"#
          + #""proof":"in:http-v2/","live_bytes":0,"unseen_bytes":700}"#))
    #expect(text.contains(#""places_left_out":0"#))
  }
}
