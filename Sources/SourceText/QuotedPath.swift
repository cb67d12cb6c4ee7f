/// The path as git prints it: in double quotes with C escapes where a byte needs them, else as it is.
///
/// This is git's form with `core.quotePath` on: bytes above 0x7F become octal escapes, so the result
/// is ASCII whatever the path holds. Git's manual describes it under `core.quotePath`.
public func quoted(_ path: [UInt8]) -> [UInt8] {
  guard path.contains(where: needsQuoting) else { return path }
  var result = [UInt8(ascii: "\"")]
  for byte in path {
    if let letter = escapeLetter(byte) {
      result += [UInt8(ascii: "\\"), letter]
    } else if needsQuoting(byte) {
      result.append(UInt8(ascii: "\\"))
      result += [byte >> 6, byte >> 3 & 7, byte & 7].map { UInt8(ascii: "0") + $0 }
    } else {
      result.append(byte)
    }
  }
  return result + [UInt8(ascii: "\"")]
}

private func needsQuoting(_ byte: UInt8) -> Bool {
  byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

private func escapeLetter(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x07: UInt8(ascii: "a")
  case 0x08: UInt8(ascii: "b")
  case 0x09: UInt8(ascii: "t")
  case 0x0A: UInt8(ascii: "n")
  case 0x0B: UInt8(ascii: "v")
  case 0x0C: UInt8(ascii: "f")
  case 0x0D: UInt8(ascii: "r")
  case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
  default: nil
  }
}
