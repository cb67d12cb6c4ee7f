/// Why a deflate stream is none (RFC 1951).
enum InflateFailure: Error, Hashable {
  /// A block has the type that does not exist.
  case blockType
  /// The length of a stored block and its complement differ.
  case storedLength
  /// More symbols than there are have a code.
  case symbolCount
  /// The lengths of a code make no code.
  case code
  /// A repeated length has nothing to repeat, or goes beyond the last symbol.
  case repeatedLength
  /// No code ends the block.
  case noEndOfBlock
  /// Bits that stand for no symbol.
  case symbol
  /// A match begins before the output does.
  case distance
  /// The input ends within the stream.
  case truncated
}

/// Where the inflater stopped.
enum InflateStop {
  /// It needs further input.
  case input
  /// The output reached its mark.
  case output
  /// The stream has ended.
  case end
}

/// The input of an inflater: what has been read and not yet used up.
@safe struct InflateInput {
  /// So many bytes beyond the end may be looked at; they are zeros.
  static let slack = 1024

  /// The next byte.
  var next: UnsafePointer<UInt8>
  /// Just past the last byte.
  var end: UnsafePointer<UInt8>
  /// Whether nothing follows.
  var isLast: Bool
}

/// The output of an inflater: a part of a larger buffer.
@safe struct InflateOutput {
  /// So many bytes beyond the mark may be written: the longest match and the rounding of copies.
  static let slack = 258 + 64

  /// Where the output of this stream begins, or what is left of it: matches go back no further.
  var base: UnsafeMutablePointer<UInt8>
  /// Where the next byte goes.
  var next: UnsafeMutablePointer<UInt8>
  /// Once output has reached this mark, the inflater stops; the last symbol may go beyond by ``slack``.
  var mark: UnsafeMutablePointer<UInt8>
}

/// Inflates a deflate stream in pieces (RFC 1951).
///
/// All state between two pieces lies here, the last 32 KiB of output lie in the buffer of the caller. There is one
/// loop for all symbols, without a careful variant for the ends of buffers: output may go beyond its mark by the
/// length of a match, and the last input is followed by zeros, so that reading too far is told afterwards.
struct Inflater: ~Copyable {
  /// What comes next.
  private enum State {
    case blockHeader
    case stored(rest: Int)
    case symbols
    case ended
  }

  /// How many bits choose in the first table for literals and lengths.
  private static let lengthBits = 11
  /// How many bits choose in the first table for distances.
  private static let distanceBits = 8
  /// Without so many bytes of input (or the last ones) no block is begun, so that its header lies in one piece.
  ///
  /// The longest header has 17 bits, 19 code lengths of 3 bits, and 316 lengths of at most 14 bits.
  private static let headerRoom = 1 + (17 + 19 * 3 + 316 * 14) / 8 + 16

  let lengths = HuffmanTable(primaryBits: Self.lengthBits, symbols: 288)
  let distances = HuffmanTable(primaryBits: Self.distanceBits, symbols: 32)
  private let codeLengths = HuffmanTable(primaryBits: 7, symbols: 19)
  /// Whether the tables hold the fixed code at the moment.
  private var holdsFixedCode = false
  private var state = State.blockHeader
  private var isLastBlock = false
  /// The next bits, the first one lowest.
  var bits: UInt64 = 0
  /// How many of ``bits`` are counted as taken from the input; those above may be there too, and are true.
  var bitCount: UInt64 = 0

  /// Begins a new stream.
  mutating func reset() {
    state = .blockHeader
    isLastBlock = false
    bits = 0
    bitCount = 0
  }

  /// How many bits of the input before `next` have not been used.
  var unusedBits: Int { Int(truncatingIfNeeded: bitCount & 63) }

  /// Inflates until the output has reached its mark, the input is used up, or the stream ends.
  ///
  /// At the end the input stands at the byte after the stream.
  mutating func run(_ input: inout InflateInput, _ output: inout InflateOutput) throws(InflateFailure) -> InflateStop {
    while true {
      switch state {
      case .blockHeader:
        guard unsafe input.isLast || input.end - input.next >= Self.headerRoom else { return .input }
        try beginBlock(&input)
        guard isWithin(input) else { throw .truncated }
      case .stored(let rest):
        guard let stop = try copyStored(rest, &input, &output) else { continue }
        return stop
      case .symbols:
        let outcome = try decodeSymbols(&input, &output)
        guard isWithin(input) else { throw .truncated }
        switch outcome {
        case .end: state = isLastBlock ? .ended : .blockHeader
        case .input where input.isLast: throw .truncated
        case .input, .output: return outcome
        }
      case .ended:
        giveBack(&input)
        return .end
      }
      if case .ended = state { continue }
      if unsafe output.next >= output.mark { return .output }
    }
  }

  /// Whether no bit beyond the end of the input has been used.
  private func isWithin(_ input: InflateInput) -> Bool {
    let taken = unsafe input.next - input.end
    return taken &* 8 &- unusedBits <= 0
  }

  /// Puts the whole bytes that were read ahead back into the input.
  private mutating func giveBack(_ input: inout InflateInput) {
    unsafe input.next -= unusedBits >> 3
    bits = 0
    bitCount = 0
  }

  /// Reads ahead, so that there are 56 bits at least.
  @inline(__always)
  private mutating func refill(_ input: inout InflateInput) {
    let word = unsafe UnsafeRawPointer(input.next).loadUnaligned(as: UInt64.self).littleEndian
    bits |= word &<< bitCount
    unsafe input.next += Int(truncatingIfNeeded: (63 &- (bitCount & 63)) &>> 3)
    bitCount = (bitCount & 63) | 56
  }

  /// Takes bits that have been read ahead.
  @inline(__always)
  private mutating func take(_ count: UInt64) -> Int {
    let value = bits & (1 &<< count &- 1)
    bits &>>= count
    bitCount &-= count
    return Int(truncatingIfNeeded: value)
  }

  /// Reads the header of a block, and the codes that it describes.
  private mutating func beginBlock(_ input: inout InflateInput) throws(InflateFailure) {
    refill(&input)
    isLastBlock = take(1) == 1
    switch take(2) {
    case 0:
      _ = take(bitCount & 7)
      giveBack(&input)
      let word = unsafe UnsafeRawPointer(input.next).loadUnaligned(as: UInt32.self).littleEndian
      unsafe input.next += 4
      guard word & 0xFFFF == ~word >> 16 else {
        guard isWithin(input) else { throw .truncated }
        throw .storedLength
      }
      state = .stored(rest: Int(word & 0xFFFF))
    case 1:
      try useFixedCode()
      state = .symbols
    case 2:
      try readCodes(&input)
      state = .symbols
    default: throw .blockType
    }
  }

  private mutating func useFixedCode() throws(InflateFailure) {
    if holdsFixedCode { return }
    try build(lengths, DeflateSymbols.fixedLengths[...], values: DeflateSymbols.literalsAndLengths, allowsSingle: false)
    try build(distances, DeflateSymbols.fixedDistances[...], values: DeflateSymbols.distances, allowsSingle: false)
    holdsFixedCode = true
  }

  /// Reads the codes of a dynamic block.
  private mutating func readCodes(_ input: inout InflateInput) throws(InflateFailure) {
    let lengthCount = take(5) + 257
    let distanceCount = take(5) + 1
    let codeCount = take(4) + 4
    guard lengthCount <= 286, distanceCount <= 30 else { throw .symbolCount }
    holdsFixedCode = false
    var read = [320 of UInt8](repeating: 0)
    refill(&input)
    for index in 0..<codeCount {
      if index == 16 { refill(&input) }
      read[DeflateSymbols.codeLengthOrder[index]] = UInt8(truncatingIfNeeded: take(3))
    }
    try unsafe read.span.withUnsafeBufferPointer { bytes throws(InflateFailure) in
      try unsafe build(
        codeLengths, UnsafeBufferPointer(rebasing: bytes[..<19]), values: DeflateSymbols.codeLengths,
        allowsSingle: false)
    }
    let count = lengthCount + distanceCount
    try readLengths(count, into: &read, &input)
    // A block that nothing ends cannot be one.
    guard read[256] != 0 else { throw .noEndOfBlock }
    try unsafe read.span.withUnsafeBufferPointer { bytes throws(InflateFailure) in
      try unsafe build(
        lengths, UnsafeBufferPointer(rebasing: bytes[..<lengthCount]), values: DeflateSymbols.literalsAndLengths,
        allowsSingle: true)
      try unsafe build(
        distances, UnsafeBufferPointer(rebasing: bytes[lengthCount..<count]), values: DeflateSymbols.distances,
        allowsSingle: true)
    }
  }

  /// Reads the lengths of the codes for literals, lengths and distances, which are one list.
  private mutating func readLengths(
    _ count: Int, into lengths: inout [320 of UInt8], _ input: inout InflateInput
  ) throws(InflateFailure) {
    var index = 0
    while index < count {
      refill(&input)
      let entry = unsafe codeLengths.entries[Int(truncatingIfNeeded: bits & 127)]
      guard entry & HuffmanTable.exceptional == 0 else { throw .symbol }
      _ = take(UInt64(entry & 63))
      let symbol = Int(entry >> 16)
      if symbol < 16 {
        lengths[index] = UInt8(truncatingIfNeeded: symbol)
        index += 1
        continue
      }
      var value: UInt8 = 0
      var times: Int
      switch symbol {
      case 16:
        guard index > 0 else { throw .repeatedLength }
        value = lengths[index - 1]
        times = 3 + take(2)
      case 17: times = 3 + take(3)
      default: times = 11 + take(7)
      }
      guard index + times <= count else { throw .repeatedLength }
      while times > 0 {
        lengths[index] = value
        index += 1
        times -= 1
      }
    }
  }

  private func build(
    _ table: borrowing HuffmanTable, _ lengths: ArraySlice<UInt8>, values: [UInt32], allowsSingle: Bool
  ) throws(InflateFailure) {
    try unsafe lengths.withUnsafeBufferPointer { bytes throws(InflateFailure) in
      try unsafe build(table, bytes, values: values, allowsSingle: allowsSingle)
    }
  }

  private func build(
    _ table: borrowing HuffmanTable, _ lengths: UnsafeBufferPointer<UInt8>, values: [UInt32], allowsSingle: Bool
  ) throws(InflateFailure) {
    do throws(HuffmanFailure) {
      try unsafe table.build(lengths, values: values, allowsSingle: allowsSingle)
    } catch {
      throw .code
    }
  }

  /// Copies what input and output allow of a stored block; nil once all of it is copied.
  private mutating func copyStored(
    _ rest: Int, _ input: inout InflateInput, _ output: inout InflateOutput
  ) throws(InflateFailure) -> InflateStop? {
    let count = unsafe min(rest, input.end - input.next, output.mark - output.next)
    if count > 0 {
      unsafe output.next.update(from: input.next, count: count)
      unsafe input.next += count
      unsafe output.next += count
    }
    let left = rest - max(count, 0)
    state = left > 0 ? .stored(rest: left) : isLastBlock ? .ended : .blockHeader
    if left == 0 { return nil }
    if unsafe output.next >= output.mark { return .output }
    guard !input.isLast else { throw .truncated }
    return .input
  }
}
