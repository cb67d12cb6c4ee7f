internal import SourceText

extension JSONCursor {
  /// The text of the string that begins here.
  mutating func string() throws(JSONError) -> String {
    offset += 1
    var text: [UInt8] = []
    let first = offset
    var start = offset
    while let byte = current {
      guard offset - first <= limits.stringLimit else { throw error(.stringTooLong(limit: limits.stringLimit)) }
      switch byte {
      case UInt8(ascii: "\""):
        text += try utf8(start..<offset)
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += try utf8(start..<offset)
        text += try escape().utf8
        start = offset
      case 0..<0x20: throw error(.control)
      default: offset += 1
      }
    }
    throw error(.unfinished)
  }

  private func utf8(_ range: Range<Int>) throws(JSONError) -> ArraySlice<UInt8> {
    var decoder = UTF8Decoder(bytes, in: ByteRange(range.lowerBound, range.upperBound))
    var place = range.lowerBound
    while let piece = decoder.next() {
      if case .invalid = piece { throw JSONError(reason: .encoding, offset: place) }
      place = decoder.offset
    }
    return bytes[range]
  }

  private mutating func escape() throws(JSONError) -> String {
    let start = offset
    offset += 1
    guard let byte = current else { throw error(.unfinished) }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return String(try codePoint(from: start))
    default: throw JSONError(reason: .escape, offset: start)
    }
  }

  /// The character whose escape, or pair of escapes, begins at `start`; its `\u` is already read.
  private mutating func codePoint(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let first = try fourDigits(from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, accept("\\"), accept("u") else {
      throw JSONError(reason: .loneSurrogate, offset: start)
    }
    let second = try fourDigits(from: start)
    guard 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw JSONError(reason: .loneSurrogate, offset: start) }
    return scalar
  }

  private mutating func fourDigits(from start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current else { throw error(.unfinished) }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw JSONError(reason: .escape, offset: start)
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
