import Findings
import SourceText
import Testing

@testable import Policies

@Suite("rules: what a policy says of a rule for a cache, a profile and a file")
struct SettingTests {
  private func policy(_ text: String, others: [String: String] = [:], further: [String] = []) throws -> Policy {
    let load = load("version: 1\n" + text, others: others, further: further.map { "version: 1\n" + $0 })
    return try #require(load.policy, "\(described(load))")
  }

  private func level(
    _ text: String, cache: String? = nil, profile: String = "production", path: Path? = nil
  ) throws -> String {
    let kind = cache.flatMap { catalogue.kind(named: $0) }
    let setting = try policy(text).setting(
      for: RuleID("CP101", "committed-cache"), cache: kind, profile: profile, path: path)
    return setting.isOff ? "off" : setting.severity?.rawValue ?? "unset"
  }

  @Test("a scalar, a code, a name and a map mean the same")
  func spellings() throws {
    for text in ["CP101: info", "committed-cache: info", "CP101: {severity: info}", "CP101: {severity: {\"*\": info}}"]
    {
      #expect(try level("rules: {\(text)}\n") == "info")
    }
    #expect(try level("rules: {CP102: info}\n") == "unset")
  }

  @Test("a named profile goes before every profile")
  func profiles() throws {
    let text = "rules: {CP101: {severity: {production: error, \"*\": \"off\"}}}\n"
    #expect(try level(text) == "error")
    #expect(try level(text, profile: "ci") == "off")
    #expect(try level("rules: {CP101: {severity: {ci: error}}}\n") == "unset")
  }

  @Test("the narrowest selector refines")
  func selectors() throws {
    let text =
      "rules: {CP101: {severity: error, caches: {\"*\": info, \"kind:download\": warning, python.*: info, npm: error}}}\n"
    #expect(try level(text) == "error")
    #expect(try level(text, cache: "pip") == "info")
    #expect(try level(text, cache: "npm") == "error")
    #expect(try level(text, cache: "apt") == "info")
    #expect(
      try policy(text).setting(for: RuleID("CP101", ""), cache: catalogue.kind(named: "npm"), profile: "ci").namesCache)
  }

  @Test("off always wins")
  func off() throws {
    #expect(try level("rules: {CP101: {severity: off, caches: {pip: error}}}\n", cache: "pip") == "off")
    #expect(try level("rules: {CP101: {severity: error, caches: {pip: off}}}\n", cache: "pip") == "off")
    #expect(try level("rules: {CP101: {caches: {pip: error, \"*\": off}}}\n", cache: "pip") == "off")
    #expect(try level("rules: {CP101: {severity: error, caches: {pip: off}}}\n", cache: "npm") == "error")
  }

  @Test("paths keep a rule to some files")
  func paths() throws {
    let text = "rules: {CP101: {severity: info, paths: [\"services/**\", \"!services/old/**\"]}}\n"
    #expect(try level(text, path: "services/a/Dockerfile") == "info")
    #expect(try level(text, path: "services/old/Dockerfile") == "off")
    #expect(try level(text, path: "tools/Dockerfile") == "off")
    #expect(try level(text) == "info")
  }

  @Test("settings merge by key: a scalar replaces, a map refines what is said before")
  func merge() throws {
    func level(_ base: String, _ own: String, profile: String = "production", cache: String? = nil) throws -> String {
      let policy = try policy(
        "extends: ./b\nrules: {committed-cache: \(own)}\n", others: ["./b": "version: 1\nrules: {CP101: \(base)}\n"])
      let kind = cache.flatMap { catalogue.kind(named: $0) }
      let setting = policy.setting(for: RuleID("CP101", ""), cache: kind, profile: profile)
      return setting.isOff ? "off" : setting.severity?.rawValue ?? "unset"
    }
    #expect(try level("{severity: {production: error, \"*\": info}}", "warning") == "warning")
    #expect(try level("warning", "{severity: {production: error}}") == "error")
    #expect(try level("warning", "{severity: {production: error}}", profile: "ci") == "warning")
    #expect(try level("{severity: error, caches: {pip: info}}", "warning", cache: "pip") == "info")
    #expect(try level("{caches: {pip: info}}", "{caches: {python.pip: error}}", cache: "pip") == "error")
    #expect(try level("off", "error") == "error")
  }

  @Test("an intent of the user's makes a finding at least a warning, unless the user says otherwise")
  func severity() throws {
    let builtin = "version: 1\ncaches: {\"*\": {\"*\": {write: deny}}}\n"
    func severity(_ text: String, default severity: Severity = .info, kind name: String = "pip") throws -> Severity? {
      let policy = try policy("extends: builtin:recommended\n" + text, others: ["builtin:recommended": builtin])
      let kind = try #require(catalogue.kind(named: name))
      return policy.severity(
        of: RuleID("CP301", "cache-writing-enabled"), default: severity,
        grounds: policy.intents(for: kind, in: "production").write?.grounds, cache: kind, profile: "production")
    }
    let intent = "caches: {python.*: {\"*\": {write: deny}}}\n"
    #expect(try severity("") == .info)
    #expect(try severity(intent) == .warning)
    #expect(try severity(intent, default: .error) == .error)
    #expect(try severity(intent + "rules: {CP301: info}\n") == .info)
    #expect(try severity(intent + "rules: {CP301: error}\n") == .error)
    #expect(try severity(intent + "rules: {CP301: off}\n") == nil)
    #expect(try severity("rules: {CP301: error}\n") == .error)
    #expect(try severity("rules: {CP301: error}\n", kind: "ml.huggingface") == .info)
    #expect(try severity("rules: {CP301: {caches: {ml.huggingface: error}}}\n", kind: "ml.huggingface") == .error)
    #expect(try severity("caches: {ml.huggingface: {\"*\": {write: deny}}}\n", kind: "ml.huggingface") == .warning)
  }

  @Test("a built-in policy's word on a rule does not hold down the user's intent")
  func builtinSeverity() throws {
    let builtin = "version: 1\nrules: {CP301: info}\n"
    let policy = try policy(
      "extends: builtin:strict\ncaches: {pip: {\"*\": {write: deny}}}\n", others: ["builtin:strict": builtin])
    let kind = try #require(catalogue.kind(named: "pip"))
    let found = policy.severity(
      of: RuleID("CP301", ""), default: .info, grounds: policy.intents(for: kind, in: "ci").write?.grounds,
      cache: kind, profile: "ci")
    #expect(found == .warning)
  }

  @Test("raising a rule that nothing can trigger is a warning")
  func idle() {
    let raised = load("version: 1\nrules: {CP301: error}\n")
    #expect(
      described(raised) == [
        ".cachepolicy.yaml:2:16 CP301 cache-writing-enabled is raised, but nothing can trigger it | it needs `write: deny` for some cache"
      ])
    #expect(raised.problems.first?.severity == .warning)
    #expect(!raised.isRefused)
    #expect(load("version: 1\nrules: {CP301: info, CP201: error}\n").problems.isEmpty)
    #expect(load("version: 1\nrules: {CP301: error}\ncaches: {pip: {ci: {write: deny}}}\n").problems.isEmpty)
    #expect(!load("version: 1\nrules: {CP306: error}\ncaches: {pip: {ci: {write: deny}}}\n").problems.isEmpty)
  }

  @Test("own rules are defined, changed by those who extend, and kept to their profiles")
  func ownRules() throws {
    let base = """
      version: 1
      rules:
        acme/no-pip-conf:
          title: pip.conf is not copied
          in: dockerfile
          match:
            all:
            - instruction: {keyword: COPY, argument: "**/pip.conf"}
            - not: {any: [{path: {glob: "*.dev"}}, {env: {name: "PIP_*", value: "1", at: here}}]}
          message: "`{argument}` in {path} {odd thing}"
          severity: error
          profiles: [production]
      """
    let policy = try policy(
      "extends: ./b\nrules: {acme/no-pip-conf: warning}\nlocked: [acme/no-pip-conf]\n", others: ["./b": base])
    let rule = try #require(policy.ownRules.first)
    #expect(rule.message(["argument": "a/pip.conf", "path": "D"]) == "`a/pip.conf` in D {odd thing}")
    #expect(rule.origin.description == "./b:4")
    #expect(
      rule.match
        == .all([
          .instruction(keyword: "COPY", argument: Wildcard("**/pip.conf")),
          .not(.any([.path(PatternList(["*.dev"])), .env(name: Wildcard("PIP_*"), value: Wildcard("1"), at: .here)])),
        ]))
    #expect(policy.setting(for: rule.id, profile: "production").severity == .warning)
    #expect(policy.setting(for: rule.id, profile: "ci").isOff)
  }

  @Test("exceptions append, speak of their files, and end on their day")
  func exceptions() throws {
    let base = "version: 1\nexceptions: [{rule: committed-cache, reason: old, expires: 2026-01-31}]\n"
    let policy = try policy(
      "extends: ./b\nexceptions:\n- rule: [CP101, CP201]\n  paths: [third_party/]\n  reason: new\n  expires: 2027-03-31\n",
      others: ["./b": base])
    let rule = RuleID("CP101", "committed-cache")
    #expect(policy.exceptions.map(\.reason) == ["old", "new"])
    #expect(policy.exceptions[1].origin.description == ".cachepolicy.yaml:4")
    #expect(policy.exceptions(for: rule, path: "third_party/a/b").map(\.index) == [0, 1])
    #expect(policy.exceptions(for: rule, path: "a").map(\.index) == [0])
    #expect(policy.exceptions(for: RuleID("CP901", ""), path: "third_party/a").isEmpty)
    #expect(policy.exceptions[0].holds(on: try #require(CalendarDate("2026-01-31"))))
    #expect(!policy.exceptions[0].holds(on: try #require(CalendarDate("2026-02-01"))))
  }
}
