public import Findings

/// Reports comments that accept findings which do not exist.
///
/// ## What it does
///
/// A comment `# cachepolicy: ignore[CODE] reason` counts as used when a finding of that rule lies
/// where it speaks. One that is used by nothing is reported; one that cannot be read is CP002. It is
/// judged only where the whole file was examined by that rule.
///
/// ## Why is this bad
///
/// The next real finding at that place would be hidden by a comment that nobody needs.
///
/// ## Example
///
/// ```dockerfile
/// # cachepolicy: ignore[CP302] not needed any more
/// ENV PYTHONDONTWRITEBYTECODE=1
/// ```
///
/// ## Fix safety
///
/// Safe: a comment that nothing uses is removed with its line.
public enum UnusedSuppression {
  /// What the finding is.
  public static let description = RuleDescription(
    RuleID("CP902", "unused-suppression"), "a comment accepts nothing", severity: .warning, group: .policy, fix: .safe,
    page: RulePages.page("UnusedSuppression"))
}
