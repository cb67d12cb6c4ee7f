public import Caches
public import Findings
public import SourceText

extension Policy {
  /// What the policy says of a rule for a cache, a profile and a file; nil where the finding has none.
  ///
  /// The narrowest selector of the rule's `caches` refines its severity, but what turns the rule off
  /// at any of these levels stands.
  public func setting(
    for rule: RuleID, cache: CacheKind? = nil, profile: String, path: Path? = nil
  ) -> RuleSetting {
    guard let statement = rules[rule.code] else { return .unset }
    if let paths = statement.paths, let path, !paths.value.matches(path) { return .off(paths.origin) }
    if let profiles = statement.profiles, !profiles.value.contains(profile), !profiles.value.contains("*") {
      return .off(profiles.origin)
    }
    var result = RuleSetting.unset
    if let general = statement.severity[profile] ?? statement.severity["*"] {
      guard case .severity(let severity) = general.value else { return .off(general.origin) }
      result = RuleSetting(isOff: false, severity: severity, origin: general.origin, namesCache: false)
    }
    guard let cache else { return result }
    var isRefined = false
    for selector in Selector.speaking(of: cache) {
      guard let stated = statement.caches[selector] else { continue }
      guard case .severity(let severity) = stated.value else { return .off(stated.origin) }
      if isRefined { continue }
      isRefined = true
      result = RuleSetting(isOff: false, severity: severity, origin: stated.origin, namesCache: selector.isID)
    }
    return result
  }

  /// Whether the policy keeps a rule to some files.
  public func keepsToPaths(_ rule: RuleID) -> Bool { rules[rule.code]?.paths != nil }

  /// How bad a finding is; nil where the policy turns it off.
  ///
  /// Without a word of the policy it is as bad as the rule says. An intent of the user's own makes it
  /// at least a warning, unless the user says otherwise of the rule. Where a wide selector denies what
  /// may be meant to be there it is `info`, unless the rule's setting names the cache.
  public func severity(
    of rule: RuleID, default severity: Severity, grounds: Grounds? = nil, cache: CacheKind? = nil,
    profile: String, path: Path? = nil
  ) -> Severity? {
    let setting = setting(for: rule, cache: cache, profile: profile, path: path)
    if setting.isOff { return nil }
    var result = setting.severity ?? severity
    guard let grounds else { return result }
    if grounds.isInfoOnly { return setting.namesCache ? result : .info }
    if grounds.isUsers, !(setting.isUsers && setting.severity != nil) { result = max(result, .warning) }
    return result
  }

  /// Whether a repository's policy, baseline and comments may not accept findings of this rule.
  public func isLocked(_ rule: RuleID) -> Bool {
    locked.contains { $0.value == rule.code }
  }

  /// The exceptions that speak of a rule and a file, with their places in ``exceptions``.
  ///
  /// Findings about comments and about the policy itself cannot be accepted.
  public func exceptions(
    for rule: RuleID, path: Path?, isDirectory: Bool = false
  ) -> [(index: Int, exception: PolicyException)] {
    if !rule.canBeAccepted { return [] }
    return exceptions.enumerated().compactMap { index, exception in
      guard exception.rules.contains(where: { $0.value == rule.code }) else { return nil }
      if let paths = exception.paths {
        guard let path, paths.matches(path, isDirectory: isDirectory) else { return nil }
      }
      return (index, exception)
    }
  }
}
