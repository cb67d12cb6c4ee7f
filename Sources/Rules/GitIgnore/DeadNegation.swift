internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports negations that take nothing back.
///
/// ## What it does
///
/// Git does not look into a directory that is excluded, so `!build/keep` after `build/` does nothing.
/// The rule looks for negations below a directory that another rule in force excludes.
///
/// ## Why is this bad
///
/// The file that was to be kept is not committed, and nobody is told.
///
/// ## Example
///
/// ```text
/// build/
/// !build/keep      # flagged; works with build/* above
/// ```
///
/// ## Fix safety
///
/// Safe where `dir/` becomes `dir/*` and the negation then works: what the directory holds stays
/// ignored, except for what the negation names. A bare name then speaks of the directory beside the
/// ignore file alone, which is the one that the negation names.
enum DeadNegation: Rule {
  static let description = RuleDescription(
    RuleID("CP202", "dead-negation"), "a negation takes nothing back: a parent is excluded", severity: .warning,
    group: .gitignore, fix: .safe, page: RulePages.page("DeadNegation"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for file in facts.gitignores where file.unread == nil {
      let above = file.above.map { (directory: $0.path.parent, file: $0.file) }
      for dead in file.file.deadNegations(in: file.directory, above: above) {
        let parent = dead.excludedBy.decidedAt
        report(
          Verdict(
            Finding(
              description.id, .warning, "`\(printable(dead.rule.pattern))` takes nothing back",
              at: .file(file.path, dead.rule.range),
              label: "\(parent)/ is excluded, so nothing below is looked at",
              related: related(dead.excludedBy, facts),
              evidence: [Evidence("excluded_by", sourceName(dead.excludedBy))],
              fix: dead.repair.map { repair in
                Fix(
                  .safe, "write `\(printable(repair.replacement))` in line \(dead.excludedBy.line)",
                  edits: [FileEdit(file.path, Edit(repair.range, repair.replacement))])
              })))
      }
    }
  }

  private static func related(_ decision: IgnoreDecision, _ facts: TargetFacts) -> [RelatedPlace] {
    guard case .file(let path) = decision.source,
      let rule = facts.gitignores.first(where: { $0.path == path })?.file.rule(atLine: decision.line)
    else { return [] }
    return [RelatedPlace(.file(path, rule.range), "excludes \(decision.decidedAt)/")]
  }
}
