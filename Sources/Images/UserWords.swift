/// The user and the group of a USER, each a name or a number; in a step of a build they may be variables.
public struct UserWords: Sendable, Hashable {
  /// The user; empty for root.
  public let user: Substring
  /// The group; nil where none is named.
  public let group: Substring?

  /// Parts a text at its colon; that of `${NAME:-VALUE}` is part of a word.
  public init(_ text: String) {
    var depth = 0
    var last: UInt8?
    let colon = text.utf8.firstIndex { byte in
      if byte == UInt8(ascii: "{"), last == UInt8(ascii: "$") { depth += 1 }
      if byte == UInt8(ascii: "}"), depth > 0 { depth -= 1 }
      last = byte
      return byte == UInt8(ascii: ":") && depth == 0
    }
    user = text[..<(colon ?? text.endIndex)]
    group = colon.map { text[text.utf8.index(after: $0)...] }
  }

  /// The number that a word is: decimal digits and no sign; nil for a name.
  public static func number(_ word: some Collection<UInt8>) -> UInt32? {
    guard !word.isEmpty, word.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return UInt32(String(decoding: word, as: UTF8.self))
  }
}
