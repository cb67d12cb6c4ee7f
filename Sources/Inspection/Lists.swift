internal import Caches
internal import Findings
internal import JSON
internal import Policies
internal import Rules

/// The lists that the program prints of what it knows.
public enum Lists {
  /// The rules, a line each.
  public static func rules() -> String {
    let rows = RuleRegister.descriptions.map { rule in
      [rule.id.code, rule.id.name, rule.severity.rawValue, rule.fix?.rawValue ?? "-", rule.summary]
    }
    return table([["CODE", "NAME", "SEVERITY", "FIX", "SUMMARY"]] + rows)
  }

  /// The rules, for programs.
  public static func rulesJSON() -> [UInt8] {
    let rules = RuleRegister.descriptions.map { rule -> JSONValue in
      [
        "code": .string(rule.id.code), "name": .string(rule.id.name), "summary": .string(rule.summary),
        "severity": .string(rule.severity.rawValue), "group": .string(rule.group.rawValue),
        "fix": .optional(rule.fix?.rawValue), "intents": .array(rule.intents.map { .string($0) }),
        "hadolint": .array(rule.hadolint.map { .string($0) }), "page": .string(rule.page),
      ]
    }
    let document: JSONValue = ["schema": "cachepolicy.rules/1", "rules": .array(rules)]
    return document.encoded(.indented) + [0x0A]
  }

  /// The cache kinds, a line each.
  public static func caches() -> String {
    let rows = Catalogue.all.map { kind in
      [kind.id, kind.group.rawValue, kind.regenerates.rawValue, kind.evidence.rawValue, kind.what]
    }
    return table([["ID", "KIND", "REGENERATES", "EVIDENCE", "WHAT"]] + rows)
  }

  /// The cache kinds, for programs: all that the catalogue says.
  public static func cachesJSON() -> [UInt8] {
    let document: JSONValue = [
      "schema": "cachepolicy.caches/1", "caches": .array(Catalogue.all.map(CacheDocument.value)),
    ]
    return document.encoded(.indented) + [0x0A]
  }

  /// The JSON Schema of policies.
  public static func schemaOfPolicies() -> [UInt8] {
    policySchema(rules: RuleRegister.descriptions, caches: PolicyLoader.cacheNames)
  }

  /// Rows in columns that are as wide as their widest cell.
  private static func table(_ rows: [[String]]) -> String {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].unicodeScalars.count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        if column < columns - 1 {
          line += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count + 2)
        }
      }
      return line + "\n"
    }.joined()
  }
}
