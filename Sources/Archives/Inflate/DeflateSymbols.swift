/// What the symbols of deflate stand for (RFC 1951, section 3.2), as entries of a ``HuffmanTable``.
enum DeflateSymbols {
  private static let invalid = HuffmanTable.exceptional | HuffmanTable.invalid

  /// The entries of literals, of the end of a block, and of lengths; the last two symbols may not occur.
  static let literalsAndLengths: [UInt32] = {
    let literals = (0..<256).map { HuffmanTable.literal | UInt32($0) << 8 }
    var lengths: [UInt32] = []
    var base: UInt32 = 3
    for symbol in 0..<28 {
      let extra = symbol < 8 ? 0 : UInt32(symbol / 4 - 1)
      lengths.append(base << 16 | extra)
      base += 1 << extra
    }
    // The last length has a symbol of its own without extra bits.
    lengths.append(258 << 16)
    return literals + [HuffmanTable.exceptional | HuffmanTable.endOfBlock] + lengths + [invalid, invalid]
  }()

  /// The entries of distances; the last two symbols may not occur.
  static let distances: [UInt32] = {
    var distances: [UInt32] = []
    var base: UInt32 = 1
    for symbol in 0..<30 {
      let extra = symbol < 4 ? 0 : UInt32(symbol / 2 - 1)
      distances.append(base << 16 | extra)
      base += 1 << extra
    }
    return distances + [invalid, invalid]
  }()

  /// The entries of the symbols that tell the lengths of codes; the base value is the symbol.
  static let codeLengths: [UInt32] = (0..<19).map { UInt32($0) << 16 }

  /// The order in which the lengths of the codes for code lengths are stored.
  static let codeLengthOrder: [Int] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  /// The lengths of the fixed code for literals and lengths.
  static let fixedLengths: [UInt8] =
    [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112) + [UInt8](repeating: 7, count: 24)
    + [UInt8](repeating: 8, count: 8)

  /// The lengths of the fixed code for distances.
  static let fixedDistances = [UInt8](repeating: 5, count: 32)
}
