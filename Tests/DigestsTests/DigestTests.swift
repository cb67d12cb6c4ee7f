internal import Digests
internal import TestSupport
internal import Testing

@Suite struct DigestTests {
  @Test(arguments: [
    (
      "", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    (
      "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
  ])
  func standardExamples(text: String, sha1: String, sha256: String) {
    #expect(hexadecimal(digest(.sha1, of: Array(text.utf8))) == sha1)
    #expect(hexadecimal(digest(.sha256, of: Array(text.utf8))) == sha256)
  }

  @Test func longDigestOfTheStandard() {
    let expected =
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    #expect(hexadecimal(digest(.sha512, of: Array("abc".utf8))) == expected)
  }

  @Test(arguments: [DigestAlgorithm.sha1, .sha256, .sha512])
  func piecesMakeTheSameDigest(algorithm: DigestAlgorithm) {
    var random = SeededGenerator(seed: 1)
    let bytes = (0..<10_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    var digest = Digest(algorithm)
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 0...300, using: &random))
      digest.update(piece)
      rest = rest.dropFirst(piece.count)
    }
    #expect(digest.finish() == Digests.digest(algorithm, of: bytes))
    #expect(digest.finish().count == algorithm.size)
  }

  /// Two inputs at once, cut into pieces of every length, make the digests that each makes alone.
  @Test(arguments: [(DigestAlgorithm.sha256, DigestAlgorithm.sha256), (.sha256, .sha512), (.sha1, .sha256)])
  func pairsMakeTheSameDigests(left: DigestAlgorithm, right: DigestAlgorithm) {
    var random = SeededGenerator(seed: 2)
    let bytes = (0..<20_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    for _ in 0..<100 {
      var (first, second) = (Digest(left), Digest(right))
      var (taken, takenToo) = (0, 0)
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let limit = [10, 64, 130, 2000].randomElement(using: &random) ?? 1
        let count = Int.random(in: 0...limit, using: &random)
        let other = Int.random(in: 0...limit, using: &random)
        Digest.update(
          &first, bytes.span.extracting(taken..<(taken + count)), &second,
          bytes.span.extracting(takenToo..<(takenToo + other)))
        taken += count
        takenToo += other
      }
      #expect(first.finish() == Digests.digest(left, of: Array(bytes[..<taken])))
      #expect(second.finish() == Digests.digest(right, of: Array(bytes[..<takenToo])))
    }
  }

  @Test func gitAgreesOnBlobs() throws {
    let directory = try TemporaryDirectory()
    let bytes = Array("a\0b\n".utf8)
    let git = try run(["git", "hash-object", "--stdin"], in: directory.path, input: bytes)
    #expect(hexadecimal(gitBlobID(.sha1, of: bytes)) + "\n" == git.text)
  }
}
