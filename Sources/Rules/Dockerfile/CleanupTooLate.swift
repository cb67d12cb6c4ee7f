internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import SourceText

/// Reports a cache that a later instruction removes, when it is in a layer already.
///
/// ## What it does
///
/// Looks at every RUN that leaves a cache, as CP310 does, and at the instructions after it in the
/// layers that ship. Where one of them removes the cache, this rule speaks in the place of CP310, at
/// the command that writes it.
///
/// ## Why is this bad
///
/// A layer only adds to those below it. Removing a file in a later layer hides it, and its bytes are
/// pulled with the image all the same: the clean-up costs a line, and saves nothing.
///
/// ## Example
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get install -y curl   # flagged: the lists are in this layer
/// RUN rm -rf /var/lib/apt/lists/*                 # too late
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
/// RUN rm -rf /var/lib/apt/lists/*
/// ```
///
/// ## Fix safety
///
/// As for CP310. The later command is left alone: it does no harm, and may be there for something else.
enum CleanupTooLate: Rule {
  static let description = RuleDescription(
    RuleID("CP311", "cleanup-too-late"), "a cache is removed in a later layer than the one that holds it",
    severity: .warning, group: .dockerfile, fix: .safe, intents: ["ship: deny"],
    page: RulePages.page("CleanupTooLate"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for found in LayerCase.all(facts, judgement) {
      guard case .removedLater(let instruction, let command) = found.outcome else { continue }
      let path = found.dockerfile.path
      let removal = found.dockerfile.effects[instruction]?.place(ofCommand: command)
      let line = found.dockerfile.file.instructions[instruction].startLine
      report(
        Verdict(
          Finding(
            description.id, found.severity,
            "\(found.tool) leaves its \(found.noun) in this layer; line \(line) removes it too late", at: found.place,
            confidence: found.confidence, cache: found.kind.id, label: "writes \(found.shownPlace)",
            related: [RelatedPlace(.file(path, removal), "removes it in a later layer, which saves nothing")],
            evidence: found.evidence + [Evidence("removed_in_line", String(line))], notes: found.notes,
            fix: LayerFixes.fix(found)),
          grounds: found.grounds, profile: found.product.profile))
    }
  }
}
