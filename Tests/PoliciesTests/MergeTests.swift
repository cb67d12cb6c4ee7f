import Findings
import SourceText
import Testing

@testable import Policies

@Suite("merging: later policies go over earlier ones, and every value knows who says it")
struct MergeTests {
  static let base = """
    version: 1
    default-profile: ci
    profiles: {edge: {description: small, paths: [edge/]}}
    caches: {pip: {"*": {write: deny, commit: deny}}}
    files: {exclude: [a/, b/]}
    exceptions: [{rule: CP101, reason: old, expires: 2027-01-01}]
    tests: [{name: first, expect: []}]
    """
  static let own = """
    version: 1
    extends: [./base.yaml]
    default-profile: edge
    profiles: {edge: {stages: [rt]}}
    caches: {python.pip: {"*": {write: allow}, edge: {ship: deny}}}
    files: {exclude: [c/]}
    exceptions: [{rule: CP201, reason: new, expires: 2027-01-01}]
    tests: [{name: second, expect: []}]
    """

  private func merged(further: [String] = []) throws -> Policy {
    let load = load(Self.own, others: ["./base.yaml": Self.base], further: further)
    return try #require(load.policy, "\(described(load))")
  }

  @Test("keys join, exceptions and tests append, the rest is replaced")
  func merge() throws {
    let policy = try merged()
    #expect(policy.defaultProfile?.value == "edge")
    #expect(policy.excludes?.value.patterns == ["c/"])
    #expect(policy.exceptions.map(\.reason) == ["old", "new"])
    #expect(policy.tests.map(\.name) == ["first", "second"])
    let edge = try #require(policy.profiles.first { $0.name == "edge" })
    #expect(edge.description == "small")
    #expect(edge.paths?.origin.description == "./base.yaml:3")
    #expect(edge.stages?.origin.description == ".cachepolicy.yaml:4")
    let intents = policy.intents(for: try #require(catalogue.kind(named: "pip")), in: "edge")
    #expect(intents.write?.value == .allow)
    #expect(intents.commit?.origin.description == "./base.yaml:4")
    #expect(intents.ship?.origin.description == ".cachepolicy.yaml:5")
  }

  @Test("further policies go over the repository's")
  func further() throws {
    let policy = try merged(further: ["version: 1\ndefault-profile: production\n", "version: 1\nbuilder: kaniko\n"])
    #expect(policy.defaultProfile?.origin.source == "fleet0.yaml")
    #expect(policy.builder?.value == .kaniko)
  }

  @Test("a policy that two others extend is merged once, before both")
  func diamond() throws {
    let load = load(
      "version: 1\nextends: [./a, ./b]\n",
      others: [
        "./root": "version: 1\nbuilder: classic\nexceptions: [{rule: CP101, reason: r, expires: 2027-01-01}]\n",
        "./a": "version: 1\nextends: ./root\nbuilder: kaniko\n", "./b": "version: 1\nextends: ./root\n",
      ])
    let policy = try #require(load.policy)
    #expect(load.texts.map(\.name) == ["./root", "./a", "./b", ".cachepolicy.yaml"])
    #expect(policy.builder?.value == .kaniko)
    #expect(policy.exceptions.count == 1)
  }

  @Test("show prints the merged policy, with who says each value when asked")
  func show() throws {
    let policy = try merged()
    #expect(
      policy.show(origin: true) == """
        version: 1
        default-profile: edge  # .cachepolicy.yaml:3
        profiles:
          edge:
            description: small  # ./base.yaml:3
            paths: [edge/]  # ./base.yaml:3
            stages: [rt]  # .cachepolicy.yaml:4
        caches:
          python.pip:
            "*":
              write: allow  # .cachepolicy.yaml:5
              commit: deny  # ./base.yaml:4
            edge:
              ship: deny  # .cachepolicy.yaml:5
        files:
          exclude: [c/]  # .cachepolicy.yaml:6
        exceptions:
          - rule: CP101  # ./base.yaml:6
            reason: old  # ./base.yaml:6
            expires: 2027-01-01  # ./base.yaml:6
          - rule: CP201  # .cachepolicy.yaml:7
            reason: new  # .cachepolicy.yaml:7
            expires: 2027-01-01  # .cachepolicy.yaml:7
        tests:
          - name: first  # ./base.yaml:7
            expect: []  # ./base.yaml:7
          - name: second  # .cachepolicy.yaml:8
            expect: []  # .cachepolicy.yaml:8

        """)
    #expect(!policy.show(origin: false).contains("#"))
  }

  @Test("what show prints means the same when it is read again")
  func roundTrip() throws {
    for text in [Self.everything, Self.base] {
      let first = try #require(load(text).policy, "\(described(load(text)))")
      let shown = first.show(origin: false)
      let second = try #require(load(shown).policy, "\(shown)\n\(described(load(shown)))")
      #expect(second.show(origin: false) == shown)
      #expect(second.tests.map(\.files) == first.tests.map(\.files))
      #expect(second.ownRules.map(\.match) == first.ownRules.map(\.match))
    }
  }

  @Test("every key of the language arrives in the model")
  func everythingArrives() throws {
    let policy = try #require(load(Self.everything).policy, "\(described(load(Self.everything)))")
    let profile = try #require(policy.profiles.first { $0.name == "edge" })
    #expect(profile.description == "no" && profile.paths?.value.patterns == ["e/"])
    #expect(profile.stages?.value == [Wildcard("rt*")])
    #expect(policy.builder?.value == .buildah)
    #expect(
      policy.honoursHadolint?.value == true)
    let base = try #require(policy.base("registry/py:3"))
    #expect(
      base.environment.map(\.value) == [BaseVariable(name: "A", value: "1"), BaseVariable(name: "B", value: "no")])
    #expect(
      base.user?.value == "app" && base.bytecode?.value == .precompiled && base.dockerfile?.value == "d/Dockerfile")
    let own = try #require(policy.ownRules.first)
    #expect(own.why == "because" && own.url == "https://example.test/x" && own.message == "m {path}")
    #expect(own.match == .any([.index(PatternList(["*.x"]), mode: .executable), .not(.path(PatternList(["y"])))]))
    let test = try #require(policy.tests.first)
    #expect(test.rules == ["CP101", "acme/x"] && test.profile == "edge" && test.unsafe)
    #expect(test.today?.description == "2026-02-28")
    #expect(test.files == [TestFile(path: "a b", text: "x\n  y: \"é\\\n"), TestFile(path: "c", text: "")])
    #expect(test.untracked == [TestFile(path: ".git/info/exclude", text: "x")])
    #expect(
      test.layers == [
        TestLayer(
          add: [
            TestLayer.Addition(path: "/a", text: "t", size: nil), TestLayer.Addition(path: "/b", text: nil, size: 5),
          ], remove: []), TestLayer(add: [], remove: ["/a"]),
      ])
    let expected = try #require(test.expect.first)
    #expect(expected.rule == "CP101" && expected.line == 2 && expected.column == 3 && expected.severity == .error)
    #expect(expected.path == "a b" && expected.cache == "python.pip")
    #expect(test.fixed == [TestFile(path: "a b", text: "z")])
  }

  static let everything = """
    version: 1
    default-profile: edge
    profiles: {edge: {description: no, paths: [e/], stages: "rt*"}}
    caches: {pip: {edge: {write: require, ship: any, keep-out-by: any}, "*": {commit: deny}}}
    rules:
      CP101: {severity: {edge: error, "*": "off"}, caches: {"kind:download": info}, paths: ["a/**"]}
      acme/x:
        title: t
        in: repository
        match: {any: [{index: {glob: "*.x", mode: executable}}, {not: {path: {glob: y}}}]}
        message: m {path}
        severity: info
        profiles: edge
        paths: b/
        why: because
        url: https://example.test/x
    bases: {"registry/*": {env: {A: "1", B: no}, user: app, bytecode: precompiled, dockerfile: d/Dockerfile}}
    exceptions: [{rule: CP101, paths: ["x/**"], reason: "a: b # c", expires: 2027-03-31}]
    files: {exclude: ["!a", "*.b"]}
    builder: buildah
    hadolint-ignore: true
    locked: [CP101]
    tests:
      - name: "1.10"
        rules: [committed-cache, acme/x]
        profile: edge
        unsafe: true
        today: 2026-02-28
        files:
          a b: |
            x
              y: "é\\
          c: ""
        untracked: {.git/info/exclude: x}
        layers: [{add: {/a: t, /b: {size: 5}}}, {remove: [/a]}]
        expect: [{rule: CP101, line: 2, column: 3, severity: error, path: a b, cache: pip}]
        fixed: {a b: z}
    """
}
