extension TarReader {
  /// Takes a whole block, which may be a header, a part of a map, or data.
  mutating func takeBlock<Visitor: TarVisitor>(
    _ block: Span<UInt8>, _ stream: borrowing UncompressedStream, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    let place = offset - TarBlock.size
    do throws(ArchiveError) {
      switch state {
      case .sparseContinuation: try continueSparse(block, &visitor)
      case .sparseMap: try takeMap(block, &visitor)
      case .linkData: try takeLinkData(block, stream, &visitor)
      default: try takeHeader(block, &visitor)
      }
    } catch {
      throw error.uncompressedOffset == nil ? ArchiveError(error.reason, uncompressed: place) : error
    }
  }

  /// Takes a header, or a block of zeros.
  private mutating func takeHeader<Visitor: TarVisitor>(
    _ block: Span<UInt8>, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    let sums = TarBlock.sums(block)
    if sums.isZero {
      if hasPendingHeader { throw ArchiveError(.headerWithoutEntry) }
      begin(hasZeroBlock ? .ended : .header, hasZeroBlock ? .max : TarBlock.size)
      hasTerminator = hasZeroBlock
      hasZeroBlock = true
      return
    }
    guard sums.checksumMatches else {
      let isFirst = entries == 0 && !hasPendingHeader && recordSize == 0 && !hasZeroBlock
      throw ArchiveError(hasZeroBlock ? .loneZeroBlock : isFirst ? .notTar : .headerChecksum)
    }
    if hasZeroBlock { throw ArchiveError(.loneZeroBlock) }
    guard let size = TarBlock.number(block, TarBlock.dataSize), size >= 0 else { throw ArchiveError(.number(.size)) }
    let type = block[TarBlock.typeFlag]
    switch type {
    case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
      let (total, isTooLarge) = recordSize.addingReportingOverflow(size)
      guard !isTooLarge, total <= limits.recordSize else {
        throw ArchiveError(.limit(.recordSize(limits.recordSize)))
      }
      // Headers without content count too, so that a chain of them ends.
      recordSize = total + 1
      records.removeAll(keepingCapacity: true)
      begin(.records(type), size)
      if size == 0 { try finishExtension(type) }
    default:
      try describe(block, type: type, size: size)
      try locateData(block, type: type, &visitor)
    }
  }

  /// Goes over to a state that lasts so many bytes, behind which a block is filled up.
  private mutating func begin(_ state: State, _ count: Int) {
    self.state = state
    remaining = count
    padding = -count & (TarBlock.size - 1)
  }

  /// Goes over to what fills up the block.
  mutating func pad() {
    state = .padding
    remaining = padding
  }

  /// Goes on behind the padding: to the next header, or to the end of the entry first.
  mutating func finishPadding<Visitor: TarVisitor>(
    _ stream: borrowing UncompressedStream, _ visitor: inout Visitor
  ) {
    guard case .padding = state else { return }
    if isInEntry { endEntry(stream, &visitor) }
    state = .header
    remaining = TarBlock.size
  }

  /// Takes the content of an extended header or a long name.
  mutating func finishExtension(_ type: UInt8) throws(ArchiveError) {
    let place = offset - records.count
    do throws(ArchiveError) {
      switch type {
      case UInt8(ascii: "L"): longName = Array(records.prefix { $0 != 0 })
      case UInt8(ascii: "K"): longLink = Array(records.prefix { $0 != 0 })
      case UInt8(ascii: "g"):
        try globals.read(records, limits: limits, areForAll: true)
        if !hasValues { values = globals }
      default:
        try values.read(records, limits: limits)
        hasValues = true
      }
    } catch {
      throw ArchiveError(error.reason, uncompressed: place)
    }
    pad()
  }

  /// Finds out where the data of the entry begin and how many they are.
  private mutating func locateData<Visitor: TarVisitor>(
    _ block: Span<UInt8>, type: UInt8, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    sparse = values.sparse?.map ?? SparseMap()
    switch type {
    case UInt8(ascii: "S"):
      entry.isSparse = true
      if let size = TarBlock.number(block, TarBlock.sparseSize), size >= 0 {
        entry.size = size
      } else {
        sparse.doubt()
      }
      try takeParts(block, TarBlock.sparseMap)
      if block[TarBlock.sparseIsContinued] != 0 { begin(.sparseContinuation, TarBlock.size) } else { open(&visitor) }
    case UInt8(ascii: "1"):
      let claimed = entry.dataSize
      entry.dataSize = 0
      open(&visitor)
      if claimed > 0 {
        entry.dataSize = claimed
        begin(.linkData, TarBlock.size)
      }
    case UInt8(ascii: "0"), UInt8(ascii: "7"), 0:
      guard let description = values.sparse else { return open(&visitor) }
      entry.isSparse = true
      entry.size = description.size ?? entry.dataSize
      if description.hasMapInData {
        sparseReader = SparseMapReader()
        guard entry.dataSize >= TarBlock.size else {
          sparse.doubt()
          return open(&visitor)
        }
        begin(.sparseMap, TarBlock.size)
      } else {
        open(&visitor)
      }
    default: open(&visitor)
    }
  }

  /// Takes a block that continues the map of GNU's old form.
  private mutating func continueSparse<Visitor: TarVisitor>(
    _ block: Span<UInt8>, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    try takeParts(block, TarBlock.sparseContinuation)
    if block[TarBlock.sparseContinuationIsContinued] != 0 {
      begin(.sparseContinuation, TarBlock.size)
    } else {
      open(&visitor)
    }
  }

  /// Takes the parts of a map in GNU's old form, as far as there are any.
  private mutating func takeParts(_ block: Span<UInt8>, _ range: Range<Int>) throws(ArchiveError) {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 24) where block[start] != 0 {
      let offset = TarBlock.number(block, start..<(start + 12))
      let count = TarBlock.number(block, (start + 12)..<(start + 24))
      if offset == nil || count == nil { sparse.doubt() }
      try sparse.add(offset: offset ?? 0, count: count ?? 0, limit: limits.sparseParts)
    }
  }

  /// Takes a block of the map that stands before the data.
  private mutating func takeMap<Visitor: TarVisitor>(
    _ block: Span<UInt8>, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    let isComplete = try sparseReader.take(block, limit: limits.sparseParts)
    let size = entry.dataSize - TarBlock.size
    entry.dataSize = size
    // What is left has no room for the rest of the map.
    let isCut = !isComplete && size < TarBlock.size
    guard isComplete || isCut else { return begin(.sparseMap, TarBlock.size) }
    // What pax said of the size may be doubtful as well.
    let isDoubtful = sparse.isOdd || isCut
    sparse = sparseReader.map
    if isDoubtful { sparse.doubt() }
    open(&visitor)
  }

  /// Tells data of a hard link from the next header.
  private mutating func takeLinkData<Visitor: TarVisitor>(
    _ block: Span<UInt8>, _ stream: borrowing UncompressedStream, _ visitor: inout Visitor
  ) throws(ArchiveError) {
    let sums = TarBlock.sums(block)
    guard !sums.isZero, !sums.checksumMatches else {
      // The entry ended before this block, where its place was noted.
      visitor.end(at: start ?? entry.start)
      leaveEntry()
      state = .header
      return try takeHeader(block, &visitor)
    }
    note(.linkWithData(offset: entry.start.offset))
    wanted = .skip
    begin(.content, entry.dataSize)
    let taken = min(TarBlock.size, entry.dataSize)
    remaining -= taken
    if taken < TarBlock.size {
      padding = 0
    }
    if remaining == 0 { pad() }
  }

  /// Tells the visitor of the entry, now that all is known of it.
  private mutating func open<Visitor: TarVisitor>(_ visitor: inout Visitor) {
    if entry.isSparse {
      let isTooLarge = entry.size > ArchiveLimits.sparseFileSize
      if isTooLarge { entry.size = ArchiveLimits.sparseFileSize }
      entry.isMapped = !isTooLarge && sparse.fits(size: entry.size, dataSize: entry.dataSize)
      if !entry.isMapped { note(.sparseFile(offset: entry.start.offset)) }
    }
    entry.dataOffset = offset
    entries += 1
    isInEntry = true
    dataSize = dataSize.addingReportingOverflow(entry.dataSize).partialValue
    wanted = visitor.begin(entry, name: name.span, link: link.span)
    if entry.isMapped, wanted == .read { sparseContent = SparseContent(sparse, size: entry.size) }
    begin(.content, entry.dataSize)
    if entry.dataSize == 0 { endContent(&visitor) }
  }

  /// Ends the data of an entry.
  mutating func endContent<Visitor: TarVisitor>(_ visitor: inout Visitor) {
    sparseContent?.finish(&visitor)
    sparseContent = nil
    pad()
  }

  /// Tells the visitor that the entry has ended here.
  mutating func endEntry<Visitor: TarVisitor>(
    _ stream: borrowing UncompressedStream, _ visitor: inout Visitor
  ) {
    let end = ArchivePosition(offset: offset, blobBit: stream.blobBit(of: offset))
    visitor.end(at: end)
    leaveEntry()
    start = end
  }

  /// Forgets what was said of the entry alone.
  private mutating func leaveEntry() {
    isInEntry = false
    recordSize = 0
    if hasValues { values = globals }
    hasValues = false
    longName = nil
    longLink = nil
    // A map may be large.
    if entry.isSparse {
      sparse = SparseMap()
      sparseReader = SparseMapReader()
    }
  }
}
