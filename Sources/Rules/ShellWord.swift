internal import SourceText

/// The path as one literal pathspec word of a POSIX shell.
///
/// Bytes that a terminal could obey are written in the `$'…'` form, and a path that git would read as
/// a pattern gets the `:(literal)` prefix, so that the command means exactly this path.
///
/// With `isPathspec` off it is a word of any command, and no pattern of git's.
func shellWord(_ path: [UInt8], isPathspec: Bool = true) -> String {
  let magic = isPathspec && (path.first == UInt8(ascii: ":") || path.contains { "*?[\\".utf8.contains($0) })
  let bytes = (magic ? Array(":(literal)".utf8) : []) + path
  let text = String(decoding: bytes, as: UTF8.self)
  if printable(bytes) == text, Array(text.utf8) == bytes {
    let plain = bytes.allSatisfy { byte in
      byte >= 0x80 || isAlphanumeric(byte) || "_-./,:+@%=".utf8.contains(byte)
    }
    if plain && !bytes.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }
  return "$'" + bytes.map(escaped).joined() + "'"
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: false
  }
}

private func escaped(_ byte: UInt8) -> String {
  switch byte {
  case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(Unicode.Scalar(byte))
  case 0x20..<0x7F: String(Unicode.Scalar(byte))
  default: "\\" + String(byte >> 6, radix: 8) + String(byte >> 3 & 7, radix: 8) + String(byte & 7, radix: 8)
  }
}
