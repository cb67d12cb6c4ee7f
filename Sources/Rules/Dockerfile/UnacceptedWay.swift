internal import CacheEffects
internal import Caches
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports a cache that is kept out of a layer in a way that the policy does not list.
///
/// ## What it does
///
/// Looks at the caches that a RUN keeps out of its layer. The policy's `keep-out-by` lists the accepted
/// ways: `no-cache` (a flag, a variable or a setting), `cache-mount`, and `clean` (a removal in the
/// same RUN). Without that key every way is accepted.
///
/// ## Why is this bad
///
/// It is not: the layer is clean. But a team that has decided for cache mounts wants to see where
/// builds still download everything anew, and one that must build without BuildKit where mounts are
/// left.
///
/// ## Example
///
/// ```yaml
/// caches:
///   python.pip: {production: {ship: deny, keep-out-by: [cache-mount]}}
/// ```
///
/// ```dockerfile
/// RUN pip install --no-cache-dir flask     # flagged: by no-cache, the policy wants cache-mount
/// ```
///
/// ## Fix safety
///
/// Manual: change the RUN to one of the ways that the policy lists.
enum UnacceptedWay: Rule {
  static let description = RuleDescription(
    RuleID("CP317", "unaccepted-way"), "a cache is kept out in a way that the policy does not list", severity: .info,
    group: .dockerfile, fix: .manual, intents: ["ship: deny", "keep-out-by"], page: RulePages.page("UnacceptedWay"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for found in LayerCase.all(facts, judgement) {
      guard case .keptOut(let kept) = found.outcome, let way = Way(rawValue: kept.name), !found.ways.contains(way)
      else { continue }
      let wanted = found.ways.map(\.rawValue).joined(separator: ", ")
      report(
        Verdict(
          Finding(
            description.id, .info,
            "\(found.tool)'s \(found.noun) \(found.verb) kept out by \(way.rawValue); the policy lists \(wanted)",
            at: found.place, cache: found.kind.id, label: "kept out by \(way.rawValue)",
            evidence: found.evidence + [Evidence("way", way.rawValue)],
            notes: ["keep-out-by: [\(wanted)] (\(found.grounds.origin))"],
            fix: Fix(manual: "keep it out by \(wanted)")),
          grounds: nil, profile: found.product.profile))
    }
  }
}
