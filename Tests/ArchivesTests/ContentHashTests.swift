@testable internal import Archives
internal import TestSupport
internal import Testing

@Suite struct ContentHashTests {
  private static let bytes: [UInt8] = {
    var random = SeededGenerator(seed: 3)
    return (0..<5000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }()

  @Test func knowsNoPieces() {
    for count in Array(0...300) + [1000, 5000] {
      var whole = ContentHash()
      let bytes = Array(Self.bytes[..<count])
      whole.update(bytes.span)
      var cut = ContentHash()
      var random = SeededGenerator(seed: UInt64(count))
      for piece in pieces(of: bytes, using: &random) { cut.update(piece.span) }
      #expect(whole.finish() == cut.finish())
    }
  }

  /// Every change of one bit, and every length, gives another hash, and changes about half of its bits.
  @Test func tellsNearContentsApart() {
    var seen: Set<ContentHash.Value> = []
    var changedBits = 0
    var base = ContentHash()
    let content = [UInt8](repeating: 0, count: 192)
    base.update(content.span)
    let value = base.finish()
    for bit in 0..<(8 * content.count) {
      var changed = content
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      var hash = ContentHash()
      hash.update(changed.span)
      let other = hash.finish()
      seen.insert(other)
      changedBits += (other.high ^ value.high).nonzeroBitCount + (other.low ^ value.low).nonzeroBitCount
    }
    #expect(seen.count == 8 * content.count)
    #expect((60...68).contains(changedBits / (8 * content.count)))
    for count in 0...1000 {
      var hash = ContentHash()
      let zeros = [UInt8](repeating: 0, count: count)
      hash.update(zeros.span)
      seen.insert(hash.finish())
    }
    // One content of zeros only was not among the changed ones.
    #expect(seen.count == 8 * content.count + 1001)
    var seeded = ContentHash(seed: 1)
    seeded.update(content.span)
    #expect(seeded.finish() != value)
  }
}
