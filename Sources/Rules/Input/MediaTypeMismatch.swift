internal import Facts
internal import Findings
internal import SourceText

/// Reports layers whose media type does not fit their bytes.
///
/// ## What it does
///
/// Compares the media type that the manifest gives a layer with what its first bytes show: a plain archive,
/// gzip or zstd. The bytes are believed. There is one finding for all layers with the same mismatch.
///
/// ## Why is this bad
///
/// Some programs sniff and read such layers, others trust the type and fail. `docker save` of version 25 called
/// plain archives compressed.
///
/// ## Example
///
/// ```json
/// {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:…"}
/// ```
///
/// ## Fix safety
///
/// Manual: write the image anew, for example with `skopeo copy`.
enum MediaTypeMismatch: Rule {
  static let description = RuleDescription(
    RuleID("CP004", "media-type-mismatch"), "a layer is not what its media type says", severity: .info, group: .input,
    fix: .manual, page: RulePages.page("MediaTypeMismatch"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let image = facts.image else { return }
    struct Mismatch: Hashable {
      let type: String
      let compression: String
    }
    var order: [Mismatch] = []
    var members: [Mismatch: [Int]] = [:]
    for (layer, facts) in image.layers.enumerated() {
      guard let type = facts.wrongMediaType else { continue }
      let mismatch = Mismatch(type: type, compression: facts.compression ?? "unknown")
      if members[mismatch] == nil { order.append(mismatch) }
      members[mismatch, default: []].append(layer)
    }
    for mismatch in order {
      guard let layers = members[mismatch] else { continue }
      let subject = layers.count == 1 ? "\(image.name(of: layers[0])) is" : "\(layers.count) layers are"
      let bytes = mismatch.compression == "none" ? "not compressed" : "compressed with \(mismatch.compression)"
      report(
        Verdict(
          Finding(
            description.id, .info, "\(subject) \(bytes), and called `\(cut(printable(mismatch.type)))`",
            at: image.place(.root, in: layers[0]),
            related: layers.dropFirst().prefix(Judgement.relatedLimit).map {
              RelatedPlace(image.place(.root, in: $0), "the same")
            },
            evidence: [
              Evidence("media_type", cut(printable(mismatch.type))), Evidence("compression", mismatch.compression),
            ] + image.evidence(of: layers[0]),
            subjects: [
              Subject(.root, aspect: "\(mismatch.type) \(mismatch.compression)", amount: .times(layers.count))
            ],
            fix: Fix(manual: "write the image anew, for example with `skopeo copy`")),
          profile: judgement.imageProfile))
    }
  }
}
