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
}
