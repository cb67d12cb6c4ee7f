internal import Findings

/// Keeps a repository's policy from loosening what the one who runs the program has locked.
struct Lock {
  let names: Names
  let locked: [Sourced<String>]
  private(set) var faults: [SourcedFault] = []
  /// The locking policies, merged.
  private let over: Policy
  private let needs: [IntentNeed]

  init(names: Names, further: [Value]) {
    self.names = names
    let merged = further.reduce(Value(.map([]), .nowhere)) { $0.merged(with: $1) }
    over = PolicyDecoder(names: names).policy(merged)
    locked = over.locked
    let codes = Set(locked.map(\.value))
    needs = names.rules.filter { codes.contains($0.id.code) }.flatMap(\.intents).map(IntentNeed.init)
  }

  /// What a repository's policy says, without what would loosen a locked rule.
  mutating func filtered(_ policy: Value) -> Value {
    guard !locked.isEmpty, case .map(let members) = policy.content else { return policy }
    var kept: [Value.Member] = []
    for member in members {
      var member = member
      switch member.key {
      case "rules": member.value = rules(member.value)
      case "exceptions": member.value = exceptions(member.value)
      case "caches": member.value = caches(member.value)
      case "files":
        ignore(member.value["exclude"]?.origin, "files cannot be left out")
        continue
      default: break
      }
      kept.append(member)
    }
    return Value(.map(kept), policy.origin)
  }

  private func isLocked(_ code: String) -> Bool {
    locked.contains { $0.value == code }
  }

  private mutating func rules(_ value: Value) -> Value {
    var kept: [Value.Member] = []
    for member in value.members {
      guard isLocked(member.key) else {
        kept.append(member)
        continue
      }
      let inner = member.value.members.compactMap { setting(of: member.key, $0) }
      if !inner.isEmpty {
        let value = Value(.map(inner), member.value.origin)
        kept.append(Value.Member(key: member.key, origin: member.origin, value: value))
      }
    }
    return Value(.map(kept), value.origin)
  }

  /// What stays of one key of a locked rule: a severity that is no lower; anything else could loosen it.
  private mutating func setting(of rule: String, _ member: Value.Member) -> Value.Member? {
    switch member.key {
    case "severity" where member.value.text != nil:
      if isTightening(member.value, rule, profile: nil) { return member }
      ignore(member.value.origin, "\(rule) cannot be lowered")
      return nil
    case "severity", "caches":
      var kept: [Value.Member] = []
      for var inner in member.value.members {
        // A budget accepts what stays below it.
        if inner.value.text == nil {
          for other in inner.value.members where other.key != "severity" {
            ignore(other.value.origin, "`\(other.key)` of \(rule) cannot be set")
          }
          guard let severity = inner.value["severity"] else { continue }
          inner.value = severity
        }
        let profile = member.key == "severity" && inner.key != "*" ? inner.key : nil
        if isTightening(inner.value, rule, profile: profile) {
          kept.append(inner)
        } else {
          ignore(inner.value.origin, "\(rule) cannot be lowered")
        }
      }
      if kept.isEmpty { return nil }
      return Value.Member(key: member.key, origin: member.origin, value: Value(.map(kept), member.value.origin))
    default:
      ignore(member.value.origin, "`\(member.key)` of \(rule) cannot be set")
      return nil
    }
  }

  private func isTightening(_ value: Value, _ rule: String, profile: String?) -> Bool {
    guard let severity = value.text.flatMap(Severity.init) else { return false }
    let own = names.builtin(rule)?.severity ?? OwnRule.defaultSeverity
    let levels = over.rules[rule]?.severity ?? [:]
    let stated = profile.map { name in [levels[name] ?? levels["*"]] } ?? Array(levels.values)
    let severities = stated.compactMap { $0?.value }.compactMap { level in
      if case .severity(let severity) = level { severity } else { nil }
    }
    return severity >= (severities.max() ?? own)
  }

  private mutating func exceptions(_ value: Value) -> Value {
    var kept: [Value] = []
    for exception in value.elements {
      let rules = PolicyDecoder(names: names).rules(exception["rule"])
      let free = rules.filter { !isLocked($0.value) }
      if free.count == rules.count {
        kept.append(exception)
        continue
      }
      for rule in rules where isLocked(rule.value) { ignore(rule.origin, "\(rule.value) cannot be accepted") }
      if !free.isEmpty { kept.append(speaking(of: free, exception)) }
    }
    return Value(.list(kept), value.origin)
  }

  private func speaking(of rules: [Sourced<String>], _ exception: Value) -> Value {
    let list = rules.map { Value(.text($0.value, isPlain: true), $0.origin) }
    let members = exception.members.map { member in
      guard member.key == "rule" else { return member }
      return Value.Member(key: member.key, origin: member.origin, value: Value(.list(list), member.value.origin))
    }
    return Value(.map(members), exception.origin)
  }

  /// Intents without which a locked rule says nothing cannot be withdrawn.
  private mutating func caches(_ value: Value) -> Value {
    var selectors: [Value.Member] = []
    for selector in value.members {
      var profiles: [Value.Member] = []
      for profile in selector.value.members {
        var intents: [Value.Member] = []
        for intent in profile.value.members {
          // How much is wanted is part of the wish.
          let key = intent.key == "coverage" ? "ship" : intent.key
          let wanted = needs.filter { $0.key == key && (intent.key != "coverage" || $0.value == "precompiled") }
          if wanted.isEmpty || wanted.contains(where: { $0.value == nil || $0.value == intent.value.text }) {
            intents.append(intent)
          } else {
            ignore(intent.value.origin, "a locked rule needs this intent")
          }
        }
        profiles.append(profile.with(Value(.map(intents), profile.value.origin)))
      }
      selectors.append(selector.with(Value(.map(profiles), selector.value.origin)))
    }
    return Value(.map(selectors), value.origin)
  }

  /// What a built-in policy says is left out without a word: nobody can change it there.
  private mutating func ignore(_ origin: Origin?, _ reason: String) {
    guard let origin, !origin.isBuiltin, faults.count < Validator.limit else { return }
    let by = locked.first.map { "locked by \($0.origin)" } ?? "locked"
    faults.append(
      SourcedFault(
        source: origin.source,
        fault: Fault(range: origin.range, message: "this is ignored: \(reason)", help: by, isWarning: true)))
  }
}

extension Value.Member {
  fileprivate func with(_ value: Value) -> Value.Member {
    Value.Member(key: key, origin: origin, value: value)
  }
}
