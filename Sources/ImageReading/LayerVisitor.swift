internal import Archives
internal import Bytecode
internal import Images
internal import Synchronization

/// Makes a layer's table of its archive's entries as they pass by.
struct LayerVisitor: TarVisitor {
  /// What a pass over a layer is for.
  enum Purpose {
    /// All that is told of it.
    case facts
    /// Hashes of these sources alone, and the code of this bytecode, by their numbers in the table.
    case wanted([Int: WantedSource])
  }

  private(set) var builder = LayerTable.Builder()
  private(set) var content = LayerContent()
  private(set) var signs = ArchiveSigns()
  /// The first entry that goes beyond a limit; what follows is only passed over.
  private(set) var failure: LayerError?
  /// How many directories an overlay file system has moved, and files it has left without data.
  private(set) var overlayMarks = 0

  private let purpose: Purpose
  private let report: (Int) -> Void
  private var filter = EntryFilter()
  private var reader: ContentReader
  private var entry: TarEntry?
  private var type = LayerEntryType.other
  private var name: [UInt8] = []
  private var link: [UInt8] = []
  private var isRead = false
  private var holes: HoleBudget

  /// - Parameters:
  ///   - purpose: what the pass is for.
  ///   - limits: how much is kept.
  ///   - report: is told, entry by entry, how many bytes of the blob have been used.
  init(_ purpose: Purpose, limits: ReadingLimits, report: @escaping (Int) -> Void) {
    self.purpose = purpose
    self.report = report
    reader = ContentReader(limits: limits)
    holes = HoleBudget(limits.holeShare)
  }

  mutating func begin(_ entry: TarEntry, name: Span<UInt8>, link: Span<UInt8>) -> TarContent {
    guard failure == nil else { return .skip }
    self.entry = entry
    Self.copy(name, to: &self.name)
    Self.copy(link, to: &self.link)
    type = Self.type(entry.kind)
    isRead = false
    if type == .directory {
      signs.note(directory: name)
    } else {
      signs.note(name, isFile: type == .file && !entry.overlay.contains(.whiteout))
    }
    if type == .symbolicLink || type == .hardLink { content.bytecode.noteLink(self.name) }
    guard type == .file, !entry.overlay.contains(.whiteout) else { return .skip }
    // Where the holes are not known, the content is not either.
    guard !entry.isSparse || entry.isMapped else { return .skip }
    switch purpose {
    case .facts:
      var wish = filter.wish(for: self.name)
      wish.mayBeScript = entry.mode & 0o111 != 0
      // Bytecode mostly comes before its source, as `__pycache__` does before small letters.
      let keys = wish.isSource ? content.bytecode.keys : []
      guard takesHoles(of: entry, keys: keys.count) else { return .skip }
      reader.begin(wish, hashes: true, keys: keys)
      isRead = true
    case .wanted(let wanted):
      guard let file = wanted[builder.count], takesHoles(of: entry, keys: file.keys.count) else { return .skip }
      reader.begin(
        EntryFilter.Wish(isBytecode: file.isBytecode, isSource: !file.keys.isEmpty), hashes: false, keys: file.keys)
      isRead = true
    }
    return .read
  }

  private mutating func takesHoles(of entry: TarEntry, keys: Int) -> Bool {
    !entry.isSparse || holes.take(entry.size - entry.dataSize, keys: keys, of: name)
  }

  mutating func content(_ bytes: Span<UInt8>) {
    if isRead { reader.update(bytes) }
  }

  mutating func hole(_ count: Int) {
    if isRead { reader.update(zeros: count) }
  }

  mutating func end(at position: ArchivePosition) {
    report(position.blobBit / 8)
    guard failure == nil, let entry else { return }
    do throws(LayerError) {
      try take(entry, position)
    } catch {
      failure = error
    }
  }

  private mutating func take(_ entry: TarEntry, _ end: ArchivePosition) throws(LayerError) {
    let name = name
    if entry.overlay.contains(.whiteout) || type == .characterDevice && entry.deviceMajor == 0 && entry.deviceMinor == 0
    {
      return try builder.addWhiteout(name.span)
    }
    if entry.overlay.contains(.redirect) || entry.overlay.contains(.metadataOnly) { overlayMarks += 1 }
    let number = builder.count
    let content =
      type == .file
      ? EntryContent(
        size: entry.size, dataBytes: entry.dataSize, hash: isRead ? reader.contentHash : nil,
        compressedBytes: max(0, end.blobBit / 8 - entry.start.blobBit / 8), head: isRead ? reader.head : [])
      : EntryContent(size: type == .hardLink ? entry.dataSize : 0)
    try builder.add(
      name.span, type, content: content, target: link[...],
      metadata: EntryMetadata(
        mode: UInt16(truncatingIfNeeded: entry.mode), user: UInt32(clamping: entry.uid),
        group: UInt32(clamping: entry.gid), seconds: entry.modified.seconds, nanoseconds: entry.modified.nanoseconds))
    // A whiteout by its name is no entry of the table.
    if isRead, builder.count > number { reader.finish(number, into: &self.content) }
    if entry.overlay.contains(.opaque) { try builder.addOpaqueDirectory(name.span) }
  }

  /// Which limits have kept something from being known, and what follows.
  var remarks: [String] { [reader.scriptRemark, reader.textRemark, holes.remark].compactMap(\.self) }

  /// The finished table.
  consuming func finish() -> (table: LayerTable, content: LayerContent) { (builder.finish(), content) }

  // A method of the value would be given a copy of all of it, which is not cheap here.
  private static func copy(_ bytes: Span<UInt8>, to target: inout [UInt8]) {
    target.removeAll(keepingCapacity: true)
    unsafe bytes.withUnsafeBufferPointer { unsafe target.append(contentsOf: $0) }
  }

  private static func type(_ kind: TarEntryKind) -> LayerEntryType {
    switch kind {
    case .regular: .file
    case .hardLink: .hardLink
    case .symbolicLink: .symbolicLink
    case .characterDevice: .characterDevice
    case .blockDevice: .blockDevice
    case .directory: .directory
    case .pipe: .pipe
    case .other: .other
    }
  }
}
