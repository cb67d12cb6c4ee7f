internal import Caches
internal import SourceText

/// Finds the cache kinds that have a place at a path of an image, name by name from the root.
///
/// The places are globs of absolute paths; `~` is the home of root, of each user below /home, and every other home that
/// the image names. Where its environment moves a cache there is a further place.
struct ImagePlaceIndex: Sendable {
  /// How far a glob has matched on the way to a directory.
  struct State: Sendable {
    let pattern: Int
    let step: Int
  }

  /// A kind with a place at a path.
  struct Match: Sendable, Hashable {
    let kind: KindNumber
    /// Whether the place is what a directory holds, as in `/var/lib/apt/lists/*`: that directory has to prove it.
    let isContent: Bool
  }

  private enum Step: Sendable {
    case name(NameGlob)
    case anyDepth
  }

  private struct Pattern: Sendable {
    let match: Match
    let steps: [Step]
  }

  private var patterns: [Pattern] = []
  /// The states of the root by the first name, which is a plain one in every place.
  private var starts: [[UInt8]: [State]] = [:]

  /// The index with the usual homes, which is read from the catalogue once.
  private static let usual = ImagePlaceIndex()

  init(homes: [Path], moved: [MovedPlaces.Place] = []) {
    self = Self.usual
    for place in moved { add(place.path, place.kind, isPart: place.isPart) }
    for home in homes {
      let home = "/" + String(decoding: home.bytes, as: UTF8.self)
      for (kind, place) in Self.places where place.hasPrefix("~/") { add(home + place.dropFirst(), kind) }
    }
  }

  private init() {
    for (kind, place) in Self.places {
      let isBelowHome = place.hasPrefix("~/")
      for path in isBelowHome ? ["/root", "/home/*"].map({ $0 + place.dropFirst() }) : [place] { add(path, kind) }
    }
  }

  /// The places of all kinds, each once.
  private static var places: [(kind: KindNumber, place: String)] {
    (0..<Catalogue.count).flatMap { position in
      let number = KindNumber(rawValue: UInt16(truncatingIfNeeded: position))
      let image = Catalogue.kind(number)?.image
      return Set((image?.root ?? []) + (image?.user ?? [])).sorted().map { (number, $0) }
    }
  }

  private mutating func add(_ path: String, _ kind: KindNumber, isPart: Bool = false) {
    let names = path.split(separator: "/").map { $0.replacing("$USER", with: "*") }
    guard let first = names.first, let last = names.last else { return }
    let steps = names.map { $0 == "**" ? Step.anyDepth : .name(NameGlob($0.utf8)) }
    starts[Array(first.utf8), default: []].append(State(pattern: patterns.count, step: 0))
    patterns.append(Pattern(match: Match(kind: kind, isContent: isPart || last.hasPrefix("*")), steps: steps))
  }

  /// What matches a name in the root, and how far the globs have matched then.
  func begin(with name: ArraySlice<UInt8>) -> (states: [State], matches: [Match]) {
    guard let states = starts[Array(name)] else { return ([], []) }
    return advance(states, by: name)
  }

  /// What matches a name in a directory, and how far the globs have matched then.
  func advance(_ states: [State], by name: ArraySlice<UInt8>) -> (states: [State], matches: [Match]) {
    var next: [State] = []
    var matches: [Match] = []
    for state in states {
      let steps = patterns[state.pattern].steps
      var step = state.step
      while step < steps.count, case .anyDepth = steps[step] {
        next.append(State(pattern: state.pattern, step: step))
        step += 1
      }
      guard step < steps.count, case .name(let glob) = steps[step], glob.matches(name) else { continue }
      if step + 1 == steps.count {
        let match = patterns[state.pattern].match
        if !matches.contains(match) { matches.append(match) }
      } else {
        next.append(State(pattern: state.pattern, step: step + 1))
      }
    }
    return (next, matches)
  }
}
