import Facts
import Findings
import Images
import SourceText
import Testing

@Suite("What is odd in images, and what of them was not read")
struct ImageInputTests {
  @Test("odd entries are one finding for a layer and kind")
  func malformed() throws {
    var sample = ImageSample()
    sample.layers = [
      [
        .file("../a", 1), .file("x/../../b", 1), .file("d/.wh...", 0), .file("c", 1), .file("c", 2),
        .hardLink("h", "nothing"),
      ]
    ]
    let told = try sample.told(only: "CP003")
    #expect(
      told == [
        "CP003 warning a@0: `a` is written with a name that leads out of the image, and 1 more like it",
        "CP003 warning d/.wh...@0: `d/.wh...` is a whiteout of nothing that a directory can hold",
        "CP003 warning c@0: `c` stands twice in the layer; the last one counts, all are shipped",
        "CP003 warning h@0: `h` is a hard link to what does not exist",
      ])
    sample.base = 1
    #expect(try sample.findings(only: "CP003").allSatisfy { $0.severity == .info })
  }

  @Test("what an archive's reader notes is told")
  func archives() throws {
    var sample = ImageSample()
    sample.layers = [[.file("a", 1)]]
    sample.changeLayer = { _, layer in layer.notes = ["no terminator", "a second thing"] }
    let findings = try sample.findings(only: "CP003")
    #expect(findings.map(line) == ["CP003 warning @0: the archive of layer 0 is odd: no terminator, and 1 more"])
    #expect(findings[0].notes == ["a second thing"])
    // Of a tree of files, these are what was not read.
    sample.kind = .rootFileSystem
    #expect(try sample.told(only: "CP003") == [])
    #expect(try sample.told(only: "CP005") == ["CP005 info target: no terminator, and 1 more"])
    sample.layers.append([])
    sample.changeLayer = { number, layer in if number == 1 { layer.notes = ["not opened"] } }
    #expect(try sample.told(only: "CP005") == ["CP005 info @1: not opened"])
  }

  @Test("100,000 odd entries are few findings")
  func bounded() throws {
    var sample = ImageSample()
    sample.layers = [(0..<100_000).map { .file("../\($0)", 1) }]
    let findings = try sample.findings(only: "CP003")
    #expect(findings.count == 1)
    #expect(findings[0].related.count == 5)
    #expect(findings[0].notes == ["99000 more oddities of this layer are not told apart"])
  }

  @Test("layers of one wrong type are one finding")
  func types() throws {
    var sample = ImageSample()
    sample.layers = [[.file("a", 1)], [.file("b", 1)], [.file("c", 1)]]
    sample.changeLayer = { number, layer in
      if number == 1 { return }
      layer.wrongMediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
      layer.compression = "none"
    }
    #expect(
      try sample.told(only: "CP004") == [
        "CP004 info @0: 2 layers are not compressed, and called `application/vnd.oci.image.layer.v1.tar+gzip`"
      ])
  }

  @Test("what was not read or not compared is told")
  func parts() throws {
    var sample = ImageSample()
    sample.layers = [[.file("a", 1)], []]
    #expect(try sample.told(only: "CP005") == [])
    sample.isVerified = false
    sample.changeLayer = { number, layer in if number == 1 { layer.unread = .failed } }
    sample.notes = [.historyMismatch(steps: 3, layers: 2)]
    #expect(
      try sample.told(only: "CP005") == [
        "CP005 info target: the digests of the image were not compared",
        "CP005 info @1: layer 1 was not read: what is in it is not known",
        "CP005 info target: the history has 3 steps that made a layer for 2 layers: no layer is told its step",
      ])
    sample.kind = .rootFileSystem
    // The directories of overlay2.
    #expect(try sample.told(only: "CP005") == ["CP005 info @1: layer 1 was not read: what is in it is not known"])
    sample.layers = [[.file("a", 1)]]
    sample.changeLayer = { _, layer in layer.unread = .failed }
    #expect(
      try sample.told(only: "CP005") == ["CP005 info @-: the file system was not read: what is in it is not known"])
  }

  @Test("why a layer was not read tells what is to be done")
  func unread() throws {
    var sample = ImageSample()
    sample.layers = [[], [], [], [], [.file("a", 1)]]
    let reasons: [LayerFacts.Unread?] = [.absent, .failed, .noLayer("application/vnd.in-toto+json"), .failed, nil]
    sample.changeLayer = { number, layer in layer.unread = reasons[number] }
    let findings = try sample.findings(only: "CP005")
    #expect(
      findings.map(line) == [
        "CP005 info @1: 2 layers were not read: what is in them is not known",
        "CP005 info @0: layer 0 is not present, as it need not be: what is in it is not known",
        "CP005 info @2: layer 2 is no file system, but `application/vnd.in-toto+json`, and was passed over",
      ])
    // Of the first the errors tell it.
    #expect(findings.map { $0.fix == nil } == [true, false, false])
    sample.changeLayer = { number, layer in layer.unread = .noLayer("type-\(number)") }
    #expect(
      try sample.told(only: "CP005") == [
        "CP005 info @0: 5 layers are no file systems by their media types and were passed over"
      ])
  }

  @Test("a digest of an algorithm that is not known is no fault of the layer's archive")
  func algorithms() throws {
    var sample = ImageSample()
    sample.layers = [[.file("a", 1)], [.file("b", 1)]]
    sample.changeLayer = { number, layer in if number == 1 { layer.unverified = ["foo+bar:x", "blake3:y"] } }
    #expect(
      try sample.told(only: "CP003", "CP005") == [
        "CP005 info @1: foo+bar:x cannot be verified: only sha256 and sha512 are compared, and so it is with 1 more"
      ])
  }

  @Test("caches in 100,000 odd places, and names that a terminal would obey, stay few and readable")
  func manyCaches() throws {
    var sample = ImageSample()
    sample.layers = [
      (0..<100_000).flatMap { number -> [Entry] in
        [.file("srv/\u{1B}[2J\(number)/a.py", 1), .file("srv/\u{1B}[2J\(number)/__pycache__/a.cpython-312.pyc", 64)]
      }
    ]
    let policy = "caches: {python.bytecode: {\"*\": {ship: deny}}}\n"
    let findings = try sample.findings(policy)
    #expect(
      findings.map(line) == [
        "CP401 warning srv/\\x1b[2J0/__pycache__@0: 6.1 MiB of python.bytecode (\(what)) are in the image"
      ])
    #expect(findings[0].related.count == 5)
    #expect(findings[0].notes.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 } })
  }

  private let what = "Compiled modules written on import, and by pip while it installs"

  @Test("many layers with many kinds are bounded, and the largest are told")
  func manyLayers() throws {
    var sample = ImageSample()
    for number in 0..<300 {
      sample.layers.append([.file("home/u\(number)/.cache/pip/http-v2/a", mebibyte + number)])
    }
    let findings = try sample.findings()
    #expect(findings.count == 200)
    #expect(findings.last.map(line) == "CP401 warning target: 101 more caches of the image are not listed: 101.0 MiB")
    #expect(findings[0].place.path == "home/u101/.cache/pip")
  }
}
