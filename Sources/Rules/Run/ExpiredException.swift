public import Findings

/// Reports exceptions of the policy whose end date has passed.
///
/// ## What it does
///
/// An exception accepts findings until the day that it names. From the next day on it accepts nothing
/// and is an error itself. In the 30 days before, it is mentioned as info. `--today` and
/// SOURCE_DATE_EPOCH fix the day.
///
/// ## Why is this bad
///
/// An exception without an end is a rule that nobody decided on.
///
/// ## Example
///
/// ```yaml
/// exceptions:
///   - rule: CP101
///     paths: ["third_party/**"]
///     reason: "upstream ships only bytecode"
///     expires: 2020-01-31
/// ```
///
/// ## Fix safety
///
/// Manual: repair what the exception covers, or decide again and move the date.
public enum ExpiredException {
  /// What the finding is.
  public static let description = RuleDescription(
    RuleID("CP901", "expired-exception"), "an exception of the policy has expired", severity: .error, group: .policy,
    fix: .manual, page: RulePages.page("ExpiredException"))
}
