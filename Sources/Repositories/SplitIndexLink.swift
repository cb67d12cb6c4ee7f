internal import Digests

/// How a split index (`git update-index --split-index`) changes the shared index that it names.
struct SplitIndexLink {
  /// The digest of the shared index, which is part of its name.
  let shared: ArraySlice<UInt8>
  /// Which entries of the shared index are gone.
  private let deleted: [Range<Int>]
  /// Which entries of the shared index the first entries of the split one replace.
  private let replaced: [Range<Int>]

  /// Reads the extension `link`; nil where it names no shared index.
  init?(_ reader: IndexReader, _ content: Range<Int>) throws(RepositoryError) {
    let size = reader.format.size
    guard content.count >= size else { throw reader.error(content.lowerBound, "ends within its extension `link`") }
    shared = reader.bytes[content.lowerBound..<(content.lowerBound + size)]
    guard shared.contains(where: { $0 != 0 }) else { return nil }
    var position = content.lowerBound + size
    guard position < content.upperBound else {
      deleted = []
      replaced = []
      return
    }
    deleted = try Self.readBitmap(reader, at: &position, end: content.upperBound)
    replaced = try Self.readBitmap(reader, at: &position, end: content.upperBound)
  }

  /// Reads a bitmap in the EWAH form, as runs of set bits.
  ///
  /// That is the number of bits, the number of words, the words of eight bytes and the position of the
  /// last marker. A marker tells the value of a run of words, its length, and how many words of single
  /// bits follow.
  private static func readBitmap(
    _ reader: IndexReader, at position: inout Int, end: Int
  ) throws(RepositoryError) -> [Range<Int>] {
    guard end - position >= 8 else { throw reader.error(position, "ends within a bitmap") }
    let bitCount = reader.number(at: position)
    let wordCount = reader.number(at: position + 4)
    position += 8
    guard wordCount <= (end - position) / 8, end - position - wordCount * 8 >= 4 else {
      throw reader.error(position, "ends within a bitmap")
    }
    var runs: [Range<Int>] = []
    var bit = 0
    var word = 0
    func value(_ index: Int, _ start: Int) -> UInt64 {
      UInt64(reader.number(at: start + index * 8)) << 32 | UInt64(reader.number(at: start + index * 8 + 4))
    }
    while word < wordCount {
      let marker = value(word, position)
      word += 1
      let run = Int(marker >> 1 & 0xFFFF_FFFF) * 64
      let literals = Int(marker >> 33)
      guard run <= bitCount + 64 - min(bit, bitCount), literals <= wordCount - word else {
        throw reader.error(position, "has a bitmap that is longer than it says")
      }
      if marker & 1 == 1, run > 0 { runs.append(bit..<min(bit + run, max(bit, bitCount))) }
      bit += run
      for _ in 0..<literals {
        let bits = value(word, position)
        for offset in 0..<64 where bits >> UInt64(offset) & 1 == 1 {
          runs.append((bit + offset)..<(bit + offset + 1))
        }
        word += 1
        bit += 64
      }
    }
    position += wordCount * 8 + 4
    return runs
  }

  /// The entries of the split index over those of the shared one.
  func merge(_ split: Index, over shared: Index, reader: IndexReader) throws(RepositoryError) -> Index {
    guard (deleted + replaced).allSatisfy({ $0.upperBound <= shared.count }) else {
      throw reader.error(0, "changes entries that its shared index does not have")
    }
    var index = Index(idSize: split.idSize)
    index.isSparse = split.isSparse || shared.isSparse
    index.paths = shared.paths
    index.ids = shared.ids
    var kept: [Index.Entry?] = shared.entries
    let replacements = replaced.reduce(0) { $0 + $1.count }
    guard replacements <= split.count else { throw reader.error(0, "has fewer entries than it replaces") }
    for (position, entry) in zip(replaced.joined(), split.entries) {
      guard entry.pathLength == 0 else { throw reader.error(Int(entry.idStart), "repeats a path of its shared index") }
      kept[position] = index.adopt(entry, of: split, pathOf: shared.entries[position])
    }
    for position in deleted.joined() { kept[position] = nil }
    var added = split.entries[replacements...].map { index.adopt($0, of: split, pathOf: nil) }[...]
    // Both are sorted; where both have a path, the split index has the newer entry.
    for entry in kept {
      guard let entry else { continue }
      while let next = added.first, index.precedes(next, entry) { index.entries.append(added.removeFirst()) }
      if let next = added.first, !index.precedes(entry, next) { continue }
      index.entries.append(entry)
    }
    index.entries += added
    return index
  }
}

extension Index {
  /// Copies what an entry of another index refers to, and returns the entry that refers to the copy.
  fileprivate mutating func adopt(_ entry: Entry, of other: Index, pathOf known: Entry?) -> Entry {
    let idStart = ids.count
    ids.append(contentsOf: other.id(of: entry))
    let pathStart = known.map { Int($0.pathStart) } ?? paths.count
    if known == nil { paths.append(contentsOf: other.path(of: entry)) }
    return Entry(
      pathStart: UInt32(truncatingIfNeeded: pathStart), pathLength: known?.pathLength ?? entry.pathLength,
      idStart: UInt32(truncatingIfNeeded: idStart), size: entry.size, mode: entry.mode, flags: entry.flags)
  }

  /// Whether an entry stands before another: by path, then by stage.
  fileprivate func precedes(_ left: Entry, _ right: Entry) -> Bool {
    let (first, second) = (path(of: left), path(of: right))
    if first.elementsEqual(second) { return left.stage < right.stage }
    return first.lexicographicallyPrecedes(second)
  }
}
