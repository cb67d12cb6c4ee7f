/// A set of words that most words which are looked up are not in: these are told by their length and first byte, without
/// a hash.
public struct WordSet: Sendable, ExpressibleByArrayLiteral {
  private let words: Set<String>
  /// A bit for the low six bits of each first byte.
  private let firsts: UInt64
  /// A bit for each length in bytes; the last one for all greater ones.
  private let lengths: UInt64

  /// Creates a set.
  public init(_ words: some Sequence<String>) {
    self.words = Set(words)
    var firsts: UInt64 = 0
    var lengths: UInt64 = 0
    for word in self.words {
      firsts |= Self.bit(word.utf8.first)
      lengths |= 1 << UInt64(min(word.utf8.count, 63))
    }
    self.firsts = firsts
    self.lengths = lengths
  }

  /// Creates a set of these words.
  public init(arrayLiteral words: String...) {
    self.init(words)
  }

  /// Whether a word is in the set.
  public func contains(_ word: String) -> Bool {
    let length = word.utf8.count
    guard lengths & (1 << UInt64(min(length, 63))) != 0, firsts & Self.bit(word.utf8.first) != 0 else { return false }
    return words.contains(word)
  }

  /// Whether bytes are a word of the set.
  public func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard lengths & (1 << UInt64(min(bytes.count, 63))) != 0, firsts & Self.bit(bytes.first) != 0 else { return false }
    return words.contains(String(decoding: bytes, as: UTF8.self))
  }

  private static func bit(_ first: UInt8?) -> UInt64 { first.map { 1 << UInt64($0 & 63) } ?? 0 }
}
