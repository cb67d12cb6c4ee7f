internal import Findings
internal import Rules
internal import SourceText
internal import Spelling

/// Which rules are judged: by `--select` and `--ignore`.
struct RuleSelection {
  private let selected: [String]
  private let ignored: [String]

  /// Reads the lists; each entry is a code, a name, or the beginning of a code.
  init(_ settings: Settings) throws(UsageError) {
    for text in settings.select + settings.ignore where !Self.isKnown(text) {
      let names = RuleRegister.descriptions.flatMap { [$0.id.code, $0.id.name] }
      let near = suggestion(for: text, among: names).map { "; did you mean \($0)?" } ?? ""
      throw UsageError("there is no rule '\(printable(text))'\(near) (cachepolicy rules lists them)")
    }
    selected = settings.select
    ignored = settings.ignore
  }

  private static func isKnown(_ text: String) -> Bool {
    // A user's own rule is known to its policy alone.
    text.contains("/") || RuleRegister.descriptions.contains { matches(text, $0.id) }
  }

  private static func matches(_ text: String, _ rule: RuleID) -> Bool {
    if rule.isNamed(text) { return true }
    let prefix = text.uppercased()
    return prefix.hasPrefix("CP") && rule.code.hasPrefix(prefix)
  }

  /// Whether a rule is judged; a longer code outweighs a shorter one, as ruff has it.
  func contains(_ rule: RuleID) -> Bool {
    func weight(_ texts: [String]) -> Int {
      texts.filter { Self.matches($0, rule) }.map {
        rule.name == $0.lowercased() ? rule.code.utf8.count : $0.utf8.count
      }
      .max() ?? -1
    }
    let ignore = weight(ignored)
    if selected.isEmpty { return ignore < 0 }
    return weight(selected) > ignore
  }

  /// Whether rules of a group are asked for by their own codes or names, and not along with others.
  func names(_ group: RuleGroup) -> Bool {
    selected.contains { text in
      let meant = RuleRegister.descriptions.filter { Self.matches(text, $0.id) }
      return !meant.isEmpty && meant.allSatisfy { $0.group == group }
    }
  }

  /// Whether every rule is judged.
  var isAll: Bool { selected.isEmpty && ignored.isEmpty }
}
