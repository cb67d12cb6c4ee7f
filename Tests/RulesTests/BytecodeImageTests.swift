import Bytecode
import Facts
import Findings
import Images
import SourceText
import Testing

@testable import Policies
@testable import Rules

@Suite("Bytecode in the layers of an image")
struct BytecodeImageTests {
  private static let tag = CacheTag("cpython-311".utf8)
  private static let steps = ["ADD rootfs.tar /", "RUN pip install shop", "RUN sed -i s/a/b/ /app/a.py"]

  /// An image of three layers, with files of a layer each.
  private func facts(
    _ files: [(path: String, layer: Int)], base: Int? = nil, bytecode: [BytecodeFact], user: String? = nil
  ) throws -> TargetFacts {
    var union = LayerUnion()
    for layer in Self.steps.indices {
      var builder = LayerTable.Builder()
      for file in files where file.layer == layer {
        try builder.add(Array(file.path.utf8).span, .file, content: EntryContent(size: 10), target: [])
      }
      try union.apply(builder.finish())
    }
    let layers = Self.steps.map { step in
      LayerFacts(
        digest: nil, diffID: "sha256:\(step.utf8.count)", storedBytes: nil, archiveBytes: nil, compression: nil,
        step: BuildStep(createdBy: step))
    }
    var facts = TargetFacts()
    facts.image = ImageFacts(
      kind: .image, image: nil, layers: layers, union: union, caches: CacheAttribution(union), baseLayers: base,
      baseReason: nil, isVerified: true)
    facts.interpreters = Interpreters([Self.tag].compactMap(\.self))
    facts.bytecode = bytecode
    return facts
  }

  /// Bytecode of 3.11 of a source of ten bytes, which was modified at second 100 by what the header says.
  private func bytecode(
    _ path: String, layer: Int, modified: Int64 = 100, hasSource: Bool = true, flags: UInt8 = 0,
    isUnreadable: Bool? = nil
  ) throws -> BytecodeFact {
    let name = try #require(BytecodeName(Path(path.utf8)))
    let header: [UInt8] = [0xA7, 0x0D, 0x0D, 0x0A, flags, 0, 0, 0, 100, 0, 0, 0, 10, 0, 0, 0]
    let magic = try #require(MagicNumber(header))
    let key = try #require(SourceHashKey(magic))
    let source = SourceStatus(size: 10, mtime: FileTime(seconds: modified), hashes: [key: 1])
    let file = BytecodeFile(
      name: name, header: header, body: .complete(10), source: hasSource ? source : nil, neighbours: ModuleNeighbours())
    return BytecodeFact(
      path: name.path, layer: layer, bytes: 2000, name: name, source: hasSource ? name.source : nil,
      judgement: try BytecodeJudgement(file, Interpreters([Self.tag].compactMap(\.self))), isUnreadable: isUnreadable)
  }

  private func findings(_ facts: TargetFacts) -> [Finding] {
    let judgement = Judgement(
      policies: PolicyTree([:], fallback: Policy()), judgesWorkTree: false,
      profiles: ProfileInputs(profile: nil, forced: nil))
    var findings: [Finding] = []
    for rule in RuleRegister.all where rule.description.group == .bytecode {
      rule.check(facts, judgement) { findings.append($0.finding) }
    }
    return findings
  }

  @Test("what a later layer made stale is one finding, which names the layer and the step")
  func staleBySource() throws {
    let names = ["a", "b", "c"]
    let facts = try facts(
      names.flatMap { [("app/\($0).py", 2), ("app/__pycache__/\($0).cpython-311.pyc", 1)] },
      bytecode: try names.map { try bytecode("app/__pycache__/\($0).cpython-311.pyc", layer: 1, modified: 200) })
    let found = findings(facts)
    #expect(found.map(\.rule.code) == ["CP501"])
    let finding = try #require(found.first)
    #expect(
      finding.message
        == "3 files of bytecode (5.8 KiB) are ignored: the sources have another time of modification since layer 2 "
        + "(`RUN sed -i s/a/b/ /app/a.py`); Python compiles these modules anew at every start")
    #expect(finding.severity == .warning)
    #expect(
      finding.place
        == .entry(
          EntryPlace(
            "app/__pycache__/a.cpython-311.pyc", layer: 1, digest: "sha256:20", instruction: "RUN pip install shop")))
    #expect(finding.related.count == 2)
    #expect(
      finding.fix?.commands == [
        "RUN python3.11 -m compileall -q -f -j 0 --invalidation-mode checked-hash /app || true"
      ])
    #expect(finding.evidence.contains(Evidence("bytes", "6000")))
  }

  @Test("each layer that makes bytecode stale is a cause of its own")
  func severalLayers() throws {
    let facts = try facts(
      [("app/a.py", 2), ("app/b.py", 1)],
      bytecode: [
        try bytecode("app/__pycache__/a.cpython-311.pyc", layer: 1, modified: 200),
        try bytecode("app/__pycache__/b.cpython-311.pyc", layer: 1, modified: 200),
      ])
    let found = findings(facts)
    #expect(found.map(\.rule.code) == ["CP501", "CP501"])
    #expect(found.map(\.notes.isEmpty) == [true, false])
  }

  @Test("what came stale with the base image is information, unless a later layer made it stale")
  func base() throws {
    let stale = try bytecode("app/__pycache__/a.cpython-311.pyc", layer: 0, modified: 200)
    #expect(findings(try facts([("app/a.py", 0)], base: 1, bytecode: [stale])).map(\.severity) == [.info])
    #expect(findings(try facts([("app/a.py", 2)], base: 1, bytecode: [stale])).map(\.severity) == [.warning])
  }

  @Test("what the user may not read is told where it would be good, and never said to be loaded")
  func unreadable() throws {
    let good = try bytecode("app/__pycache__/a.cpython-311.pyc", layer: 1, isUnreadable: true)
    let unchecked = try bytecode("app/__pycache__/b.cpython-311.pyc", layer: 1, flags: 1, isUnreadable: true)
    let stale = try bytecode("app/__pycache__/c.cpython-311.pyc", layer: 1, modified: 200, isUnreadable: true)
    let lone = try bytecode("app/d.pyc", layer: 1, hasSource: false, isUnreadable: true)
    #expect([good, unchecked, stale, lone].allSatisfy { $0.isLoaded == false })
    let found = findings(try facts([], bytecode: [good, unchecked, stale, lone]))
    #expect(found.map(\.rule.code) == ["CP501", "CP506", "CP507"])
    #expect(found.map(\.severity) == [.warning, .error, .info])
    #expect(found.last?.evidence.first == Evidence("files", "2"))
    #expect(found.last?.fix?.commands == ["chmod -R a+rX /app"])
  }

  @Test("what may be read is not told")
  func readable() throws {
    let good = try bytecode("app/__pycache__/a.cpython-311.pyc", layer: 1, isUnreadable: false)
    #expect(findings(try facts([], bytecode: [good])).isEmpty)
  }

  @Test("many files without a source are counted, and removed by a command where their names tell them apart")
  func many() throws {
    let gone = try (0..<200).map { number in
      try bytecode("app/d\(number)/__pycache__/m.cpython-311.pyc", layer: 1, hasSource: false)
    }
    let found = findings(try facts([], bytecode: gone))
    #expect(found.map(\.rule.code) == ["CP502"])
    #expect(found.first?.evidence.first == Evidence("files", "200"))
    #expect(found.first?.evidence.filter { $0.key == "path" }.count == 100)
    #expect(found.first?.fix?.commands == [])
    let foreign = try (0..<30).map { number in
      try bytecode("lib/d\(number)/__pycache__/m.cpython-38.pyc", layer: 1, hasSource: false)
    }
    #expect(
      findings(try facts([], bytecode: foreign)).first?.fix?.commands == [
        "find /lib -name '*.cpython-38[.-]*pyc' -delete"
      ])
  }
}
