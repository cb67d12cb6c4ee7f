import Findings
import Rules
import TestSupport
import Testing

@Suite("What stands here for rules of hadolint")
struct HadolintTests {
  @Test("the list is in order, and names no rule that will never be")
  func list() throws {
    let codes = HadolintRule.all.map(\.code)
    #expect(codes == codes.sorted() && Set(codes).count == codes.count)
    // A rule that a file declares is registered; what no file declares yet is not.
    let sources = try swiftFiles(below: "../../Sources/Rules")
    for rule in Set(HadolintRule.all.flatMap(\.rules)).sorted() {
      let isDeclared = sources.contains { $0.text.contains("RuleID(\"\(rule)\"") }
      #expect((RuleRegister.description(named: rule) != nil) == isDeclared, "\(rule)")
    }
    #expect(RuleRegister.description(named: "CP001") != nil)
  }

  @Test("a rule's description names them, and no others", arguments: RuleRegister.descriptions)
  func descriptions(rule: RuleDescription) {
    #expect(rule.hadolint == HadolintRule.codes(of: rule.id.code), "write hadolint: HadolintRule.codes(of:)")
  }

  @Test("only those on caches can be accepted by a comment, each for its own kinds")
  func covers() throws {
    for rule in HadolintRule.all {
      #expect(rule.canBeIgnored == (rule.rules.first == "CP310"), "\(rule.code)")
      #expect(!rule.difference.contains("\n") && rule.difference.last != ".", "\(rule.code)")
    }
    let pip = try #require(HadolintRule.named("dl3042"))
    #expect(pip.covers(rule: "CP310", cache: "python.pip"))
    #expect(!pip.covers(rule: "CP310", cache: "python.uv") && !pip.covers(rule: "CP310", cache: nil))
    #expect(!pip.covers(rule: "CP316", cache: "python.pip"))
    #expect(HadolintRule.named("DL3015") == nil)
  }

  @Test("the table of the README holds exactly these")
  func readme() throws {
    let folder = String(#filePath.dropLast("/Tests/RulesTests/HadolintTests.swift".count))
    let text = String(decoding: try ExistingDirectory(path: folder).read("README.md"), as: UTF8.self)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| DL") }.map(String.init)
    #expect(rows == HadolintRule.all.map { "| \($0.code) | \($0.rules[0]) | \($0.difference) |" })
  }
}
