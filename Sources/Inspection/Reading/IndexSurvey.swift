internal import Caches
internal import Repositories
internal import SourceText

/// What the paths of an index come past: special files, marks of use, proven caches.
struct IndexSurvey {
  /// A proven cache, and the entries that it holds.
  struct Cache {
    let kind: KindNumber
    let path: Path
    let isDirectory: Bool
    let proof: String
    let entries: [Int]
  }

  private let collectsMarks: Bool
  private(set) var special: [(path: Path, kind: SpecialFile)] = []
  private(set) var marks: [TreeSurvey.Mark] = []
  private(set) var caches: [Cache] = []
  /// The positions of entries that belong to a cache.
  private(set) var inCaches: Set<Int> = []

  /// Looks through the entries in `positions`; contents are those of the work tree at `root`.
  ///
  /// Marks of use are collected only where no walk does.
  init(_ index: Index, positions: Range<Int>, root: Path, collectsMarks: Bool) {
    self.collectsMarks = collectsMarks
    let contents = WorkTreeSurroundings(root: root)
    let surroundings = PathListSurroundings(
      count: index.count, path: { index.path(at: $0) },
      kind: { position in
        switch index.entries[position].kind {
        case .file, .executable: .file
        case .symbolicLink: .link
        case .repository: .other
        case .sparseDirectory: .directory
        }
      },
      content: { position in
        let path = Path(index.path(at: position))
        return index.entries[position].kind == .symbolicLink ? contents.target(of: path) : contents.head(of: path)
      })
    var prover = CacheProver()
    var directory: [UInt8] = []
    var directoryPath = Path.root
    var position = positions.lowerBound
    entries: while position < positions.upperBound {
      let path = index.path(at: position)
      let slash = path.lastIndex(of: UInt8(ascii: "/"))
      let parent = slash.map { path[..<$0] } ?? []
      if parent.count != directory.count || !parent.elementsEqual(directory) {
        var start = Self.sharedLength(directory, parent)
        while start < parent.count {
          let end = parent.dropFirst(start).firstIndex(of: UInt8(ascii: "/")) ?? parent.endIndex
          let part = Path(parent[..<end])
          let kinds = CandidateIndex.shared.classify(part.name, isDirectory: true, in: part.parent)
          if !kinds.isEmpty, let proven = prover.prove(part, as: kinds, in: surroundings) {
            let below = index.positions(below: part.bytes)
            take(proven, part, isDirectory: true, below, index)
            inCaches.formUnion(below)
            position = max(below.upperBound, position + 1)
            continue entries
          }
          start = end - parent.startIndex + 1
        }
        directory = Array(parent)
        directoryPath = Path(directory)
      }
      look(index, position, slash, directoryPath, &prover, surroundings)
      position += 1
    }
  }

  private mutating func look(
    _ index: Index, _ position: Int, _ slash: Int?, _ directory: Path, _ prover: inout CacheProver,
    _ surroundings: PathListSurroundings
  ) {
    let path = index.path(at: position)
    let kind = index.entries[position].kind
    let isFile = kind == .file || kind == .executable
    guard isFile || kind == .symbolicLink else { return }
    let name = path[(slash.map { $0 + 1 } ?? path.startIndex)...]
    let signs = isFile && collectsMarks ? MarkerIndex.shared.classify(name) : []
    for sign in signs { marks.append(TreeSurvey.Mark(sign: sign, path: Path(path))) }
    if let special = SpecialFile(name) { self.special.append((Path(path), special)) }
    let kinds = CandidateIndex.shared.classify(name, isDirectory: false, in: directory)
    if kinds.isEmpty { return }
    let place = Path(path)
    if let proven = prover.prove(place, as: kinds, in: surroundings) {
      take(proven, place, isDirectory: false, position..<(position + 1), index)
      inCaches.insert(position)
    }
  }

  /// Notes a cache; files that only keep its directory are not part of it.
  private mutating func take(
    _ proven: ProvenCache, _ path: Path, isDirectory: Bool, _ entries: Range<Int>, _ index: Index
  ) {
    let real = entries.filter { position in
      let name = index.path(at: position).split(separator: UInt8(ascii: "/")).last ?? []
      return !isDirectory || ![".gitignore", ".gitkeep", ".keep"].contains { name.elementsEqual($0.utf8) }
    }
    guard !real.isEmpty else { return }
    caches.append(
      Cache(
        kind: proven.kind, path: path, isDirectory: isDirectory, proof: proven.evidence.alternative, entries: real))
  }

  /// How many bytes of `next` are directories that `last` lies in too.
  private static func sharedLength(_ last: [UInt8], _ next: ArraySlice<UInt8>) -> Int {
    var shared = 0
    var index = 0
    for (left, right) in zip(last, next) {
      if left != right { return shared }
      index += 1
      if left == UInt8(ascii: "/") { shared = index }
    }
    if index == last.count, next.dropFirst(index).first == UInt8(ascii: "/") { return last.isEmpty ? 0 : index + 1 }
    if index == next.count, last.dropFirst(index).first == UInt8(ascii: "/") { return index }
    return shared
  }
}
