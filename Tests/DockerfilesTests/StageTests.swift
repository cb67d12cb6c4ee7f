import Dockerfiles
import SourceText
import Testing
import Versions

func dockerfile(_ text: String) -> Dockerfile {
  Dockerfile(Array(text.utf8))
}

private func value(_ text: String) -> VariableValue {
  .value(Array(text.utf8))
}

@Suite("Expansion")
struct ExpansionTests {
  private static let variables: [String: VariableValue] = [
    "A": value("abc.tar.gz"), "E": value(""), "U": .unknown, "P": value("/usr/local/bin"),
  ]

  /// Text, and what it becomes; nil where that is not known or an error.
  private static let cases: [(String, String?)] = [
    ("$A", "abc.tar.gz"), ("${A}x", "abc.tar.gzx"), ("$Ax", ""), ("\\$A", "$A"), ("'$A'", "$A"),
    ("\"$A\"", "abc.tar.gz"), ("\"\\a\\\"\"", "\\a\""), ("a\\ b", "a b"), ("$", "$"), ("$.", "$."),
    ("${N:-w}", "w"), ("${N-w}", "w"), ("${E:-w}", "w"), ("${E-w}", ""), ("${A:+w}", "w"), ("${E:+w}", ""),
    ("${E+w}", "w"), ("${N+w}", ""), ("${N:?no}", nil), ("${A:?no}", "abc.tar.gz"), ("${E?no}", ""),
    ("${A#*.}", "tar.gz"), ("${A##*.}", "gz"), ("${A%.*}", "abc.tar"), ("${A%%.*}", "abc"), ("${A#a?c}", ".tar.gz"),
    ("${P//\\//-}", "-usr-local-bin"), ("${P/usr/x}", "/x/local/bin"), ("${A//a/}", "bc.tr.gz"),
    ("${N:-${A%%.*}}", "abc"), ("$1$@${2}x", "x"), ("${}", nil), ("${:}", nil), ("${{A}}", nil), ("${A", nil),
    ("$U", nil), ("${U:-x}", nil), ("${A:-$U}", nil), ("'a", nil), ("\"a", nil), ("${A^}", nil), ("$$", ""),
    ("é$A", "éabc.tar.gz"),
  ]

  @Test("variables expand as BuildKit expands them", arguments: cases)
  func expands(_ text: String, _ expected: String?) {
    let result = expand(Array(text.utf8), escape: UInt8(ascii: "\\")) { Self.variables[$0] ?? .unset }
    #expect(result.map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test("the escape directive counts")
  func backtick() {
    let result = expand(Array("`$A\\$A".utf8), escape: UInt8(ascii: "`")) { Self.variables[$0] ?? .unset }
    #expect(result == Array("$A\\abc.tar.gz".utf8))
  }

  @Test("nesting has a limit")
  func nesting() {
    let text = String(repeating: "${A:-", count: 200_000)
    #expect(expand(Array(text.utf8), escape: 0x5C) { _ in .unset } == nil)
  }
}

@Suite("Stages and environments")
struct StageTests {
  @Test("a base is a stage by its name as it is written, an image otherwise")
  func bases() {
    let graph = StageGraph(
      dockerfile(
        """
        ARG V=3.12
        ARG NONE
        FROM python:${V}-slim AS Base
        FROM base AS x
        FROM Base
        FROM x AS x
        FROM a${NONE}
        FROM 0
        FROM scratch
        """))
    #expect(
      graph.stages.map(\.base) == [
        .image("python:3.12-slim"), .stage(0), .image("Base"), .stage(1), .image(nil), .image("0"), .image("scratch"),
      ])
    #expect(graph.stages.map(\.name) == ["base", "x", nil, "x", nil, nil, nil])
    #expect(graph.chain(of: 3) == [3, 1, 0])
    #expect(graph.image(of: 3) == "python:3.12-slim")
    #expect(graph.stage(named: "X") == 3)
    #expect(graph.stage(named: "6") == 6 && graph.stage(named: "7") == nil && graph.stage(named: "-1") == nil)
  }

  @Test("only what the target needs is built")
  func built() {
    let file = dockerfile(
      """
      FROM a AS one
      FROM b AS two
      FROM c AS unused
      FROM d
      COPY --from=0 /a /a
      RUN --mount=type=bind,from=two,target=/x y
      """)
    #expect(StageGraph(file).built(for: 3, in: file) == [0, 1, 3])
  }

  @Test("ENV and ARG count in order, and every variable knows who set it")
  func environments() {
    let file = dockerfile(
      """
      ARG GLOBAL=g
      FROM debian AS base
      ENV A=1 B=$A
      ENV B2=$A \\
          C="x y"
      ENV D = 5
      ARG X=arg
      ARG GLOBAL
      ARG BARE
      ENV E=$X F=$GLOBAL G=$BARE
      FROM base
      ENV A=2
      """)
    let environments = StageEnvironments(file)
    let first = environments.final[0]
    #expect(first["A"] == value("1") && first["B"] == value("") && first["B2"] == value("1"))
    #expect(first["C"] == value("x y") && first["D"] == value("= 5") && first["E"] == value("arg"))
    #expect(first["F"] == value("g") && first["G"] == .unknown && first["X"] == .unset)
    #expect(first.value(atBuild: "X") == value("arg"))
    let second = environments.final[1]
    #expect(second["A"] == value("2") && second["C"] == value("x y") && second["OTHER"] == .unset)
    #expect(second.variables["A"]?.origin == VariableOrigin(instruction: 10, pair: 0))
    #expect(second.variables["C"]?.origin == VariableOrigin(instruction: 3, pair: 1))
  }

  @Test("an image that nobody described may set anything")
  func unknownBase() {
    let file = dockerfile("FROM acme/base:1\nENV A=1\n")
    let unknown = StageEnvironments(file).final[0]
    #expect(unknown["A"] == value("1") && unknown["B"] == .unknown)
    let known = StageEnvironments(file) { name in
      name == "acme/base:1" ? KnownBase(environment: ["B": [0x32]]) : nil
    }
    #expect(known.final[0]["B"] == value("2") && known.final[0]["C"] == .unset)
  }

  @Test("what ONBUILD sets counts in the stage that starts there, and not before")
  func onbuild() {
    let file = dockerfile("FROM debian AS a\nONBUILD ENV X=1\nFROM a AS b\nFROM b\n")
    let final = StageEnvironments(file).final
    #expect(final.map { $0["X"] } == [.unset, value("1"), value("1")])
    #expect(final[2].variables["X"]?.origin.flatMap(file.range) == ByteRange(29, 32))
  }

  @Test("what an argument of the build sets is known")
  func arguments() {
    let file = dockerfile("FROM debian\nARG X\nENV A=$X\n")
    #expect(StageEnvironments(file).final[0]["A"] == .unknown)
    #expect(StageEnvironments(file, arguments: ["X": [0x31]]).final[0]["A"] == value("1"))
  }

  @Test(
    "a tag tells the version of Python",
    arguments: [
      ("python:3.6-slim", 3, 6, false), ("docker.io/library/python:2.7", 2, 7, false), ("python:3", 3, nil, false),
      ("pypy:3.9-7.3.9", 3, 9, true), ("python:3.13.0rc1-alpine@sha256:00", 3, 13, false),
      ("public.ecr.aws/docker/library/python:3.11", 3, 11, false),
    ] as [(String, Int, Int?, Bool)])
  func versions(_ image: String, _ major: Int, _ minor: Int?, _ isPyPy: Bool) {
    let version = PythonVersion(major, minor, implementation: isPyPy ? .pypy : .cpython)
    #expect(KnownBase.builtin(image)?.python == version)
    #expect(KnownBase.builtin(image)?.isPython == true)
  }

  @Test(
    "a tag without a version is the newest", arguments: ["python", "python:latest", "python:slim", "python:alpine3.19"])
  func noVersion(_ image: String) {
    #expect(KnownBase.builtin(image)?.isPython == true)
    #expect(KnownBase.builtin(image)?.python == PythonVersion(3, nil))
    #expect(KnownBase.builtin("acme/" + image) == nil && KnownBase.builtin("localhost:5000/" + image) == nil)
  }
}

@Suite("Products")
struct ProductTests {
  private static let text = "FROM a AS build\nFROM b AS runtime\nFROM runtime AS dev\nFROM runtime AS test-unit\n"
  private let graph = StageGraph(dockerfile(text))

  @Test("the product is the last stage that is none for development or tests")
  func usual() {
    #expect(graph.products().map(\.stage) == [1])
    #expect(graph.products()[0].reason.contains("stage `runtime`"))
    #expect(StageGraph(dockerfile("FROM a AS ci\nFROM b AS lint\n")).products().map(\.stage) == [1])
    #expect(StageGraph(dockerfile("FROM a\nFROM b\n")).products()[0].reason == "last stage")
    #expect(StageGraph(dockerfile("ARG A\n")).products().isEmpty)
  }

  @Test("a target wins, then claims, then a compose file")
  func stated() {
    #expect(graph.products(target: "dev", composeTarget: "build").map(\.stage) == [2])
    #expect(graph.products(composeTarget: "build").map(\.stage) == [0])
    let claimed = graph.products { $0 == "dev" ? "development" : nil }
    #expect(claimed.map(\.stage) == [1, 2] && claimed.map(\.profile) == [nil, "development"])
    let both = graph.products { ["dev": "development", "runtime": "production"][$0] }
    #expect(both.map(\.stage) == [1, 2] && both.map(\.profile) == ["production", "development"])
  }
}
