internal import Digests

/// Reads gzip: members one after the other, each a header, a deflate stream, and a trailer (RFC 1952).
struct GzipDecoder: ~Copyable {
  private enum Phase {
    case header
    case body
    case trailer
    case ended
  }

  private var phase = Phase.header
  private var inflater = Inflater()
  private var checksum = CRC32()
  /// How much of this member has been put out and gone through the checksum.
  private var length: UInt32 = 0

  /// How many bits of the input before the next byte are not used yet.
  var unusedBits: Int { inflater.unusedBits }

  /// Puts out bytes until the output reaches its mark, and tells whether more may come.
  mutating func run(
    _ input: inout BlobInput, _ output: inout StreamOutput, until mark: UnsafeMutablePointer<UInt8>
  ) throws(ArchiveError) -> Bool {
    while true {
      switch phase {
      case .header:
        try readHeader(&input)
        inflater.reset()
        checksum = CRC32()
        length = 0
        output.beginMember()
        phase = .body
      case .body:
        if try unsafe inflate(&input, &output, until: mark) { return true }
      case .trailer:
        try readTrailer(&input)
      case .ended: return false
      }
    }
  }

  /// Takes what has been put out into the checksum, before the buffer is used again.
  mutating func check(_ bytes: UnsafeRawBufferPointer) {
    unsafe checksum.update(bytes)
    length &+= UInt32(truncatingIfNeeded: bytes.count)
  }

  /// Takes what has been put out into the checksum and into a digest, and what has been read into that of the input.
  mutating func check(_ bytes: UnsafeRawBufferPointer, with digest: inout Digest, _ input: inout BlobInput) {
    unsafe input.settle(with: &digest, bytes, checksum: &checksum)
    length &+= UInt32(truncatingIfNeeded: bytes.count)
  }

  /// Inflates until the mark, and tells whether it was reached before the stream's end.
  private mutating func inflate(
    _ input: inout BlobInput, _ output: inout StreamOutput, until mark: UnsafeMutablePointer<UInt8>
  ) throws(ArchiveError) -> Bool {
    while true {
      var target = unsafe InflateOutput(base: output.base, next: output.next, mark: mark)
      let stop: InflateStop
      do throws(InflateFailure) {
        stop = try inflater.run(&input.bytes, &target)
      } catch {
        throw ArchiveError(Self.reason(error), compressed: min(input.position, input.offset))
      }
      unsafe output.next = target.next
      switch stop {
      case .output: return true
      case .input: try input.refill()
      case .end:
        unsafe check(output.takeUnchecked())
        phase = .trailer
        return false
      }
    }
  }

  private mutating func readTrailer(_ input: inout BlobInput) throws(ArchiveError) {
    guard try input.require(8) else { throw ArchiveError(.truncatedStream(.gzip), compressed: input.offset) }
    let words = [0, 4].map { start in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(input.peek(start + $1)) << UInt32(8 * $1) }
    }
    guard words[0] == checksum.value else { throw ArchiveError(.gzipChecksum, compressed: input.position) }
    guard words[1] == length else { throw ArchiveError(.gzipLength, compressed: input.position + 4) }
    input.skip(8)
    if try input.require(2), input.peek(0) == 0x1F, input.peek(1) == 0x8B {
      phase = .header
      return
    }
    phase = .ended
    try input.noteRest()
  }

  /// Reads a member's header; the fields of any length are passed over as they come.
  private func readHeader(_ input: inout BlobInput) throws(ArchiveError) {
    guard try input.require(10) else { throw ArchiveError(.truncatedStream(.gzip), compressed: input.offset) }
    var header = HeaderReader()
    var fixed: [UInt8] = []
    for _ in 0..<10 { fixed.append(try header.next(&input)) }
    guard fixed[2] == 8 else { throw ArchiveError(.gzipHeader(.method), compressed: input.position - 8) }
    let flags = fixed[3]
    guard flags & 0xE0 == 0 else { throw ArchiveError(.gzipHeader(.flags), compressed: input.position - 7) }
    if flags & 4 != 0 {
      var count = Int(try header.next(&input))
      count |= Int(try header.next(&input)) << 8
      for _ in 0..<count { _ = try header.next(&input) }
    }
    if flags & 8 != 0 { while try header.next(&input) != 0 {} }
    if flags & 16 != 0 { while try header.next(&input) != 0 {} }
    if flags & 2 != 0 {
      let checksum = header.checksum.value & 0xFFFF
      let low = UInt32(try header.next(&input))
      let high = UInt32(try header.next(&input))
      guard checksum == low | high << 8 else {
        throw ArchiveError(.gzipHeader(.checksum), compressed: input.position - 2)
      }
    }
  }

  private static func reason(_ failure: InflateFailure) -> ArchiveError.Reason {
    switch failure {
    case .blockType: .deflate(.blockType)
    case .storedLength: .deflate(.storedLength)
    case .symbolCount, .code, .repeatedLength, .noEndOfBlock: .deflate(.code)
    case .symbol: .deflate(.symbol)
    case .distance: .deflate(.distance)
    case .truncated: .truncatedStream(.gzip)
    }
  }
}

/// Takes the bytes of a header and sums them up.
private struct HeaderReader {
  var checksum = CRC32()

  mutating func next(_ input: inout BlobInput) throws(ArchiveError) -> UInt8 {
    guard let byte = try input.takeByte() else {
      throw ArchiveError(.truncatedStream(.gzip), compressed: input.offset)
    }
    unsafe withUnsafeBytes(of: byte) { unsafe checksum.update($0) }
    return byte
  }
}
