public import Findings

/// Tells that a file was judged in another state than the one that is committed.
///
/// ## What it does
///
/// With `--staged`, paths come from the index and contents from the work tree. A file whose size or
/// content differs from its entry in the index is named, because what was judged is not what the
/// commit holds.
///
/// ## Why is this bad
///
/// A verdict about one text says nothing about another. pre-commit puts unstaged changes aside before
/// its hooks run, so there this finding does not appear.
///
/// ## Example
///
/// ```text
/// git add .gitignore && echo '*.log' >> .gitignore && cachepolicy check --staged
/// ```
///
/// ## Fix safety
///
/// Manual: stage the file, or put the change aside.
public enum ExaminedInPart {
  /// What the finding is.
  public static let description = RuleDescription(
    RuleID("CP005", "examined-in-part"), "a file was judged in another state than the staged one", severity: .info,
    group: .input, fix: .manual, page: RulePages.page("ExaminedInPart"))
}
