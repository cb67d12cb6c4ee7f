internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports patterns that another one makes needless.
///
/// ## What it does
///
/// Looks for patterns of one ignore file that could go without any path being judged otherwise:
/// written twice, or covered by a wider one (`x/` by `x`, `*.pyc` by `*.py[cod]`), with no negation
/// between that would make a difference.
///
/// ## Why is this bad
///
/// It does no harm; but a long list that repeats itself is read by nobody.
///
/// ## Example
///
/// ```text
/// *.log
/// *.log            # flagged
/// ```
///
/// ## Fix safety
///
/// Safe for what is written twice: the line is removed. What is covered by a wider pattern is left to
/// a person.
enum RedundantPattern: Rule {
  static let description = RuleDescription(
    RuleID("CP203", "redundant-pattern"), "another pattern makes this one needless", severity: .info,
    group: .gitignore, fix: .safe, page: RulePages.page("RedundantPattern"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for file in facts.gitignores where file.unread == nil {
      let redundant = file.file.redundantRules
      if redundant.isEmpty { continue }
      let lines = LineTable(file.bytes)
      for item in redundant {
        let line = item.because.line
        report(
          Verdict(
            Finding(
              description.id, .info,
              item.isDuplicate
                ? "`\(printable(item.rule.pattern))` stands in line \(line) too"
                : "`\(printable(item.rule.pattern))` is covered by line \(line)",
              at: .file(file.path, item.rule.range),
              related: [RelatedPlace(.file(file.path, item.because.range), "`\(printable(item.because.pattern))`")],
              evidence: [Evidence("covered_by", "\(file.path):\(line)")],
              fix: item.isDuplicate
                ? Fix(
                  .safe, "remove line \(item.rule.line)",
                  edits: [FileEdit(file.path, Edit(lines.removal(ofLine: item.rule.line), []))])
                : Fix(manual: "remove line \(item.rule.line), if the wider pattern is meant"))))
      }
    }
  }
}

extension LineTable {
  /// The bytes to remove so that a line is gone: with its end, or with the end before it for a last line without one.
  fileprivate func removal(ofLine line: Int) -> ByteRange {
    let full = fullRange(ofLine: line)
    guard line == count, line > 1 else { return full }
    return ByteRange(range(ofLine: line - 1).upper, full.upper)
  }
}
