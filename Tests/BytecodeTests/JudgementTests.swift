internal import SourceText
internal import Testing
internal import Versions

@testable import Bytecode

/// What the corpus does not hold: states of old and unknown interpreters, and what stands beside a module.
@Suite("Verdicts")
struct JudgementTests {
  private let source = SourceStatus(size: 10, mtime: FileTime(seconds: 7))

  private func tags(_ names: String...) -> Interpreters { Interpreters(names.compactMap { CacheTag($0.utf8) }) }

  /// A header with flags; `fields` are the words behind them.
  private func header(_ number: UInt16, flags: UInt32 = 0, _ fields: [UInt32] = [7, 10]) -> [UInt8] {
    ([MagicNumber(number: number).word, flags] + fields).flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
    }
  }

  private func judge(
    _ path: String, _ header: [UInt8], _ interpreters: Interpreters, body: BytecodeBody? = .complete(1),
    source: SourceStatus?, names: [String] = [], packageNames: [String]? = nil
  ) throws -> BytecodeJudgement {
    let name = try #require(BytecodeName(Path(path.utf8)))
    let neighbours = ModuleNeighbours(
      of: name.module, names: names.map { Array($0.utf8) }, packageNames: packageNames?.map { Array($0.utf8) })
    return try BytecodeJudgement(
      BytecodeFile(name: name, header: header, body: body, source: source, neighbours: neighbours), interpreters)
  }

  @Test(
    "extension modules of the interpreter's own suffixes come before the source",
    arguments: [
      ("m.cpython-311-x86_64-linux-gnu.so", true), ("m.abi3.so", true), ("m.so", true),
      ("m.cpython-310-x86_64-linux-gnu.so", false), ("m.cpython-311d-x86_64-linux-gnu.so", false),
      ("m.cpython-3110-x86_64-linux-gnu.so", false), ("m.pypy39-pp73-x86_64-linux-gnu.so", false), ("mm.so", false),
      ("m.txt.so", false), ("m.py", false), ("m.pyc", false), ("mmodule.so", false),
    ] as [(String, Bool)])
  func extensions(name: String, isShadowed: Bool) throws {
    let judgement = try judge(
      "__pycache__/m.cpython-311.pyc", header(3495), tags("cpython-311"), source: source, names: [name])
    #expect(judgement.verdict == (isShadowed ? .shadowed : .fresh))
    #expect(judgement.intrinsic == .fresh)
    #expect(judgement.isLoaded == !isShadowed)
  }

  @Test("of several interpreters those count that read a file without its source")
  func readers() throws {
    let both = try judge(
      "m.pyc", header(3531), tags("cpython-38", "cpython-312"), source: nil,
      names: [
        "m.cpython-312-x86_64-linux-gnu.so"
      ])
    #expect(both.verdict == .shadowed && both.isLoaded == false)
    let other = try judge(
      "m.pyc", header(3531), tags("cpython-38", "cpython-312"), source: nil,
      names: [
        "m.cpython-38-x86_64-linux-gnu.so"
      ])
    #expect(other.verdict == .legacyLoaded)
  }

  @Test("letters of the build stood in suffixes before 3.8, and PyPy has its own")
  func oldSuffixes() throws {
    let old = try judge(
      "__pycache__/m.cpython-37.pyc", header(3394), tags("cpython-37"), source: source,
      names: ["m.cpython-37m-x86_64-linux-gnu.so"])
    #expect(old.verdict == .shadowed)
    for (name, verdict) in [("m.pypy39-pp73-x86_64-linux-gnu.so", BytecodeVerdict.shadowed), ("m.so", .fresh)] {
      let pypy = try judge("__pycache__/m.pypy39.pyc", header(336), tags("pypy39"), source: source, names: [name])
      #expect(pypy.verdict == verdict)
    }
  }

  @Test(
    "a package comes before a module, a directory without one does not",
    arguments: [
      (["__init__.py"], true), (["__init__.pyc"], true), (["__init__.abi3.so"], true), (["x.py"], false), ([], false),
    ] as [([String], Bool)])
  func packages(names: [String], isShadowed: Bool) throws {
    let judgement = try judge(
      "__pycache__/m.cpython-311.pyc", header(3495), tags("cpython-311"), source: source, packageNames: names)
    #expect(judgement.verdict == (isShadowed ? .shadowed : .fresh))
    let package = try judge(
      "__pycache__/__init__.cpython-311.pyc", header(3495), tags("cpython-311"), source: source, packageNames: names)
    #expect(package.verdict == .fresh)
  }

  @Test("without its source an import still finds what stands beside it")
  func substitutes() throws {
    let path = "__pycache__/m.cpython-311.pyc"
    #expect(try judge(path, header(3495), tags("cpython-311"), source: nil).importRaises == true)
    for (names, packageNames) in [(["m.pyc"], nil), (["m.so"], nil), ([], ["__init__.py"]), ([], [])]
      as [([String], [String]?)]
    {
      let judgement = try judge(
        path, header(3495), tags("cpython-311"), source: nil, names: names, packageNames: packageNames)
      #expect(judgement.verdict == .orphan)
      #expect(judgement.importRaises == false)
    }
  }

  @Test("the neighbours of a directory's modules are sorted out once")
  func directory() {
    let names = [
      "m.py", "m.pyc", "m.abi3.so", "mm.so", "a.b.so", "x.cpython-311-x.so", "xmodule.so", "readme", "m.pyc.1",
    ]
    .map { Array($0.utf8) }
    let directory = ModuleDirectory(names: names)
    for module in ["m", "mm", "a", "x", "xmodule", "readme", "none"] {
      for packageNames in [nil, [Array("__init__.py".utf8)]] as [[[UInt8]]?] {
        let slice = Array(module.utf8)[...]
        #expect(
          directory.neighbours(of: slice, packageNames: packageNames)
            == ModuleNeighbours(of: slice, names: names, packageNames: packageNames))
      }
    }
    #expect(directory.neighbours(of: Array("m".utf8)[...]).suffixes.count == 2)
    #expect(directory.neighbours(of: Array("x".utf8)[...]).suffixes.count == 2)
  }

  @Test("a module without its source is shadowed where every interpreter imports something else")
  func shadowedModule() throws {
    for (interpreters, verdict) in [
      (tags("cpython-311"), BytecodeVerdict.shadowed), (tags("cpython-311", "cpython-38"), .legacyLoaded),
    ] {
      let judgement = try judge(
        "m.pyc", header(3413), interpreters, source: nil, names: ["m.cpython-311-x86_64-linux-gnu.so"])
      #expect(judgement.verdict == (interpreters.tags.count == 1 ? .shadowed : verdict))
    }
  }

  @Test(
    "Python 2 reads what lies beside the source where it is installed",
    arguments: [
      (7, BytecodeVerdict.fresh, true), (8, .staleMtime, false),
    ] as [(UInt32, BytecodeVerdict, Bool)])
  func python2(mtime: UInt32, verdict: BytecodeVerdict, isLoaded: Bool) throws {
    let bytes = Array(header(62211, flags: mtime, []))
    for path in ["m.pyc", "m.pyo"] {
      let installed = try judge(path, bytes, tags("cpython-27", "cpython-311"), source: source)
      #expect(installed.verdict == verdict)
      #expect(installed.isLoaded == isLoaded)
      let absent = try judge(path, bytes, tags("cpython-311"), source: source)
      #expect(absent.verdict == (path == "m.pyc" ? .legacyShadowed : .pyo))
      #expect(absent.intrinsic == verdict)
      #expect(absent.isLoaded == false)
    }
  }

  @Test("optimised bytecode of 3.2 to 3.4 lies in the folder, with the suffix of Python 2")
  func python3Optimised() throws {
    let old = try judge(
      "__pycache__/m.cpython-34.pyo", header(3310, flags: 7, [10]), tags("cpython-34"), source: source)
    #expect(old.verdict == .fresh)
    let new = try judge("__pycache__/m.cpython-311.pyo", header(3495), tags("cpython-311"), source: source)
    #expect(new.verdict == .pyo)
    #expect(new.intrinsic == .wrongName)
    let unnamed = try judge("__pycache__/m.pyo", header(3495), tags("cpython-311"), source: source)
    #expect(unnamed.intrinsic == .wrongName)
  }

  @Test("a .pyo file without its source, and one that nothing wrote")
  func strayOptimised() throws {
    let bytes = header(62211, flags: 7, [])
    #expect(try judge("m.pyo", bytes, tags("cpython-27"), source: nil).verdict == .legacyLoaded)
    #expect(try judge("m.pyo", [1, 2], tags("cpython-27"), source: nil).intrinsic == .legacyPoison)
    #expect(try judge("m.pyo", [1, 2], tags("cpython-27"), source: source).intrinsic == .corruptHeader)
    #expect(try judge("m.pyo", [1, 2, 3, 4], tags("cpython-27"), source: source).intrinsic == .unknownMagic)
    #expect(try judge("m.pyo", header(3495), tags("cpython-311"), source: source).intrinsic == .wrongName)
    #expect(try judge("m.pyo", header(3310), tags("cpython-34"), source: source).intrinsic == .legacyShadowed)
  }

  @Test(
    "pytest refuses flags and bears with any code",
    arguments: [
      ([3495, 0, 7, 10], BytecodeVerdict.pytestFresh), ([3495, 0, 8, 10], .pytestStaleMtime),
      ([3495, 0, 7, 11], .pytestStaleSize), ([3495, 2, 7, 10], .pytestCorruptHeader),
      ([3495, 0, 7], .pytestCorruptHeader),
      ([3413, 0, 7, 10], .pytestTagMismatch), ([1, 0, 7, 10], .pytestUnknownMagic), ([], .pytestCorruptHeader),
    ] as [([UInt32], BytecodeVerdict)])
  func pytest(words: [UInt32], verdict: BytecodeVerdict) throws {
    let bytes = words.isEmpty ? [] : header(UInt16(words[0]), flags: words[1], Array(words[2...]))
    let path = "__pycache__/t.cpython-311-pytest-9.0.1.pyc"
    let judgement = try judge(path, bytes, tags("cpython-311"), body: nil, source: source)
    #expect(judgement.verdict == verdict)
    #expect(judgement.isLoaded == false)
    #expect(judgement.importRaises == false)
  }

  @Test(
    "from 9.2 on pytest writes and demands the hash of the source",
    arguments: [
      ("9.2.0", 3, true, BytecodeVerdict.pytestFresh), ("9.2.0", 3, false, .pytestStaleHash),
      ("9.2.0", 0, true, .pytestCorruptHeader), ("9.2.0", 1, true, .pytestCorruptHeader),
      ("10.0.0", 3, true, .pytestFresh), ("9.10.1", 3, false, .pytestStaleHash), ("9.2.0rc1", 3, true, .pytestFresh),
      ("9.1.9", 3, true, .pytestCorruptHeader), ("8.4.2", 3, true, .pytestCorruptHeader),
    ] as [(String, UInt32, Bool, BytecodeVerdict)])
  func pytestHash(version: String, flags: UInt32, matches: Bool, verdict: BytecodeVerdict) throws {
    let key = try #require(SourceHashKey(MagicNumber(number: 3495)))
    var source = source
    source.hashes[key] = matches ? 5 << 32 | 4 : 1
    let path = "__pycache__/t.cpython-311-pytest-\(version).pyc"
    let judgement = try judge(
      path, header(3495, flags: flags, [4, 5]), tags("cpython-311"), body: nil, source: source)
    #expect(judgement.verdict == verdict)
  }

  @Test("an implementation that is not known here is foreign to all, and its bytecode is not judged")
  func unknownImplementation() throws {
    for interpreters in [Interpreters(), tags("cpython-311")] {
      let path = "__pycache__/m.graalpy-24.pyc"
      let judgement = try judge(path, [], interpreters, body: nil, source: source)
      #expect(judgement.verdict == .foreign)
      #expect(judgement.intrinsic == .foreign)
      #expect(try judge(path, [], interpreters, body: nil, source: nil).intrinsic == .orphan)
    }
  }

  @Test("code that could not be told to be whole is taken for good")
  func undecided() throws {
    let path = "__pycache__/m.cpython-315.pyc"
    let judgement = try judge(
      path, header(3657), tags("cpython-315"), body: .undecided(.unknownLayout), source: source)
    #expect(judgement.verdict == .fresh)
    let broken = try judge(
      path, header(3657), tags("cpython-315"), body: .broken(.truncated, offset: 3), source: source)
    #expect(broken.verdict == .corruptBody)
    #expect(broken.importRaises == true)
  }

  @Test("a pre-release's bytecode is not read by the release")
  func preRelease() throws {
    let judgement = try judge(
      "__pycache__/m.cpython-311.pyc", header(3480), tags("cpython-311"), source: source)
    #expect(judgement.verdict == .tagMismatch)
    #expect(try judge("m.pyc", header(3480), tags("cpython-311"), source: nil).verdict == .legacyPoison)
    #expect(try judge("m.pyc", header(3480), Interpreters(), source: nil).verdict == .legacyLoaded)
  }

  @Test("what is missing is asked for")
  func missing() throws {
    let path = "__pycache__/m.cpython-311.pyc"
    #expect(throws: MissingEvidence.body) {
      try judge(path, header(3495), tags("cpython-311"), body: nil, source: source)
    }
    let key = try #require(SourceHashKey(MagicNumber(number: 3495)))
    #expect(throws: MissingEvidence.sourceHash(key)) {
      try judge(path, header(3495, flags: 3), tags("cpython-311"), source: source)
    }
    let name = try #require(BytecodeName(Path(path.utf8)))
    #expect(BytecodeFile(name: name, header: header(3495, flags: 3), source: source).hashKey == key)
    #expect(BytecodeFile(name: name, header: header(3495), source: source).hashKey == nil)
  }

  @Test("what is as it should be has no rule, and each rule on bytecode but one has a verdict")
  func rules() {
    let silent: Set<BytecodeVerdict> = [.fresh, .freshCheckedHash, .uncheckedHash, .pytestFresh]
    for verdict in BytecodeVerdict.allCases { #expect((verdict.code == nil) == silent.contains(verdict)) }
    // CP507 speaks of permissions.
    #expect(Set(BytecodeVerdict.allCases.compactMap(\.code)) == Set([1, 2, 3, 4, 5, 6, 8].map { "CP50\($0)" }))
  }

  @Test("problems are told in words")
  func words() {
    #expect(throws: HeaderProblem.tooShort(15)) { try BytecodeHeader(Array(header(3495).prefix(15))) }
    #expect(throws: HeaderProblem.unknownFlags(4)) { try BytecodeHeader(header(3495, flags: 4)) }
    #expect(throws: HeaderProblem.unknownMagic(MagicNumber(number: 1))) { try BytecodeHeader(header(1)) }
    #expect("\(HeaderProblem.unknownMagic(MagicNumber(number: 0x0102)))".contains("02010d0a"))
    #expect("\(HeaderProblem.unknownFlags(16))".contains("0x10"))
  }
}
