/// The entries of one layer, in the order of its archive, as a reader found them.
///
/// It is made by a ``Builder`` while the archive streams by, and given to a ``LayerUnion``, which puts the layers upon
/// each other. An entry costs about 60 bytes beside its name, of which only the end is kept that differs from the name
/// before.
public struct LayerTable: Sendable {
  /// What is kept of an entry beside its name.
  struct Entry: Sendable {
    /// The size of a file, or the number of a link's target in `links`.
    var value: Int
    var seconds: Int64
    var nanoseconds: UInt32
    var user: UInt32
    var group: UInt32
    var mode: UInt16
    var type: LayerEntryType
    var hasHash = false

    var size: Int { type == .file ? value : 0 }
    var isLink: Bool { type == .symbolicLink || type == .hardLink }
  }

  /// How a name follows from the one before.
  struct NamePart: Sendable {
    var shared: UInt16
    var count: UInt16
  }

  /// A mark that hides what lower layers have.
  struct Whiteout: Sendable {
    /// Where in `whiteoutNames` the path of what is hidden begins, or of the directory whose content is.
    let start: UInt32
    let count: UInt16
    /// Whether the directory stays, and all in it is hidden.
    let isOpaque: Bool
  }

  /// Bytes that an entry refers to: a link's target, or the start of a file.
  struct Slice: Sendable {
    let entry: UInt32
    let start: UInt32
    let count: UInt16
  }

  var entries: [Entry] = []
  var nameParts: [NamePart] = []
  var names = NameBytes()
  var whiteouts: [Whiteout] = []
  var whiteoutNames: [UInt8] = []
  var links: [Slice] = []
  var linkBytes: [UInt8] = []
  var heads: [Slice] = []
  var headBytes: [UInt8] = []
  /// The hashes of all entries, of those too that have none, or nothing where none has one.
  var hashes: [ContentHash] = []
  /// How much each entry takes compressed; nothing where that is unknown for all.
  var compressed = CompressedSizes()
  /// The bytes that the archive holds, where that is less than the size.
  var sparse: [UInt32: Int] = [:]
  var notes = NoteList()
  var contentBytes = 0

  /// A layer without entries: what stands for one that cannot be read, so that the others keep their numbers.
  public static let empty = LayerTable()

  /// How many entries there are, whiteouts and what was ignored not among them.
  public var count: Int { entries.count }

  /// Drops the names once they are known elsewhere.
  mutating func dropNames() {
    nameParts = []
    names = NameBytes()
    whiteouts = []
    whiteoutNames = []
  }

  /// How many bytes the archive holds of a file.
  @inline(__always)
  func dataBytes(of entry: Int) -> Int {
    sparse.isEmpty ? entries[entry].value : sparse[UInt32(truncatingIfNeeded: entry)] ?? entries[entry].value
  }

  @inline(__always)
  func hash(of entry: Int) -> ContentHash? { entries[entry].hasHash ? hashes[entry] : nil }

  @inline(__always)
  func compressedBytes(of entry: Int) -> Int? {
    compressed[entry]
  }

  /// The target of a link: of a hard link in its normal form, of a symbolic link as it is written.
  func target(of entry: Int) -> ArraySlice<UInt8>? {
    guard entries[entry].isLink else { return nil }
    let slice = links[entries[entry].value]
    return linkBytes[Int(slice.start)..<(Int(slice.start) + Int(slice.count))]
  }

  /// The first bytes of a file, where they were kept.
  func head(of entry: Int) -> ArraySlice<UInt8>? {
    var low = 0
    var high = heads.count
    while low < high {
      let middle = low + (high - low) / 2
      if heads[middle].entry < entry { low = middle + 1 } else { high = middle }
    }
    guard low < heads.count, heads[low].entry == entry else { return nil }
    let slice = heads[low]
    return headBytes[Int(slice.start)..<(Int(slice.start) + Int(slice.count))]
  }
}
