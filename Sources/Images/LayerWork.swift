/// What is kept while one layer is applied.
struct LayerWork {
  let layer: UInt16
  /// Whether it has whiteouts.
  let hides: Bool
  var notes = NoteList()
  /// Copies to which the last name was removed, for the time being.
  var ended: [UInt32] = []
  /// Changes when a directory or a link goes, for then paths may lead elsewhere.
  var generation = 0

  init(layer: UInt16, hides: Bool) {
    self.layer = layer
    self.hides = hides
  }

  mutating func note(_ kind: LayerNote.Kind, _ path: [UInt8]) {
    notes.add(kind, layer: Int(layer), path: path)
  }
}

/// The names of a table, taken from it before it gives them up.
struct LayerNames {
  let parts: [LayerTable.NamePart]
  var bytes: NameBytes
  let whiteouts: [LayerTable.Whiteout]
  let whiteoutNames: [UInt8]

  init(_ table: borrowing LayerTable) {
    parts = table.nameParts
    bytes = table.names
    whiteouts = table.whiteouts
    whiteoutNames = table.whiteoutNames
  }
}

/// Gives the paths of a table one after the other, each made of the one before.
struct PathReader {
  private var entry = 0
  /// The piece of the names that is read, and how far it is; those before it are needed no more.
  private(set) var piece = 0
  private var offset = 0
  private(set) var bytes: [UInt8] = []
  /// How many bytes the path shares with the one before.
  private(set) var shared = 0
  /// Where the last name stands.
  private(set) var name = 0..<0

  /// Reads the next path, and tells the number of its entry.
  mutating func next(_ names: LayerNames) -> Int? {
    guard entry < names.parts.count else { return nil }
    let part = names.parts[entry]
    shared = Int(part.shared)
    bytes.removeLast(bytes.count - shared)
    if part.count > 0 {
      if offset == names.bytes.pieces[piece].count {
        piece += 1
        offset = 0
      }
      let end = offset + Int(part.count)
      bytes += names.bytes.pieces[piece][offset..<end]
      offset = end
    }
    entry += 1
    var start = bytes.count
    while start > 0, bytes[start - 1] != UInt8(ascii: "/") { start -= 1 }
    name = start..<bytes.count
    return entry - 1
  }
}

/// The directories that led to the last entry: the next one shares most of them.
struct ParentStack {
  /// A directory: where its path ends, its node, and how many links led there.
  struct Parent {
    let end: Int
    let node: UInt32
    let hops: Int
  }

  private var parents: [Parent] = []
  private var generation = 0

  /// The deepest directory that still leads to the path, and drops the others.
  mutating func last(for path: PathReader, generation: Int) -> Parent {
    if generation != self.generation { parents.removeAll(keepingCapacity: true) }
    self.generation = generation
    let count = path.bytes.count
    while let last = parents.last {
      if last.end <= path.shared, last.end < count, path.bytes[last.end] == UInt8(ascii: "/") { return last }
      parents.removeLast()
    }
    return Parent(end: 0, node: NameTree.root, hops: 0)
  }

  mutating func push(_ parent: Parent) { parents.append(parent) }

  mutating func clear() { parents.removeAll(keepingCapacity: true) }
}
