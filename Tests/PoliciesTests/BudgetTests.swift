import Findings
import SourceText
import Testing

@testable import Policies

@Suite("Budgets: how much of what a rule finds a policy accepts")
struct BudgetTests {
  private let rule = RuleID("CP401", "cache-in-image")

  private func budget(_ text: String, cache: String = "pip", others: [String: String] = [:]) throws -> String {
    let load = load("version: 1\n" + text, others: others)
    let policy = try #require(load.policy, "\(described(load))")
    let kind = try #require(catalogue.kind(named: cache))
    guard let budget = policy.budget(for: rule, cache: kind) else { return "none" }
    let limits = [budget.bytes.map { String($0.value) }, budget.share?.value.description]
    return ([budget.selector?.description ?? "rule"] + limits.compactMap(\.self)).joined(separator: " ")
  }

  @Test(
    "sizes are numbers with units of 1024 or 1000",
    arguments: [
      ("0", 0), ("4096", 4096), ("17B", 17), ("1k", 1000), ("1kB", 1000), ("1KB", 1000), ("1KiB", 1024), ("2Ki", 2048),
      ("50MiB", 52_428_800), ("1.5GB", 1_500_000_000), ("0.001k", 1), ("0.0001k", nil), ("1.5", nil), ("1.5B", nil),
      ("", nil), ("MiB", nil), ("1 MiB", nil), ("1iB", nil), ("1.MiB", nil), (".5MiB", nil), ("1MiBB", nil),
      ("-1", nil), ("1e3", nil), ("8191TiB", 9_006_099_743_113_216), ("9000TiB", nil),
      ("99999999999999999999", nil), ("1m", nil), ("１MiB", nil),
    ] as [(String, Int?)])
  func sizes(text: String, bytes: Int?) {
    #expect(byteSize(text) == bytes)
  }

  @Test(
    "shares are percentages",
    arguments: [
      ("1%", 10_000), ("0.5%", 5000), ("100%", 1_000_000), ("0%", 0), ("0.0001%", 1), ("0.00001%", nil), ("101%", nil),
      ("100.0001%", nil), ("1", nil), ("%", nil), ("-1%", nil), ("1 %", nil),
    ] as [(String, Int?)])
  func shares(text: String, millionths: Int?) {
    #expect(Share(text)?.millionths == millionths)
  }

  @Test("a share is written as it is read, and compared without loss")
  func share() {
    for text in ["1%", "0.5%", "12.3456%", "100%", "0%"] { #expect(Share(text)?.description == text) }
    let half = Share(millionths: 500_000)
    #expect(!half.isExceeded(by: 1, of: 2))
    #expect(half.isExceeded(by: .max / 2 + 1, of: .max - 1))
    #expect(!half.isExceeded(by: 0, of: 0) && half.isExceeded(by: 1, of: 0))
  }

  @Test("the narrowest selector that states one gives the budget")
  func selectors() throws {
    let text =
      "rules: {CP401: {budget: 1k, caches: {pip: error, python.*: {share: 2%}, \"kind:download\": {budget: 3k}}}}\n"
    #expect(try budget(text) == "python.* 2%")
    #expect(try budget(text, cache: "npm") == "kind:download 3000")
    #expect(try budget(text, cache: "apt") == "rule 1000")
    #expect(try budget("rules: {CP401: error}\n") == "none")
  }

  @Test("what is said later of a cache joins what is said before")
  func merge() throws {
    func merged(_ base: String, _ own: String) throws -> (String, Severity?) {
      let others = ["./b": "version: 1\nrules: {CP401: {caches: {pip: \(base)}}}\n"]
      let text = "extends: ./b\nrules: {CP401: {caches: {python.pip: \(own)}}}\n"
      let policy = try #require(load("version: 1\n" + text, others: others).policy)
      let setting = policy.setting(for: rule, cache: catalogue.kind(named: "pip"), profile: "ci")
      return (try budget(text, others: others), setting.severity)
    }
    #expect(try merged("error", "{budget: 1k}") == ("python.pip 1000", .error))
    #expect(try merged("{budget: 1k}", "info") == ("python.pip 1000", .info))
    #expect(try merged("{budget: 1k, severity: error}", "{budget: 2k}") == ("python.pip 2000", .error))
    #expect(try merged("{budget: 1k}", "{share: 1%}") == ("python.pip 1000 1%", nil))
  }

  @Test("a repository cannot give a locked rule a budget")
  func lock() throws {
    let text =
      "version: 1\nrules: {CP401: {budget: 1k, base-layers: off, caches: {pip: {budget: 2k, severity: error}}}}\n"
    let load = load(text, further: ["version: 1\nlocked: [CP401]\n"])
    let policy = try #require(load.policy)
    let kind = try #require(catalogue.kind(named: "pip"))
    #expect(policy.budget(for: rule, cache: kind) == nil)
    #expect(policy.options(of: rule) == RuleOptions())
    #expect(policy.setting(for: rule, cache: kind, profile: "ci").severity == .error)
    #expect(
      described(load).map { $0.split(separator: "|")[0] } == [
        ".cachepolicy.yaml:2:25 this is ignored: `budget` of CP401 cannot be set ",
        ".cachepolicy.yaml:2:42 this is ignored: `base-layers` of CP401 cannot be set ",
        ".cachepolicy.yaml:2:70 this is ignored: `budget` of CP401 cannot be set ",
      ])
  }

  @Test("options are read, and a rule that has none refuses them")
  func options() throws {
    let policy = try #require(
      load("version: 1\nrules: {CP401: {per: layer, base-layers: each, waste: {share: 5%}}}\n").policy)
    let options = policy.options(of: rule)
    #expect(options.scope == .layer && options.baseLayers == .each)
    #expect(options.waste?.share?.value == Share(millionths: 50_000))
    #expect(options.waste?.isExceeded(by: 5, of: 100) == false && options.waste?.isExceeded(by: 6, of: 100) == true)
    #expect(
      described(load("version: 1\nrules: {CP101: {per: layer}}\n"))[0].hasPrefix(
        ".cachepolicy.yaml:2:17 unknown key `per` in `rules.CP101`"))
  }

  @Test("the schema for editors has the options where the reader takes them")
  func schema() throws {
    let text = String(decoding: policySchema(rules: rules, caches: catalogue), as: UTF8.self)
    let parts = text.split(separator: "\"CP101\": {", maxSplits: 1)[1].split(separator: "\"CP401\": {", maxSplits: 1)
    #expect(!parts[0].contains("\"budget\""))
    #expect(parts[1].contains("\"budget\"") && parts[1].contains("\"base-layers\"") && parts[1].contains("\"waste\""))
  }
}
