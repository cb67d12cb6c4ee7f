@testable internal import Digests
internal import TestSupport
internal import Testing

@Suite struct ChecksumTests {
  private static let bytes: [UInt8] = {
    var random = SeededGenerator(seed: 3)
    return (0..<5000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }()

  @Test(arguments: [true, false]) func bothWaysOfCRC32(folds: Bool) {
    for count in Array(0...300) + [1000, 4096, 5000] {
      var random = SeededGenerator(seed: UInt64(count))
      var checksum = CRC32(folds: folds && CRC32.canFold)
      for piece in pieces(of: Array(Self.bytes[..<count]), using: &random) { checksum.update(piece.span) }
      #expect(checksum.value == crc32(Array(Self.bytes[..<count])))
    }
  }

  @Test(arguments: [DigestAlgorithm.sha256, .sha512]) func besideADigest(algorithm: DigestAlgorithm) {
    for count in Array(0...300) + [1000, 4096, 5000] {
      var random = SeededGenerator(seed: UInt64(count))
      var (checksum, digest) = (CRC32(), Digest(algorithm))
      for piece in pieces(of: Array(Self.bytes[..<count]), using: &random) {
        digest.update(piece.span, checksum: &checksum)
      }
      let whole = Array(Self.bytes[..<count])
      #expect(checksum.value == crc32(whole))
      #expect(digest.finish() == Digests.digest(algorithm, of: whole))
    }
  }

  @Test(arguments: [DigestAlgorithm.sha256, .sha512]) func besideTwoDigests(algorithm: DigestAlgorithm) {
    for count in Array(0...300) + [1000, 4096, 5000] {
      var random = SeededGenerator(seed: UInt64(count))
      var (checksum, digest, other) = (CRC32(), Digest(.sha256), Digest(algorithm))
      var taken = 0
      for piece in pieces(of: Array(Self.bytes[..<count]), using: &random) {
        let end = min(taken + Int.random(in: 0...300, using: &random), Self.bytes.count)
        Digest.update(
          &digest, piece.span, checksum: &checksum, &other, Self.bytes.span.extracting(taken..<end))
        taken = end
      }
      let whole = Array(Self.bytes[..<count])
      #expect(checksum.value == crc32(whole))
      #expect(digest.finish() == Digests.digest(.sha256, of: whole))
      #expect(other.finish() == Digests.digest(algorithm, of: Array(Self.bytes[..<taken])))
    }
  }
}
