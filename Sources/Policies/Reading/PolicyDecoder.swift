internal import Caches
internal import Findings

/// Makes a policy of merged values, whose shape has been checked.
struct PolicyDecoder {
  let names: Names

  func policy(_ root: Value) -> Policy {
    var policy = Policy()
    policy.merged = root
    policy.defaultProfile = root["default-profile"]?.sourced
    policy.profiles = profiles(root["profiles"]?.members ?? [])
    policy.statements = statements(root["caches"]?.members ?? [])
    for member in root["rules"]?.members ?? [] { policy.rules[member.key] = statement(member.value) }
    policy.ownRules = (root["rules"]?.members ?? []).filter { isOwnRule($0.key) }.compactMap(ownRule)
    policy.bases = (root["bases"]?.members ?? []).map(base)
    policy.exceptions = (root["exceptions"]?.elements ?? []).compactMap(exception)
    policy.excludes = patterns(root["files"]?["exclude"])
    policy.builder = word(root["builder"])
    policy.honoursHadolint = root["hadolint-ignore"].map { Sourced($0.text == "true", $0.origin) }
    policy.locked = rules(root["locked"])
    policy.tests = (root["tests"]?.elements ?? []).compactMap(test)
    return policy
  }

  func rules(_ value: Value?) -> [Sourced<String>] {
    (value?.elements ?? []).compactMap { element in
      element.text.flatMap(names.rule).map { Sourced($0, element.origin) }
    }
  }

  private func profiles(_ members: [Value.Member]) -> [Profile] {
    let described = members.map { member in
      Profile(
        name: member.key, description: member.value["description"]?.text, paths: patterns(member.value["paths"]),
        stages: member.value["stages"].map { Sourced($0.elements.compactMap(\.text).map(Wildcard.init), $0.origin) })
    }
    let silent = Profile.known.filter { name in !members.contains { $0.key == name } }
    return silent.map { Profile(name: $0, description: nil, paths: nil, stages: nil) } + described
  }

  private func statements(_ members: [Value.Member]) -> [Selector: [String: IntentStatement]] {
    var result: [Selector: [String: IntentStatement]] = [:]
    for member in members {
      guard let selector = names.caches.selector(member.key) else { continue }
      for profile in member.value.members {
        let value = profile.value
        result[selector, default: [:]][profile.key] = IntentStatement(
          write: word(value["write"]), commit: word(value["commit"]), ship: word(value["ship"]),
          coverage: number(value["coverage"]), keepOutBy: value["keep-out-by"].map(ways))
      }
    }
    return result
  }

  private func number(_ value: Value?) -> Sourced<Int>? {
    guard let value, let number = value.text.flatMap(wholeNumber) else { return nil }
    return Sourced(number, value.origin)
  }

  private func ways(_ value: Value) -> Sourced<[Way]> {
    if value.text == "any" { return Sourced(Way.allCases, value.origin) }
    return Sourced(value.elements.compactMap { $0.text.flatMap(Way.init) }, value.origin)
  }

  private func statement(_ value: Value) -> RuleStatement {
    var statement = RuleStatement()
    if let severity = value["severity"] {
      if let level = level(severity) { statement.severity["*"] = level }
      for member in severity.members { statement.severity[member.key] = level(member.value) }
    }
    for member in value["caches"]?.members ?? [] {
      guard let selector = names.caches.selector(member.key) else { continue }
      statement.caches[selector] = level(member.value) ?? member.value["severity"].flatMap(level)
      statement.budgets[selector] = budget(member.value, selector)
    }
    statement.budget = budget(value, nil)
    if let scope: Sourced<BudgetScope> = word(value[RuleOption.per.rawValue]) { statement.options.scope = scope.value }
    if let layers: Sourced<BaseLayers> = word(value[RuleOption.baseLayers.rawValue]) {
      statement.options.baseLayers = layers.value
    }
    statement.options.waste = value[RuleOption.waste.rawValue].flatMap { budget($0, nil) }
    statement.paths = patterns(value["paths"])
    statement.profiles = value["profiles"].map { Sourced($0.elements.compactMap(\.text), $0.origin) }
    return statement
  }

  private func budget(_ value: Value, _ selector: Selector?) -> Budget? {
    let bytes = value[RuleOption.budget.rawValue].flatMap { size in
      size.text.flatMap(byteSize).map { Sourced($0, size.origin) }
    }
    let share = value[RuleOption.share.rawValue].flatMap { share in
      share.text.flatMap { Share($0) }.map { Sourced($0, share.origin) }
    }
    return bytes == nil && share == nil ? nil : Budget(selector: selector, bytes: bytes, share: share)
  }

  private func level(_ value: Value) -> Sourced<Level>? {
    value.text.flatMap(Level.init).map { Sourced($0, value.origin) }
  }

  private func ownRule(_ member: Value.Member) -> OwnRule? {
    let value = member.value
    guard let title = value["title"]?.sourced, let match = value["match"].flatMap(match),
      let subject = value["in"]?.text.flatMap(OwnRule.Subject.init)
    else { return nil }
    return OwnRule(
      name: member.key, title: title.value, subject: subject, match: match,
      message: value["message"]?.text ?? title.value,
      why: value["why"]?.text, url: value["url"]?.text, origin: title.origin)
  }

  private func match(_ value: Value) -> Match? {
    guard let member = value.members.first else { return nil }
    let inner = member.value
    switch member.key {
    case "all": return .all(inner.elements.compactMap(match))
    case "any": return .any(inner.elements.compactMap(match))
    case "not": return match(inner).map(Match.not)
    case "path": return patterns(inner["glob"]).map { .path($0.value) }
    case "index":
      return patterns(inner["glob"]).map { .index($0.value, mode: inner["mode"]?.text.flatMap(Match.EntryMode.init)) }
    case "env":
      guard let name = inner["name"]?.text else { return nil }
      return .env(
        name: Wildcard(name), value: inner["value"]?.text.map(Wildcard.init),
        at: inner["at"]?.text.flatMap(Match.Moment.init) ?? .end)
    case "instruction":
      guard let keyword = inner["keyword"]?.text else { return nil }
      return .instruction(keyword: keyword, argument: inner["argument"]?.text.map(Wildcard.init))
    default: return nil
    }
  }

  private func base(_ member: Value.Member) -> BaseImage {
    let value = member.value
    return BaseImage(
      image: Wildcard(member.key),
      environment: (value["env"]?.members ?? []).compactMap { variable in
        variable.value.text.map {
          Sourced(BaseVariable(name: variable.key, value: $0), variable.value.origin)
        }
      },
      user: value["user"]?.sourced, bytecode: word(value["bytecode"]), dockerfile: value["dockerfile"]?.sourced,
      origin: member.origin)
  }

  private func exception(_ value: Value) -> PolicyException? {
    guard let reason = value["reason"]?.text, let expires = value["expires"],
      let date = expires.text.flatMap(CalendarDate.init)
    else { return nil }
    return PolicyException(
      rules: rules(value["rule"]), paths: patterns(value["paths"])?.value, reason: reason,
      expires: Sourced(date, expires.origin), origin: value.origin)
  }

  private func patterns(_ value: Value?) -> Sourced<PatternList>? {
    value.map { Sourced(PatternList($0.elements.compactMap(\.text)), $0.origin) }
  }

  private func word<Word: RawRepresentable<String> & Hashable & Sendable>(_ value: Value?) -> Sourced<Word>? {
    guard let value, let word = value.text.flatMap(Word.init) else { return nil }
    return Sourced(word, value.origin)
  }
}
