internal import Caches
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports caches that only this machine's settings keep out of commits.
///
/// ## What it does
///
/// Looks for proven caches that `.git/info/exclude` or the file of `core.excludesFile` covers, and no
/// ignore file of the repository does. It is off with `--staged` and where `CI` is set.
///
/// ## Why is this bad
///
/// Everybody else who works on the repository can commit them.
///
/// ## Example
///
/// ```text
/// .DS_Store    # ignored by ~/.config/git/ignore alone: flagged
/// ```
///
/// ## Fix safety
///
/// Safe: the entry is added to the nearest ignore file of the repository.
enum PrivatelyIgnoredCache: Rule {
  static let description = RuleDescription(
    RuleID("CP104", "privately-ignored-cache"), "only personal settings keep a cache out of commits", severity: .info,
    group: .repository, fix: .safe, intents: ["commit: deny"], page: RulePages.page("PrivatelyIgnoredCache"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard judgement.judgesWorkTree, let repository = facts.repository else { return }
    let open = repository.caches.filter { cache in
      cache.isOnDisk && cache.tracked.isEmpty && !cache.ignoresItself && !(cache.ignoredBy?.isIgnored ?? false)
        && cache.privatelyIgnoredBy?.isIgnored == true
    }
    for places in judgement.grouped(open, by: description.id) {
      guard let first = places.first, let grounds = judgement.commitDenial(of: first.kind, at: first.path),
        let decision = first.privatelyIgnoredBy
      else { continue }
      let kind = first.kind
      report(
        Verdict(
          Finding(
            description.id, .info, "\(kind.what) (\(kind.id)) is ignored here, but not for others",
            at: .file(first.path, nil), cache: kind.id, label: "only \(sourceName(decision)) ignores it",
            related: places.dropFirst().prefix(Judgement.relatedLimit).map {
              RelatedPlace(.file($0.path, nil), "ignored here only")
            },
            evidence: [Evidence("pattern", printable(decision.pattern)), Evidence("source", sourceName(decision))],
            fix: IgnoreEntries.fix(IgnoreEntries.lines(for: places), in: facts)), grounds: grounds))
    }
  }
}
