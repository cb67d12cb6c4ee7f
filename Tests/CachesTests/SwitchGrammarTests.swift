internal import TestSupport
internal import Testing
internal import Versions

@testable import Caches

/// Values and what they do, by the tables that were measured and by the tools themselves.
@Suite struct SwitchGrammarTests {
  private let newer = PythonVersion(3, 12)
  private let older = PythonVersion(3, 6)

  /// Bytecode is written with these values by CPython 3.7 and later alone.
  static let zeros = ["0", "00", "-0", "+0", " 0", "\t0", "\u{0B}0", "  +000"]
  /// No interpreter writes bytecode with these.
  static let others = [
    "0 ", "0.0", "0x0", "off", "no", "False", "false", " ", "\n", "1", "2", "10", "-1", "99999999999", "true",
    "\"1\"", "\"0\"", "- 0", "+-0", "+", "99999999999999999999999999", "é",
  ]

  @Test(arguments: zeros)
  func zeroDependsOnTheInterpreter(value: String) {
    let grammar = SwitchGrammar.pyIntFlag
    #expect(grammar.judge(value, written: "1", python: newer) == .off)
    #expect(grammar.judge(value, written: "1", python: older) == .on)
    #expect(grammar.judge(value, written: "1", python: PythonVersion(2, 7)) == .on)
    #expect(grammar.judge(value, written: "1", python: PythonVersion(3, 9, implementation: .pypy)) == .on)
    #expect(grammar.judge(value, written: "1") == .dependsOnVersion)
  }

  @Test(arguments: others)
  func anythingElseTurnsWritingOff(value: String) {
    for python in [newer, older, nil] {
      #expect(SwitchGrammar.pyIntFlag.judge(value, written: "1", python: python) == .on)
    }
  }

  @Test func nothingLeavesWritingOn() {
    for python in [newer, older, nil] {
      #expect(SwitchGrammar.pyIntFlag.judge("", written: "1", python: python) == .off)
      #expect(SwitchGrammar.pyIntFlag.judge(nil, written: "1", python: python) == .off)
    }
  }

  /// The Python of this machine decides.
  @Test func pythonReadsTheSame() throws {
    let directory = try TemporaryDirectory()
    let script = "import sys; print(*sys.version_info[:2], int(sys.dont_write_bytecode), sys.implementation.name)"
    for value in Self.zeros + Self.others + [""] {
      let result = try run(
        ["python3", "-c", script], in: directory.path, environment: ["PYTHONDONTWRITEBYTECODE": value])
      guard result.status == 0 else { return }  // No Python here.
      let words = result.text.split(whereSeparator: \.isWhitespace).map(String.init)
      let major: Int = try #require(Int(words[0]))
      let minor: Int = try #require(Int(words[1]))
      let version = PythonVersion(major, minor, implementation: words[3] == "pypy" ? .pypy : .cpython)
      let reading = SwitchGrammar.pyIntFlag.judge(value, written: "1", python: version)
      #expect((reading == .on) == (words[2] == "1"), "\(value.debugDescription) in \(version)")
    }
  }

  /// The pip of this machine decides: it fails for what is no word of truth.
  @Test func pipReadsTheSame() throws {
    let directory = try TemporaryDirectory()
    for value in ["1", "0", "yes", "FALSE", "t", "2", "maybe", "", " 1"] {
      let result = try run(
        ["python3", "-m", "pip", "cache", "dir"], in: directory.path, environment: ["PIP_NO_CACHE_DIR": value])
      if result.errors.count > 0, String(decoding: result.errors, as: UTF8.self).contains("No module named pip") {
        return
      }
      // `pip cache` itself refuses to work with the cache off; a value it cannot read is status 2.
      let expected: SwitchReading = result.status == 0 ? .off : result.status == 2 ? .fails : .on
      #expect(SwitchGrammar.pipStrtobool.judge(value, written: "1") == expected, "\(value.debugDescription)")
    }
  }

  typealias Words = (grammar: SwitchGrammar, written: String, on: [String], off: [String], fails: [String])

  static let words: [Words] = [
    (SwitchGrammar.nonempty, "1", ["1", "0", "false", " "], [""], []),
    (.pipStrtobool, "1", ["1", "0", "yes", "No", "off", "T"], [""], ["2", "maybe", " 1"]),
    (.pipNegated, "0", ["0", "no", "off", "FALSE", "n", "f"], ["", "1", "yes", "True", "on"], ["2"]),
    (.clapBoolish, "1", ["1", "yes", "TRUE", "on", "y", "t"], ["0", "no", "false", "off"], ["", "x", "2"]),
    (.clapBool, "true", ["true"], ["false"], ["", "1", "0", "yes", "on", "True"]),
    (.ccacheFlag, "1", ["1", "true", "yes", ""], [], ["0", "false", "no", "disable", "FALSE"]),
    (.pathDevnull, "/dev/null", ["/dev/null"], ["", "/tmp/x", "null"], []),
    (.path, "/tmp", [], ["", "/tmp", "/dev/null"], []),
    (.one, "1", ["1"], ["0", ""], []),
    (.oneTrue, "1", ["1", "true"], ["0", "false", ""], []),
    (.int, "0", ["0"], ["1", "10"], []),
    (.jsStringTrue, "true", ["true"], ["1", "false", ""], []),
    (.jsBool, "false", ["false", "0"], ["true", "1"], []),
    (.npmBool, "false", ["false"], ["true"], []),
    (.rBool, "FALSE", ["FALSE"], ["TRUE"], []),
    (.bool, "true", ["true"], ["false"], []),
    (.literal, "-p no:cacheprovider", ["-p no:cacheprovider", "-q -p no:cacheprovider -x"], ["", "-p", "-q"], []),
    (.literal, "disabled", ["disabled"], ["enabled", ""], []),
    (.empty, "", [""], ["x"], []),
    (.forbidden, "off", [], ["/cache/go", ""], ["off", "/dev/null", "cache"]),
  ]

  @Test(arguments: words)
  func wordsOfEachGrammar(words: Words) {
    let (grammar, written, on, off, fails) = words
    for value in on { #expect(grammar.judge(value, written: written) == .on, "\(value.debugDescription)") }
    for value in off { #expect(grammar.judge(value, written: written) == .off, "\(value.debugDescription)") }
    for value in fails { #expect(grammar.judge(value, written: written) == .fails, "\(value.debugDescription)") }
    #expect(grammar.judge(nil, written: written) == .off)
  }

  @Test func whatNobodyHasTriedIsUnknown() {
    for grammar in [SwitchGrammar.one, .oneTrue, .int, .npmBool, .rBool, .bool] {
      #expect(grammar.judge("maybe", written: "1") == .unknown)
    }
  }

  typealias Oddity = (id: String, name: String, inverted: [String], plain: [String])

  static let oddities: [Oddity] = [
    ("python.pip", "PIP_NO_CACHE_DIR", ["0", "false", "no"], ["1", "yes", "2", ""]),
    ("python.bytecode", "PIP_NO_COMPILE", ["1", "0", "yes"], ["2", ""]),
    ("python.bytecode", "PYTHONDONTWRITEBYTECODE", ["false", "no"], ["1", "0", "2"]),
    ("python.pdm", "PDM_NO_CACHE", ["0"], ["1"]),
    ("python.uv", "UV_NO_CACHE", [], ["0", "1", "false"]),
    ("js.nx", "NX_CACHE_PROJECT_GRAPH", [], ["false", "true"]),
  ]

  @Test(arguments: oddities)
  func someValuesDoTheOppositeOfWhatTheyRead(oddity: Oddity) throws {
    let (id, name, inverted, plain) = oddity
    let kind = try #require(Catalogue.kind(id))
    let variable = try #require(kind.disable.environment.first { $0.name == name })
    for value in inverted { #expect(variable.isInverted(value, python: newer), "\(value)") }
    for value in plain { #expect(!variable.isInverted(value, python: newer), "\(value)") }
  }
}
