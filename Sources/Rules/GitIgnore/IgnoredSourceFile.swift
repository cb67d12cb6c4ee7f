internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports ignore rules that cover files which are tracked and are no caches.
///
/// ## What it does
///
/// Judges every path of the index by the repository's own ignore files, and tells for each pattern
/// which tracked files it covers. Caches are CP101's.
///
/// ## Why is this bad
///
/// Changes of these files are seen, but a new file beside them is not: `git add` passes over it
/// without a word. Either the pattern is too wide, or the file should not be tracked.
///
/// ## Example
///
/// ```text
/// .gitignore:  *.json
/// tracked:     package.json      # flagged at the pattern
/// ```
///
/// ## Fix safety
///
/// Manual: narrow the pattern, add a negation, or take the file out of the index.
enum IgnoredSourceFile: Rule {
  static let description = RuleDescription(
    RuleID("CP204", "ignored-source"), "an ignore rule covers tracked files", severity: .info, group: .gitignore,
    fix: .manual, page: RulePages.page("IgnoredSourceFile"))

  private struct Line: Hashable {
    let file: Path
    let line: Int
  }

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    var covered: [Line: [Path]] = [:]
    for source in facts.repository?.ignoredSources ?? [] {
      guard case .file(let file) = source.decision.source else { continue }
      covered[Line(file: file, line: source.decision.line), default: []].append(source.path)
    }
    for file in facts.gitignores {
      for rule in file.file.rules {
        guard let paths = covered[Line(file: file.path, line: rule.line)], let first = paths.first else { continue }
        let more = paths.count == 1 ? "" : " and \(paths.count - 1) more"
        report(
          Verdict(
            Finding(
              description.id, .info, "`\(printable(rule.pattern))` covers tracked files: \(first)\(more)",
              at: .file(file.path, rule.range),
              related: paths.prefix(Judgement.relatedLimit).map { RelatedPlace(.file($0, nil), "tracked") },
              evidence: [Evidence("files", String(paths.count))]
                + paths.prefix(100).map { Evidence("path", $0.description) },
              fix: Fix(manual: "narrow the pattern, or take back what is meant to be tracked with `!`"))))
      }
    }
  }
}
