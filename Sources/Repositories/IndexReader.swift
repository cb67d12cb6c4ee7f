public import Digests
internal import Files
public import SourceText

extension Index {
  /// Reads the bytes of an index; `path` is what an error calls it.
  ///
  /// Versions 2, 3 and 4 are read. `sibling` reads another file of the git directory by its name, which
  /// a split index needs.
  public init(
    _ bytes: [UInt8], format: DigestAlgorithm, path: Path,
    sibling: (String) throws(RepositoryError) -> [UInt8]
  ) throws(RepositoryError) {
    var reader = IndexReader(bytes: bytes, format: format, path: path)
    let own = try reader.read()
    guard let link = reader.link else {
      try reader.checkOrder(own)
      self = own
      return
    }
    let name = "sharedindex." + hexadecimal(link.shared)
    var base = IndexReader(
      bytes: try sibling(name), format: format, path: path.parent.appending(name), isShared: true)
    let shared = try base.read()
    try base.checkOrder(shared)
    guard base.digest == Array(link.shared) else {
      throw base.error(bytes.count, "is not the shared index that \(path) was split from")
    }
    let merged = try link.merge(own, over: shared, reader: reader)
    try reader.checkOrder(merged)
    self = merged
  }
}

/// Reads one index file, whose form git describes in `gitformat-index`.
struct IndexReader {
  let bytes: [UInt8]
  let format: DigestAlgorithm
  let path: Path
  /// Whether it is the shared part of a split index.
  var isShared = false
  /// What a split index says about its shared part.
  private(set) var link: SplitIndexLink?
  /// The digest that ends the file.
  private(set) var digest: [UInt8] = []

  /// The header: `DIRC`, the version, the number of entries.
  private static let headerSize = 12
  /// What stands before the id in an entry: times, device, number, mode, owner, group, size.
  private static let statusSize = 40

  init(bytes: [UInt8], format: DigestAlgorithm, path: Path, isShared: Bool = false) {
    self.bytes = bytes
    self.format = format
    self.path = path
    self.isShared = isShared
  }

  /// Reads the entries and the extensions.
  mutating func read() throws(RepositoryError) -> Index {
    guard bytes.count >= Self.headerSize + format.size else {
      throw error(bytes.count, "ends before the header and the digest that an index has")
    }
    guard bytes.starts(with: Array("DIRC".utf8)) else { throw error(0, "does not begin as an index does") }
    let version = number(at: 4)
    guard (2...4).contains(version) else {
      throw error(4, "is an index of version \(version); 2, 3 and 4 are known")
    }
    try checkDigest()
    let end = bytes.count - format.size
    let claimed = number(at: 8)
    // An entry has at least an id, flags and a NUL beside its status.
    guard claimed <= (end - Self.headerSize) / (Self.statusSize + format.size + 3) else {
      throw error(8, "claims \(claimed) entries, more than its size can hold")
    }
    var index = Index(idSize: format.size)
    index.ids = bytes
    if version < 4 { index.paths = bytes }
    index.entries.reserveCapacity(claimed)
    var position = Self.headerSize
    for _ in 0..<claimed {
      position =
        version < 4
        ? try readEntry(at: position, end: end, version: version, into: &index)
        : try readCompressedEntry(at: position, end: end, into: &index)
    }
    try readExtensions(from: position, end: end, into: &index)
    return index
  }

  /// Compares the digest at the end with that of all before; zeros mean that none was made (`index.skipHash`).
  private mutating func checkDigest() throws(RepositoryError) {
    let end = bytes.count - format.size
    digest = Array(bytes[end...])
    if digest.allSatisfy({ $0 == 0 }) { return }
    var actual = Digest(format)
    actual.update(bytes[..<end])
    guard actual.finish() == digest else { throw error(end, "is damaged: its digest does not fit its content") }
  }

  /// Reads an entry of version 2 or 3 and tells where the next begins.
  private func readEntry(
    at start: Int, end: Int, version: Int, into index: inout Index
  ) throws(RepositoryError) -> Int {
    let (fields, nameStart) = try readFields(at: start, end: end, version: version)
    let length = try nameLength(fields.flags, at: nameStart, end: end)
    // Entries are padded with one to eight NULs to a multiple of eight bytes.
    let next = start + (nameStart - start + length + 8) / 8 * 8
    guard next <= end else { throw error(nameStart, "ends within an entry") }
    index.entries.append(fields.entry(pathStart: nameStart, pathLength: length))
    return next
  }

  /// Reads an entry of version 4, whose path builds on the one before, and tells where the next begins.
  private func readCompressedEntry(at start: Int, end: Int, into index: inout Index) throws(RepositoryError) -> Int {
    var (fields, position) = try readFields(at: start, end: end, version: 4)
    let stripped = try readCount(at: &position, end: end)
    let previous = index.entries.last
    let kept = Int(previous?.pathLength ?? 0) - stripped
    guard kept >= 0 else { throw error(position, "strips more from a path than it has") }
    guard let terminator = bytes[position..<end].firstIndex(of: 0) else {
      throw error(position, "ends within a path")
    }
    let length = kept + terminator - position
    let known = fields.flags.pathLength
    guard length <= Index.pathLimit, known == IndexFlags.longPath ? length >= known : length == known else {
      throw error(position, "has a path whose length does not fit, or is more than \(Index.pathLimit) bytes")
    }
    let pathStart = index.paths.count
    guard pathStart + length <= Index.sizeLimit else {
      throw error(position, "has paths of more than \(sizeInWords(Index.sizeLimit)) in all")
    }
    if let previous {
      let from = Int(previous.pathStart)
      for offset in from..<(from + kept) { index.paths.append(index.paths[offset]) }
    }
    index.paths.append(contentsOf: bytes[position..<terminator])
    index.entries.append(fields.entry(pathStart: pathStart, pathLength: length))
    return terminator + 1
  }

  /// What an entry holds before its path.
  private struct Fields {
    let mode: UInt16
    let size: UInt32
    let idStart: Int
    let flags: IndexFlags

    func entry(pathStart: Int, pathLength: Int) -> Index.Entry {
      // No offset exceeds the limit of the file's size, which 32 bits hold.
      Index.Entry(
        pathStart: UInt32(truncatingIfNeeded: pathStart), pathLength: UInt32(truncatingIfNeeded: pathLength),
        idStart: UInt32(truncatingIfNeeded: idStart), size: size, mode: mode, flags: flags)
    }
  }

  /// Reads what stands before the path, and tells where that begins.
  private func readFields(at start: Int, end: Int, version: Int) throws(RepositoryError) -> (Fields, Int) {
    var position = start + Self.statusSize + format.size + 2
    guard position <= end else { throw error(start, "ends within an entry") }
    let mode = number(at: start + 24)
    guard [0o100644, 0o100755, 0o120000, 0o160000, 0o040000, 0o100664].contains(mode) else {
      throw error(start + 24, "has an entry of the unknown mode \(String(mode, radix: 8))")
    }
    var flags = UInt32(half(at: position - 2)) << 16
    if flags & IndexFlags.extended.rawValue != 0 {
      guard version > 2 else { throw error(position - 2, "has a flag that version 2 does not know") }
      guard position + 2 <= end else { throw error(position, "ends within an entry") }
      flags |= UInt32(half(at: position))
      guard flags & IndexFlags.unknown.rawValue == 0 else {
        throw error(position, "has an entry with flags that are not known")
      }
      position += 2
    }
    let fields = Fields(
      mode: UInt16(truncatingIfNeeded: mode), size: UInt32(truncatingIfNeeded: number(at: start + 36)),
      idStart: start + Self.statusSize, flags: IndexFlags(rawValue: flags))
    return (fields, position)
  }

  /// The length of a path that a NUL ends.
  private func nameLength(_ flags: IndexFlags, at start: Int, end: Int) throws(RepositoryError) -> Int {
    var length = flags.pathLength
    if length == IndexFlags.longPath {
      let longest = bytes[start..<min(end, start + Index.pathLimit + 1)]
      guard let terminator = longest.firstIndex(of: 0), terminator - start >= length else {
        throw error(start, "has a path whose end is missing, or that is longer than \(Index.pathLimit) bytes")
      }
      length = terminator - start
    }
    guard start + length < end, bytes[start + length] == 0 else {
      throw error(start, "has a path that does not end where it should")
    }
    return length
  }

  /// Reads git's number of variable length, in which each further byte adds one before it shifts.
  private func readCount(at position: inout Int, end: Int) throws(RepositoryError) -> Int {
    var value = 0
    for round in 0..<5 {
      guard position < end else { break }
      let byte = bytes[position]
      position += 1
      value = (round == 0 ? 0 : value + 1) << 7 | Int(byte & 0x7F)
      if byte & 0x80 == 0 { return value }
    }
    throw error(position, "has a number without end")
  }

  /// Reads the extensions: a name of four letters, a size, the content.
  ///
  /// A name that begins with a capital may be passed over; any other changes what the index means.
  private mutating func readExtensions(from start: Int, end: Int, into index: inout Index) throws(RepositoryError) {
    var position = start
    while position < end {
      guard position + 8 <= end else { throw error(position, "ends within an extension") }
      let name = String(decoding: bytes[position..<(position + 4)], as: UTF8.self)
      let size = number(at: position + 4)
      guard size <= end - position - 8 else { throw error(position, "ends within an extension") }
      let content = (position + 8)..<(position + 8 + size)
      switch name {
      case "link": link = try SplitIndexLink(self, content)
      case "sdir": index.isSparse = true
      case _ where (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[position]): break
      default:
        throw error(position, "needs the extension `\(printable(name))`, which is not known")
      }
      position = content.upperBound
    }
  }

  /// The number of four bytes, the highest first.
  func number(at position: Int) -> Int {
    half(at: position) << 16 | half(at: position + 2)
  }

  private func half(at position: Int) -> Int {
    Int(bytes[position]) << 8 | Int(bytes[position + 1])
  }

  func error(_ offset: Int, _ reason: String) -> RepositoryError {
    .index(path, offset: offset, reason: reason)
  }
}
