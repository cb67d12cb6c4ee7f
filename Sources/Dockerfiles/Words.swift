internal import SourceText

/// White space as Docker sees it where it looks at single bytes as if they were Latin-1.
func isLatinSpace(_ byte: UInt8) -> Bool {
  Space.isASCII(byte) || byte == 0x85 || byte == 0xA0
}

/// The words of ENV, LABEL and ARG: quotes and escapes stay in them.
func tokens(_ bytes: [UInt8], _ range: ByteRange, escape: UInt8) -> [ByteRange] {
  var words: [ByteRange] = []
  var index = range.lower
  let end = range.upper
  while true {
    index = Space.skip(bytes, index, end)
    if index >= end { return words }
    let start = index
    var quote: UInt8?
    var upper = end
    word: while index < end {
      let byte = bytes[index]
      if quote == nil, Space.length(bytes, index, end) > 0 { break word }
      if byte == escape, quote != UInt8(ascii: "'") {
        if index + 1 == end {
          // An escape character at the very end is dropped.
          upper = index
          index = end
          break word
        }
        index += 2
        continue
      }
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      }
      index += 1
    }
    upper = min(upper, index)
    if upper > start { words.append(ByteRange(start, upper)) }
  }
}

/// Reads the flags that stand at the start of `range`; gives them and where the rest begins.
func readFlags(_ bytes: [UInt8], _ range: ByteRange, escape: UInt8) -> (flags: [Flag], rest: Int) {
  var flags: [Flag] = []
  var index = range.lower
  let end = range.upper
  while true {
    while index < end, isLatinSpace(bytes[index]) { index += 1 }
    guard index + 1 < end, bytes[index] == UInt8(ascii: "-"), bytes[index + 1] == UInt8(ascii: "-") else {
      return (flags, index)
    }
    let start = index
    let word = readFlagWord(bytes, &index, end, escape)
    if word.elementsEqual("--".utf8) { return (flags, index) }
    flags.append(Flag(text: word, range: ByteRange(start, index)))
  }
}

private func readFlagWord(_ bytes: [UInt8], _ index: inout Int, _ end: Int, _ escape: UInt8) -> [UInt8] {
  var word: [UInt8] = []
  var quote: UInt8?
  while index < end {
    let byte = bytes[index]
    if quote == nil, isLatinSpace(byte) { break }
    if byte == quote {
      quote = nil
    } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
      quote = byte
    } else if byte != escape {
      word += latin(byte)
    } else if index + 1 < end {
      index += 1
      word += latin(bytes[index])
    }
    index += 1
  }
  return word
}

/// The byte as UTF-8, as if it were Latin-1: that is what Docker makes of flags.
private func latin(_ byte: UInt8) -> [UInt8] {
  byte < 0x80 ? [byte] : [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
}
