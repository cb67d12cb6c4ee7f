internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// Reports caches that one layer ships and a later one removes or writes anew.
///
/// ## What it does
///
/// Follows every file through the layers. The bytes of a cache that no container sees, because a later
/// layer deleted them, with a whiteout for the file, for a directory above it or for all that a directory
/// had, or wrote something else in their place, are charged to the layer that ships them and to the one
/// that ends them. There is one finding for each kind and each layer that ships it; where a larger part
/// of the same write still lives, CP401 tells both. Of bytecode that the policy wants shipped, what is
/// deleted is told as `info`, and what an update replaces is not told.
///
/// ## Why is this bad
///
/// A layer only adds to those below it. The bytes are pulled with the image by everybody, and the step
/// that removes them saves nothing. Tools that compare only the paths that stand in two layers do not
/// see a directory that was removed as a whole.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// RUN pip install flask
/// RUN rm -rf /root/.cache                # the image does not shrink
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.12-slim
/// RUN pip install flask && rm -rf /root/.cache
/// ```
///
/// ## Options
///
/// `budget`, `share`, `per` and `base-layers` as for CP401, and `caches` with budgets. What is dead and no cache
/// is no finding, unless the policy says how much of that is accepted:
///
/// ```yaml
/// rules:
///   CP402:
///     waste: {budget: 100MiB, share: 5%}   # all that is shipped and seen by nobody, be it cache or not
/// ```
///
/// ## Fix safety
///
/// Manual: an image is not edited. The repair belongs to the step that wrote the cache, not to the one that
/// removed it. With `--dockerfile FILE` the fix is the one of the rule about the line that made the layer, with
/// its edits and its safety where `fix` takes the file for a Dockerfile by its name.
enum DeletedCacheStillShipped: Rule {
  static let description = RuleDescription(
    RuleID("CP402", "deleted-cache-still-shipped"), "a cache that a later layer removes is shipped all the same",
    severity: .warning, group: .image, fix: .manual, intents: ["ship: deny", "ship: precompiled"],
    options: [.budget, .share, .per, .baseLayers, .waste], page: RulePages.page("DeletedCacheStillShipped"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    let cases = ImageCases.of(facts, judgement)
    let base = cases.baseVerdicts(judgement)
    if !base.isEmpty, base.allSatisfy(\.live.isEmpty) {
      report(CacheInImage.summary(of: base, description.id))
    }
    ImageFindings.report(cases.verdicts(judgement), description.id, report)
    checkWaste(facts, cases.shippedBytes, judgement, report)
  }

  /// Tells where more of the image is seen by nobody than the policy accepts.
  private static func checkWaste(
    _ facts: TargetFacts, _ shipped: Int, _ judgement: Judgement, _ report: (Verdict) -> Void
  ) {
    let options = judgement.policies.policy(for: .root).options(of: description.id)
    guard let image = facts.image, let waste = options.waste else { return }
    let charges = image.union.charges.filter { charge in
      guard let end = charge.end, charge.fate != .live, charge.amount.bytes > 0 else { return false }
      // A copy of what the base has is shipped by the layer that copies it.
      return options.baseLayers == .each || !image.isBase(charge.fate.ledger == .dead ? charge.writer : end)
    }
    let bytes = charges.reduce(0) { $0 + $1.amount.bytes }
    guard waste.isExceeded(by: bytes, of: shipped) else { return }
    let largest = charges.enumerated().sorted { left, right in
      let bytes = (left.element.amount.bytes, right.element.amount.bytes)
      return bytes.0 == bytes.1 ? left.offset < right.offset : bytes.0 > bytes.1
    }
    let notes = largest.prefix(Judgement.relatedLimit).map { _, charge in
      "\(byteCount(charge.amount.bytes)) of \(image.name(of: charge.writer)), "
        + "\(charge.fate.rawName) by \(image.name(of: charge.end ?? charge.writer))"
    }
    let share = Share(millionths: shipped == 0 ? 0 : Int(Double(bytes) / Double(shipped) * 1000) * 1000)
    report(
      Verdict(
        Finding(
          description.id, .warning, "\(byteCount(bytes)) of the image (\(share)) are shipped and seen by nobody",
          at: .target,
          evidence: [
            Evidence("ledger", "waste"), Evidence("bytes", String(bytes), isStable: false),
            Evidence("share", share.description, isStable: false),
          ], notes: [waste.words()] + notes,
          fix: Fix(manual: "remove files in the step that writes them, and set owner and mode there, too")),
        profile: judgement.imageProfile))
  }
}
