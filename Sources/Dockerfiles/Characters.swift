/// The white space that Docker's reader knows: Unicode's for trimming and for words.
enum Space {
  /// How many bytes the white space at `index` takes; 0 where there is none.
  static func length(_ bytes: [UInt8], _ index: Int, _ end: Int) -> Int {
    let byte = bytes[index]
    if byte < 0x80 { return isASCII(byte) ? 1 : 0 }
    if byte == 0xC2, index + 1 < end { return bytes[index + 1] == 0x85 || bytes[index + 1] == 0xA0 ? 2 : 0 }
    if byte >= 0xE1, byte <= 0xE3, index + 2 < end { return isWide(byte, bytes[index + 1], bytes[index + 2]) ? 3 : 0 }
    return 0
  }

  /// The place of the first byte in `start..<end` that is no white space.
  static func skip(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var index = start
    while index < end {
      let length = length(bytes, index, end)
      if length == 0 { break }
      index += length
    }
    return index
  }

  /// The end of `start..<end` without the white space that ends it.
  static func trimmedEnd(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start {
      if isASCII(bytes[end - 1]) {
        end -= 1
      } else if end - start >= 2, bytes[end - 2] == 0xC2, length(bytes, end - 2, end) == 2 {
        end -= 2
      } else if end - start >= 3, bytes[end - 3] >= 0xE1, length(bytes, end - 3, end) == 3 {
        end -= 3
      } else {
        break
      }
    }
    return end
  }

  /// Tab, line feed, vertical tab, form feed, carriage return and blank.
  static func isASCII(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
  }

  /// What separates a keyword from its arguments and the words of a list.
  static func separates(_ byte: UInt8) -> Bool {
    isASCII(byte) && byte != 0x0A
  }

  private static func isWide(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    switch (first, second, third) {
    case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
      (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
      true
    default: false
    }
  }
}

/// Whether two texts are the same but for the case of ASCII letters.
func equalIgnoringCase(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
  left.lazy.map(lowercased).elementsEqual(right.lazy.map(lowercased))
}

/// The small letter for a capital ASCII letter.
func lowercased(_ byte: UInt8) -> UInt8 {
  byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
}

/// Whether the byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool {
  byte >= 0x30 && byte <= 0x39
}

/// Whether the byte is an ASCII letter.
func isLetter(_ byte: UInt8) -> Bool {
  let small = lowercased(byte)
  return small >= 0x61 && small <= 0x7A
}

/// Text from bytes that may be no UTF-8.
func text(_ bytes: some Collection<UInt8>) -> String {
  String(decoding: Array(bytes), as: UTF8.self)
}
