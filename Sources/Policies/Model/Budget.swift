public import Caches
public import Findings

/// How much of what a rule finds is accepted: its findings stand only where it is exceeded.
public struct Budget: Hashable, Sendable {
  /// The caches that it is for, all of them together; nil for all that no selector's budget is for.
  public let selector: Selector?
  /// How many bytes are accepted.
  public let bytes: Sourced<Int>?
  /// Which share of the image's bytes is accepted.
  public let share: Sourced<Share>?

  /// Whether so many bytes of an image are more than either allows.
  public func isExceeded(by part: Int, of whole: Int) -> Bool {
    if let bytes, part > bytes.value { return true }
    return share?.value.isExceeded(by: part, of: whole) ?? false
  }
}

/// What a budget is for.
public enum BudgetScope: String, Hashable, Sendable, CaseIterable {
  /// The whole image.
  case image
  /// Each layer.
  case layer
}

/// How the layers of the base image are told of.
public enum BaseLayers: String, Hashable, Sendable, CaseIterable {
  /// In one finding for all of them, as info.
  case summary
  /// Like other layers.
  case each
  /// Not at all.
  case off
}

/// What a policy says of a rule beside severity, caches and paths.
public struct RuleOptions: Hashable, Sendable {
  /// What budgets are for.
  public var scope = BudgetScope.image
  /// How the layers of the base image are told of.
  public var baseLayers = BaseLayers.summary
  /// How much of the image may be shipped and seen by nobody; nil where that is no matter.
  public var waste: Budget?
}

extension Policy {
  /// How much of a cache kind a rule accepts: what the narrowest selector says that states a budget; nil for nothing.
  public func budget(for rule: RuleID, cache: CacheKind) -> Budget? {
    guard let statement = rules[rule.code] else { return nil }
    return Selector.speaking(of: cache).lazy.compactMap { statement.budgets[$0] }.first ?? statement.budget
  }

  /// What the policy says of a rule beside severity, caches, paths and budgets.
  public func options(of rule: RuleID) -> RuleOptions { rules[rule.code]?.options ?? RuleOptions() }
}
