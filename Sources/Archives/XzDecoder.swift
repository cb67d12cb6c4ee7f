internal import CLZMA

/// Reads xz: streams one after the other, with padding between them (The .xz File Format, section 2).
@safe struct XzDecoder: ~Copyable {
  /// `LZMA_TELL_UNSUPPORTED_CHECK`: a stream whose check cannot be compared is not taken for a good one.
  private static let tellsUnknownChecks: UInt32 = 2
  /// The padding between streams comes in so many bytes.
  private static let paddingUnit = 4

  private let stream: UnsafeMutablePointer<lzma_stream>
  private let memory: Int
  private var isBetweenStreams = true
  private var hasEnded = false

  /// Creates a decoder that takes `memory` bytes at most, nearly all of them to look back.
  init(memory: Int) {
    self.memory = memory
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: lzma_stream())
  }

  deinit {
    unsafe lzma_end(stream)
    unsafe stream.deallocate()
  }

  /// Puts out bytes, one at least unless the stream ends, and tells whether more may come.
  mutating func run(_ input: inout BlobInput, _ output: inout StreamOutput) throws(ArchiveError) -> Bool {
    while !hasEnded {
      if isBetweenStreams { try beginStream(input) }
      // What the decoder holds back comes out without input, so it is asked before more is read.
      let available = input.available
      let room = output.room
      unsafe stream.pointee.next_in = input.bytes.next
      unsafe stream.pointee.avail_in = available
      unsafe stream.pointee.next_out = output.next
      unsafe stream.pointee.avail_out = room
      let answer = unsafe lzma_code(stream, LZMA_RUN)
      let taken = unsafe available - stream.pointee.avail_in
      let made = unsafe room - stream.pointee.avail_out
      input.skip(taken)
      unsafe output.next += made
      switch answer {
      case LZMA_STREAM_END: try endStream(&input)
      // The second of these says only that there was nothing to do without more input.
      case LZMA_OK, LZMA_BUF_ERROR: break
      default: throw failure(answer, at: input.position)
      }
      if made > 0 { return true }
      if taken == 0, !isBetweenStreams { try input.refill(.xz, stuck: .xz("no progress")) }
    }
    return false
  }

  private mutating func beginStream(_ input: borrowing BlobInput) throws(ArchiveError) {
    let answer = unsafe lzma_stream_decoder(stream, UInt64(max(memory, 1)), Self.tellsUnknownChecks)
    guard answer == LZMA_OK else { throw failure(answer, at: input.position) }
    isBetweenStreams = false
  }

  /// Looks whether another stream follows, with or without padding before it; what else follows is noted.
  ///
  /// Padding at the very end is no fault, but noted as it is for gzip: nothing but a writer of xz has a use for it.
  private mutating func endStream(_ input: inout BlobInput) throws(ArchiveError) {
    isBetweenStreams = true
    var zeros = 0
    while try input.require(1), input.peek(0) == 0 {
      input.skip(1)
      zeros += 1
    }
    let mark = Compression.xzMark
    if zeros % Self.paddingUnit == 0, try input.require(mark.count),
      mark.indices.allSatisfy({ input.peek($0) == mark[$0] })
    {
      return
    }
    try input.noteRest(behind: zeros)
    hasEnded = true
  }

  private func failure(_ answer: lzma_ret, at offset: Int) -> ArchiveError {
    switch answer {
    case LZMA_MEMLIMIT_ERROR: ArchiveError(.limit(.xzMemory(memory)), compressed: offset)
    case LZMA_FORMAT_ERROR: ArchiveError(.xz("its header is none"), compressed: offset)
    case LZMA_OPTIONS_ERROR: ArchiveError(.xz("it needs what this version of xz does not know"), compressed: offset)
    case LZMA_UNSUPPORTED_CHECK: ArchiveError(.xz("its check is of an unknown kind"), compressed: offset)
    case LZMA_MEM_ERROR: ArchiveError(.xz("not enough memory"), compressed: offset)
    default: ArchiveError(.xz("its data or their check are wrong"), compressed: offset)
    }
  }
}
