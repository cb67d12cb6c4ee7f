internal import SourceText
internal import TestSupport
internal import Testing
internal import Versions

@testable import Bytecode

/// An interpreter of this machine.
struct Python: Sendable, CustomTestStringConvertible {
  /// How it is started.
  let command: String
  /// Its tag.
  let tag: CacheTag

  var testDescription: String { "\(command) (\(tag))" }

  /// Those on PATH, and those that CACHEPOLICY_PYTHONS names, with blanks between.
  static let all: [Python] = {
    let names = ["python3", "python2.7"] + (6...20).map { "python3.\($0)" } + ["pypy3"]
    let more = (environmentVariable("CACHEPOLICY_PYTHONS") ?? "").split(separator: " ").map(String.init)
    var found: [Python] = []
    for command in names + more {
      let script =
        "import sys; t = getattr(getattr(sys, 'implementation', None), 'cache_tag', None);"
        + "sys.stdout.write(t or 'cpython-%d%d' % sys.version_info[:2])"
      guard let result = try? run([command, "-c", script], in: "/"), result.status == 0,
        let tag = CacheTag(result.output), !found.contains(where: { $0.tag == tag })
      else { continue }
      found.append(Python(command: command, tag: tag))
    }
    if found.isEmpty { print("skipped: no Python found; name some in CACHEPOLICY_PYTHONS") }
    return found
  }()
}

@Suite("Interpreters import what is said to be loaded, and nothing else")
struct ImportTests {
  /// How many modules each interpreter imports at each level.
  private static let count = 300

  private static let runs = Python.all.flatMap { python in [0, 1, 2].map { (python, $0) } }

  private struct Case {
    let path: String
    let file: BytecodeFile
    let judgement: BytecodeJudgement
  }

  @Test("hundreds of damaged, moved and stale files", arguments: runs)
  func imports(python: Python, level: Int) throws {
    let directory = try TemporaryDirectory()
    let scripts = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let seed = environmentVariable("CACHEPOLICY_SEED") ?? "1"
    let made = try run(
      [python.command, "/\(scripts)/Imports/make.py", directory.path, seed, "\(Self.count)", "\(level)"],
      in: directory.path)
    #expect(made.status == 0, "\(String(decoding: made.errors, as: UTF8.self))")
    let interpreters = Interpreters([python.tag])
    let cases = try made.text.split(separator: "\n").map { line in
      let path = String(line.split(separator: "\t")[2])
      let file = try #require(try ExaminedFile(path)).file
      return Case(path: path, file: file, judgement: try BytecodeJudgement(file, interpreters))
    }
    #expect(cases.count == Self.count)

    let flags = ["-v"] + [String](repeating: "-O", count: level)
    let taken = try run(
      [python.command] + flags + ["/\(scripts)/Imports/take.py"], in: directory.path, input: made.output,
      environment: ["PYTHONDONTWRITEBYTECODE": ""])
    #expect(taken.status == 0)
    let outcomes = taken.text.split(separator: "\n", omittingEmptySubsequences: false).prefix(cases.count)
    try #require(outcomes.count == cases.count)
    let verbose = String(decoding: taken.errors, as: UTF8.self).split(separator: "\n")
    for (outcome, sample) in zip(outcomes, cases) {
      let isLoaded = sample.judgement.isLoaded == true && isForLevel(level, sample.file.name, python)
      let said = "\(sample.path): \(sample.judgement.verdict)"
      #expect((outcome == "B") == isLoaded, "\(said), but \(outcome)")
      if isForLevel(level, sample.file.name, python) {
        #expect((outcome == "raised") == (sample.judgement.importRaises == true), "\(said), but \(outcome)")
      }
      if python.tag.version?.major == 3 {
        #expect(verbose.contains("# code object from '\(sample.path)'") == isLoaded, "\(said)")
      }
    }
    try checkRewritten(cases, python, level)
    let verdicts = Set(cases.map(\.judgement.verdict))
    #expect(verdicts.count >= (python.tag.version?.major == 2 ? 6 : 14), "\(verdicts)")
  }

  /// Where bytecode was out of date, the import has written what is up to date.
  private func checkRewritten(_ cases: [Case], _ python: Python, _ level: Int) throws {
    for sample in cases where sample.judgement.verdict.code == "CP501" && isForLevel(level, sample.file.name, python) {
      guard case .cached = sample.file.name.form else { continue }
      let file = try #require(try ExaminedFile(sample.path)).file
      // Before 3.7 a time that 32 bits do not hold is out of date for ever.
      let time = try #require(file.source).mtime
      if python.tag.version?.isAtLeast(3, 7) == false, !time.matches(time.truncatedByPython, in: PythonVersion(3, 6)) {
        #expect(sample.judgement.isLoaded == false)
        continue
      }
      let judgement = try BytecodeJudgement(file, Interpreters([python.tag]))
      let expected: BytecodeVerdict = sample.judgement.verdict == .staleHash ? .freshCheckedHash : .fresh
      #expect(judgement.verdict == expected, "\(sample.path) was \(sample.judgement.verdict)")
    }
  }

  /// Whether an interpreter at this level looks for the file.
  private func isForLevel(_ level: Int, _ name: BytecodeName, _ python: Python) -> Bool {
    switch name.form {
    case .cached(_, let optimisation): optimisation == level
    case .optimised: level > 0
    case .besideSource: level == 0 || python.tag.version?.major != 2
    default: true
    }
  }

  @Test("the walk ends where each file of the standard library does", arguments: Python.all)
  func standardLibrary(python: Python) throws {
    let script = "import os, sys; sys.stdout.write(os.path.dirname(os.__file__))"
    let library = try run([python.command, "-c", script], in: "/").text
    let found = try run(["find", library, "-name", "*.pyc", "-type", "f"], in: "/").text.split(separator: "\n")
    if found.isEmpty { print("skipped: no bytecode in \(library)") }
    for path in found {
      let bytes = try ExistingDirectory(path: "/").read(String(path.dropFirst()))
      var scan = BytecodeScan()
      for piece in pieces(bytes, of: 65_536) { scan.update(piece) }
      let header = try? BytecodeHeader(scan.header)
      guard let header, header.magic.origin?.version == python.tag.version else { continue }
      #expect(scan.finish() == .complete(UInt64(bytes.count - header.format.length)), "\(path)")
    }
  }
}
