import Caches
import Facts
import JSON
import Reports
import SourceText
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

  @Test("the largest that is no cache is told where its bytes fan out, in the layer that ships it")
  func large() throws {
    let summary = ImageSummary(try facts(sample))
    let directories = summary.directories.map { "\($0.path) \($0.bytes) \($0.unseenBytes) \($0.layer ?? -1)" }
    #expect(directories == ["bin 1000 0 0", "opt 400 400 1", "usr/lib/python3 268 0 1"])
    #expect(
      summary.files.map { "\($0.path) \($0.bytes)" }.prefix(3) == [
        "bin/sh 1000", "opt/big 400", "usr/lib/python3/b/x 60",
      ])
    #expect(summary.directories[1].instruction == "RUN step 1 \\x1b[2J")
    // The directories of overlay2 are layers; a plain root file system has none.
    #expect(ImageSummary(try facts(sample, kind: .rootFileSystem)).directories.map(\.layer) == [0, 1, 1])
    let plain = ImageSummary(try facts([sample[0]], kind: .rootFileSystem))
    #expect(plain.directories.map(\.layer) == [nil] && plain.layers.map(\.number) == [nil])
  }

  @Test("the lists are short, and the same however the entries stand")
  func bounded() throws {
    let many = (0..<3000).map { (path: "d\($0 % 50)/f\($0)", size: 10) }
    let forwards = ImageSummary(try facts([many]))
    let backwards = ImageSummary(try facts([Array(many.reversed())]))
    #expect(forwards.directories.count == 10 && forwards.files.count == 10)
    #expect(forwards.directories == backwards.directories)
    #expect(
      forwards.directories.map { "\($0.path)" } == ["d0", "d1", "d10", "d11", "d12", "d13", "d14", "d15", "d16", "d17"])
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
