internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// What findings about caches in images say.
struct ImageFindings {
  let verdict: ImageVerdict

  /// What is less than this is told mildly.
  static let smallBytes = 1 << 20

  private var found: ImageCase { verdict.found }
  private var image: ImageFacts { verdict.found.image }

  /// What it is, as messages name it.
  static func noun(_ kind: CacheKind) -> String { kind.what.isEmpty ? kind.id : "\(kind.id) (\(kind.what))" }

  /// The severity before the policy speaks.
  var severity: Severity {
    if found.ship.value != .deny || found.kind.regenerates == .never { return .info }
    // Whoever states a budget has said how much is little.
    if verdict.excess != nil { return .warning }
    guard let layer = found.kind.layer, !layer.isSmall else { return .info }
    return verdict.amount.bytes < Self.smallBytes ? .info : .warning
  }

  func finding(_ steps: WriterSteps) -> Finding {
    let isLiving = verdict.rule == CacheInImage.description.id
    let parts = isLiving ? verdict.live : verdict.dead
    let largest = parts.max { ($0.placeBytes, $1.place) < ($1.placeBytes, $0.place) }
    let place = largest?.place ?? found.places[0].path
    let fixes = ImageFixes(found, steps)
    return Finding(
      verdict.rule, severity, isLiving ? livingMessage : deadMessage, at: image.place(place, in: found.writer),
      cache: found.kind.id, related: related(without: place), evidence: evidence(isLiving), notes: notes(fixes),
      subjects: verdict.subjects, fix: fixes.fix)
  }

  private var livingMessage: String {
    let message = "\(CacheAmount.sum(verdict.live.map(\.amount)).words) of \(Self.noun(found.kind)) are in the image"
    if verdict.dead.isEmpty { return message }
    return message + "; \(CacheAmount.sum(verdict.dead.map(\.amount)).words) more were removed too late"
  }

  private var deadMessage: String {
    let amount = CacheAmount.sum(verdict.dead.map(\.amount)).words
    let writer = image.name(of: found.writer)
    var message = "later layers remove or replace \(amount) of \(Self.noun(found.kind)) that \(writer) ships"
    if verdict.dead.count == 1, let part = verdict.dead.first, let end = part.end {
      message =
        switch part.fate {
        case .duplicate: "\(writer) ships \(amount) of \(Self.noun(found.kind)) that it replaces itself"
        case .deleted: "\(image.name(of: end)) deletes \(amount) of \(Self.noun(found.kind)) that \(writer) ships"
        default: "\(image.name(of: end)) writes \(amount) of \(Self.noun(found.kind)) anew that \(writer) ships"
        }
    }
    message += ": the image does not shrink"
    if verdict.live.isEmpty { return message }
    return message + "; \(CacheAmount.sum(verdict.live.map(\.amount)).words) more are still in it"
  }

  /// Where the dead bytes end, and where the others lie.
  private func related(without place: Path) -> [RelatedPlace] {
    var related: [RelatedPlace] = []
    let dead = verdict.dead.sorted { ($0.amount.bytes, $1.place) > ($1.amount.bytes, $0.place) }
    for part in dead.prefix(Judgement.relatedLimit) {
      guard let end = part.end, end != part.shipper else { continue }
      let verb = part.fate == .deleted ? "deletes" : "replaces"
      related.append(RelatedPlace(image.place(part.place, in: end), "\(verb) \(part.amount.words)"))
    }
    for part in verdict.live where part.shipper != found.writer && related.count < Judgement.relatedLimit {
      let words = "ships \(part.amount.words) of it once more, with another owner or mode"
      related.append(RelatedPlace(image.place(part.place, in: part.shipper), words))
    }
    for other in found.places where other.path != place && related.count < Judgement.relatedLimit {
      related.append(RelatedPlace(image.place(other.path, in: found.writer), "has \(other.amount.words) of it"))
    }
    return related
  }

  private func evidence(_ isLiving: Bool) -> [Evidence] {
    let live = CacheAmount.sum(verdict.live.map(\.amount))
    let dead = CacheAmount.sum(verdict.dead.map(\.amount))
    let amount = verdict.amount
    var evidence = [
      Evidence("ledger", isLiving ? "live" : "dead"), Evidence("bytes", String(amount.bytes), isStable: false),
      Evidence("live_bytes", String(live.bytes), isStable: false),
      Evidence("dead_bytes", String(dead.bytes), isStable: false),
      Evidence("files", String(amount.files), isStable: false),
      Evidence("places", String(found.placeCount), isStable: false),
    ]
    if let compressed = amount.compressed {
      evidence.append(Evidence("compressed_bytes", String(compressed), isStable: false))
    }
    evidence += image.evidence(of: found.writer)
    for part in verdict.dead.prefix(Judgement.relatedLimit) {
      guard let end = part.end else { continue }
      evidence.append(Evidence("cause", part.fate.rawName, isStable: false))
      evidence += image.evidence(of: end, "end_")
    }
    evidence.append(Evidence("proof", found.places[0].proof))
    evidence.append(Evidence("profile", found.profile))
    evidence.append(Evidence("stated_by", found.ship.origin.description, isStable: false))
    if found.kind.mayBePayload { evidence.append(Evidence("may_be_payload", "true")) }
    if found.kind.regenerates == .never { evidence.append(Evidence("never_delete", "true")) }
    return evidence
  }

  private func notes(_ fixes: ImageFixes) -> [String] {
    var notes: [String] = []
    if let number = image.number(of: found.writer) {
      let line = image.layers.indices.contains(number) ? image.layers[number].step?.line : nil
      notes.append("written by layer \(number)" + (line.map { ": \($0)" } ?? ", of which no instruction is known"))
    }
    if let excess = verdict.excess { notes.append(excess) }
    if found.kind.mayBePayload { notes.append("it may be what the image is there for") }
    if found.kind.regenerates == .never { notes.append("it does not come back by itself once it is deleted") }
    if found.kind.secrets == .likely { notes.append("secrets may lie in it") }
    if let variable = switchInForce, !fixes.isTold(by: variable) {
      notes.append("\(variable) is set in the image; it was not in force where this was written, or not heeded")
    }
    return notes + fixes.alternatives
  }

  /// The variable of the final environment that keeps this cache from being written.
  private var switchInForce: String? {
    guard let configuration = image.image?.configuration else { return nil }
    let variable = found.kind.disable.environment.first { variable in
      variable.effect == .full && variable.judge(configuration.value(of: variable.name)) == .on
    }
    return variable?.name
  }

  /// The findings of a rule, those that are too many as one.
  static func report(_ verdicts: [ImageVerdict], _ rule: RuleID, _ report: (Verdict) -> Void) {
    let own = verdicts.filter { $0.rule == rule }
    let order = own.indices.sorted { left, right in
      let bytes = (own[left].amount.bytes, own[right].amount.bytes)
      return bytes.0 == bytes.1 ? left < right : bytes.0 > bytes.1
    }
    let told = order.count <= ImageCases.findingLimit ? order : Array(order.prefix(ImageCases.findingLimit - 1))
    let steps = WriterSteps()
    for index in told.sorted() {
      let verdict = own[index]
      report(
        Verdict(
          ImageFindings(verdict: verdict).finding(steps), grounds: verdict.found.grounds, profile: verdict.found.profile
        ))
    }
    let rest = order.dropFirst(told.count).map { own[$0] }
    guard let first = rest.first else { return }
    let amount = CacheAmount.sum(rest.map(\.amount))
    report(
      Verdict(
        Finding(
          rule, rest.map { ImageFindings(verdict: $0).severity }.max() ?? .info,
          "\(rest.count) more caches of the image are not listed: \(amount.words)", at: .target,
          evidence: [Evidence("bytes", String(amount.bytes), isStable: false)], subjects: rest.flatMap(\.subjects),
          fix: Fix(manual: "repair what is listed, and look again")),
        profile: first.found.profile))
  }
}

extension CopyFate {
  /// The fate as programs read it.
  var rawName: String {
    switch self {
    case .live: "live"
    case .deleted: "deleted"
    case .rewritten: "rewritten"
    case .duplicate: "duplicate"
    case .metadataOnly: "metadata-only"
    case .rewrittenOrMetadataOnly: "rewritten-or-metadata-only"
    }
  }
}
