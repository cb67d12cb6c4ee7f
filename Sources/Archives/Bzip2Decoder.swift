internal import CBZip2

/// Reads bzip2: streams one after the other, as its parallel writers make them.
@safe struct Bzip2Decoder: ~Copyable {
  /// On the heap, since libbz2 keeps a pointer to it.
  private let stream: UnsafeMutablePointer<bz_stream>
  private var isBetweenStreams = true
  private var hasEnded = false

  /// Creates a decoder; a stream takes less than 4 MiB, whatever it claims.
  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: bz_stream())
  }

  deinit {
    // Does nothing where no stream was begun.
    unsafe BZ2_bzDecompressEnd(stream)
    unsafe stream.deallocate()
  }

  /// Puts out bytes, one at least unless the stream ends, and tells whether more may come.
  mutating func run(_ input: inout BlobInput, _ output: inout StreamOutput) throws(ArchiveError) -> Bool {
    while !hasEnded {
      if isBetweenStreams { try beginStream(input) }
      // What the decoder holds back comes out without input, so it is asked before more is read.
      let available = input.available
      let room = output.room
      // libbz2 reads through this pointer alone, whatever its type says.
      unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.bytes.next)
        .assumingMemoryBound(to: CChar.self)
      unsafe stream.pointee.avail_in = UInt32(available)
      unsafe stream.pointee.next_out = UnsafeMutableRawPointer(output.next).assumingMemoryBound(to: CChar.self)
      unsafe stream.pointee.avail_out = UInt32(room)
      let answer = unsafe BZ2_bzDecompress(stream)
      let taken = unsafe available - Int(stream.pointee.avail_in)
      let made = unsafe room - Int(stream.pointee.avail_out)
      input.skip(taken)
      unsafe output.next += made
      switch answer {
      case BZ_STREAM_END: try endStream(&input)
      case BZ_OK: break
      default: throw failure(answer, at: input.position)
      }
      if made > 0 { return true }
      if taken == 0, !isBetweenStreams { try input.refill(.bzip2, stuck: .bzip2("no progress")) }
    }
    return false
  }

  private mutating func beginStream(_ input: borrowing BlobInput) throws(ArchiveError) {
    unsafe BZ2_bzDecompressEnd(stream)
    unsafe stream.pointee = bz_stream()
    let answer = unsafe BZ2_bzDecompressInit(stream, 0, 0)
    guard answer == BZ_OK else { throw failure(answer, at: input.position) }
    isBetweenStreams = false
  }

  /// Looks whether another stream follows; what else follows is noted.
  private mutating func endStream(_ input: inout BlobInput) throws(ArchiveError) {
    isBetweenStreams = true
    if try input.require(4), Compression.isBzip2((0..<4).map { input.peek($0) }) { return }
    try input.noteRest()
    hasEnded = true
  }

  private func failure(_ answer: Int32, at offset: Int) -> ArchiveError {
    switch answer {
    case BZ_DATA_ERROR_MAGIC: ArchiveError(.bzip2("a block begins with what is none"), compressed: offset)
    case BZ_MEM_ERROR: ArchiveError(.bzip2("not enough memory"), compressed: offset)
    default: ArchiveError(.bzip2("its data or their checksum are wrong"), compressed: offset)
    }
  }
}
