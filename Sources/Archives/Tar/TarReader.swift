/// Takes a tar archive in pieces and tells a visitor of its entries.
///
/// The pieces may be cut anywhere. Nothing of the content is kept; headers that say more of an entry than one block
/// can are, up to a limit.
struct TarReader {
  /// What the next bytes are.
  enum State {
    /// A header, or the end.
    case header
    /// The content of a header that says more of the next entry: its type.
    case records(UInt8)
    /// A block that continues the map of a sparse file in GNU's old form.
    case sparseContinuation
    /// The map before the data of a sparse file.
    case sparseMap
    /// What follows a hard link that claims to have data: either these or the next header.
    case linkData
    /// Data of an entry.
    case content
    /// What fills up a block.
    case padding
    /// The archive has ended.
    case ended
  }

  let limits: ArchiveLimits
  var state = State.header
  /// How many bytes this state lasts.
  var remaining = TarBlock.size
  /// How much padding follows.
  var padding = 0
  /// Whether an entry has begun and not ended.
  var isInEntry = false
  /// A block that came in parts.
  var block = [512 of UInt8](repeating: 0)
  /// How many bytes of the archive came before.
  private(set) var offset = 0
  /// Whether the last block was one of zeros.
  var hasZeroBlock = false
  /// What the visitor wants of the entry's data.
  var wanted = TarContent.skip

  /// The entry that is being put together, or whose data come.
  var entry = TarEntry()
  /// Its path.
  var name: [UInt8] = []
  /// The target of its link.
  var link: [UInt8] = []
  /// Where the first header of the next entry begins, once it has been reached.
  var start: ArchivePosition?
  /// How many bytes of extended headers the next entry has so far.
  var recordSize = 0
  /// The content of one extended header.
  var records: [UInt8] = []
  /// The next entry's path in GNU's form.
  var longName: [UInt8]?
  /// The next entry's link in GNU's form.
  var longLink: [UInt8]?
  /// What pax says of all entries.
  var globals = PaxValues()
  /// What pax says of the next entry, with what it says of all.
  var values = PaxValues()
  /// Whether pax says something of the next entry alone.
  var hasValues = false
  /// The map of a sparse file.
  var sparse = SparseMap()
  /// Reads a map that stands before the data.
  var sparseReader = SparseMapReader()
  /// Tells of the data and the holes of a sparse file that is read.
  var sparseContent: SparseContent?

  /// Whether the two blocks of zeros have been seen.
  var hasTerminator = false
  /// How many entries there were.
  var entries = 0
  /// How many bytes of data they have, as the archive holds them.
  var dataSize = 0
  /// What is odd.
  private(set) var notes: [ArchiveNote] = []
  /// How many notes were left out.
  private(set) var uncountedNotes = 0

  init(limits: ArchiveLimits) {
    self.limits = limits
  }

  /// Takes the next bytes, which are the last piece of the stream.
  mutating func take<Visitor: TarVisitor>(
    _ bytes: UnsafeRawBufferPointer, of stream: borrowing UncompressedStream, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    var index = 0
    while index < bytes.count {
      let count = min(remaining, bytes.count - index)
      let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[index..<(index + count)])
      switch state {
      case .header where start == nil, .linkData where start == nil:
        start = ArchivePosition(offset: offset, blobBit: stream.blobBit(of: offset))
      default: break
      }
      index += count
      offset += count
      remaining -= count
      switch state {
      case .content:
        if wanted == .read {
          let data = unsafe part.bindMemory(to: UInt8.self).span
          if sparseContent == nil { visitor.content(data) } else { sparseContent?.take(data, &visitor) }
        }
        if remaining == 0 { endContent(&visitor) }
      case .padding: break
      case .ended: remaining = .max
      case .records(let type):
        unsafe records.append(contentsOf: part)
        if remaining == 0 { try finishExtension(type) }
      case .header, .sparseContinuation, .sparseMap, .linkData:
        if count == TarBlock.size {
          try unsafe takeBlock(part.bindMemory(to: UInt8.self).span, stream, &visitor)
        } else {
          let filled = TarBlock.size - remaining - count
          for byte in 0..<count { block[filled + byte] = unsafe part[byte] }
          if remaining == 0 {
            let whole = block
            try takeBlock(whole.span, stream, &visitor)
          }
        }
      }
      if remaining == 0 { finishPadding(stream, &visitor) }
    }
  }

  /// What the end of the stream means.
  mutating func finish<Visitor: TarVisitor>(
    _ stream: borrowing UncompressedStream, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    switch state {
    case .ended: break
    case .header where remaining == TarBlock.size:
      if hasPendingHeader { throw ArchiveError(.headerWithoutEntry, uncompressed: offset) }
    case .linkData where remaining == TarBlock.size:
      endEntry(stream, &visitor)
    case .padding where isInEntry && remaining == padding:
      note(.missingPadding)
      endEntry(stream, &visitor)
    case .header where entries == 0 && !hasPendingHeader && !hasZeroBlock:
      throw ArchiveError(.notTar, uncompressed: 0)
    default: throw ArchiveError(.truncatedTar, uncompressed: offset)
    }
  }

  /// Passes over what comes next where nobody wants it; how many bytes that may be.
  var skippable: Int {
    switch state {
    case .content where wanted == .skip: remaining
    case .padding: remaining
    default: 0
    }
  }

  /// Notes that the skippable bytes have been passed over.
  mutating func skipped<Visitor: TarVisitor>(
    _ count: Int, _ stream: borrowing UncompressedStream, _ visitor: inout Visitor
  ) {
    offset += count
    remaining = 0
    if case .content = state { pad() }
    if remaining == 0 { finishPadding(stream, &visitor) }
  }

  /// Remembers something odd.
  mutating func note(_ note: ArchiveNote) {
    if notes.count < ArchiveLimits.notes { notes.append(note) } else { uncountedNotes += 1 }
  }

  var hasPendingHeader: Bool { hasValues || longName != nil || longLink != nil }
}
