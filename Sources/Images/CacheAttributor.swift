internal import Caches
internal import SourceText

/// Goes through the copies of all layers and finds the cache that each belongs to.
struct CacheAttributor {
  private let union: LayerUnion
  private let index: ImagePlaceIndex
  private let candidates = CandidateIndex.shared
  private var prover = CacheProver()

  private(set) var places: [CacheAttribution.Place] = []
  private(set) var owners: [UInt32]

  /// For each directory the layer, counted from 1, for which it was judged, and the place that it lies in.
  private var judged: [UInt16]
  private var owning: [UInt32]
  /// How far the globs of places have matched, for the few directories where any has.
  private var states: [UInt32: [ImagePlaceIndex.State]] = [:]
  /// Links on the way to places of the catalogue, with how far the globs have matched there.
  private var aliases: [Alias] = []
  /// The same by the directories to which they lead in the view of the layer at hand.
  private var aliased: [UInt32: [Alias]] = [:]
  /// How many more names may be looked up because links lead to them.
  private var linkSteps = ImageLimits.linkSteps
  /// What a directory proves of its content in the view of the layer at hand.
  private var contents: [ContentKey: UInt32] = [:]

  private struct Alias {
    let version: UInt32
    let states: [ImagePlaceIndex.State]
    let matches: [ImagePlaceIndex.Match]
  }

  /// How many links are followed to places; images have a handful.
  private static let aliasLimit = 1000
  /// How many states a directory may have because of links, since every name in it is looked up from each of them; an
  /// image's have a handful.
  private static let stateLimit = 64

  private struct ContentKey: Hashable {
    let directory: UInt32
    let kinds: [KindNumber]
  }

  private static let none = LayerUnion.none

  init(_ union: LayerUnion, _ index: ImagePlaceIndex) {
    self.union = union
    self.index = index
    owners = Array(repeating: Self.none, count: union.versions.count)
    judged = Array(repeating: 0, count: union.tree.nodes.count)
    owning = Array(repeating: Self.none, count: union.tree.nodes.count)
  }

  /// Judges all copies.
  mutating func run() {
    for layer in 0..<union.layerCount {
      let view = union.view(after: layer)
      contents.removeAll(keepingCapacity: true)
      findAliases(view)
      var directory = Self.none
      var path = Path.root
      for version in union.versions(ofLayer: layer) where union.isCopy(version) {
        let node = union.versions[version].node
        let parent = union.tree[node].parent
        if parent != directory {
          directory = parent
          path = Path(union.tree.path(of: parent))
          judge(parent, view)
        }
        owners[version] = owner(ofFile: node, in: parent, path, view)
      }
    }
    dropEmptyPlaces()
  }

  /// Finds the links through which a place of the catalogue is reached, and where they lead now.
  private mutating func findAliases(_ view: LayerView) {
    for number in union.versions(ofLayer: Int(view.layer)) where union.versions[number].type == .symbolicLink {
      guard aliases.count < Self.aliasLimit else { break }
      var cursor = PathCursor(bytes: union.tree.path(of: union.versions[number].node))
      var found: (states: [ImagePlaceIndex.State], matches: [ImagePlaceIndex.Match]) = ([], [])
      while let name = cursor.next() {
        let isFirst = name.lowerBound == 0
        found = isFirst ? index.begin(with: cursor.bytes[name]) : index.advance(found.states, by: cursor.bytes[name])
        if found.states.isEmpty { break }
      }
      guard cursor.offset == cursor.bytes.count, !found.states.isEmpty || !found.matches.isEmpty else { continue }
      let version = UInt32(truncatingIfNeeded: number)
      aliases.append(Alias(version: version, states: found.states, matches: found.matches))
    }
    aliased.removeAll(keepingCapacity: true)
    for alias in aliases {
      let node = union.versions[Int(alias.version)].node
      guard union.version(at: node, after: view.layer) == alias.version else { continue }
      let target = union.find(union.tree.path(of: node), after: view.layer, followsLast: true, steps: &linkSteps).node
      if target != NameTree.none { aliased[target, default: []].append(alias) }
    }
  }

  /// Forgets the places whose content all lies in deeper ones.
  private mutating func dropEmptyPlaces() {
    var numbers = [UInt32](repeating: Self.none, count: places.count)
    for owner in owners where owner != Self.none { numbers[Int(owner)] = 0 }
    var kept: [CacheAttribution.Place] = []
    for (number, place) in places.enumerated() where numbers[number] != Self.none {
      numbers[number] = UInt32(truncatingIfNeeded: kept.count)
      kept.append(place)
    }
    for index in owners.indices where owners[index] != Self.none { owners[index] = numbers[Int(owners[index])] }
    places = kept
  }

  /// Finds the places that a directory and those above it lie in, from the top.
  private mutating func judge(_ directory: UInt32, _ view: LayerView) {
    let stamp = view.layer + 1
    var chain: [UInt32] = []
    var node = directory
    while node != NameTree.root, judged[Int(node)] != stamp {
      chain.append(node)
      node = union.tree[node].parent
    }
    for node in chain.reversed() {
      let parent = union.tree[node].parent
      judged[Int(node)] = stamp
      owning[Int(node)] = owner(ofDirectory: node, in: parent, view)
    }
  }

  private mutating func owner(ofDirectory node: UInt32, in parent: UInt32, _ view: LayerView) -> UInt32 {
    let above = owning[Int(parent)]
    let name = union.tree.name(of: node)
    var (next, matches) = advance(from: parent, by: name)
    for alias in aliased[node] ?? [] {
      for state in alias.states where next.count < Self.stateLimit && !next.contains(state) { next.append(state) }
      for match in alias.matches where !matches.contains(match) { matches.append(match) }
    }
    states[node] = next.isEmpty ? nil : next
    guard union.type(at: node, after: view.layer) == .directory else { return above }
    let path = Path(union.tree.path(of: node))
    let kinds = candidates.classify(name, isDirectory: true, in: path.parent)
    if kinds.isEmpty, matches.isEmpty { return above }
    return place(of: node, in: parent, path, kinds, matches, isDirectory: true, view) ?? above
  }

  private mutating func owner(
    ofFile node: UInt32, in parent: UInt32, _ directory: Path, _ view: LayerView
  ) -> UInt32 {
    let above = owning[Int(parent)]
    let name = union.tree.name(of: node)
    let kinds = candidates.classify(name, isDirectory: false, in: directory)
    let matches = parent == NameTree.root || states[parent] != nil ? advance(from: parent, by: name).matches : []
    if kinds.isEmpty, matches.isEmpty { return above }
    // A file that its directory's kind claims too adds nothing to the directory.
    if above != Self.none, matches.isEmpty, kinds == [places[Int(above)].kind] { return above }
    // A tag says that its directory is a cache, which is known.
    if above != Self.none, matches.isEmpty, kinds.allSatisfy({ Catalogue.kind($0)?.group == .generic }) { return above }
    let path = directory.appending(name)
    let own = place(of: node, in: parent, path, kinds, matches, isDirectory: false, view)
    return own ?? above
  }

  private func advance(
    from parent: UInt32, by name: ArraySlice<UInt8>
  ) -> (states: [ImagePlaceIndex.State], matches: [ImagePlaceIndex.Match]) {
    if parent == NameTree.root { return index.begin(with: name) }
    guard let states = states[parent] else { return ([], []) }
    return index.advance(states, by: name)
  }

  /// The number of the place that something is proven to be; nil where nothing is.
  private mutating func place(
    of node: UInt32, in parent: UInt32, _ path: Path, _ kinds: [KindNumber], _ matches: [ImagePlaceIndex.Match],
    isDirectory: Bool, _ view: LayerView
  ) -> UInt32? {
    let placed = Set(matches.map(\.kind))
    var proven: [ProvenCache] = []
    for kind in Set(kinds).union(matches.filter { !$0.isContent }.map(\.kind)).sorted() {
      let cache = prover.prove(path, as: [kind], in: view, isAtImagePlace: placed.contains(kind))
      if let cache { proven.append(cache) }
    }
    if let cache = CacheProver.owner(among: proven) {
      let above = owning[Int(parent)]
      if !isDirectory, above != Self.none, places[Int(above)].kind == cache.kind { return above }
      return add(cache, path, view, isDirectory: isDirectory, isPart: false)
    }
    // A place that is all that a directory holds is the least that can be said of a thing.
    return content(of: parent, path, matches.filter(\.isContent).map(\.kind), view)
  }

  /// The place that a directory proves its content to be.
  private mutating func content(
    of directory: UInt32, _ path: Path, _ kinds: [KindNumber], _ view: LayerView
  ) -> UInt32? {
    guard !kinds.isEmpty else { return nil }
    let key = ContentKey(directory: directory, kinds: kinds)
    if let known = contents[key] { return known == Self.none ? nil : known }
    var proven: [ProvenCache] = []
    for kind in Set(kinds).sorted() {
      if let cache = prover.prove(path.parent, as: [kind], in: view, isAtImagePlace: true) { proven.append(cache) }
    }
    let place = CacheProver.owner(among: proven).map { add($0, path.parent, view, isDirectory: true, isPart: true) }
    contents[key] = place ?? Self.none
    return place
  }

  private mutating func add(
    _ cache: ProvenCache, _ path: Path, _ view: LayerView, isDirectory: Bool, isPart: Bool
  ) -> UInt32 {
    places.append(
      CacheAttribution.Place(
        kind: cache.kind, path: path, layer: Int(view.layer), isDirectory: isDirectory, isPart: isPart,
        evidence: cache.evidence))
    return UInt32(truncatingIfNeeded: places.count - 1)
  }
}
