/// A set of bytes.
struct ByteSet: Hashable, Sendable {
  private var words: [4 of UInt64] = [0, 0, 0, 0]

  static func == (left: ByteSet, right: ByteSet) -> Bool {
    (0..<4).allSatisfy { left.words[$0] == right.words[$0] }
  }

  func hash(into hasher: inout Hasher) {
    for index in 0..<4 { hasher.combine(words[index]) }
  }

  /// Whether the set holds `byte`.
  func contains(_ byte: UInt8) -> Bool {
    words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1
  }

  /// Puts `byte` into the set.
  mutating func insert(_ byte: UInt8) {
    words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
  }

  /// Takes `byte` out of the set.
  mutating func remove(_ byte: UInt8) {
    words[Int(byte >> 6)] &= ~(1 << UInt64(byte & 63))
  }

  /// All bytes that the set does not hold.
  var inverted: ByteSet {
    var result = self
    for index in 0..<4 { result.words[index] = ~words[index] }
    return result
  }

  /// Whether the set holds nothing.
  var isEmpty: Bool { (0..<4).allSatisfy { words[$0] == 0 } }
}
