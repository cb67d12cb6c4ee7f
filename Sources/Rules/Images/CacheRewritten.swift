internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// Reports layers that ship a cache once more although nothing but owner, mode or times changed.
///
/// ## What it does
///
/// Compares the content of files that stand at the same path in two layers. Where a cache that the policy
/// wants kept out is there twice with the same bytes, after `chmod`, `chown`, `touch` or a step that wrote the
/// same again, there is one finding for each kind and each layer that copies it, at the step that does.
/// Where the contents were not compared, it says that the files were rewritten or copied.
///
/// ## Why is this bad
///
/// A layer holds whole files: to change the owner of one ships all of its bytes again.
///
/// ## Example
///
/// ```dockerfile
/// FROM node:22
/// COPY . /app
/// RUN cd /app && npm ci
/// RUN chown -R node /app /root/.npm      # both are in the image twice
/// ```
///
/// ## Options
///
/// `budget`, `share`, `per` and `base-layers` as for CP401, and `caches` with budgets.
///
/// ## Fix safety
///
/// Manual: set owner and mode in the step that writes the files (`COPY --chown=`, `COPY --chmod=`, or the same
/// RUN), or keep the cache out first.
enum CacheRewritten: Rule {
  static let description = RuleDescription(
    RuleID("CP403", "cache-rewritten"), "a layer ships a cache again though only its metadata changed", severity: .info,
    group: .image, fix: .manual, intents: ["ship: deny"], options: [.budget, .share, .per, .baseLayers],
    page: RulePages.page("CacheRewritten"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    let cases = ImageCases.of(facts, judgement)
    let base = judgement.policies.policy(for: .root).options(of: description.id).baseLayers
    let speech = Speech(description.id, cases, judgement) { $0.copied }
    struct Key: Hashable {
      let kind: String
      let end: Int
      let exceptions: [Int]
    }
    var order: [Key] = []
    var members: [Key: [(found: ImageCase, part: ImageCase.Part)]] = [:]
    var ofBase: [(found: ImageCase, part: ImageCase.Part)] = []
    for found in cases.all {
      for part in speech.parts(of: found) {
        guard let end = part.end else { continue }
        if base != .each, found.image.isBase(end) {
          if base == .summary { ofBase.append((found, part)) }
          continue
        }
        let key = Key(kind: found.kind.id, end: end, exceptions: found.rulings.exceptions[2])
        if members[key] == nil { order.append(key) }
        members[key, default: []].append((found, part))
      }
    }
    order.sort { ($0.end, $0.kind) < ($1.end, $1.kind) }
    if let first = ofBase.first {
      let amount = CacheAmount.sum(ofBase.map(\.part.amount))
      report(
        Verdict(
          Finding(
            description.id, .info, "the base image ships \(amount.words) of caches more than once", at: .target,
            evidence: [Evidence("ledger", "base"), Evidence("bytes", String(amount.bytes), isStable: false)],
            subjects: ofBase.flatMap(\.part.subjects),
            fix: Fix(manual: "take another base image, or repair this one where it is built")),
          grounds: first.found.ship.grounds.mild, profile: first.found.profile))
    }
    for key in order.prefix(ImageCases.findingLimit) {
      guard let copies = members[key] else { continue }
      report(
        Verdict(
          finding(copies, key.end, speech), grounds: copies[0].found.grounds, profile: copies[0].found.profile))
    }
    let rest = order.dropFirst(ImageCases.findingLimit).flatMap { members[$0] ?? [] }
    guard let first = rest.first else { return }
    report(
      Verdict(
        Finding(
          description.id, .info,
          "more caches that were shipped again are not listed: \(CacheAmount.sum(rest.map(\.part.amount)).words)",
          at: .target, subjects: rest.flatMap(\.part.subjects),
          fix: Fix(manual: "repair what is listed, and look again")),
        profile: first.found.profile))
  }

  private static func finding(
    _ copies: [(found: ImageCase, part: ImageCase.Part)], _ end: Int, _ speech: Speech
  ) -> Finding {
    let found = copies[0].found
    let image = found.image
    let amount = CacheAmount.sum(copies.map(\.part.amount))
    let largest = copies.max { ($0.part.placeBytes, $1.part.place) < ($1.part.placeBytes, $0.part.place) } ?? copies[0]
    let isSure = copies.allSatisfy { $0.part.fate == .metadataOnly }
    let change =
      isSure ? "nothing but owner, mode or times changed" : "rewritten, or only with another owner, mode or times"
    let related = copies.prefix(Judgement.relatedLimit).map { copy in
      RelatedPlace(image.place(copy.part.place, in: copy.part.shipper), "ships \(copy.part.amount.words) before")
    }
    var notes: [String] = []
    if let excess = speech.excess(of: found) { notes.append(excess) }
    return Finding(
      description.id, .info,
      "\(image.name(of: end)) ships \(amount.words) of \(ImageFindings.noun(found.kind)) once more: \(change)",
      at: image.place(largest.part.place, in: end), cache: found.kind.id, related: related,
      evidence: [
        Evidence("ledger", isSure ? "metadata-only" : "undecided"),
        Evidence("bytes", String(amount.bytes), isStable: false),
        Evidence("files", String(amount.files), isStable: false),
      ] + image.evidence(of: end) + [
        Evidence("profile", found.profile), Evidence("stated_by", found.ship.origin.description, isStable: false),
      ],
      notes: notes, subjects: copies.flatMap(\.part.subjects),
      fix: Fix(
        manual:
          "set owner and mode in the step that writes the files (`COPY --chown=`, the same RUN), or keep the cache out"
      ))
  }
}
