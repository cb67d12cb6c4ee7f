internal import SourceText

/// The words that `env -S` makes of one, as the manual of GNU coreutils says (section "-S/--split-string").
enum SplitString {
  /// Splits a text.
  ///
  /// - Parameter text: the text.
  /// - Returns: the words; nil where a variable stands in them, or the text is none that `env` takes.
  static func words(_ text: [UInt8]) -> [[UInt8]]? {
    var words: [[UInt8]] = []
    var word: [UInt8]?
    var quote: UInt8?
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        if quote == nil { quote = byte } else if quote == byte { quote = nil } else { word?.append(byte) }
        word = word ?? []
      case UInt8(ascii: "$") where quote != UInt8(ascii: "'"): return nil
      case UInt8(ascii: "#") where quote == nil && word == nil: return words
      case UInt8(ascii: "\\"):
        guard let next = rest.popFirst() else { return nil }
        if quote == UInt8(ascii: "'"), next != UInt8(ascii: "'"), next != UInt8(ascii: "\\") {
          word?.append(byte)
          word?.append(next)
        } else if next == UInt8(ascii: "c") {
          guard quote == nil else { return nil }
          return words + [word].compactMap(\.self)
        } else if next == UInt8(ascii: "_"), quote == nil {
          words += [word].compactMap(\.self)
          word = nil
        } else if let meant = escapes[next] {
          word = (word ?? []) + [meant]
        } else {
          return nil
        }
      case _ where quote == nil && isBlank(byte):
        words += [word].compactMap(\.self)
        word = nil
      default: word = (word ?? []) + [byte]
      }
    }
    return quote == nil ? words + [word].compactMap(\.self) : nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// What a backslash and a letter stand for.
  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    UInt8(ascii: "v"): 0x0B, UInt8(ascii: "_"): 0x20, UInt8(ascii: "#"): UInt8(ascii: "#"),
    UInt8(ascii: "$"): UInt8(ascii: "$"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
  ]
}
