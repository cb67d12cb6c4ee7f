import CacheEffects
import Dockerfiles
import Facts
import Findings
import Policies
import Reports
import Rules
import SourceText
import TestSupport
import Testing

@testable import Inspection

@Suite("What differs from hadolint")
struct HadolintDifferenceTests {
  @Test("is found here, or not, as the table says", arguments: DifferenceSample.all)
  func here(sample: DifferenceSample) throws {
    let directory = try TemporaryDirectory()
    try directory.write(sample.text, to: "Dockerfile")
    var settings = Settings(
      version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
      today: try #require(CalendarDate("2026-11-25")))
    let rule = try #require(HadolintRule.named(sample.code))
    settings.select = rule.rules
    let found = try Inspection(settings).check(["."]).open.map(\.finding)
    #expect(found.isEmpty != sample.isReportedHere, "\(found.map(\.message))")
    if rule.canBeIgnored {
      #expect(found.allSatisfy { rule.covers(rule: $0.rule.code, cache: $0.cache) }, "\(found.map(\.cache))")
    }
  }
}

@Suite("Comments to hadolint")
struct HadolintCommentTests {
  private static let left = RuleID("CP310", "cache-left-in-layer")

  /// The findings for pip's cache at each line of a file that installs with pip.
  private func findings(_ file: Dockerfile, cache: String = "python.pip") -> [Finding] {
    file.instructions.filter { String(decoding: file.bytes[$0.range.indices], as: UTF8.self).contains("pip install") }
      .map { Finding(Self.left, .warning, "left", at: .file("Dockerfile", $0.range), cache: cache) }
  }

  /// What acceptance makes of findings under a policy.
  private func accepted(_ file: Dockerfile, _ found: [Finding], policy: String, locking: String? = nil) throws
    -> [Finding]
  {
    let settings = Settings(
      version: "test", currentDirectory: "/r", environment: [:], today: try #require(CalendarDate("2026-11-25")))
    let loader = PolicyLoader(settings: settings)
    let text = PolicyText(name: ".cachepolicy.yaml", Array("version: 1\n\(policy)".utf8))
    let further = locking.map { [PolicyText(name: "fleet.yaml", Array("version: 1\n\($0)".utf8))] } ?? []
    let policies = PolicyTree([:], fallback: try loader.load(text, further, nil))
    var facts = TargetFacts()
    facts.dockerfiles = [
      DockerfileFacts(
        path: "Dockerfile", file: file, effects: CacheEffects(file), products: [], context: .root,
        isTemplateByName: false)
    ]
    let target = Target(name: ".", place: "/r", isDirectory: true)
    let run = RuleRun(
      workspace: Workspace(root: "/r", repository: nil, target: target), facts: facts, policies: policies,
      judgement: Judgement(policies: policies, judgesWorkTree: true, profiles: ProfileInputs()), settings: settings,
      selection: try RuleSelection(settings), overlay: Overlay())
    var sources: [Path: SourceFile] = ["Dockerfile": SourceFile(file.bytes)]
    return Acceptance(run, found, &sources).findings
  }

  @Test("are read as hadolint reads them", arguments: PragmaSample.all)
  func semantics(sample: PragmaSample) throws {
    let file = Dockerfile(Array(sample.text.utf8))
    let found = try accepted(file, findings(file), policy: "hadolint-ignore: true\n")
    let lines = LineTable(file.bytes)
    let open = found.filter { $0.suppressed == nil }
    #expect(open.allSatisfy { $0.rule == Self.left }, "nothing is said of the comment itself")
    #expect(open.compactMap { $0.place.range.map { lines.line(of: $0.lower) } } == sample.reported)
  }

  @Test("count only where the policy says so, the last word standing")
  func policies() throws {
    let file = Dockerfile(Array("FROM python:3.12\n# hadolint ignore=DL3042 # small\nRUN pip install x\n".utf8))
    for policy in ["", "hadolint-ignore: false\n"] {
      #expect(try accepted(file, findings(file), policy: policy).map(\.suppressed) == [nil], "\(policy)")
    }
    let wanted = Suppression(.inline, reason: "small", origin: "Dockerfile:2")
    #expect(try accepted(file, findings(file), policy: "hadolint-ignore: true\n").map(\.suppressed) == [wanted])
    let both = try accepted(
      file, findings(file), policy: "hadolint-ignore: true\n", locking: "hadolint-ignore: false\n")
    #expect(both.map(\.suppressed) == [nil])
  }

  @Test(
    "cannot loosen a locked rule, nor can our own",
    arguments: [("hadolint ignore=DL3042 # x", "CP310"), ("cachepolicy: ignore[CP310] x", "cache-left-in-layer")])
  func locked(comment: String, rule: String) throws {
    let file = Dockerfile(Array("FROM python:3.12\n# \(comment)\nRUN pip install x\n".utf8))
    let policy = "hadolint-ignore: true\n"
    let free = try accepted(file, findings(file), policy: policy, locking: "locked: [CP101]\n")
    #expect(free.map(\.suppressed) == [Suppression(.inline, reason: "x", origin: "Dockerfile:2")])
    let held = try accepted(file, findings(file), policy: policy, locking: "locked: [\(rule)]\n")
    #expect(held.map(\.suppressed) == [nil])
  }

  @Test("speak of their own cache alone")
  func caches() throws {
    let text = "FROM python:3.12\n# hadolint ignore=DL3042\nRUN pip install x\n"
    let file = Dockerfile(Array(text.utf8))
    let found = try accepted(file, findings(file, cache: "deb.apt-lists"), policy: "hadolint-ignore: true\n")
    #expect(found.map(\.suppressed) == [nil])
    let refused = Dockerfile(Array("# hadolint global ignore=DL1000,DL3061\nRUN x\nFROM a\n".utf8))
    let syntax = RuleID("CP001", "dockerfile-syntax")
    let problems = [Finding(syntax, .error, "x", at: .file("Dockerfile", refused.problems[0].range))]
    #expect(try accepted(refused, problems, policy: "hadolint-ignore: true\n").map(\.suppressed) == [nil])
  }

  @Test("very many comments and findings are matched without trying each with each", .timeLimit(.minutes(1)))
  func many() throws {
    let group = "# cachepolicy: ignore[CP302] x\n# hadolint ignore=DL3042 # y\nRUN pip install x\n"
    let file = Dockerfile(Array(("FROM a\n" + String(repeating: group, count: 20_000)).utf8))
    let found = findings(file)
    let others = found.map { Finding(RuleID("CP302", "switch-has-no-effect"), .warning, "x", at: $0.place) }
    let result = try accepted(file, found + others, policy: "hadolint-ignore: true\n")
    #expect(result.count == 40_000)
    #expect(result.allSatisfy { $0.suppressed?.reason == ($0.rule == Self.left ? "y" : "x") })
  }
}
