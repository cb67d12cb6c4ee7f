public import Findings

/// Reports comments to cachepolicy that cannot be read, so that they accept nothing.
///
/// ## What it does
///
/// A comment is `# cachepolicy: ignore[CODE] reason` above what it speaks for, or
/// `# cachepolicy: ignore-file[CODE] reason` for the whole file; several codes or names are separated by
/// commas. The rule reports what is neither: an unknown verb, no brackets or one that is not closed, a
/// rule that does not exist, no reason, nothing behind the comment that it could speak for, and a comment
/// between the lines of an instruction. What can be read and accepts nothing is CP902.
///
/// ## Why is this bad
///
/// Whoever wrote it believes that the finding was decided upon; it was not.
///
/// ## Example
///
/// ```dockerfile
/// # cachepolicy: ignore CP302 wanted       # flagged: the brackets are missing
/// ENV PYTHONDONTWRITEBYTECODE=0
/// ```
///
/// ## Fix safety
///
/// Manual: write the comment as it was meant, or remove it. The finding cannot be accepted itself.
public enum UnreadableSuppression {
  /// What the finding is.
  public static let description = RuleDescription(
    RuleID("CP002", "unreadable-suppression"), "a comment to cachepolicy cannot be read", severity: .warning,
    group: .input, fix: .manual, page: RulePages.page("UnreadableSuppression"))
}
