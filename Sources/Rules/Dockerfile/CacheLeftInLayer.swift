internal import CacheEffects
internal import Caches
internal import Facts
internal import Findings
internal import SourceText

/// Reports a RUN that leaves a cache in a layer of the image that ships.
///
/// ## What it does
///
/// Follows every command of every RUN in the stages whose layers ship, with the variables, the user
/// and the home directory that it has, through `&&`, `sh -c`, here-documents, `sudo` and `env`. It
/// knows from the catalogue what the commands write and where. A cache counts as kept out only if
/// nothing of it stays in the layer: a flag or a variable with a value that really counts, in force
/// at that command; a cache or tmpfs mount that covers where the tool really writes; or a removal
/// after the last command that writes it, in the same RUN, whenever that command runs. There is one
/// finding for each RUN and cache.
///
/// What is less than 1 MiB as a rule, what only may run, what a word or file that cannot be read may
/// turn off, and what apt downloads on a base image that is not known to remove it, is `info`. With a
/// base image that is not known the confidence is lower.
///
/// ## Why is this bad
///
/// A layer is fixed when its RUN ends. Whatever lies in it then is pulled by everybody who pulls the
/// image, for as long as the image lives, and no program will ever read it again.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// RUN pip install flask                  # flagged: /root/.cache/pip stays
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.12-slim
/// RUN pip install --no-cache-dir flask
/// ```
///
/// ## Fix safety
///
/// The fix takes the first way of the policy's `keep-out-by` that the tool has and that `builder`
/// supports. A flag or a clean-up is safe where the catalogue has it from a run of the tool or from its
/// documentation, and nothing about the command is in doubt; else it is unsafe. A cache mount is
/// always unsafe: the image no longer has what later commands may look for. The fix is manual
/// where a later RUN needs what is removed, as `apt-get install` needs the lists of an earlier
/// `apt-get update`, and `npm ci --offline` what an earlier `npm ci` has fetched. Where a configuration file may
/// have moved the cache, its place is not known, and nothing is cleaned up.
enum CacheLeftInLayer: Rule {
  static let description = RuleDescription(
    RuleID("CP310", "cache-left-in-layer"), "a RUN leaves a cache in a layer that ships", severity: .warning,
    group: .dockerfile, fix: .safe, intents: ["ship: deny"],
    hadolint: HadolintRule.codes(of: "CP310"),
    page: RulePages.page("CacheLeftInLayer"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for found in LayerCase.all(facts, judgement) {
      guard case .left = found.outcome else { continue }
      report(
        Verdict(
          Finding(
            description.id, found.severity, "\(found.tool) leaves its \(found.noun) in this layer", at: found.place,
            confidence: found.confidence, cache: found.kind.id,
            label: "writes \(found.shownPlace); nothing in this RUN removes it", evidence: found.evidence,
            notes: found.notes, fix: LayerFixes.fix(found)),
          grounds: found.grounds, profile: found.product.profile))
    }
  }
}
