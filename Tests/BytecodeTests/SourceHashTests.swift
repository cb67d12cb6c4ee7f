internal import Testing

@testable import Bytecode

@Suite("The hash of a source")
struct SourceHashTests {
  /// Sources, and their hashes as they stand in the files of 3.10, 3.11, 3.13 and PyPy 3.9, measured with
  /// `_imp.source_hash` of each.
  private static let vectors: [(source: [UInt8], hashes: [String])] = [
    ([], ["8cc0cd2525e7fd27", "738d9cd5d5e87f73", "27ec6d312f93b814", "f3548a5dfe7fe95f"]),
    (Array("x".utf8), ["844f8d016fe2e3c3", "c2b4883120da9471", "1f1f4a970344b3c2", "217fbeb2f27a11b9"]),
    (Array("X=1\n".utf8), ["d1cfa694bcc6c007", "fdb424e6beb2b6e2", "a37b5e4251905b02", "3e5947ea76b0c744"]),
    (
      Array("print(\"hello\")\n".utf8),
      ["c3b74919613be674", "4384a52f77abf775", "69784eb12d346688", "31ddd3941e1a9fb7"]
    ),
    (Array("0123456".utf8), ["39da6bc403ba2279", "4a31625f7f7b0921", "a822491145cdc795", "f2db3ea2f7d8ed32"]),
    (Array("01234567".utf8), ["b5f5315f0d0692ec", "9833ca1b66ec46d1", "e846b56db4ea173e", "9a60b33210dacf44"]),
    (Array("012345678".utf8), ["5db86701e4f3fafb", "0f373971ff6c3a23", "fe0e9358b9d70903", "6dfb15fab78ce0bd"]),
    (Array(0...255), ["4c2188c1c09a54c0", "1daf10aba04017be", "58e329a361564cd3", "b19538f7f3f17396"]),
  ]

  /// The eight bytes as they stand in the file.
  private func text(_ hash: UInt64) -> String {
    (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(8 * $0)) }
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test("it equals what the interpreters compute, in pieces of any size", arguments: [1, 2, 3, 7, 8, 9, 64, 1000])
  func vectors(step: Int) throws {
    let keys = try [3439, 3495, 3571, 336].map { try #require(SourceHashKey(MagicNumber(number: $0))) }
    for vector in Self.vectors {
      var together = SourceHashes(keys)
      for piece in pieces(vector.source, of: step) { together.update(piece) }
      let hashes = together.finish()
      for (key, expected) in zip(keys, vector.hashes) {
        #expect(hashes[key].map(text) == expected)
      }
    }
  }

  @Test("one hash may be asked for while more is to come")
  func resumed() throws {
    var hash = SourceHash(try #require(SourceHashKey(MagicNumber(number: 3495))))
    #expect(text(hash.finish()) == "738d9cd5d5e87f73")
    hash.update(Array("01234".utf8))
    _ = hash.finish()
    hash.update(Array("567".utf8))
    #expect(text(hash.finish()) == "9833ca1b66ec46d1")
  }

  @Test("only versions with flags have a key")
  func keys() throws {
    #expect(SourceHashKey(MagicNumber(number: 3379)) == nil)
    #expect(SourceHashKey(MagicNumber(number: 62211)) == nil)
    for tag in ["cpython-37", "cpython-310", "cpython-311", "pypy39"] {
      #expect(SourceHashKey.keys(of: try #require(CacheTag(tag.utf8)?.version)).count == 1)
    }
    for tag in ["cpython-36", "cpython-27", "cpython-316", "pypy311"] {
      #expect(SourceHashKey.keys(of: try #require(CacheTag(tag.utf8)?.version)).isEmpty)
    }
  }
}
