public import Findings

/// Findings that the run itself makes, because they speak of how it went and not of facts.
public enum RunRules {
  /// What they are.
  public static let descriptions: [RuleDescription] = [
    UnreadableSuppression.description, ExpiredException.description,
    UnusedSuppression.description, UnusedException.description,
  ]
}
