internal import Findings
internal import Spelling

/// Finds what is wrong only when all policies are merged.
struct WholeCheck {
  let names: Names

  func faults(_ merged: Value, _ policy: Policy) -> [SourcedFault] {
    let members = merged["rules"]?.members ?? []
    return Array(members.flatMap { isOwnRule($0.key) ? incomplete($0) : idle($0, policy) }.prefix(Validator.limit))
  }

  /// An own rule that no policy defines: its name is probably misspelt.
  private func incomplete(_ member: Value.Member) -> [SourcedFault] {
    let missing = ["title", "in", "match"].filter { member.value[$0] == nil }
    if missing.isEmpty { return [] }
    let keys = missing.map { "`\($0)`" }.joined(separator: ", ")
    let others = names.ownRules.filter { $0 != member.key }
    let near = suggestion(for: member.key, among: others).map { "did you mean `\($0)`?" }
    return [
      problem(
        .error, member.origin, "the rule `\(shortened(member.key))` lacks \(keys)",
        near ?? "define it, or remove what is said of it")
    ]
  }

  /// A rule that is raised but needs an intent that nothing states.
  private func idle(_ member: Value.Member, _ policy: Policy) -> [SourcedFault] {
    guard let rule = names.builtin(member.key), !rule.intents.isEmpty, !isTriggered(rule, policy) else { return [] }
    guard let severity = member.value["severity"] else { return [] }
    let stated = severity.members.map(\.value) + [severity]
    guard
      let raised = stated.first(where: { value in
        value.origin.isUsers && (value.text.flatMap(Severity.init).map { $0 > rule.severity } ?? false)
      })
    else { return [] }
    let intents = rule.intents.map { "`\($0)`" }.joined(separator: " or ")
    return [
      problem(
        .warning, raised.origin, "\(rule.id.code) \(rule.id.name) is raised, but nothing can trigger it",
        "it needs \(intents) for some cache")
    ]
  }

  private func isTriggered(_ rule: RuleDescription, _ policy: Policy) -> Bool {
    let statements = policy.statements.values.flatMap(\.values)
    return rule.intents.map(IntentNeed.init).contains { need in
      statements.contains { need.isMet(by: $0) }
    }
  }

  private func problem(_ severity: Severity, _ origin: Origin, _ message: String, _ help: String) -> SourcedFault {
    SourcedFault(
      source: origin.source,
      fault: Fault(range: origin.range, message: message, help: help, isWarning: severity < .error))
  }
}

/// Something wrong at a place of one policy among several.
struct SourcedFault {
  let source: String
  let fault: Fault
}

/// An intent that a rule needs, such as `commit: deny`.
struct IntentNeed: Hashable {
  let key: String
  /// The value; nil where any will do.
  let value: String?

  init(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    key = parts.first.map { String($0).trimmed } ?? ""
    value = parts.count > 1 ? String(parts[1]).trimmed : nil
  }

  func isMet(by statement: IntentStatement) -> Bool {
    let stated: String? =
      switch key {
      case "write": statement.write?.value.rawValue
      case "commit": statement.commit?.value.rawValue
      case "ship": statement.ship?.value.rawValue
      case "keep-out-by": statement.keepOutBy == nil ? nil : ""
      default: nil
      }
    guard let stated else { return false }
    return value.map { $0 == stated } ?? true
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
