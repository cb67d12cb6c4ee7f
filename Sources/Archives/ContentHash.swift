/// A hash of 128 bits that tells whether two contents are the same, in pieces.
///
/// It is made for speed and for contents that nobody chose with the hash in mind; it is no digest. Each step
/// multiplies 64 by 64 bits and folds the two halves of the product together. Every word of the content goes into
/// two of the four lanes, beside another word and another key in each, so that what one lane loses the other keeps.
/// The keys are the digits of pi after the point.
public struct ContentHash: Sendable {
  /// A hash that is finished.
  public struct Value: Hashable, Sendable {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64
  }

  private static let keys: [8 of UInt64] = [
    0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89,
    0x4528_21E6_38D0_1377, 0xBE54_66CF_34E9_0C6C, 0xC0AC_29B7_C97C_50DD, 0x3F84_D5B5_B547_0917,
  ]
  private static let blockSize = 64

  private var lanes: [4 of UInt64]
  /// The bytes of a block that is not whole.
  private var pending = [64 of UInt8](repeating: 0)
  private var pendingCount = 0
  private var length: UInt64 = 0
  private let seed: UInt64

  /// Begins a hash; hashes of different seeds are not to be compared.
  public init(seed: UInt64 = 0) {
    self.seed = seed
    lanes = [Self.keys[0] ^ seed, Self.keys[1] ^ seed, Self.keys[2] ^ seed, Self.keys[3] ^ seed]
  }

  /// Takes further bytes.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// Takes further bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(truncatingIfNeeded: bytes.count)
    var index = 0
    if pendingCount > 0 {
      while pendingCount < Self.blockSize, index < bytes.count {
        pending[pendingCount] = unsafe bytes[index]
        pendingCount += 1
        index += 1
      }
      guard pendingCount == Self.blockSize else { return }
      let block = pending
      _ = unsafe block.span.withUnsafeBytes { unsafe take($0, from: 0) }
      pendingCount = 0
    }
    index = unsafe take(bytes, from: index)
    while index < bytes.count {
      pending[pendingCount] = unsafe bytes[index]
      pendingCount += 1
      index += 1
    }
  }

  /// The hash of all bytes so far; further bytes may follow.
  public func finish() -> Value {
    var copy = self
    if pendingCount > 0 {
      // What is left over of the block is zero; the length tells such contents apart.
      for index in pendingCount..<Self.blockSize { copy.pending[index] = 0 }
      let block = copy.pending
      _ = unsafe block.span.withUnsafeBytes { unsafe copy.take($0, from: 0) }
    }
    let keys = Self.keys
    let first = fold(copy.lanes[0] ^ keys[4], copy.lanes[2] ^ length ^ keys[5])
    let second = fold(copy.lanes[1] ^ keys[6], copy.lanes[3] ^ length ^ keys[7])
    return Value(high: fold(first ^ seed ^ keys[1], second ^ keys[2]), low: fold(second ^ keys[3], first ^ keys[4]))
  }

  /// Takes the whole blocks from `index` on, and tells where they end.
  @discardableResult
  private mutating func take(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Int {
    let keys = Self.keys
    var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
    var index = index
    while index &+ Self.blockSize <= bytes.count {
      let start = index
      @inline(__always)
      func word(_ number: Int) -> UInt64 {
        unsafe bytes.loadUnaligned(fromByteOffset: start &+ 8 &* number, as: UInt64.self).littleEndian
      }
      // The first pair of lanes and the second see the same bytes, differently coupled and with different keys.
      a = fold(word(0) ^ keys[0] ^ a, word(1) ^ keys[1]) ^ fold(word(2) ^ keys[2], word(3) ^ keys[3] ^ a)
      b = fold(word(4) ^ keys[4] ^ b, word(5) ^ keys[5]) ^ fold(word(6) ^ keys[6], word(7) ^ keys[7] ^ b)
      c = fold(word(0) ^ keys[5] ^ c, word(2) ^ keys[6]) ^ fold(word(4) ^ keys[7], word(6) ^ keys[0] ^ c)
      d = fold(word(1) ^ keys[1] ^ d, word(3) ^ keys[2]) ^ fold(word(5) ^ keys[3], word(7) ^ keys[4] ^ d)
      index &+= Self.blockSize
    }
    lanes = [a, b, c, d]
    return index
  }
}

/// Multiplies to 128 bits, and folds the halves.
@inline(__always)
private func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}
