internal import Caches

extension LayerTable {
  /// Takes the entries of a layer one after the other, as its archive has them.
  public struct Builder: Sendable {
    private var table = LayerTable()
    private var name = EntryName()
    private var linkName = EntryName()
    private var last: [UInt8] = []
    private var number = 0

    /// Begins a layer without entries.
    public init() {}

    /// How many entries the archive had so far, those among them that are no part of the table.
    public var entryCount: Int { number }

    /// How many entries the table has so far, which is the number that the next one gets.
    public var count: Int { table.count }

    /// Takes the next entry.
    ///
    /// Names are brought into their normal form; whiteouts, opaque markers and the metadata of AUFS are known by their
    /// names.
    ///
    /// - Parameters:
    ///   - path: The name as the archive has it.
    ///   - type: What the entry is.
    ///   - content: What is known of its content; only files have any.
    ///   - target: Where a link leads, as the archive has it; empty for all else.
    ///   - metadata: What the header says beside.
    /// - Throws: ``LayerError`` where a limit is exceeded; the layer cannot be examined further then, and
    ///   ``finish()`` gives what came before.
    public mutating func add(
      _ path: Span<UInt8>, _ type: LayerEntryType, content: EntryContent = .none,
      target: ArraySlice<UInt8> = [], metadata: EntryMetadata = EntryMetadata()
    ) throws(LayerError) {
      defer { number += 1 }
      guard number < ImageLimits.entryCount else { throw error(.tooManyEntries) }
      try read(path)
      if name.leadsOutside { note(.leadsOutside) }
      if try takesWhiteout() { return }
      if name.depth == 0, type != .directory { return note(.replacesRoot) }
      var entry = Entry(
        value: 0, seconds: metadata.seconds, nanoseconds: metadata.nanoseconds, user: metadata.user,
        group: metadata.group, mode: metadata.mode & 0o7777, type: type)
      if type == .file { entry.value = try take(content) }
      if type == .symbolicLink || type == .hardLink { entry.value = try takeTarget(target, of: type) }
      // Nothing that is kept of the entry stands before this, so what was taken earlier is whole if it fails.
      try appendName()
      if type == .hardLink, content.size > 0 { note(.hardLinkWithContent) }
      if type == .file {
        entry.hasHash = content.hash != nil
        takeHead(content.head)
      }
      takeOptional(content, of: type)
      table.entries.append(entry)
    }

    /// Takes a whiteout that the storage marks otherwise than by its name: what stood at `path` below is hidden.
    public mutating func addWhiteout(_ path: Span<UInt8>) throws(LayerError) {
      defer { number += 1 }
      try read(path)
      if name.leadsOutside { note(.leadsOutside) }
      if name.depth == 0 { return note(.invalidWhiteout) }
      try appendWhiteout(name.bytes[...], isOpaque: false)
    }

    /// Takes the mark of a directory that hides all that it held below.
    public mutating func addOpaqueDirectory(_ path: Span<UInt8>) throws(LayerError) {
      defer { number += 1 }
      try read(path)
      if name.leadsOutside { note(.leadsOutside) }
      try appendWhiteout(name.bytes[...], isOpaque: true)
    }

    /// The finished table.
    public consuming func finish() -> LayerTable { table }

    private mutating func read(_ path: Span<UInt8>) throws(LayerError) {
      name.read(path)
      guard name.bytes.count <= ImageLimits.pathLength else { throw error(.pathTooLong) }
      guard name.depth <= ImageLimits.pathDepth else { throw error(.pathTooDeep) }
    }

    /// Whether the name is that of a whiteout or of other metadata, which are no entries.
    private mutating func takesWhiteout() throws(LayerError) -> Bool {
      let path = name.bytes
      let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      // The metadata of AUFS lies in directories of the root.
      if path.starts(with: Self.metadata), start > 0 { return true }
      guard path[start...].starts(with: Self.prefix) else { return false }
      let parent = path[..<max(0, start - 1)]
      let hidden = path[(start + Self.prefix.count)...]
      if path[start...].elementsEqual(Self.opaque) {
        try appendWhiteout(parent, isOpaque: true)
      } else if path[start...].starts(with: Self.metadata) {
        return true
      } else if hidden.isEmpty || hidden.elementsEqual(".".utf8) || hidden.elementsEqual("..".utf8) {
        note(.invalidWhiteout)
      } else {
        try appendWhiteout(parent + (parent.isEmpty ? [] : [UInt8(ascii: "/")]) + hidden, isOpaque: false)
      }
      return true
    }

    private static let prefix = Array(".wh.".utf8)
    private static let metadata = Array(".wh..wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)

    private mutating func appendWhiteout(_ path: ArraySlice<UInt8>, isOpaque: Bool) throws(LayerError) {
      guard table.whiteoutNames.count + path.count <= ImageLimits.nameBytes else { throw error(.tooManyNameBytes) }
      // No position exceeds the limit of the bytes, which 32 bits hold, and no path that of 16.
      table.whiteouts.append(
        Whiteout(
          start: UInt32(truncatingIfNeeded: table.whiteoutNames.count), count: UInt16(truncatingIfNeeded: path.count),
          isOpaque: isOpaque))
      table.whiteoutNames += path
    }

    private mutating func appendName() throws(LayerError) {
      let limit = min(last.count, name.bytes.count)
      var shared = 0
      while shared < limit, last[shared] == name.bytes[shared] { shared += 1 }
      let rest = name.bytes.count - shared
      guard table.names.count + rest <= ImageLimits.nameBytes else { throw error(.tooManyNameBytes) }
      table.nameParts.append(
        NamePart(shared: UInt16(truncatingIfNeeded: shared), count: UInt16(truncatingIfNeeded: rest)))
      table.names.append(name.bytes[shared...])
      last.removeLast(last.count - shared)
      last += name.bytes[shared...]
    }

    /// Counts what a file holds, and tells its size.
    private mutating func take(_ content: EntryContent) throws(LayerError) -> Int {
      guard content.size >= 0, content.dataBytes >= 0 else { throw error(.negativeSize) }
      let (sum, overflows) = table.contentBytes.addingReportingOverflow(content.dataBytes)
      guard !overflows, sum <= ImageLimits.contentBytes else { throw error(.tooMuchContent) }
      table.contentBytes = sum
      if content.dataBytes != content.size { table.sparse[place] = content.dataBytes }
      return content.size
    }

    private mutating func takeOptional(_ content: EntryContent, of type: LayerEntryType) {
      let hash = type == .file ? content.hash : nil
      let unknown = ContentHash(high: 0, low: 0)
      if hash != nil, table.hashes.isEmpty { table.hashes = Array(repeating: unknown, count: table.entries.count) }
      if hash != nil || !table.hashes.isEmpty { table.hashes.append(hash ?? unknown) }
      let compressed = type == .file ? content.compressedBytes : nil
      table.compressed.append(compressed, after: table.entries.count)
    }

    private mutating func takeHead(_ head: [UInt8]) {
      let head = head.prefix(headLimit)
      guard !head.isEmpty, table.headBytes.count + head.count <= ImageLimits.headBytes else { return }
      table.heads.append(slice(head.count, at: table.headBytes.count))
      table.headBytes += head
    }

    private mutating func takeTarget(
      _ target: ArraySlice<UInt8>, of type: LayerEntryType
    ) throws(LayerError) -> Int {
      var target = target
      if type == .hardLink {
        linkName.read(target.span)
        if linkName.leadsOutside { note(.hardLinkLeadsOutside) }
        target = linkName.bytes[...]
      }
      guard target.count <= ImageLimits.pathLength else { throw error(.pathTooLong) }
      guard table.linkBytes.count + target.count <= ImageLimits.nameBytes else { throw error(.tooManyNameBytes) }
      table.links.append(slice(target.count, at: table.linkBytes.count))
      table.linkBytes += target
      return table.links.count - 1
    }

    /// The place of the entry that is being taken, which the limit of their number holds within 32 bits.
    private var place: UInt32 { UInt32(truncatingIfNeeded: table.entries.count) }

    private func slice(_ count: Int, at start: Int) -> Slice {
      Slice(entry: place, start: UInt32(truncatingIfNeeded: start), count: UInt16(truncatingIfNeeded: count))
    }

    private mutating func note(_ kind: LayerNote.Kind) {
      table.notes.add(kind, layer: 0, path: name.bytes)
    }

    private func error(_ reason: LayerError.Reason) -> LayerError {
      LayerError(reason, entry: number, name: name.bytes)
    }
  }
}
