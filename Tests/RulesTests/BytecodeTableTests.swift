import Bytecode
import Findings
import Rules
import Testing

@Suite("What the pages say of bytecode")
struct BytecodeTableTests {
  @Test("the table has each verdict once, with its rule and whether the code runs")
  func table() throws {
    let page = try #require(RuleRegister.description(named: "CP508")).page
    var rows: [String: (rule: String, loaded: String)] = [:]
    for line in page.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.filter { $0 != "`" } }.map { String($0.trimmed) }
      #expect(rows[cells[0]] == nil, "\(cells[0])")
      rows[cells[0]] = (cells[1], cells[2])
    }
    #expect(Set(rows.keys) == Set(BytecodeVerdict.allCases.map(\.rawValue)))
    for verdict in BytecodeVerdict.allCases {
      let row = try #require(rows[verdict.rawValue])
      #expect(row.rule == verdict.code ?? "none", "\(verdict)")
      #expect(row.loaded.hasPrefix(verdict.isLoaded ? "yes" : "no"), "\(verdict)")
      let raises = verdict == .corruptBody || verdict == .legacyPoison
      #expect(row.loaded.contains("raises") == raises, "\(verdict)")
    }
  }

  @Test("each verdict that a rule speaks of has a rule about bytecode, whose page names it")
  func pages() throws {
    for verdict in BytecodeVerdict.allCases {
      guard let code = verdict.code else { continue }
      let rule = try #require(RuleRegister.description(named: code))
      #expect(rule.group == .bytecode)
      // The page names the first of those that pytest's verdicts repeat.
      let name = verdict.rawValue.hasPrefix("pytest-stale") ? "pytest-stale-mtime" : verdict.rawValue
      let isRepeated = name.hasPrefix("pytest-") && name != "pytest-stale-mtime" && name != "pytest-orphan"
      #expect(isRepeated || rule.page.contains("`\(name)`"), "\(code) \(verdict)")
    }
    let spoken = Set(BytecodeVerdict.allCases.compactMap(\.code) + ["CP507"])
    #expect(spoken == Set(RuleRegister.descriptions.filter { $0.group == .bytecode }.map(\.id.code)))
  }
}

extension String {
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
