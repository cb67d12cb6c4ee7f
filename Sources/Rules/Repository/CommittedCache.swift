internal import Caches
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports caches that are committed.
///
/// ## What it does
///
/// Looks at the paths of the index. An entry is a cache when its name is one of the catalogue's and
/// the catalogue's proof holds among the entries beside it; a name alone is not enough. One finding
/// tells of all places of a cache kind.
///
/// ## Why is this bad
///
/// A cache changes whenever its tool runs, so it shows up in every diff and conflicts in every merge.
/// It belongs to one machine: compiled Python of another version is never loaded, a stale build tree
/// hides errors. And an ignore rule does nothing for a path that is tracked already.
///
/// ## Example
///
/// ```text
/// pkg/__pycache__/a.cpython-312.pyc    # tracked: flagged
/// ```
///
/// ## Fix safety
///
/// Manual: `git rm -r --cached` takes the paths out of the index and leaves the files on disk. The
/// finding shows the exact command. What is in the history stays there.
enum CommittedCache: Rule {
  static let description = RuleDescription(
    RuleID("CP101", "committed-cache"), "a cache is committed", severity: .error, group: .repository, fix: .manual,
    intents: ["commit: deny"], page: RulePages.page("CommittedCache"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let repository = facts.repository else { return }
    let committed = repository.caches.filter { !$0.tracked.isEmpty }
    for places in judgement.grouped(committed, by: description.id) {
      guard let first = places.first, let grounds = judgement.commitDenial(of: first.kind, at: first.path) else {
        continue
      }
      let kind = first.kind
      let base: Severity = [.lint, .test, .editor].contains(kind.group) ? .warning : .error
      let count = places.reduce(0) { $0 + $1.tracked.count }
      let shown = places.count == 1 ? "" : " in \(places.count) places"
      report(
        Verdict(
          Finding(
            description.id, base, "\(kind.what) (\(kind.id)): \(files(count)) committed\(shown)",
            at: .file(first.path, nil), cache: kind.id,
            related: places.dropFirst().prefix(Judgement.relatedLimit).map {
              RelatedPlace(.file($0.path, nil), "committed too")
            },
            evidence: [Evidence("proof", places[0].proof), Evidence("files", String(count))]
              + places.map { Evidence("path", $0.path.description) },
            notes: kind.trap.map { ["note: \($0)"] } ?? [],
            fix: Fix(
              manual: "take it out of the index; the files stay on disk",
              commands: [removal(of: places)])), grounds: grounds))
    }
  }

  private static func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

  /// The command that takes the places out of the index.
  private static func removal(of places: [CacheFact]) -> String {
    let paths = places.map { place in shellWord(place.path.bytes) }
    let options = places.contains { $0.isDirectory } ? "-r --cached" : "--cached"
    return "git rm \(options) -- \(paths.joined(separator: " "))"
  }
}
