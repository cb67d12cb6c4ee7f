internal import Caches
internal import Facts
internal import Images
internal import JSON
internal import SourceText

/// An image as `facts` prints it.
enum ImageDocument {
  /// How many places of caches are printed, those with more bytes first.
  static let placeLimit = 10_000

  /// What was seen in an image, a layer or a root file system.
  static func value(_ facts: ImageFacts) -> JSONValue {
    let configuration = facts.image?.configuration
    return [
      "kind": .string(facts.kind.rawValue),
      "platform": .optional(facts.image?.platform.description),
      "tags": .array((facts.image?.tags ?? []).map { .string($0) }),
      "verified": .bool(facts.isVerified),
      "base_layers": number(facts.baseLayers), "base_reason": .optional(facts.baseReason),
      "environment": configuration.map { .array($0.environment.map { .string($0) }) } ?? .null,
      "entrypoint": configuration.map { words($0.entrypoint) } ?? .null,
      "command": configuration.map { words($0.command) } ?? .null, "program": program(facts),
      "user": .optional(configuration?.user), "working_directory": .optional(configuration?.workingDirectory),
      "notes": .array((facts.image?.notes ?? []).map { .string("\($0)") }),
      "layers": .array((0..<max(facts.layers.count, facts.union.layerCount)).map { layer(facts, $0) }),
      "ledgers": ledgers(facts), "caches": caches(facts),
    ]
  }

  /// The file that a container starts with, and the first line of a script; null where the image has none.
  private static func program(_ facts: ImageFacts) -> JSONValue {
    guard let configuration = facts.image?.configuration else { return .null }
    let search = ProgramSearch(facts.union.merged, configuration)
    let words = (configuration.entrypoint ?? []) + (configuration.command ?? [])
    guard let word = words.first, let item = search.program(Array(word.utf8)) else { return .null }
    let line = search.scriptLine(of: item)
    return [
      "path": .bytes(search.path(of: item).bytes), "layer": .integer(item.layer),
      "interpreter": line.map { .array([$0.interpreter, $0.argument].compactMap(\.self).map { .bytes($0) }) } ?? .null,
    ]
  }

  private static func layer(_ facts: ImageFacts, _ number: Int) -> JSONValue {
    let known = facts.layers.indices.contains(number) ? facts.layers[number] : nil
    let isInUnion = number < facts.union.layerCount
    let totals = isInUnion ? facts.union.totals(ofLayer: number) : LedgerTotals()
    let notes = isInUnion ? facts.union.notes(ofLayer: number).map { "\($0)" } : []
    let noteCount = isInUnion ? facts.union.noteCount(ofLayer: number) : 0
    return [
      "index": facts.hasLayers ? .integer(number) : .null, "digest": .optional(known?.digest),
      "diff_id": .optional(known?.diffID), "read": .bool(known?.isRead ?? true), "base": .bool(facts.isBase(number)),
      "stored_bytes": Self.number(known?.storedBytes), "archive_bytes": Self.number(known?.archiveBytes),
      "compression": .optional(known?.compression), "wrong_media_type": .optional(known?.wrongMediaType),
      "instruction": .optional(known?.step?.line), "keyword": .optional(known?.step?.keyword),
      "bytes": .integer(totals.shipped.bytes), "files": .integer(totals.shipped.files), "ledgers": fates(totals),
      "remarks": .array((known?.remarks ?? []).map { .string($0) }),
      "notes": .array(((known?.notes ?? []) + notes).map { .string($0) }),
      "notes_left_out": .integer((known?.uncountedNotes ?? 0) + noteCount - notes.count),
    ]
  }

  /// The bytes of each fate, and of the ledgers.
  private static func fates(_ totals: LedgerTotals) -> JSONValue {
    .object(
      CopyFate.allCases.map { fate in
        JSONMember(name(fate), amount(totals[fate]))
      })
  }

  private static func ledgers(_ facts: ImageFacts) -> JSONValue {
    let totals = facts.union.totals
    let shipped = totals.shipped
    return [
      "shipped": amount(shipped), "live": amount(totals[ledger: .live]), "dead": amount(totals[ledger: .dead]),
      "metadata_only": amount(totals[ledger: .metadataOnly]), "undecided": amount(totals[ledger: .undecided]),
      "charges": .array(
        facts.union.charges.map { charge in
          [
            "writer": .integer(charge.writer), "end": number(charge.end), "fate": .string(name(charge.fate)),
            "amount": amount(charge.amount),
          ]
        }),
    ]
  }

  private static func caches(_ facts: ImageFacts) -> JSONValue {
    let (places, leftOut) = places(facts)
    return [
      "shares": .array(
        facts.caches.shares.map { share in
          [
            "kind": .string(Catalogue.id(of: share.kind)), "writer": .integer(share.writer), "end": number(share.end),
            "fate": .string(name(share.fate)), "amount": amount(share.amount),
          ]
        }), "places": .array(places), "places_left_out": .integer(leftOut),
    ]
  }

  private static func places(_ facts: ImageFacts) -> (values: [JSONValue], leftOut: Int) {
    var bytes = Array(repeating: (live: 0, other: 0), count: facts.caches.places.count)
    for layer in 0..<facts.union.layerCount {
      for copy in facts.union.copies(ofLayer: layer) {
        guard let place = facts.caches.placeNumber(of: copy.id) else { continue }
        if copy.fate == .live { bytes[place].live += copy.bytes } else { bytes[place].other += copy.bytes }
      }
    }
    var order = Array(bytes.indices)
    if order.count > placeLimit {
      order.sort { left, right in
        let sums = (bytes[left].live + bytes[left].other, bytes[right].live + bytes[right].other)
        return sums.0 == sums.1 ? left < right : sums.0 > sums.1
      }
      order = order.prefix(placeLimit).sorted()
    }
    let values = order.map { number -> JSONValue in
      let place = facts.caches.places[number]
      return [
        "kind": .string(Catalogue.id(of: place.kind)), "path": .bytes(place.path.bytes),
        "layer": facts.hasLayers ? .integer(place.layer) : .null, "directory": .bool(place.isDirectory),
        "part": .bool(place.isPart), "proof": .string(place.evidence.alternative),
        "live_bytes": .integer(bytes[number].live), "unseen_bytes": .integer(bytes[number].other),
      ]
    }
    return (values, bytes.count - values.count)
  }

  private static func amount(_ amount: LedgerTotals.Amount) -> JSONValue {
    [
      "bytes": .integer(amount.bytes), "files": .integer(amount.files),
      "compressed_bytes": number(amount.compressedBytes),
    ]
  }

  private static func name(_ fate: CopyFate) -> String {
    switch fate {
    case .live: "live"
    case .deleted: "deleted"
    case .rewritten: "rewritten"
    case .duplicate: "duplicate"
    case .metadataOnly: "metadata_only"
    case .rewrittenOrMetadataOnly: "rewritten_or_metadata_only"
    }
  }

  private static func number(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }

  private static func words(_ words: [String]?) -> JSONValue { words.map { .array($0.map { .string($0) }) } ?? .null }
}
