internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// The caches of one kind that one layer ships, as far as the policy wants them kept out: one cause.
///
/// It is what the rules about caches in images have in common: a part of what was written may live, and another part
/// may have been removed too late.
struct ImageCase: Sendable {
  /// What became of some of it.
  struct Part: Sendable {
    let fate: CopyFate
    /// The layer after which nobody sees it; nil for what lives.
    let end: Int?
    /// The layer that ships these copies: a later one than the writer where it only changed their owner or mode.
    let shipper: Int
    var amount: CacheAmount
    /// The place that holds most of it.
    var place: Path
    /// How much that place holds.
    var placeBytes: Int
    /// Every place with what it holds, where images are compared.
    var subjects: [Subject] = []
  }

  /// A place, and what it holds.
  struct Place: Sendable {
    let path: Path
    let amount: CacheAmount
    /// What proved it.
    let proof: String
  }

  /// What a policy decides by the path, so that places of which it says different things are told apart.
  struct PathRulings: Hashable, Sendable {
    /// The exceptions that cover the place, for each of the rules.
    var exceptions: [[Int]]
    /// The rules that are off there.
    var off: Set<RuleID>
  }

  let image: ImageFacts
  let kind: CacheKind
  /// The layer that wrote it; ``Part/shipper`` tells who ships its copies.
  let writer: Int
  let ship: Stated<ShipIntent>
  /// The accepted ways to keep it out, the preferred one first.
  let ways: [Way]
  let profile: String
  let rulings: PathRulings
  /// What became of it, in the order of ends and fates.
  var parts: [Part] = []
  /// The places that hold most, those with more bytes first.
  var places: [Place] = []
  /// How many places there are.
  var placeCount = 0

  /// What stays in the image, where the policy minds.
  var live: [Part] { ship.value == .deny ? parts.filter { $0.fate == .live } : [] }

  /// What is shipped and seen by nobody.
  ///
  /// Where bytecode is wanted, an update of a package leaves old bytecode behind, which is no mistake; to remove it is.
  var dead: [Part] {
    parts.filter { part in part.fate == .deleted || ship.value == .deny && part.fate.ledger == .dead }
  }

  /// What was copied although its content did not change, or perhaps not.
  var copied: [Part] {
    ship.value == .deny ? parts.filter { $0.fate.ledger == .metadataOnly || $0.fate.ledger == .undecided } : []
  }

  /// Whether the layer is the base image's.
  var isBase: Bool { image.isBase(writer) }

  /// The statement that the severity stands on; none where deleting what is wanted is the mistake.
  var grounds: Grounds? { ship.value == .deny ? ship.grounds : nil }
}

/// The caches in an image that its policy wants kept out.
struct ImageCases: Sendable {
  /// By layer and kind.
  private(set) var all: [ImageCase] = []
  /// All bytes that the layers ship.
  private(set) var shippedBytes = 0

  /// How many places of a case are kept.
  static let placeLimit = Judgement.relatedLimit + 1

  /// The rules that look at them.
  static let rules = [
    CacheInImage.description.id, DeletedCacheStillShipped.description.id, CacheRewritten.description.id,
  ]

  static func of(_ facts: TargetFacts, _ judgement: Judgement) -> ImageCases {
    judgement.imageCases {
      guard let image = facts.image else { return ImageCases() }
      return ImageCases(image, judgement)
    }
  }

  private init() {}

  private init(_ image: ImageFacts, _ judgement: Judgement) {
    struct Fate: Hashable {
      let fate: CopyFate
      let end: Int?
      let shipper: Int
    }
    struct Written: Hashable {
      let place: Int
      let writer: Int
    }
    struct Key: Hashable {
      let kind: KindNumber
      let writer: Int
      let rulings: ImageCase.PathRulings
    }
    let first = Self.firstPlaces(image.caches)
    var totals: [Written: [Fate: CacheAmount]] = [:]
    for layer in 0..<image.union.layerCount {
      for copy in image.union.copies(ofLayer: layer) {
        shippedBytes += copy.bytes
        guard copy.bytes > 0, let place = image.caches.placeNumber(of: copy.id) else { continue }
        let written = Written(place: first[place], writer: image.union.origin(of: copy.id))
        let fate = Fate(fate: copy.fate, end: copy.endLayer, shipper: layer)
        totals[written, default: [:]][fate, default: CacheAmount()]
          .add(CacheAmount(bytes: copy.bytes, files: 1, compressed: copy.compressedBytes))
      }
    }
    var rulings = PathRulingReader(judgement)
    var wanted: [KindNumber: (CacheKind, Intents)?] = [:]
    var positions: [Key: Int] = [:]
    for (written, amounts) in totals.sorted(by: { ($0.key.place, $0.key.writer) < ($1.key.place, $1.key.writer) }) {
      let place = image.caches.places[written.place]
      let known = wanted[place.kind] ?? Catalogue.kind(place.kind).map { ($0, rulings.intents(for: $0)) }
      wanted[place.kind] = .some(known)
      guard let (kind, intents) = known, let ship = intents.ship, ship.value == .deny || ship.value == .precompiled
      else { continue }
      let key = Key(kind: place.kind, writer: written.writer, rulings: rulings.rulings(of: place, kind))
      let position = positions[key] ?? all.count
      if position == all.count {
        positions[key] = position
        all.append(
          ImageCase(
            image: image, kind: kind, writer: written.writer, ship: ship, ways: intents.ways, profile: rulings.profile,
            rulings: key.rulings))
      }
      for (fate, amount) in amounts {
        all[position].add(
          amount, fate.fate, fate.end, fate.shipper, at: place.path, tellsSubjects: judgement.tellsSubjects)
      }
      all[position].add(
        ImageCase.Place(path: place.path, amount: .sum(amounts.values), proof: place.evidence.alternative))
    }
    for index in all.indices { all[index].sort() }
    all.sort { left, right in
      if (left.writer, left.kind.id) != (right.writer, right.kind.id) {
        return (left.writer, left.kind.id) < (right.writer, right.kind.id)
      }
      return left.places[0].path < right.places[0].path
    }
  }
}

extension ImageCases {
  /// For each place the number of the first of the same kind at the same path: a layer that ships a directory again
  /// makes no second place of it.
  private static func firstPlaces(_ caches: CacheAttribution) -> [Int] {
    struct Key: Hashable {
      let kind: KindNumber
      let path: Path
    }
    var numbers: [Key: Int] = [:]
    return caches.places.enumerated().map { number, place in
      let key = Key(kind: place.kind, path: place.path)
      if let first = numbers[key] { return first }
      numbers[key] = number
      return number
    }
  }
}

extension ImageCase {
  fileprivate mutating func add(
    _ amount: CacheAmount, _ fate: CopyFate, _ end: Int?, _ shipper: Int, at path: Path, tellsSubjects: Bool
  ) {
    let subjects = tellsSubjects ? [Subject(path, aspect: kind.id, amount: .bytes(amount.bytes))] : []
    guard let index = parts.firstIndex(where: { $0.fate == fate && $0.end == end && $0.shipper == shipper }) else {
      parts.append(
        Part(
          fate: fate, end: end, shipper: shipper, amount: amount, place: path, placeBytes: amount.bytes,
          subjects: subjects))
      return
    }
    parts[index].subjects += subjects
    parts[index].amount.add(amount)
    if (amount.bytes, parts[index].place) > (parts[index].placeBytes, path) {
      parts[index].place = path
      parts[index].placeBytes = amount.bytes
    }
  }

  fileprivate mutating func add(_ place: Place) {
    placeCount += 1
    if places.count == ImageCases.placeLimit, let last = places.last, !place.isBefore(last) { return }
    places.insert(place, at: places.firstIndex { place.isBefore($0) } ?? places.endIndex)
    if places.count > ImageCases.placeLimit { places.removeLast() }
  }

  fileprivate mutating func sort() {
    parts.sort {
      ($0.end ?? .max, $0.fate.rawValue, $0.shipper) < ($1.end ?? .max, $1.fate.rawValue, $1.shipper)
    }
  }
}

extension ImageCase.Place {
  func isBefore(_ other: ImageCase.Place) -> Bool {
    amount.bytes == other.amount.bytes ? path < other.path : amount.bytes > other.amount.bytes
  }
}

/// Asks the policy of an image what it says of paths.
private struct PathRulingReader {
  let profile: String
  private let judgement: Judgement
  private let policy: Policy
  private let keepsToPaths: Bool
  private var settings: [String: Set<RuleID>] = [:]

  init(_ judgement: Judgement) {
    self.judgement = judgement
    policy = judgement.policies.policy(for: .root)
    profile = judgement.imageProfile
    let policy = policy
    keepsToPaths = ImageCases.rules.contains { policy.keepsToPaths($0) }
  }

  func intents(for kind: CacheKind) -> Intents { judgement.intents(for: kind, in: profile, at: .root) }

  mutating func rulings(of place: CacheAttribution.Place, _ kind: CacheKind) -> ImageCase.PathRulings {
    let exceptions =
      policy.exceptions.isEmpty
      ? [[], [], []]
      : ImageCases.rules.map { rule in
        policy.exceptions(for: rule, path: place.path, isDirectory: place.isDirectory).map(\.index)
      }
    return ImageCase.PathRulings(exceptions: exceptions, off: off(place.path, kind))
  }

  private mutating func off(_ path: Path, _ kind: CacheKind) -> Set<RuleID> {
    if !keepsToPaths, let known = settings[kind.id] { return known }
    let policy = policy
    let profile = profile
    let off = Set(
      ImageCases.rules.filter { policy.setting(for: $0, cache: kind, profile: profile, path: path).isOff })
    settings[kind.id] = off
    return off
  }
}
