internal import SourceText

/// The parts of Go's standard library that decide what a `.dockerignore` means.
enum GoPath {
  /// `path/filepath.Clean` for slashes: no `.`, no `..` that can be resolved, no double or trailing slash.
  static func clean(_ path: [UInt8]) -> [UInt8] {
    if path.isEmpty { return [UInt8(ascii: ".")] }
    let isRooted = path.first == UInt8(ascii: "/")
    var parts: [ArraySlice<UInt8>] = []
    for part in path.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) {
        if let last = parts.last, !last.elementsEqual("..".utf8) {
          parts.removeLast()
        } else if !isRooted {
          parts.append(part)
        }
      } else {
        parts.append(part)
      }
    }
    let joined = Array(parts.joined(separator: [UInt8(ascii: "/")]))
    if isRooted { return [UInt8(ascii: "/")] + joined }
    return joined.isEmpty ? [UInt8(ascii: ".")] : joined
  }

  /// `strings.TrimSpace`: the range without Unicode's white space at both ends.
  static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end {
      var decoder = UTF8Decoder(bytes, in: ByteRange(start, end))
      guard case .scalar(let scalar)? = decoder.next(), isSpace(scalar) else { break }
      start = decoder.offset
    }
    while end > start {
      var first = end - 1
      while first > start, end - first < 4, bytes[first] & 0xC0 == 0x80 { first -= 1 }
      var decoder = UTF8Decoder(bytes, in: ByteRange(first, end))
      guard case .scalar(let scalar)? = decoder.next(), decoder.offset == end, isSpace(scalar) else { break }
      end = first
    }
    return start..<end
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Whether `path/filepath.Match` takes the pattern: it wants every bracket closed and every range whole.
  static func isWellFormed(_ pattern: [UInt8]) -> Bool {
    var index = 0
    while index < pattern.count {
      switch pattern[index] {
      case UInt8(ascii: "["):
        index += 1
        if index < pattern.count, pattern[index] == UInt8(ascii: "^") { index += 1 }
        var ranges = 0
        while true {
          if index < pattern.count, pattern[index] == UInt8(ascii: "]"), ranges > 0 {
            index += 1
            break
          }
          guard classCharacter(pattern, &index) else { return false }
          if pattern[index] == UInt8(ascii: "-") {
            index += 1
            guard classCharacter(pattern, &index) else { return false }
          }
          ranges += 1
        }
      case UInt8(ascii: "\\"):
        if index + 1 >= pattern.count { return false }
        index += 2
      default:
        index += 1
      }
    }
    return true
  }

  /// One character of a class; something must follow it.
  private static func classCharacter(_ pattern: [UInt8], _ index: inout Int) -> Bool {
    guard index < pattern.count, pattern[index] != UInt8(ascii: "-"), pattern[index] != UInt8(ascii: "]") else {
      return false
    }
    if pattern[index] == UInt8(ascii: "\\") {
      index += 1
      if index >= pattern.count { return false }
    }
    var decoder = UTF8Decoder(pattern, in: ByteRange(index, pattern.count))
    guard case .scalar? = decoder.next() else { return false }
    index = decoder.offset
    return index < pattern.count
  }
}
