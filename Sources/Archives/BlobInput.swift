internal import Digests

/// The bytes of a blob in a buffer: what has been read and not yet used.
///
/// Every byte goes through the digest, whoever uses it or not: at the latest when its place in the buffer is needed.
@safe struct BlobInput: ~Copyable {
  /// How many bytes are read at once.
  static let size = 256 << 10
  /// So many bytes can be asked for in one piece.
  static let piece = 4096
  /// So many used bytes stay before the next one, since a bit reader gives whole bytes back that it read ahead.
  private static let history = 8

  /// What is read.
  let source: ArchiveSource
  /// The digest of what has been read, where one is wanted.
  var digest: Digest?
  /// How many bytes of the source have been read.
  private(set) var offset = 0
  private let buffer: UnsafeMutablePointer<UInt8>
  private let readSize: Int
  /// What has been read and not yet used.
  var bytes: InflateInput
  /// What follows the compressed stream, once that has ended.
  private(set) var note: ArchiveNote?
  /// What the digest has not seen.
  private var undigested = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)

  /// Creates the input; nothing is read yet.
  init(_ source: ArchiveSource, digest: Digest?, readSize: Int = Self.size) {
    self.source = source
    self.digest = digest
    self.readSize = readSize
    let capacity = Self.history + Self.piece + readSize + InflateInput.slack
    unsafe buffer = .allocate(capacity: capacity)
    unsafe buffer.initialize(repeating: 0, count: capacity)
    let start = unsafe UnsafePointer(buffer) + Self.history
    bytes = unsafe InflateInput(next: start, end: start, isLast: source.count == 0)
  }

  deinit {
    unsafe buffer.deallocate()
  }

  /// How many bytes can be used without reading.
  var available: Int { unsafe bytes.end - bytes.next }

  /// Where the next byte stands in the blob.
  var position: Int { offset - available }

  /// Reads further bytes behind those that are there, of which there must be fewer than ``piece``.
  mutating func refill() throws(ArchiveError) {
    guard !bytes.isLast else { return }
    let kept = available
    settle()
    precondition(kept <= Self.piece, "more input is kept than there is room for")
    let start = unsafe buffer + Self.history
    unsafe buffer.update(from: bytes.next - Self.history, count: Self.history + kept)
    let room = unsafe UnsafeMutableRawBufferPointer(start: start + kept, count: readSize)
    let count = try unsafe source.read(into: room, at: offset)
    unsafe undigested = UnsafeBufferPointer(start: start + kept, count: count)
    offset += count
    unsafe bytes.next = UnsafePointer(start)
    unsafe bytes.end = UnsafePointer(start + kept + count)
    bytes.isLast = offset >= source.count
    // The inflater may look beyond the end.
    unsafe (start + kept + count).update(repeating: 0, count: InflateInput.slack)
  }

  /// Lets the digest see all that has been read.
  mutating func settle() {
    takeUndigested { $0.update($1) }
  }

  private mutating func takeUndigested(_ take: (inout Digest, Span<UInt8>) -> Void) {
    guard var digest else { return }
    self.digest = nil
    unsafe take(&digest, undigested.span)
    self.digest = digest
    unsafe undigested = UnsafeBufferPointer(start: nil, count: 0)
  }

  /// The digest of all that has been read.
  func finishDigest() -> [UInt8]? {
    var digest = digest
    unsafe digest?.update(undigested.span)
    return digest?.finish()
  }

  /// Lets the digest see all that has been read, and another one other bytes at the same time.
  mutating func settle(with other: inout Digest, _ bytes: UnsafeRawBufferPointer) {
    let bytes = unsafe bytes.bindMemory(to: UInt8.self).span
    guard digest != nil else { return other.update(bytes) }
    takeUndigested { Digest.update(&other, bytes, &$0, $1) }
  }

  /// Does the same, and lets a checksum see those other bytes, too.
  mutating func settle(with other: inout Digest, _ bytes: UnsafeRawBufferPointer, checksum: inout CRC32) {
    let bytes = unsafe bytes.bindMemory(to: UInt8.self).span
    guard digest != nil else { return other.update(bytes, checksum: &checksum) }
    takeUndigested { Digest.update(&other, bytes, checksum: &checksum, &$0, $1) }
  }

  /// Makes `count` bytes available in one piece, and tells whether there are so many; ``piece`` at most.
  mutating func require(_ count: Int) throws(ArchiveError) -> Bool {
    while available < count, !bytes.isLast { try refill() }
    return available >= count
  }

  /// Reads more for a decoder that has taken all it could, and made nothing of it.
  ///
  /// Its library keeps what it has been given, so it leaves nothing behind unless it is stuck.
  ///
  /// - Parameters:
  ///   - compression: what the stream is.
  ///   - stuck: why it is given up where bytes are left that the decoder does not take.
  /// - Throws: that the stream does not end, or that the decoder is stuck.
  mutating func refill(_ compression: Compression, stuck: ArchiveError.Reason) throws(ArchiveError) {
    guard available == 0 else { throw ArchiveError(stuck, compressed: position) }
    guard !bytes.isLast else { throw ArchiveError(.truncatedStream(compression), compressed: offset) }
    try refill()
  }

  /// One of the available bytes.
  func peek(_ index: Int) -> UInt8 { unsafe bytes.next[index] }

  /// Takes the next byte; nil at the end.
  mutating func takeByte() throws(ArchiveError) -> UInt8? {
    guard try require(1) else { return nil }
    let byte = unsafe bytes.next.pointee
    skip(1)
    return byte
  }

  /// Passes over bytes that are available.
  mutating func skip(_ count: Int) {
    unsafe bytes.next += min(count, available)
  }

  /// Reads to the end and uses nothing; tells how many bytes there were, and whether they were all zero.
  mutating func drain() throws(ArchiveError) -> (count: Int, areZero: Bool) {
    var count = 0
    var areZero = true
    while try require(1) {
      let rest = unsafe UnsafeBufferPointer(start: bytes.next, count: available)
      if areZero { areZero = unsafe rest.allSatisfy { $0 == 0 } }
      count += rest.count
      skip(rest.count)
    }
    return (count, areZero)
  }

  /// Reads what follows a compressed stream and is none, so that the digest sees it, and notes it.
  ///
  /// - Parameter zeros: how many bytes of zero after the stream have been passed over already.
  /// - Throws: why the rest cannot be read.
  mutating func noteRest(behind zeros: Int = 0) throws(ArchiveError) {
    let start = position - zeros
    let rest = try drain()
    let count = zeros + rest.count
    guard count > 0 else { return }
    note = rest.areZero ? .trailingZeros(offset: start, count: count) : .trailingGarbage(offset: start, count: count)
  }
}
