internal import Digests

/// The uncompressed bytes of a blob, piece by piece, with both digests.
///
/// The compression is told by the first bytes. A piece ends at the first place at or behind a target, as far as the
/// compression lets it, so that the place in the blob is known where an entry begins: for deflate, a piece goes
/// beyond its target by the rest of one symbol at most.
@safe struct UncompressedStream: ~Copyable {
  /// How many bytes are read of a plain archive after a part was passed over, and twice as many each time after.
  private static let firstRead = 4 << 10
  /// Fewer bytes than these are faster read than passed over.
  static let worthSkipping = 16 << 10

  private var input: BlobInput
  private var output = StreamOutput()
  private var gzip: GzipDecoder?
  private var zstd: ZstdDecoder?
  private var xz: XzDecoder?
  private var bzip2: Bzip2Decoder?
  private let limits: ArchiveLimits
  private var digest: Digest?
  private let sharesDigest: Bool
  /// Where a plain archive is read next.
  private var plainOffset = 0
  private var plainReadSize: Int
  private let readSize: Int
  /// The compression that was found.
  let compression: Compression
  /// How many bytes have been handed out.
  private(set) var offset = 0
  /// The places, in the archive and in bits of the blob, between which the last piece lies.
  private var last = (start: 0, startBit: 0, endBit: 0)
  private var hasEnded = false

  /// Opens the stream.
  static func open(_ source: ArchiveSource, options: ArchiveOptions) throws(ArchiveError) -> UncompressedStream {
    var stream = UncompressedStream(source, try Compression(of: source), options: options)
    switch stream.compression {
    case .none: break
    case .gzip: stream.gzip = GzipDecoder()
    case .zstd: stream.zstd = try ZstdDecoder(window: options.limits.zstdWindow)
    case .xz: stream.xz = XzDecoder(memory: options.limits.xzMemory)
    case .bzip2: stream.bzip2 = Bzip2Decoder()
    }
    return stream
  }

  private init(_ source: ArchiveSource, _ compression: Compression, options: ArchiveOptions) {
    self.compression = compression
    limits = options.limits
    readSize = min(options.readSize, StreamOutput.size)
    plainReadSize = readSize
    // A plain blob is the archive, so one digest serves for both.
    sharesDigest = compression == .none && options.archiveDigest == options.blobDigest
    digest = sharesDigest ? nil : options.archiveDigest.map { Digest($0) }
    input = BlobInput(source, digest: options.blobDigest.map { Digest($0) }, readSize: options.readSize)
  }

  /// How many bytes the blob has.
  var blobSize: Int { input.source.count }

  /// The digest of the blob, once the stream has ended.
  var blobDigest: [UInt8]? { input.finishDigest() }

  /// The digest of the uncompressed bytes, once the stream has ended.
  var archiveDigest: [UInt8]? { sharesDigest ? blobDigest : digest?.finish() }

  /// How many bytes the archive has, as far as it has been read; a plain one is as long as its blob.
  var archiveSize: Int { compression == .none ? blobSize : offset }

  /// What is odd about the stream, once it has ended.
  func notes(_ options: ArchiveOptions) -> [ArchiveNote] {
    var notes: [ArchiveNote] = []
    if let said = options.saidCompression, said != compression, blobSize > 0 {
      notes.append(.compressionDiffers(said: said, found: compression))
    }
    if let note = input.note { notes.append(note) }
    let ratio = archiveSize / max(blobSize, 1)
    if archiveSize >= ArchiveLimits.ratioFloor, ratio >= ArchiveLimits.notedRatio { notes.append(.ratio(ratio)) }
    return notes
  }

  /// Which bit of the blob the place in the archive comes from; it must lie in the last piece or at its end.
  func blobBit(of place: Int) -> Int {
    switch compression {
    case .none: return place * 8
    case .gzip: return last.endBit
    case .zstd, .xz, .bzip2:
      // What these put out comes from blocks or in pieces, so within one there is a proportion only.
      let length = max(offset - last.start, 1)
      let share = Double(last.endBit - last.startBit) * Double(place - last.start) / Double(length)
      return last.startBit + Int(share)
    }
  }

  /// The place in the blob that an error is told with.
  var blobOffset: Int { compression == .none ? plainOffset : input.position }

  /// Hands out the next bytes, which are there until the next call; nothing at the end.
  ///
  /// There are no more than `wanted` where the compression lets a piece end anywhere.
  mutating func next(by wanted: Int) throws(ArchiveError) -> UnsafeRawBufferPointer {
    guard !hasEnded else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
    if output.room <= 0 {
      settle()
      output.slide()
    }
    let start = unsafe output.next
    last.start = offset
    last.startBit = last.endBit
    let bytes: UnsafeRawBufferPointer
    switch compression {
    case .gzip:
      let mark = unsafe start + min(max(wanted, 1), output.room)
      hasEnded = try unsafe gzip?.run(&input, &output, until: mark) != true
      last.endBit = input.position * 8 - (gzip?.unusedBits ?? 0)
      unsafe bytes = UnsafeRawBufferPointer(start: start, count: output.next - start)
    case .zstd:
      hasEnded = try zstd?.run(&input, &output) != true
      last.endBit = input.position * 8
      unsafe bytes = UnsafeRawBufferPointer(start: start, count: output.next - start)
    case .xz:
      hasEnded = try xz?.run(&input, &output) != true
      last.endBit = input.position * 8
      unsafe bytes = UnsafeRawBufferPointer(start: start, count: output.next - start)
    case .bzip2:
      hasEnded = try bzip2?.run(&input, &output) != true
      last.endBit = input.position * 8
      unsafe bytes = UnsafeRawBufferPointer(start: start, count: output.next - start)
    case .none:
      unsafe bytes = try readPlain()
      hasEnded = unsafe bytes.isEmpty
    }
    offset += bytes.count
    if hasEnded { settle() }
    try checkLimits()
    return unsafe bytes
  }

  /// Whether bytes can be passed over without reading them.
  var canSkip: Bool { compression == .none && input.digest == nil && digest == nil }

  /// Passes over bytes without reading them; tells whether there were so many.
  mutating func skip(_ count: Int) -> Bool {
    guard count <= blobSize - plainOffset else { return false }
    plainOffset += count
    offset = plainOffset
    last.endBit = offset * 8
    plainReadSize = min(Self.firstRead, readSize)
    return true
  }

  private mutating func readPlain() throws(ArchiveError) -> UnsafeRawBufferPointer {
    output.clear()
    let room = unsafe UnsafeMutableRawBufferPointer(start: output.next, count: min(plainReadSize, output.room))
    let count = try unsafe input.source.read(into: room, at: plainOffset)
    let bytes = unsafe UnsafeRawBufferPointer(start: output.next, count: count)
    plainOffset += count
    unsafe output.next += count
    last.endBit = plainOffset * 8
    plainReadSize = min(plainReadSize * 2, readSize)
    // Blob and archive are the same bytes here.
    unsafe input.digest?.update(bytes.bindMemory(to: UInt8.self).span)
    settle()
    return unsafe bytes
  }

  /// Lets checksum and digest see what has been put out: at once, where that is the same.
  private mutating func settle() {
    let takesBoth = compression == .gzip && digest != nil && output.isSeenAlike
    if compression == .gzip, !takesBoth { unsafe gzip?.check(output.takeUnchecked()) }
    guard var digest else { return }
    let bytes = unsafe output.takeUndigested()
    if takesBoth {
      unsafe gzip?.check(output.takeUnchecked(), with: &digest, &input)
    } else {
      unsafe input.settle(with: &digest, bytes)
    }
    self.digest = digest
  }

  private func checkLimits() throws(ArchiveError) {
    guard offset <= limits.uncompressedSize else {
      throw ArchiveError(.limit(.uncompressedSize(limits.uncompressedSize)), uncompressed: offset)
    }
    guard let ratio = limits.ratio, offset >= ArchiveLimits.ratioFloor else { return }
    let (allowed, isHuge) = blobSize.multipliedReportingOverflow(by: ratio)
    guard isHuge || offset <= allowed else { throw ArchiveError(.limit(.ratio(ratio)), uncompressed: offset) }
  }
}
