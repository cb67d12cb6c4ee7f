internal import Caches
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports tools whose caches no ignore file covers, before they are written.
///
/// ## What it does
///
/// Marker files (`pyproject.toml`, `package.json`, a section in a configuration) tell which tools are
/// used where. The paths that such a tool would write are judged by the repository's own ignore
/// rules, as git would; the text of the rules does not matter, so `*.py[cod]`, `__pycache__` and
/// `**/__pycache__/` are equally good. Personal excludes do not count. One finding tells of
/// everything that one ignore file lacks.
///
/// ## Why is this bad
///
/// The first run of the tool on any machine makes files that `git add .` commits.
///
/// ## Example
///
/// ```text
/// web/package.json     # and no rule covers web/node_modules/
/// ```
///
/// ## Fix safety
///
/// Safe: the missing entries are added, grouped, where the repository's habit puts them: the nearest
/// ignore file at or above the marker, else the one of the root, which is made where it is missing.
enum MissingIgnoreEntry: Rule {
  static let description = RuleDescription(
    RuleID("CP103", "missing-ignore-entry"), "an ignore file lacks entries for tools that are used", severity: .info,
    group: .repository, fix: .safe, intents: ["commit: deny"], page: RulePages.page("MissingIgnoreEntry"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard facts.repository != nil else { return }
    let told = judgement.judgesWorkTree && judgement.isJudged(UnignoredCache.description.id) ? toldElsewhere(facts) : []
    var missing: [Path: [ToolUse]] = [:]
    for use in facts.uses {
      guard !use.ignoresItself, use.writes.contains(where: { !$0.isIgnored }),
        judgement.commitDenial(of: use.kind, at: use.marker) != nil
      else { continue }
      let file = IgnoreEntries.home(for: use.directory, in: facts)
      if told.contains(Told(file: file, kind: use.kind.id)) { continue }
      missing[file, default: []].append(use)
    }
    var planned = PlannedEntries()
    // Those above come first: what an entry there covers is missing below no more.
    for (file, found) in missing.sorted(by: { ($0.key.components.count, $0.key) < ($1.key.components.count, $1.key) }) {
      let uses = found.filter { use in use.writes.contains { !$0.isIgnored && !planned.covers($0.path) } }
      let kinds = IgnoreEntries.unique(uses.map(\.kind.id))
      var markers: [Path] = []
      for use in uses where !markers.contains(use.marker) { markers.append(use.marker) }
      let lines = uses.flatMap { IgnoreEntries.lines(for: $0, in: facts) }
      let entries = IgnoreEntries.unique(lines.map { printable($0.text) })
      if entries.isEmpty { continue }
      planned.add(lines, to: file)
      report(
        Verdict(
          Finding(
            description.id, .info, "no entry covers what \(list(kinds)) would write", at: .file(file, nil),
            cache: kinds.count == 1 ? kinds[0] : nil, label: "missing: \(entries.joined(separator: " "))",
            related: markers.prefix(Judgement.relatedLimit).map { RelatedPlace(.file($0, nil), "shows the use") },
            evidence: entries.map { Evidence("entry", $0) }
              + uses.flatMap { use in use.writes.filter { !$0.isIgnored }.map { Evidence("write", $0.path.description) }
              },
            fix: IgnoreEntries.fix(lines, in: facts)),
          grounds: uses.lazy.compactMap { judgement.commitDenial(of: $0.kind, at: $0.marker) }.first))
    }
  }

  /// What CP102 and its neighbours report for the very same ignore file.
  private struct Told: Hashable {
    let file: Path
    let kind: String
  }

  private static func toldElsewhere(_ facts: TargetFacts) -> Set<Told> {
    var told: Set<Told> = []
    for cache in facts.repository?.caches ?? []
    where cache.isOnDisk && cache.tracked.isEmpty && !cache.ignoresItself && !(cache.ignoredBy?.isIgnored ?? false) {
      told.insert(Told(file: IgnoreEntries.home(for: cache.path.parent, in: facts), kind: cache.kind.id))
    }
    return told
  }

  private static func list(_ kinds: [String]) -> String {
    guard let last = kinds.last, kinds.count > 1 else { return kinds.first ?? "" }
    return kinds.dropLast().joined(separator: ", ") + " and " + last
  }
}
