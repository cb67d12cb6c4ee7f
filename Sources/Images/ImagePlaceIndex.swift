internal import Caches
internal import SourceText

/// Finds the cache kinds that have a place at a path of an image, name by name from the root.
///
/// The places are globs of absolute paths; `~` is the home of root, of each user below /home, and every other home that
/// the image names. Where its environment moves a cache there is a further place.
///
/// They are a tree of names, so that a name costs a look into a table however many places begin in its directory. What
/// lies in a home is there once, and every home leads to it.
struct ImagePlaceIndex: Sendable {
  /// A node of the tree that globs have matched up to on the way to a directory.
  typealias State = UInt32

  /// A kind with a place at a path.
  struct Match: Sendable, Hashable {
    let kind: KindNumber
    /// Whether the place is what a directory holds, as in `/var/lib/apt/lists/*`: that directory has to prove it.
    let isContent: Bool
  }

  /// What a node has beside children with plain names; most have nothing.
  private struct Traits: Sendable {
    /// The places that end here.
    var matches: [Match] = []
    /// The children whose names are globs.
    var globs: [(glob: NameGlob, node: State)] = []
    /// The child that stands for any number of names.
    var anyDepth: State?
    /// Whether any further name leads back to it.
    var isAnyDepth = false
    var isHome = false
  }

  /// The names.
  ///
  /// A slash, which no name has, begins those of nodes that no plain name leads to.
  private var tree = NameTree()
  private var traits: [State: Traits] = [:]
  /// Where all places begin that lie in homes.
  private var home: State = NameTree.none
  /// The states of the root.
  private var start: [State] = []

  /// The index with the usual homes, which is read from the catalogue once.
  private static let usual = ImagePlaceIndex()

  init(homes: [Path], moved: [MovedPlaces.Place] = []) {
    self = Self.usual
    for place in moved { add(place.path, place.kind, isPart: place.isPart) }
    for home in homes where home.bytes.count <= ImageLimits.pathLength {
      var node = NameTree.root
      for name in home.bytes.split(separator: UInt8(ascii: "/")) { node = tree.addChild(of: node, named: name.span) }
      traits[node, default: Traits()].isHome = true
    }
    enter(NameTree.root, &start)
  }

  private init() {
    home = tree.addChild(of: NameTree.root, named: Array("/~".utf8).span)
    for path in ["/root", "/home/*"] { traits[node(path.split(separator: "/")), default: Traits()].isHome = true }
    for (kind, place) in Self.places { add(place, kind) }
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
    let names = path.split(separator: "/").map { Substring($0.replacing("$USER", with: "*")) }
    guard let first = names.first, let last = names.last else { return }
    let node = first == "~" ? node(names.dropFirst(), from: home) : node(names)
    let match = Match(kind: kind, isContent: isPart || last.hasPrefix("*"))
    if traits[node]?.matches.contains(match) != true { traits[node, default: Traits()].matches.append(match) }
  }

  /// The node of a place, which is added where there is none.
  private mutating func node(_ names: some Collection<Substring>, from start: State = NameTree.root) -> State {
    names.reduce(start) { parent, name in
      guard name.utf8.contains(where: { "*?[\\".utf8.contains($0) }) else {
        return tree.addChild(of: parent, named: Array(name.utf8).span)
      }
      let count = tree.nodes.count
      let child = tree.addChild(of: parent, named: Array("/\(name)".utf8).span)
      guard tree.nodes.count > count else { return child }
      if name == "**" {
        traits[parent, default: Traits()].anyDepth = child
        traits[child, default: Traits()].isAnyDepth = true
      } else {
        traits[parent, default: Traits()].globs.append((NameGlob(name.utf8), child))
      }
      return child
    }
  }

  /// What matches a name in the root, and how far the globs have matched then.
  func begin(with name: ArraySlice<UInt8>) -> (states: [State], matches: [Match]) { advance(start, by: name) }

  /// What matches a name in a directory, and how far the globs have matched then; each once.
  func advance(_ states: [State], by name: ArraySlice<UInt8>) -> (states: [State], matches: [Match]) {
    var next: [State] = []
    var matches: [Match] = []
    func reach(_ node: State) {
      for match in traits[node]?.matches ?? [] where !matches.contains(match) { matches.append(match) }
      enter(node, &next)
    }
    for state in states {
      let child = tree.child(of: state, named: name.span)
      if child != NameTree.none { reach(child) }
      guard let traits = traits[state] else { continue }
      if traits.isAnyDepth { enter(state, &next) }
      for (glob, node) in traits.globs where glob.matches(name) { reach(node) }
    }
    return (next, matches)
  }

  /// Adds a node to states, and those that are reached from it without a name.
  private func enter(_ node: State, _ states: inout [State]) {
    guard !states.contains(node) else { return }
    let traits = traits[node]
    if tree[node].firstChild != NameTree.none { states.append(node) }
    // Neither of the two leads on to the other kind's beginning, so this ends.
    if let deeper = traits?.anyDepth { enter(deeper, &states) }
    if traits?.isHome == true { enter(home, &states) }
  }
}
