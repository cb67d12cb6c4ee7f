public import Findings

/// Reports exceptions of the policy that accept nothing.
///
/// ## What it does
///
/// An exception counts as used when a finding of its rule lies in its paths, even when a comment
/// accepts that finding first. It is judged only in runs that examined everything it could speak of:
/// one for a rule about images when one image is examined, alone and without an error; one for a rule
/// about repositories, ignore files and Dockerfiles when these are; and one for a rule about bytecode,
/// which both may have, never.
///
/// ## Why is this bad
///
/// It looks like a decision that matters, and it would hide the next finding.
///
/// ## Example
///
/// ```yaml
/// exceptions:
///   - rule: CP101
///     paths: ["removed/long/ago/**"]
///     reason: "vendored"
///     expires: 2027-03-31
/// ```
///
/// ## Fix safety
///
/// Manual: delete the exception.
public enum UnusedException {
  /// What the finding is.
  public static let description = RuleDescription(
    RuleID("CP903", "unused-exception"), "an exception of the policy accepts nothing", severity: .warning,
    group: .policy, fix: .manual, page: RulePages.page("UnusedException"))
}
