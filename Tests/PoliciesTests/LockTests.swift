import Findings
import SourceText
import Testing

@testable import Policies

@Suite("locked: what a repository's policy cannot loosen")
struct LockTests {
  private let fleet = """
    version: 1
    locked: [committed-cache, acme/x]
    rules: {CP101: {severity: {production: error, "*": warning}}, acme/x: {title: t, in: repository, match: {path: {glob: x}}}}
    caches: {"*": {"*": {commit: deny}}}
    """
  private let rule = RuleID("CP101", "committed-cache")

  private func ignored(_ text: String) -> [String] {
    let load = load("version: 1\n\(text)\n", further: [fleet])
    #expect(!load.isRefused, "\(described(load))")
    return load.problems.map { "\($0.place.line):\($0.place.column) \($0.message)" }
  }

  @Test(
    "what could loosen is ignored, and said to be",
    arguments: [
      ("rules: {CP101: off}", "2:16 this is ignored: CP101 cannot be lowered"),
      ("rules: {committed-cache: warning}", "2:26 this is ignored: CP101 cannot be lowered"),
      ("rules: {CP101: {severity: {production: warning}}}", "2:40 this is ignored: CP101 cannot be lowered"),
      ("rules: {CP101: {caches: {pip: off}}}", "2:31 this is ignored: CP101 cannot be lowered"),
      ("rules: {CP101: {paths: [src/]}}", "2:24 this is ignored: `paths` of CP101 cannot be set"),
      ("exceptions: [{rule: CP101, reason: r, expires: 2027-01-01}]", "2:21 this is ignored: CP101 cannot be accepted"),
      ("caches: {pip: {\"*\": {commit: any}}}", "2:30 this is ignored: a locked rule needs this intent"),
      ("files: {exclude: [\"**\"]}", "2:18 this is ignored: files cannot be left out"),
      ("rules: {acme/x: {match: {path: {glob: none}}}}", "2:25 this is ignored: `match` of acme/x cannot be set"),
    ])
  func loosened(text: String, problem: String) throws {
    #expect(ignored(text) == [problem])
    let policy = try #require(load("version: 1\n\(text)\n", further: [fleet]).policy)
    let kind = try #require(catalogue.kind(named: "pip"))
    #expect(policy.setting(for: rule, cache: kind, profile: "production", path: "a").severity == .error)
    #expect(policy.intents(for: kind, in: "ci").commit?.value == .deny)
    #expect(policy.exceptions.isEmpty)
    #expect(policy.excludes == nil)
    #expect(policy.ownRules.first?.match == .path(PatternList(["x"])))
  }

  @Test("how much is to be precompiled cannot be changed where a locked rule needs it")
  func coverage() throws {
    let fleet = """
      version: 1
      locked: [CP315]
      caches: {pycache: {"*": {ship: precompiled, coverage: 99}}}
      """
    let load = load("version: 1\ncaches: {pycache: {\"*\": {coverage: 5}}}\n", further: [fleet])
    #expect(load.problems.map(\.message) == ["this is ignored: a locked rule needs this intent"])
    let kind = try #require(catalogue.kind(named: "pycache"))
    #expect(try #require(load.policy).intents(for: kind, in: "ci").wantedCoverage == 99)
  }

  @Test(
    "what tightens, and what speaks of other rules, stays",
    arguments: [
      "rules: {CP101: error, CP201: off}", "rules: {CP101: {severity: {ci: error}, caches: {pip: error}}}",
      "exceptions: [{rule: CP201, reason: r, expires: 2027-01-01}]",
      "caches: {pip: {\"*\": {commit: deny, ship: any}}}",
    ])
  func kept(text: String) {
    #expect(ignored(text).isEmpty)
  }

  @Test("an exception of several rules keeps those that are free")
  func partly() throws {
    let text = "version: 1\nexceptions: [{rule: [CP101, CP201], reason: r, expires: 2027-01-01}]\n"
    let policy = try #require(load(text, further: [fleet]).policy)
    #expect(policy.exceptions.map { $0.rules.map(\.value) } == [["CP201"]])
  }

  @Test("only the one who runs the program locks")
  func repository() throws {
    let policy = try #require(load("version: 1\nlocked: [CP101]\nrules: {CP101: off}\n").policy)
    #expect(!policy.isLocked(rule))
    #expect(policy.setting(for: rule, profile: "ci").isOff)
    let locking = try #require(load("version: 1\n", further: [fleet]).policy)
    #expect(locking.isLocked(rule) && locking.isLocked(RuleID(own: "acme/x")))
    #expect(!locking.isLocked(RuleID("CP201", "")))
  }

  @Test("what extends a lock locks, and what the locking policy accepts itself stays")
  func extended() throws {
    let load = load(
      "version: 1\nrules: {CP101: off}\n",
      others: ["./fleet": "version: 1\nlocked: [CP101]\n"],
      further: ["version: 1\nextends: ./fleet\nexceptions: [{rule: CP101, reason: r, expires: 2027-01-01}]\n"])
    let policy = try #require(load.policy)
    #expect(policy.isLocked(rule))
    #expect(!policy.setting(for: rule, profile: "ci").isOff)
    #expect(policy.exceptions.count == 1)
  }
}
