import Bytecode
import CacheEffects
import Facts
import Findings
import JSON
import SourceText
import Testing

@testable import Images
@testable import Policies
@testable import Rules

@Suite("How much of an image's Python is compiled")
struct BytecodeCoverageTests {
  private static let tag = CacheTag("cpython-311".utf8)

  /// An image of one layer: sources of so many bytes, of which some have bytecode.
  private func facts(
    _ sources: [(path: String, size: Int, isCompiled: Bool)], configuration: String, level: Int = 0,
    prefix: String? = nil, isUnreadable: Bool? = nil, recordedSize: Int? = nil
  ) throws -> TargetFacts {
    var builder = LayerTable.Builder()
    for source in sources {
      try builder.add(
        Array(source.path.utf8).span, .file,
        content: EntryContent(size: source.size, dataBytes: min(source.size, 1 << 20)), target: [])
    }
    var union = LayerUnion()
    try union.apply(builder.finish())
    let document = DocumentName.file("config.json")
    let text =
      "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"config\":\(configuration)}"
    let read = try ImageConfiguration(Array(text.utf8), name: document)
    let image = Image(
      document: document, tags: [], platform: read.platform, configuration: read, layers: [],
      history: BuildHistory([], layerCount: 0), notes: [], errors: [])
    var facts = TargetFacts()
    facts.image = ImageFacts(
      kind: .image, image: image, layers: [], union: union, caches: CacheAttribution(union), baseLayers: nil,
      baseReason: nil, isVerified: true)
    facts.interpreters = Interpreters([Self.tag].compactMap(\.self))
    let start = try #require(facts.image.flatMap(ImageStart.init))
    facts.bytecodeLookup = BytecodeLookup(start, interpreters: facts.interpreters)
    facts.bytecode = try sources.filter(\.isCompiled).map { source in
      let tag = try #require(Self.tag)
      var path = try #require(BytecodeName.path(of: Path(source.path.utf8), for: tag, optimisation: level))
      if let prefix { path = Path(prefix.utf8).appending(path.parent.parent.bytes).appending(path.name) }
      let name = try #require(BytecodeName(path, lookup: facts.bytecodeLookup))
      let header: [UInt8] = [
        0xA7, 0x0D, 0x0D, 0x0A, 0, 0, 0, 0, 100, 0, 0, 0, UInt8((recordedSize ?? source.size) % 256),
        UInt8((recordedSize ?? source.size) / 256), 0, 0,
      ]
      let status = SourceStatus(size: UInt64(source.size), mtime: FileTime(seconds: 100))
      let file = BytecodeFile(
        name: name, header: header, body: .complete(10), source: status, neighbours: ModuleNeighbours())
      return BytecodeFact(
        path: path, layer: 0, bytes: 300, name: name, source: name.source,
        judgement: try BytecodeJudgement(file, facts.interpreters), isUnreadable: isUnreadable)
    }
    return facts
  }

  private let sources = [
    ("usr/local/lib/python3.11/os.py", 896, true), ("usr/local/lib/python3.11/re.py", 896, false),
    ("usr/local/lib/python3.11/test/test_re.py", 896, false),
    ("usr/local/lib/python3.11/site-packages/flask/app.py", 100, true),
    ("usr/lib/python3/dist-packages/apt/cache.py", 100, true), ("usr/lib/python3.13/os.py", 100, false),
    ("app/shop/main.py", 1792, false), ("app/shop/util.py", 896, false), ("srv/lib/extra.py", 10, true),
    ("opt/other.py", 10, false),
  ]

  private let running =
    "{\"WorkingDir\":\"/app\",\"Env\":[\"PYTHONPATH=/srv/lib:/none\"],\"Cmd\":[\"python\",\"-m\",\"shop\"]}"

  @Test("each group is counted, and what is not on the path is not")
  func groups() throws {
    let coverage = BytecodeCoverage.all(in: try facts(sources, configuration: running))
    #expect(coverage.map(\.interpreter.description) == ["cpython-311"])
    let groups = try #require(coverage.first).groups
    #expect(groups.map(\.group) == [.application, .packages, .library])
    #expect(groups.map(\.modules) == [3, 2, 2])
    #expect(groups.map(\.compiled) == [1, 2, 1])
    #expect(groups.map(\.missing) == [2, 0, 1])
    #expect(groups.map(\.compiledBytes) == [300, 600, 300])
    #expect(groups.map(\.missingBytes) == [2 * 400 + 2688 * 13 / 10, 0, 400 + 896 * 13 / 10])
    #expect(groups.map(\.missingRoots) == [["app"], [], ["usr/local/lib/python3.11"]])
    #expect(groups[2].reaches(50) && !groups[2].reaches(51))
  }

  @Test("at another level, or with a prefix, nothing that lies there is loaded")
  func levels() throws {
    func compiled(
      _ variable: String, level: Int = 0, prefix: String? = nil, command: String = "[\"python\"]"
    ) throws -> Int {
      let configuration = "{\"Env\":[\"\(variable)\"],\"Cmd\":\(command)}"
      let coverage = BytecodeCoverage.all(
        in: try facts(sources, configuration: configuration, level: level, prefix: prefix))
      return coverage.flatMap(\.groups).reduce(0) { $0 + $1.compiled }
    }
    #expect(try compiled("A=1") == 3)
    #expect(try compiled("PYTHONOPTIMIZE=1") == 0)
    #expect(try compiled("PYTHONOPTIMIZE=1", level: 1) == 3)
    #expect(try compiled("PYTHONOPTIMIZE=", level: 0) == 3)
    #expect(try compiled("A=1", level: 1, command: "[\"python\",\"-O\",\"x.py\"]") == 3)
    #expect(try compiled("PYTHONOPTIMIZE=1", command: "[\"python\",\"-E\",\"x.py\"]") == 3)
    #expect(try compiled("PYTHONPYCACHEPREFIX=/tmp") == 0)
    #expect(try compiled("PYTHONPYCACHEPREFIX=/tmp", prefix: "tmp") == 3)
    #expect(try compiled("A=1", prefix: "tmp") == 0)
    #expect(try compiled("A=1", prefix: "tmp", command: "[\"python\",\"-Xpycache_prefix=/tmp\"]") == 3)
    #expect(try compiled("PYTHONPYCACHEPREFIX=/tmp", command: "[\"python\",\"-X\",\"pycache_prefix\"]") == 3)
  }

  private static let unknown = "nothing that the image is known to start is Python at their level of optimisation"

  private static let starts: [(String, Int, String?, String?, Confidence)] = [
    ("{}", 1, nil, unknown, .low), ("{\"Env\":[\"PYTHONOPTIMIZE=2\"]}", 1, nil, unknown, .low),
    ("{\"Cmd\":[\"python\"]}", 1, nil, "the image starts Python at the level of optimisation 0 alone", .medium),
    (
      "{\"Env\":[\"PYTHONOPTIMIZE=2\"],\"Cmd\":[\"python\"]}", 1, nil,
      "the image starts Python at the level of optimisation 2 alone", .medium
    ),
    ("{\"Env\":[\"PYTHONOPTIMIZE=99999999999\"],\"Cmd\":[\"python\"]}", 1, nil, nil, .high),
    ("{\"Cmd\":[\"sh\",\"-c\",\"PYTHONOPTIMIZE=$(cat /x) python m.py\"]}", 1, nil, nil, .high),
    ("{\"Env\":[\"PYTHONOPTIMIZE=1\"]}", 1, nil, nil, .high),
    ("{\"Env\":[\"PYTHONOPTIMIZE=1\"]}", 0, nil, unknown, .low),
    (
      "{\"Env\":[\"PYTHONOPTIMIZE=1\"],\"Cmd\":[\"python\",\"x.py\"]}", 0, nil,
      "the image starts Python at the level of optimisation 1 alone", .medium
    ),
    ("{\"Env\":[\"PYTHONOPTIMIZE=1\"],\"Cmd\":[\"python\",\"-E\",\"x.py\"]}", 0, nil, nil, .high),
    // Another Python than the one that is told to optimise may be started, and is not told.
    ("{\"Cmd\":[\"python\",\"-O\",\"x.py\"]}", 0, nil, nil, .high),
    ("{\"Cmd\":[\"python\",\"-O\",\"x.py\"]}", 1, nil, nil, .high), ("{}", 0, nil, nil, .high),
    ("{\"Env\":[\"PYTHONPYCACHEPREFIX=pyc\"],\"WorkingDir\":\"/srv\"}", 0, "srv/pyc", nil, .high),
    (
      "{\"Env\":[\"PYTHONPYCACHEPREFIX=pyc\"],\"WorkingDir\":\"/srv\"}", 0, nil,
      "Python is told to look below /srv/pyc instead", .high
    ),
    // One of two looks in each place.
    ("{\"Cmd\":[\"sh\",\"-c\",\"python -X pycache_prefix=/srv/pyc a.py; python b.py\"]}", 0, nil, nil, .high),
    ("{\"Cmd\":[\"sh\",\"-c\",\"python -X pycache_prefix=/srv/pyc a.py; python b.py\"]}", 0, "srv/pyc", nil, .high),
    ("{\"Cmd\":[\"sh\",\"-c\",\"PYTHONPYCACHEPREFIX=$X python a.py\"]}", 0, nil, nil, .high),
    ("{\"Cmd\":[\"sh\",\"-c\",\"cd $X; PYTHONPYCACHEPREFIX=pyc python a.py\"]}", 0, nil, nil, .high),
    ("{\"Cmd\":[\"sh\",\"-c\",\"if x; then PYTHONPYCACHEPREFIX=/p python a.py; fi\"]}", 0, nil, nil, .high),
  ]

  @Test("bytecode that the image starts no Python for is told", arguments: starts)
  func withoutReader(
    configuration: String, level: Int, prefix: String?, reason: String?, confidence: Confidence
  ) throws {
    let facts = try facts(sources, configuration: configuration, level: level, prefix: prefix)
    let judgement = Judgement(
      policies: PolicyTree([:], fallback: Policy()), judgesWorkTree: false, profiles: ProfileInputs())
    var found: [Finding] = []
    MisplacedBytecode.check(facts, judgement) { found.append($0.finding) }
    #expect(
      found.map(\.message)
        == [reason].compactMap(\.self).map { "4 files of bytecode (1.1 KiB) are never loaded: \($0)" })
    #expect(found.allSatisfy { $0.confidence == confidence })
  }

  private func findings(_ facts: TargetFacts, _ intents: String) throws -> [(finding: Finding, isUsers: Bool)] {
    let kinds = try #require(Selector.id("python.bytecode") as Selector?)
    var policy = Policy()
    let origin = Origin(source: "p", range: ByteRange(0, 0), line: 1, isUsers: true, layer: 0)
    var statement = IntentStatement()
    statement.ship = Sourced(.precompiled, origin)
    statement.coverage = Int(intents).map { Sourced($0, origin) }
    policy.statements = [kinds: ["*": statement]]
    let judgement = Judgement(
      policies: PolicyTree([:], fallback: policy), judgesWorkTree: false, profiles: ProfileInputs())
    var findings: [(Finding, Bool)] = []
    ImageWithoutBytecode.check(facts, judgement) { findings.append(($0.finding, $0.grounds?.isUsers ?? false)) }
    return findings
  }

  @Test("one finding tells of the groups that lack bytecode, what it would take, and the step that makes it")
  func finding() throws {
    let found = try findings(try facts(sources, configuration: running), "")
    #expect(found.count == 1)
    let finding = try #require(found.first).finding
    #expect(
      finding.message
        == "the image has no bytecode that cpython-311 loads for the application (2 of 3 modules), the standard library "
        + "(1 of 2 modules)")
    #expect(finding.notes == ["precompiling would take about 5.7 KiB; wanted is bytecode for 95 modules in 100"])
    #expect(
      finding.fix?.commands == [
        "RUN python3.11 -m compileall -q -j 0 --invalidation-mode checked-hash /app /usr/local/lib/python3.11 || true"
      ])
    #expect(finding.evidence.contains(Evidence("packages", "2/2")))
    #expect(found[0].isUsers)
  }

  @Test("what compileall would keep and nobody loads is written anew")
  func forced() throws {
    func command(isUnreadable: Bool?, recordedSize: Int? = nil) throws -> String {
      let facts = try facts(
        sources, configuration: running, isUnreadable: isUnreadable, recordedSize: recordedSize)
      return try #require(try findings(facts, "").first).finding.fix?.commands.first ?? ""
    }
    #expect(try command(isUnreadable: false).contains("-m compileall -q -j 0 "))
    #expect(try command(isUnreadable: true).contains("-m compileall -q -f -j 0 "))
    #expect(try command(isUnreadable: nil, recordedSize: 1).contains("-m compileall -q -f -j 0 "))
  }

  @Test("it is told where the user of the image cannot keep what a start compiles")
  func users() throws {
    let configuration = running.replacing("{\"Working", with: "{\"User\":\"app\",\"Working")
    var facts = try facts(sources, configuration: configuration)
    func notes() throws -> [String] { Array(try #require(try findings(facts, "").first).finding.notes.dropFirst()) }
    #expect(try notes() == [])
    facts.user = FileUser(user: 0, groups: [])
    #expect(try notes() == [])
    facts.user = FileUser(user: 1000, groups: [1000])
    #expect(
      try notes() == ["user app may not write where they lie: every start compiles those that it imports"])
    let set = running.replacing("\"Env\":[", with: "\"Env\":[\"PYTHONDONTWRITEBYTECODE=1\",")
    facts.image = try self.facts(sources, configuration: set).image
    #expect(try notes() == ["PYTHONDONTWRITEBYTECODE is set: every start compiles what it imports"])
  }

  @Test("sources that claim more bytes than can be counted are counted all the same")
  func huge() throws {
    let sources = (0..<9000).map { ("app/m\($0).py", 1 << 50, false) }
    let coverage = BytecodeCoverage.all(in: try facts(sources, configuration: running))
    #expect(coverage.first?.groups.map(\.missing) == [9000])
    #expect((coverage.first?.groups.first?.missingBytes ?? -1) > 9000 << 30)
  }

  @Test("what lies below a prefix is compiled there, by the variable that workers of compileall heed")
  func prefixed() throws {
    for start in ["\"Env\":[\"PYTHONPYCACHEPREFIX=/p\"]", "\"Cmd\":[\"python\",\"-Xpycache_prefix=/p\"]"] {
      let facts = try facts(sources, configuration: "{\"WorkingDir\":\"/app\",\(start)}")
      let commands = try #require(try findings(facts, "").first).finding.fix?.commands ?? []
      #expect(commands.first?.hasPrefix("RUN PYTHONPYCACHEPREFIX=/p python3.11 -m compileall -q ") ?? false)
    }
  }

  @Test("as much as is wanted is enough, and the library alone is never more than information")
  func coverage() throws {
    let facts = try facts(sources, configuration: running)
    #expect(try findings(facts, "33").isEmpty)
    #expect(try findings(facts, "34").count == 1)
    let library = try self.facts(Array(sources.prefix(4)), configuration: running)
    #expect(try findings(library, "").map(\.isUsers) == [false])
    #expect(try findings(library, "").map(\.finding.severity) == [.info])
  }

  @Test(
    "an image that does not run Python is left alone",
    arguments: [
      ("{\"Cmd\":[\"nginx\"]}", 0), ("{}", 0), ("{\"Cmd\":[\"sh\",\"-c\",\"exec python3 -m x\"]}", 1),
      ("{\"Entrypoint\":[\"/usr/bin/python3.11\"]}", 1), ("{\"WorkingDir\":\"/app\",\"Cmd\":[\"run\"]}", 1),
    ])
  func programs(configuration: String, count: Int) throws {
    #expect(try findings(try facts(sources, configuration: configuration), "").count == count)
  }
}
