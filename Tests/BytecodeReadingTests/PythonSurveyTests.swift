internal import Bytecode
internal import BytecodeReading
internal import Facts
internal import SourceText
internal import TestSupport
internal import Testing

@Suite("A package that an interpreter has imported")
struct PythonSurveyTests {
  /// The tag of the machine's Python; nil where there is none.
  private static let tag: CacheTag? = {
    let script = "import sys; sys.stdout.write(sys.implementation.cache_tag)"
    guard let result = try? run(["python3", "-c", script], in: "/"), result.status == 0 else {
      print("skipped: no python3 found")
      return nil
    }
    return CacheTag(result.output)
  }()

  private func survey(_ directory: TemporaryDirectory, _ tag: CacheTag) throws -> [String: BytecodeFact] {
    let files = try run(["find", ".", "-name", "*.pyc"], in: directory.path).text.split(separator: "\n")
    let survey = BytecodeSurvey(
      of: files.map { Path($0.utf8.dropFirst(2)) },
      in: FileTree(root: Path(directory.path.utf8), links: .asTheyStand), interpreters: Interpreters([tag]))
    #expect(survey.errors.isEmpty)
    return Dictionary(
      uniqueKeysWithValues: survey.facts.map { (String(decoding: $0.name.module, as: UTF8.self), $0) })
  }

  /// Imports each module of the package, and tells the ones whose bytecode was taken.
  private func loaded(_ directory: TemporaryDirectory) throws -> Set<String> {
    let script = "import importlib\nfor m in 'abcd': importlib.import_module('pkg.' + m)"
    let result = try run(
      ["python3", "-v", "-c", script], in: directory.path, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
    #expect(result.status == 0)
    var names: Set<String> = []
    for line in String(decoding: result.errors, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("# code object from '") && line.contains("/pkg/") && line.hasSuffix(".pyc'") {
      names.insert(String(line.split(separator: "/").last?.prefix { $0 != "." } ?? ""))
    }
    return names
  }

  @Test("what is loaded after the sources were edited is what the survey says", .enabled(if: tag != nil))
  func edited() throws {
    let tag = try #require(Self.tag)
    let directory = try TemporaryDirectory()
    for name in ["__init__", "a", "b", "c", "d"] { try directory.write("value = 1\n", to: "pkg/\(name).py") }
    let imported = try run(
      ["python3", "-c", "import pkg.a, pkg.b, pkg.c"], in: directory.path,
      environment: ["PYTHONDONTWRITEBYTECODE": ""])
    #expect(imported.status == 0)
    let compiled = try run(
      ["python3", "-m", "py_compile", "pkg/d.py"], in: directory.path,
      environment: ["PYTHONDONTWRITEBYTECODE": "", "SOURCE_DATE_EPOCH": "1"])
    #expect(compiled.status == 0)
    #expect(try survey(directory, tag).values.allSatisfy { $0.isLoaded == true })
    #expect(try loaded(directory) == ["__init__", "a", "b", "c", "d"])

    // Of another size, of another time, and of another content.
    #expect(try run(["touch", "-r", "pkg/a.py", "stamp"], in: directory.path).status == 0)
    try directory.write("value = 1000\n", to: "pkg/a.py")
    #expect(try run(["touch", "-r", "stamp", "pkg/a.py"], in: directory.path).status == 0)
    #expect(try run(["touch", "-d", "2001-02-03", "pkg/b.py"], in: directory.path).status == 0)
    try directory.write("value = 2\n", to: "pkg/d.py")
    let facts = try survey(directory, tag)
    #expect(facts["a"]?.judgement.verdict == .staleSize)
    #expect(facts["b"]?.judgement.verdict == .staleMtime)
    #expect(facts["c"]?.judgement.verdict == .fresh)
    #expect(facts["d"]?.judgement.verdict == .staleHash)
    #expect(Set(facts.filter { $0.value.isLoaded == true }.keys) == (try loaded(directory)))
  }

  @Test(
    "with a prefix what is loaded lies below it, and nothing in the folders for bytecode is",
    .enabled(if: tag?.version?.usesPrefix ?? false), arguments: [true, false])
  func prefix(isOption: Bool) throws {
    let tag = try #require(Self.tag)
    let directory = try TemporaryDirectory()
    let prefix = "\(directory.path)/prefix"
    #expect(try run(["mkdir", prefix], in: "/").status == 0)
    for name in ["__init__", "a", "b", "c", "d"] { try directory.write("value = 1\n", to: "pkg/\(name).py") }
    func python(_ arguments: [String], _ switches: [String: String]) throws -> ProcessResult {
      var environment = switches
      if !isOption { environment["PYTHONPYCACHEPREFIX"] = prefix }
      let options = isOption ? ["-X", "pycache_prefix=\(prefix)"] : []
      return try run(["python3"] + options + arguments, in: directory.path, environment: environment)
    }
    let all = "import pkg.a, pkg.b, pkg.c, pkg.d"
    let writes = ["PYTHONDONTWRITEBYTECODE": ""]
    #expect(try run(["python3", "-c", all], in: directory.path, environment: writes).status == 0)
    #expect(try python(["-c", "import pkg.a, pkg.b, pkg.c"], writes).status == 0)
    #expect(try python(["-O", "-c", "import pkg.d"], writes).status == 0)
    try directory.write("value = 1000\n", to: "pkg/a.py")
    #expect(try run(["touch", "-d", "2001-02-03", "pkg/b.py"], in: directory.path).status == 0)

    let files = try run(["find", directory.path, "-name", "*.pyc"], in: "/").text.split(separator: "\n")
    let survey = BytecodeSurvey(
      of: files.map { Path($0.utf8.dropFirst()) }, in: FileTree(root: "/", links: .asTheyStand),
      interpreters: Interpreters([tag]),
      lookup: BytecodeLookup(
        prefixes: [Path(prefix.utf8.dropFirst())], usesCacheDirectory: false, levels: [0]))
    #expect(survey.errors.isEmpty)
    let facts = survey.facts.filter { $0.source?.parent.name.elementsEqual("pkg".utf8) ?? true }
    #expect(
      Set(facts.filter { $0.name.isInCacheDirectory }.map(\.judgement.verdict)) == [.outsidePrefix])
    var verdicts: [String: [BytecodeVerdict]] = [:]
    for fact in facts where !fact.name.isInCacheDirectory {
      verdicts[String(decoding: fact.name.path.name.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self), default: []]
        .append(fact.judgement.verdict)
    }
    #expect(
      verdicts == ["__init__": [.fresh, .fresh], "a": [.staleMtime], "b": [.staleMtime], "c": [.fresh], "d": [.fresh]]
        || verdicts == [
          "__init__": [.fresh, .fresh], "a": [.staleSize], "b": [.staleMtime], "c": [.fresh], "d": [.fresh],
        ])

    let told = try python(["-v", "-c", all], ["PYTHONDONTWRITEBYTECODE": "1"])
    #expect(told.status == 0)
    var loaded: Set<String> = []
    for line in String(decoding: told.errors, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("# code object from '") && line.contains("/pkg/") && line.hasSuffix(".pyc'") {
      loaded.insert(String(line.dropFirst("# code object from '".count).dropLast()))
    }
    let expected = facts.filter { fact in
      guard case .cached(_, 0) = fact.name.form else { return false }
      return fact.isLoaded == true
    }
    #expect(loaded == Set(expected.map { "/\($0.path)" }))
  }

  @Test("what is imported in place of a module is a file or a package, through links too", .enabled(if: tag != nil))
  func places() throws {
    let tag = try #require(Self.tag)
    let directory = try TemporaryDirectory()
    for name in ["__init__", "a", "b", "c", "d"] { try directory.write("value = 1\n", to: "pkg/\(name).py") }
    let imported = try run(
      ["python3", "-c", "import pkg.a, pkg.b, pkg.c, pkg.d"], in: directory.path,
      environment: ["PYTHONDONTWRITEBYTECODE": ""])
    #expect(imported.status == 0)
    try directory.write("value = 2\n", to: "other/__init__.py")
    let links = "ln -s ../other pkg/a; mkdir pkg/b.so pkg/c; ln -s nowhere pkg/c/__init__.py; ln -s nowhere pkg/d.so"
    #expect(try run(["sh", "-c", links], in: directory.path).status == 0)
    let facts = try survey(directory, tag)
    #expect(facts["a"]?.judgement.verdict == .shadowed)
    #expect(Set(facts.filter { $0.value.isLoaded == true }.keys) == (try loaded(directory)))
  }
}
