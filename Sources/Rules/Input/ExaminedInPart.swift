public import Facts
public import Findings
internal import Images
internal import SourceText

/// Tells that a target was not examined as a whole, or in another state than the one that is asked for.
///
/// ## What it does
///
/// Of a root file system, it tells what was not looked into, such as directories on which something is mounted. Of
/// an image, it tells that digests were not compared (`--no-verify`, or an algorithm that is not known), that
/// layers are not present or are no file systems, and that the history does not fit the layers, so that
/// no layer can be told the step that made it.
///
/// With `--staged`, paths come from the index and contents from the work tree. A file whose size or
/// content differs from its entry in the index is named, because what was judged is not what the
/// commit holds.
///
/// ## Why is this bad
///
/// A verdict about one thing says nothing about another. What was not read may hold caches, and a layer whose digest
/// was not compared may not be the one that the image means. pre-commit puts unstaged changes aside before
/// its hooks run, so there the finding about files does not appear.
///
/// ## Example
///
/// ```text
/// cachepolicy check --no-verify oci:image
/// git add .gitignore && echo '*.log' >> .gitignore && cachepolicy check --staged
/// ```
///
/// ## Fix safety
///
/// Manual: examine the image with its digests and all layers; stage the file, or put the change aside.
public enum ExaminedInPart: Rule {
  /// What the rule is.
  public static let description = RuleDescription(
    RuleID("CP005", "examined-in-part"), "a target was not examined as a whole, or not in the state asked for",
    severity: .info, group: .input, fix: .manual, page: RulePages.page("ExaminedInPart"))

  /// Reports what was not read of an image; what is staged otherwise, the run tells.
  public static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let image = facts.image else { return }
    func tell(
      _ message: String, at place: Place = .target, _ what: String, related: [RelatedPlace] = [],
      subjects: [Subject] = [], _ fix: String?
    ) {
      report(
        Verdict(
          Finding(
            description.id, .info, message, at: place, related: related, evidence: [Evidence("part", what)],
            subjects: subjects, fix: fix.map { Fix(manual: $0) }), profile: judgement.imageProfile))
    }
    if image.kind == .image, !image.isVerified {
      tell("the digests of the image were not compared", "digests", "leave --no-verify out")
    }
    for (layers, words, fix) in unread(image) {
      tell(
        words, at: image.place(.root, in: layers[0]), "layers",
        related: layers.dropFirst().prefix(Judgement.relatedLimit).map {
          RelatedPlace(image.place(.root, in: $0), "not read, either")
        }, subjects: layers.map { Subject(.root, aspect: "layer \(image.layers[$0].digest ?? "")") }, fix)
    }
    // Of a tree of files, notes are what was not read.
    for (number, layer) in image.layers.enumerated() where image.kind == .rootFileSystem {
      guard let first = layer.notes.first else { continue }
      let count = layer.notes.count + layer.uncountedNotes
      tell(
        cut(first) + (count > 1 ? ", and \(count - 1) more" : ""),
        at: image.hasLayers ? image.place(.root, in: number) : .target, "files", "examine the rest by itself")
    }
    var unverified: [(digest: String, layer: Int?)] = []
    for note in image.image?.notes ?? [] {
      switch note {
      case .historyMismatch:
        tell("\(note): no layer is told its step", "history", "build the image with a tool that writes its history")
      case .unverifiable(let digest): unverified.append((digest.description, nil))
      // Those are passed over on purpose, or are layers that were told above.
      case .skippedType, .skippedArtifact, .absentLayer, .absentDocument, .repeatedIndex: continue
      }
    }
    for (number, layer) in image.layers.enumerated() { unverified += layer.unverified.map { ($0, number) } }
    if let first = unverified.first {
      let more = unverified.count > 1 ? ", and so it is with \(unverified.count - 1) more" : ""
      tell(
        "\(cut(first.digest)) cannot be verified: only sha256 and sha512 are compared\(more)",
        at: first.layer.map { image.place(.root, in: $0) } ?? .target, "digests",
        subjects: unverified.map { Subject(.root, aspect: "algorithm \($0.digest)") },
        "verify it with a program that knows the algorithm, or write the image with digests of sha256")
    }
  }

  /// The layers that were not read, by what is to be said and done.
  private static func unread(_ image: ImageFacts) -> [(layers: [Int], words: String, fix: String?)] {
    var failed: [Int] = []
    var absent: [Int] = []
    var passed: [Int] = []
    var types: Set<String> = []
    for (number, layer) in image.layers.enumerated() {
      switch layer.unread {
      case .failed?: failed.append(number)
      case .absent?: absent.append(number)
      case .noLayer(let type)?:
        passed.append(number)
        types.insert(type)
      case nil: break
      }
    }
    func words(_ layers: [Int], _ one: String, _ several: String) -> String {
      layers.count == 1 ? "\(image.name(of: layers[0])) \(one)" : "\(layers.count) layers \(several)"
    }
    let type = types.count == 1 ? types.first.map { ", but `\(cut(printable($0)))`," } ?? "" : " by their media types"
    return [
      // What to do is told by the error.
      (
        failed,
        words(
          failed, "was not read: what is in it is not known", "were not read: what is in them is not known"), nil
      ),
      (
        absent,
        words(
          absent, "is not present, as it need not be: what is in it is not known",
          "are not present, as they need not be: what is in them is not known"),
        "put the blob that the manifest's `urls` lead to into the image, to have it examined"
      ),
      (
        passed,
        words(
          passed, "is no file system\(type) and was passed over", "are no file systems\(type) and were passed over"),
        "nothing is to be done, unless the media type is wrong"
      ),
    ].filter { !$0.0.isEmpty }
  }
}
