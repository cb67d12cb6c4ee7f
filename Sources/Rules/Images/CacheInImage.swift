internal import Caches
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports caches that the layers of an image ship.
///
/// ## What it does
///
/// Looks at every file of every layer. A file belongs to a cache where the catalogue's proof holds for it
/// or for a directory above it, in the tree as it is after the layer that brings the file. The usual places are
/// searched below the homes of all users that `/etc/passwd` names in any layer, and beside them those to which a
/// variable moves the cache, such as `PIP_CACHE_DIR=/opt/pip` or `XDG_CACHE_HOME`: one of the image's final
/// environment, or of an ENV or a build argument of its history. Of what a
/// container sees at the end, and the policy wants kept out (`ship: deny`, in the profile of images, which
/// is the default one), there is one finding for each kind and each layer that brings it, with the
/// places, the bytes, what they take compressed, and the step of the build that wrote them: a later step that
/// only changes owner or mode ships the files once more (CP403), and the repair belongs to the first. Where a later
/// layer removed some of the same write, that is told in the same finding, by the larger part: this rule
/// or CP402.
///
/// It is `info` below 1 MiB, for what is less than that as a rule (`os.apk`), for kinds that the
/// catalogue knows no clean-up for, and for what does not come back by itself. What may be what the
/// image is there for, such as models, is `info` unless the policy names it by its id.
///
/// The layers of the base image are told of in one finding, as `info`: nothing that is built on them can
/// take the bytes out; it stays `info` whatever severity the rule has. Bytecode is a cache here only where the policy wants none of it (`ship: deny`).
///
/// ## Why is this bad
///
/// Whoever pulls the image pulls these bytes, and no program of it will read them again.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// RUN pip install flask                  # the layer has /root/.cache/pip
/// ```
///
/// ## Options
///
/// ```yaml
/// rules:
///   CP401:
///     budget: 50MiB            # all caches together; KiB, MiB, GiB, or kB, MB, GB
///     share: 1%                # of the bytes that all layers ship; the finding stands above either
///     per: layer               # image | layer: what budgets are for; image where it is left out
///     base-layers: each        # summary | each | off; summary where it is left out
///     caches:
///       "kind:download": {budget: 0}
///       python.pip: {budget: 10MiB, severity: error}
/// ```
///
/// A budget is for all caches together of which its statement is the narrowest that has one. The bytes of the
/// base image count only with `base-layers: each`. Where a budget is exceeded, small caches are a `warning`, too.
///
/// ## Fix safety
///
/// Manual: an image is not edited. The finding says how the step that wrote the cache keeps it out, in the
/// order of the policy's `keep-out-by`; CP310 does it where the Dockerfile is examined. What that step has already
/// by its own text, such as the flag or a clean-up at its end, is no advice; the finding says then why it did not help,
/// as far as the text tells. With `--dockerfile FILE` the fix is the one of the rule about the line that made the layer,
/// with its edits and its safety where `fix` takes the file for a Dockerfile by its name.
enum CacheInImage: Rule {
  static let description = RuleDescription(
    RuleID("CP401", "cache-in-image"), "a layer ships a cache that is in the image at the end", severity: .warning,
    group: .image, fix: .manual, intents: ["ship: deny"], options: [.budget, .share, .per, .baseLayers],
    page: RulePages.page("CacheInImage"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    let cases = ImageCases.of(facts, judgement)
    let base = cases.baseVerdicts(judgement)
    if base.contains(where: { !$0.live.isEmpty }) { report(summary(of: base, description.id)) }
    ImageFindings.report(cases.verdicts(judgement), description.id, report)
  }

  /// What is told of the caches of the base image: not for one who builds on it to repair.
  static func summary(of base: [ImageVerdict], _ rule: RuleID) -> Verdict {
    let image = base[0].found.image
    let live = CacheAmount.sum(base.flatMap { $0.live.map(\.amount) })
    let dead = CacheAmount.sum(base.flatMap { $0.dead.map(\.amount) })
    var message = "the base image ships \(live.words) of caches"
    if live.bytes == 0 { message = "the base image ships \(dead.words) of caches that it removed too late" }
    if live.bytes > 0, dead.bytes > 0 { message += "; \(dead.words) more were removed too late" }
    var kinds: [String: Int] = [:]
    for verdict in base { kinds[verdict.found.kind.id, default: 0] += verdict.amount.bytes }
    let largest = kinds.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Judgement.relatedLimit)
    let order = base.indices.sorted { left, right in
      let bytes = (base[left].amount.bytes, base[right].amount.bytes)
      return bytes.0 == bytes.1 ? left < right : bytes.0 > bytes.1
    }
    let related = order.prefix(Judgement.relatedLimit).map { index in
      let found = base[index].found
      return RelatedPlace(
        image.place(found.places[0].path, in: found.writer), "has \(base[index].amount.words) of \(found.kind.id)")
    }
    var notes = [largest.map { "\($0.key) \(byteCount($0.value))" }.joined(separator: ", ")]
    if let reason = image.baseReason, let count = image.baseLayers {
      notes.append("\(count == 1 ? "layer 0 is" : "layers 0 to \(count - 1) are") the base image's: \(reason)")
    }
    return Verdict(
      Finding(
        rule, .info, message, at: .target, related: related,
        evidence: [
          Evidence("ledger", "base"), Evidence("live_bytes", String(live.bytes), isStable: false),
          Evidence("dead_bytes", String(dead.bytes), isStable: false),
        ], notes: notes, subjects: base.flatMap(\.subjects),
        fix: Fix(manual: "take another base image, or repair this one where it is built")),
      grounds: base[0].found.ship.grounds.mild, profile: base[0].found.profile)
  }
}
