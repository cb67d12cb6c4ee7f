internal import Facts
internal import Findings
internal import Images
internal import SourceText

/// Reports entries of layers that are not as they should be.
///
/// ## What it does
///
/// Tells what had to be decided when the layers were read and put upon each other: a name that leads out of
/// the image, a whiteout of nothing that a directory can hold, the same path twice in one layer, a hard
/// link without a target, symbolic links that lead in a circle, headers that are odd. There is one
/// finding for each layer and kind of oddity. In the layers of the base image it is `info`.
///
/// ## Why is this bad
///
/// Programs that apply layers disagree on such entries: some refuse the image, some skip the entry, some take the
/// last of two. Whoever scans the image may see other files than a container does.
///
/// ## Example
///
/// ```text
/// app/config          # the same path a second time in one layer
/// ../etc/passwd       # leads out of the image
/// dir/.wh...          # a whiteout of `..`
/// ```
///
/// ## Fix safety
///
/// Manual: build the image with a tool that writes layers as the OCI image specification says (`layer.md`).
enum MalformedLayerEntry: Rule {
  static let description = RuleDescription(
    RuleID("CP003", "malformed-layer-entry"), "a layer has an entry that programs read differently", severity: .warning,
    group: .input, fix: .manual, page: RulePages.page("MalformedLayerEntry"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let image = facts.image else { return }
    for layer in 0..<image.union.layerCount {
      var order: [LayerNote.Kind] = []
      var members: [LayerNote.Kind: [LayerNote]] = [:]
      let notes = image.union.notes(ofLayer: layer)
      for note in notes {
        if members[note.kind] == nil { order.append(note.kind) }
        members[note.kind, default: []].append(note)
      }
      let uncounted = image.union.noteCount(ofLayer: layer) - notes.count
      for kind in order {
        guard let same = members[kind] else { continue }
        tell(same, kind, layer, uncounted, image, judgement, report)
      }
    }
    // What was not read of a tree of files is no oddity; CP005 tells it.
    for (layer, facts) in image.layers.enumerated() where !facts.notes.isEmpty && image.kind != .rootFileSystem {
      let count = facts.notes.count + facts.uncountedNotes
      let more = count > 1 ? ", and \(count - 1) more" : ""
      report(
        Verdict(
          Finding(
            description.id, image.isBase(layer) ? .info : .warning,
            "the archive of \(image.name(of: layer)) is odd: \(cut(facts.notes[0]))\(more)",
            at: image.place(.root, in: layer), evidence: image.evidence(of: layer),
            notes: facts.notes.dropFirst().prefix(Judgement.relatedLimit).map { cut($0) }, subjects: subjects(facts),
            fix: repair),
          profile: judgement.imageProfile))
    }
  }

  private static let repair = Fix(manual: "build the image with a tool that writes layers as the specification says")

  /// The oddities of an archive, by their words without the numbers, which each build changes.
  private static func subjects(_ facts: LayerFacts) -> [Subject] {
    facts.notes.map { note in Subject(.root, aspect: note.filter { !$0.isNumber }) }
      + (facts.uncountedNotes > 0
        ? [Subject(.root, aspect: "more of the archive", amount: .times(facts.uncountedNotes))] : [])
  }

  private static func tell(
    _ notes: [LayerNote], _ kind: LayerNote.Kind, _ layer: Int, _ uncounted: Int, _ image: ImageFacts,
    _ judgement: Judgement, _ report: (Verdict) -> Void
  ) {
    let more = notes.count > 1 ? ", and \(notes.count - 1) more like it" : ""
    report(
      Verdict(
        Finding(
          description.id, image.isBase(layer) ? .info : .warning, cut("\(notes[0])") + more,
          at: image.place(Path(notes[0].path), in: layer),
          related: notes.dropFirst().prefix(Judgement.relatedLimit).map {
            RelatedPlace(image.place(Path($0.path), in: layer), "another one")
          },
          evidence: [
            Evidence("oddity", "\(kind)"), Evidence("entries", String(notes.count), isStable: false),
          ] + image.evidence(of: layer),
          notes: uncounted > 0 ? ["\(uncounted) more oddities of this layer are not told apart"] : [],
          subjects: notes.map { Subject(Path($0.path), aspect: "\(kind)") }
            + (uncounted > 0 ? [Subject(.root, aspect: "more entries", amount: .times(uncounted))] : []), fix: repair),
        profile: judgement.imageProfile))
  }
}
