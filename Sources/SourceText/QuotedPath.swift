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

/// The path that git's quoted form stands for; nil where the text is none.
public func unquoted(_ text: [UInt8]) -> [UInt8]? {
  guard text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") else { return nil }
  var result: [UInt8] = []
  var index = 1
  while index < text.count - 1 {
    let byte = text[index]
    index += 1
    if byte == UInt8(ascii: "\"") { return nil }
    guard byte == UInt8(ascii: "\\") else {
      result.append(byte)
      continue
    }
    guard index < text.count - 1 else { return nil }
    let escape = text[index]
    if let plain = escapedByte(escape) {
      result.append(plain)
      index += 1
      continue
    }
    guard index + 3 < text.count, text[index..<(index + 3)].allSatisfy({ (0x30...0x37).contains($0) }), escape <= 0x33
    else { return nil }
    result.append((escape - 0x30) << 6 | (text[index + 1] - 0x30) << 3 | (text[index + 2] - 0x30))
    index += 3
  }
  return result
}

private func escapedByte(_ letter: UInt8) -> UInt8? {
  switch letter {
  case UInt8(ascii: "a"): 0x07
  case UInt8(ascii: "b"): 0x08
  case UInt8(ascii: "t"): 0x09
  case UInt8(ascii: "n"): 0x0A
  case UInt8(ascii: "v"): 0x0B
  case UInt8(ascii: "f"): 0x0C
  case UInt8(ascii: "r"): 0x0D
  case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter
  default: nil
  }
}
