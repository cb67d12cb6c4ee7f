internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports patterns of a `.dockerignore` with which every build fails.
///
/// ## What it does
///
/// BuildKit refuses a lone `!`, what Go's `filepath.Match` refuses (a bracket that is not closed, an
/// empty class, a backslash at the end), and what is no regular expression once it has been turned
/// into one (`\c`, `[z-a]`).
///
/// ## Why is this bad
///
/// `docker build` ends with an error before it has done anything.
///
/// ## Example
///
/// ```text
/// [a-              # flagged
/// ```
///
/// ## Fix safety
///
/// Manual: only a person knows what was meant.
enum InvalidPattern: Rule {
  static let description = RuleDescription(
    RuleID("CP212", "invalid-pattern"), "a pattern of a .dockerignore makes every build fail", severity: .error,
    group: .dockerignore, fix: .manual, page: RulePages.page("InvalidPattern"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for ignore in facts.dockerignores {
      guard case .failure(let error) = ignore.file else { continue }
      let pattern = printable(ignore.bytes[error.range.indices].prefix(80))
      report(
        Verdict(
          Finding(
            description.id, .error, "every build with this file fails: \(words(error.reason))",
            at: .file(ignore.path, error.range), label: "`\(pattern)`",
            evidence: [Evidence("line", String(error.line))], fix: Fix(manual: "correct or remove the pattern"))))
    }
  }

  private static func words(_ reason: DockerIgnoreError.Reason) -> String {
    switch reason {
    case .emptyException: "`!` without a pattern"
    case .syntax: "a bracket or backslash that is not complete"
    case .expression: "a class or escape that Go's regular expressions do not have"
    case .longLine(let limit): "a line of more than \(limit) bytes"
    }
  }
}
