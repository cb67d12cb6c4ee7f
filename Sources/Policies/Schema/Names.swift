internal import Caches
internal import Findings
internal import Spelling

/// The names that a policy may use.
struct Names {
  /// Rules of the program.
  let rules: [RuleDescription]
  let caches: CacheNames
  /// Profiles that some policy of the run declares, and those that need no declaration.
  var profiles: [String] = Profile.known
  /// Own rules that some policy of the run mentions.
  var ownRules: [String] = []

  /// The key by which a rule is kept: its code, or an own rule's name.
  func rule(_ text: String) -> String? {
    if isOwnRule(text) { return ownRules.contains(text) ? text : nil }
    return builtin(text)?.id.code
  }

  func builtin(_ text: String) -> RuleDescription? {
    rules.first { $0.id.code == text || $0.id.name == text }
  }

  /// All that a rule may be called.
  var ruleNames: [String] {
    rules.map(\.id.code) + rules.map(\.id.name) + ownRules
  }

  /// All that may select cache kinds.
  var selectors: [String] {
    caches.ids + caches.aliases + caches.prefixes.map { "\($0).*" }
      + CacheKind.Group.allCases.map { "kind:\($0.rawValue)" } + ["*"]
  }
}

/// Whether `text` names a rule that a policy defines.
func isOwnRule(_ text: String) -> Bool {
  text.utf8.contains(UInt8(ascii: "/"))
}

/// Words that help whoever wrote `word` to find one of `allowed`.
///
/// A long word is no misspelt name, and comparing it would take long.
func help(for word: String, among allowed: [String]) -> String? {
  if word.utf8.count <= 64, let near = suggestion(for: word, among: allowed) { return "did you mean `\(near)`?" }
  if allowed.isEmpty { return nil }
  let shown = allowed.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
  return allowed.count > 8 ? "among others: \(shown)" : "one of: \(shown)"
}
