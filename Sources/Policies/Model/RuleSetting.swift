public import Findings

/// What a policy says of a rule for one cache, profile and file.
public struct RuleSetting: Hashable, Sendable {
  /// Whether the rule says nothing here.
  public let isOff: Bool
  /// How bad its findings are; nil where the policy says nothing.
  public let severity: Severity?
  /// Where that is said.
  public let origin: Origin?
  /// Whether it is said of the very cache kind, by its id.
  public let namesCache: Bool

  /// Whether the user says it, and not only a built-in policy.
  public var isUsers: Bool { origin?.isUsers ?? false }

  static let unset = RuleSetting(isOff: false, severity: nil, origin: nil, namesCache: false)

  static func off(_ origin: Origin?) -> RuleSetting {
    RuleSetting(isOff: true, severity: nil, origin: origin, namesCache: false)
  }
}

/// A severity as a policy writes it.
enum Level: Hashable, Sendable {
  case off
  case severity(Severity)

  init?(_ text: String) {
    if text == "off" {
      self = .off
    } else if let severity = Severity(rawValue: text) {
      self = .severity(severity)
    } else {
      return nil
    }
  }
}

/// Everything that a policy says of one rule.
struct RuleStatement: Hashable, Sendable {
  /// Severities by profile; `*` stands for every profile.
  var severity: [String: Sourced<Level>] = [:]
  var caches: [Selector: Sourced<Level>] = [:]
  var paths: Sourced<PatternList>?
  /// How much is accepted of the caches of a selector.
  var budgets: [Selector: Budget] = [:]
  /// How much is accepted of all other caches.
  var budget: Budget?
  var options = RuleOptions()
  /// The profiles that a user's own rule is for.
  var profiles: Sourced<[String]>?
}
