internal import CZstd

/// Reads zstd: frames one after the other, those to be skipped among them (RFC 8878).
///
/// What follows the last frame and is none is noted, as it is for gzip; `zstd -dc` puts out what was before it too, but
/// ends with 1 (version 1.5.4).
@safe struct ZstdDecoder: ~Copyable {
  private let context: OpaquePointer
  private let window: Int
  /// Whether the next byte begins a frame.
  private var isBetweenFrames = true
  private var hasEnded = false

  /// Creates a decoder that looks back `window` bytes at most.
  init(window: Int) throws(ArchiveError) {
    guard let context = unsafe ZSTD_createDCtx() else { throw ArchiveError(.zstd("not enough memory"), compressed: 0) }
    unsafe self.context = unsafe context
    let exponent = max(Int.bitWidth - 1 - max(window, 1).leadingZeroBitCount, 10)
    self.window = 1 << exponent
    unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(truncatingIfNeeded: exponent))
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  /// Puts out bytes, one at least unless the stream ends, and tells whether more may come.
  mutating func run(_ input: inout BlobInput, _ output: inout StreamOutput) throws(ArchiveError) -> Bool {
    while !hasEnded {
      if isBetweenFrames {
        if try beginFrame(&input) { continue }
        isBetweenFrames = false
      }
      // What the decoder holds back comes out without input, so it is asked before more is read.
      let available = input.available
      let room = output.room
      var source = unsafe ZSTD_inBuffer(src: input.bytes.next, size: available, pos: 0)
      var target = unsafe ZSTD_outBuffer(dst: output.next, size: room, pos: 0)
      let answer = unsafe ZSTD_decompressStream(context, &target, &source)
      let (taken, made) = unsafe (source.pos, target.pos)
      if ZSTD_isError(answer) != 0 { throw failure(answer, at: input.position + taken) }
      input.skip(taken)
      unsafe output.next += made
      isBetweenFrames = answer == 0
      if made > 0 { return true }
      if taken == 0, !isBetweenFrames { try input.refill(.zstd, stuck: .zstd("no progress")) }
    }
    return false
  }

  /// Looks whether a frame follows; true where the stream has ended instead.
  private mutating func beginFrame(_ input: inout BlobInput) throws(ArchiveError) -> Bool {
    guard try input.require(1) else {
      hasEnded = true
      return true
    }
    if try input.require(4), Compression.isZstd((0..<4).map { input.peek($0) }) { return false }
    // The blob was taken for zstd by its first frame, so one was whole.
    try input.noteRest()
    hasEnded = true
    return true
  }

  private func failure(_ answer: Int, at offset: Int) -> ArchiveError {
    switch ZSTD_getErrorCode(answer) {
    case ZSTD_error_frameParameter_windowTooLarge:
      ArchiveError(.limit(.zstdWindow(window)), compressed: offset)
    case ZSTD_error_dictionary_wrong, ZSTD_error_dictionary_corrupted:
      ArchiveError(.zstdDictionary, compressed: offset)
    default:
      ArchiveError(.zstd(unsafe String(cString: ZSTD_getErrorName(answer))), compressed: offset)
    }
  }
}
