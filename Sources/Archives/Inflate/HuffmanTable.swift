/// Why a set of code lengths makes no code.
enum HuffmanFailure: Error {
  /// Two words of the code would be equal, or one begin another.
  case overSubscribed
  /// Some bits would stand for nothing.
  case incomplete
}

/// A table that turns the next bits of a deflate stream into a symbol.
///
/// The next ``primaryBits`` bits choose an entry. Longer codes lead on to a second table by an entry that tells
/// where it begins and how many further bits choose there. An entry is one word, so that a look-up is one load:
///
/// | bits  | literal        | length or distance    | second table      |
/// |-------|----------------|-----------------------|-------------------|
/// | 0–5   | bits to take   | bits with extra bits  | bits to take      |
/// | 8–13  | literal (8–15) | bits of the code only | bits to choose by |
/// | 15    |                | 0                     | ``exceptional``   |
/// | 16–30 |                | base value            | where it begins   |
/// | 31    | ``literal``    | 0                     | 0                 |
///
/// Entries of two literals were tried: they gained nothing, since most of the time goes to wrong guesses of branches.
/// Shifts use the low six bits alone, so an entry serves as a shift count as it is.
@safe struct HuffmanTable: ~Copyable {
  /// The mark of an entry that holds a literal.
  static let literal: UInt32 = 1 << 31
  /// The mark of an entry that needs a second look: a second table, the end of a block, or no code at all.
  ///
  /// It lies where a literal has other bits, so it must be asked for after ``literal``.
  static let exceptional: UInt32 = 1 << 15
  /// The mark of the symbol that ends a block, beside ``exceptional``.
  static let endOfBlock: UInt32 = 1 << 14
  /// The mark of bits that stand for nothing, beside ``exceptional``.
  static let invalid: UInt32 = 1 << 7
  /// The longest code that deflate has.
  static let longestCode = 15

  /// How many bits choose in the first table.
  let primaryBits: Int
  /// How many entries there is room for.
  private let capacity: Int
  /// The entries.
  let entries: UnsafeMutablePointer<UInt32>
  /// The symbols in the order of their codes.
  private let sorted: UnsafeMutablePointer<UInt16>
  private let symbolLimit: Int

  /// Creates a table for codes of at most `symbols` symbols.
  ///
  /// A second table is begun only where two codes or more share their first bits, so there are at most half as
  /// many of them as symbols.
  init(primaryBits: Int, symbols: Int) {
    self.primaryBits = primaryBits
    symbolLimit = symbols
    capacity = 1 << primaryBits + (symbols / 2) << (Self.longestCode - min(primaryBits, Self.longestCode))
    unsafe entries = .allocate(capacity: capacity)
    unsafe entries.initialize(repeating: Self.exceptional | Self.invalid, count: capacity)
    unsafe sorted = .allocate(capacity: symbols)
    unsafe sorted.initialize(repeating: 0, count: symbols)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe sorted.deallocate()
  }

  /// Builds the table of the code whose lengths are given, in the order of the symbols; 0 is a symbol without code.
  ///
  /// As in zlib, a code may be incomplete only where a single symbol has a code of one bit and
  /// `allowsSingle` says so; a code of no symbols is one that must not be used.
  ///
  /// - Parameters:
  ///   - lengths: the lengths, each at most ``longestCode``.
  ///   - values: the entry of each symbol without the lengths, which are added to bits 0–5 and 8–13.
  ///   - allowsSingle: whether one code of one bit will do.
  /// - Throws: what is wrong with the lengths.
  func build(
    _ lengths: UnsafeBufferPointer<UInt8>, values: [UInt32], allowsSingle: Bool
  ) throws(HuffmanFailure) {
    precondition(lengths.count <= symbolLimit && lengths.count <= values.count)
    var counts = [16 of Int](repeating: 0)
    for index in 0..<lengths.count { counts[Int(unsafe lengths[index] & 15)] += 1 }
    var longest = Self.longestCode
    while longest > 0, counts[longest] == 0 { longest -= 1 }
    var left = 1
    for length in 1...Self.longestCode {
      left = left << 1 - counts[length]
      if left < 0 { throw .overSubscribed }
    }
    if left > 0 {
      guard longest == 0 || longest == 1 && allowsSingle else { throw .incomplete }
      unsafe entries.update(repeating: Self.exceptional | Self.invalid, count: 1 << primaryBits)
      guard longest == 1, let symbol = unsafe lengths.firstIndex(of: 1) else { return }
      let entry = Self.entry(values[symbol], length: 1)
      for index in stride(from: 0, to: 1 << primaryBits, by: 2) { unsafe entries[index] = entry }
      return
    }
    var starts = [16 of Int](repeating: 0)
    for length in 1..<Self.longestCode { starts[length + 1] = starts[length] + counts[length] }
    for symbol in 0..<lengths.count {
      let length = Int(unsafe lengths[symbol])
      guard length > 0 else { continue }
      unsafe sorted[starts[length]] = UInt16(truncatingIfNeeded: symbol)
      starts[length] += 1
    }
    unsafe values.withUnsafeBufferPointer { values in
      unsafe fill(counts, longest: longest, values: values)
    }
  }

  /// An entry with its code's length put in.
  @inline(__always)
  private static func entry(_ value: UInt32, length: Int) -> UInt32 {
    // Literals and exceptional entries have other things in the bits of the code's own length.
    let length = UInt32(truncatingIfNeeded: length)
    return value &+ length &+ (value & (literal | exceptional) == 0 ? length &<< 8 : 0)
  }

  /// Puts the entries of a complete code in, the shortest codes first.
  ///
  /// Deflate stores codes with their first bit lowest, so the table is indexed by reversed codes. What has been
  /// filled in for codes of one length is repeated for the next bit, until longer codes take its place.
  private func fill(_ counts: [16 of Int], longest: Int, values: UnsafeBufferPointer<UInt32>) {
    var counts = counts
    var next = 0
    var code = 0
    var length = 1
    while length <= longest, counts[length] == 0 { length += 1 }
    while length <= primaryBits {
      for _ in 0..<counts[length] {
        let symbol = unsafe Int(sorted[next])
        unsafe entries[code] = Self.entry(values[symbol], length: length)
        next += 1
        code = Self.following(code, length: length)
      }
      if length < primaryBits {
        unsafe (entries + 1 << length).update(from: entries, count: 1 << length)
      }
      length += 1
    }
    guard longest > primaryBits else {
      return
    }
    var prefix = -1
    var start = 1 << primaryBits
    var size = 0
    while length <= longest {
      var rest = counts[length]
      while rest > 0 {
        if code & (1 << primaryBits - 1) != prefix {
          prefix = code & (1 << primaryBits - 1)
          start += size
          var bits = length - primaryBits
          var used = rest
          while used < 1 << bits, bits + primaryBits < longest {
            bits += 1
            used = used << 1 + counts[primaryBits + bits]
          }
          size = 1 << bits
          precondition(start + size <= capacity, "a second table beyond the bound that complete codes have")
          unsafe entries[prefix] =
            Self.exceptional | UInt32(truncatingIfNeeded: start &<< 16) | UInt32(truncatingIfNeeded: bits &<< 8)
            | UInt32(truncatingIfNeeded: primaryBits)
        }
        let symbol = unsafe Int(sorted[next])
        let entry = unsafe Self.entry(values[symbol], length: length - primaryBits)
        var index = start + code >> primaryBits
        while index < start + size {
          unsafe entries[index] = entry
          index += 1 << (length - primaryBits)
        }
        next += 1
        rest -= 1
        code = Self.following(code, length: length)
      }
      counts[length] = 0
      length += 1
    }
  }

  /// The reversed code that follows one of the same length; after the last one, 0.
  @inline(__always)
  private static func following(_ code: Int, length: Int) -> Int {
    let zeros = ~code & (1 << length - 1)
    guard zeros != 0 else { return 0 }
    let bit = 1 << (Int.bitWidth - 1 - zeros.leadingZeroBitCount)
    return code & (bit - 1) | bit
  }
}
