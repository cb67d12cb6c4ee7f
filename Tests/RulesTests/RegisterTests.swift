import Findings
import Rules
import TestSupport
import Testing

@Suite("The register of rules")
struct RegisterTests {
  private static let headings = ["## What it does", "## Why is this bad", "## Example", "## Fix safety"]

  @Test("every rule in the folder is registered, and every registered one has a file")
  func folder() throws {
    let files = try swiftFiles(below: "../../Sources/Rules")
    let declared = files.filter { $0.text.contains(": Rule {") }.map(\.name).sorted()
    let registered = RuleRegister.all.map { "\($0)" }.sorted()
    #expect(declared == registered, "add the rule to RuleRegister.all in Sources/Rules/Rule.swift")
  }

  @Test("the register is in the order of the codes, and nothing is given twice")
  func order() {
    let rules = RuleRegister.all.map { $0.description.id }
    #expect(rules == rules.sorted())
    let all = RuleRegister.descriptions
    #expect(Set(all.map(\.id.code)).count == all.count)
    #expect(Set(all.map(\.id.name)).count == all.count)
  }

  @Test(
    "every rule has a page with its four headings, and says how safe its fix is", arguments: RuleRegister.descriptions)
  func page(rule: RuleDescription) {
    for heading in Self.headings { #expect(rule.page.contains(heading), "\(rule.id.code) \(heading)") }
    let safety = rule.page.components(after: "## Fix safety")
    #expect(!safety.isEmpty)
    if rule.fix == .manual { #expect(safety.contains("Manual"), "\(rule.id.code)") }
  }

  @Test("a rule is found by code and by name, in any case")
  func names() {
    for rule in RuleRegister.descriptions {
      #expect(RuleRegister.description(named: rule.id.code.lowercased())?.id == rule.id)
      #expect(RuleRegister.description(named: rule.id.name)?.id == rule.id)
    }
    #expect(RuleRegister.description(named: "CP999") == nil)
  }
}

extension String {
  /// What follows a heading.
  fileprivate func components(after heading: String) -> String {
    guard let range = self.range(of: heading) else { return "" }
    return String(self[range.upperBound...])
  }

  private func range(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
