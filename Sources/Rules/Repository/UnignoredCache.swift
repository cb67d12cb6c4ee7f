internal import Caches
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports caches in the work tree that nothing keeps out of the next commit.
///
/// ## What it does
///
/// Looks for proven caches on disk that are neither tracked nor covered by an ignore rule. A cache
/// that brings an ignore file of its own is fine. The rule is off with `--staged` and where `CI` is
/// set, because there the work tree is not a person's.
///
/// ## Why is this bad
///
/// The next `git add .` commits it.
///
/// ## Example
///
/// ```text
/// pkg/__pycache__/a.cpython-312.pyc    # untracked, and no rule covers it: flagged
/// ```
///
/// ## Fix safety
///
/// Safe: the entry is added to the nearest ignore file of the repository. Nothing is deleted.
enum UnignoredCache: Rule {
  static let description = RuleDescription(
    RuleID("CP102", "unignored-cache"), "a cache could be committed: no ignore rule covers it", severity: .warning,
    group: .repository, fix: .safe, intents: ["commit: deny"], page: RulePages.page("UnignoredCache"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard judgement.judgesWorkTree else { return }
    for places in judgement.grouped(unignored(facts), by: description.id) {
      guard let first = places.first, let grounds = judgement.commitDenial(of: first.kind, at: first.path) else {
        continue
      }
      let kind = first.kind
      let more = places.count == 1 ? "" : ", and \(places.count - 1) more of its kind"
      let lines = IgnoreEntries.lines(for: places)
      report(
        Verdict(
          Finding(
            description.id, .warning, "\(kind.what) (\(kind.id)) is not ignored\(more)",
            at: .file(first.path, nil), cache: kind.id,
            related: places.dropFirst().prefix(Judgement.relatedLimit).map {
              RelatedPlace(.file($0.path, nil), "not ignored either")
            },
            evidence: [Evidence("proof", places[0].proof)] + places.map { Evidence("path", $0.path.description) },
            fix: IgnoreEntries.fix(lines, in: facts)), grounds: grounds))
    }
  }

  /// The caches on disk that git would add.
  static func unignored(_ facts: TargetFacts) -> [CacheFact] {
    (facts.repository?.caches ?? []).filter { cache in
      cache.isOnDisk && cache.tracked.isEmpty && !cache.ignoresItself
        && !(cache.ignoredBy?.isIgnored ?? false) && !(cache.privatelyIgnoredBy?.isIgnored ?? false)
    }
  }
}
