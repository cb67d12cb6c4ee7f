/// What a policy may set of some rules, beside severity, caches and paths: the key below the rule.
public enum RuleOption: String, Hashable, Sendable, CaseIterable {
  /// How many bytes are accepted, of all caches that the statement speaks of.
  case budget
  /// Which share of the image's bytes is accepted.
  case share
  /// What a budget is for: the image, or each layer.
  case per
  /// How the layers of the base image are told of.
  case baseLayers = "base-layers"
  /// How much of the image may be shipped and seen by nobody, be it cache or not.
  case waste
}
