/// The bytes as text that no terminal and no CI log takes for a command.
///
/// Control characters, also those of Unicode that turn the direction of writing, become `\xNN` or
/// `\u{N}`, and so does what is not UTF-8. A backslash stays, since the result is for people only.
public func printable(_ bytes: some Sequence<UInt8>) -> String {
  var text = ""
  var decoder = UTF8Decoder(Array(bytes))
  while let piece = decoder.next() {
    switch piece {
    case .invalid(let byte): text += "\\x" + hexadecimal(byte)
    case .scalar(let scalar): append(scalar, to: &text)
    }
  }
  return text
}

/// The text with what a terminal could take for a command made visible.
public func printable(_ text: String) -> String {
  printable(text.utf8)
}

private func append(_ scalar: Unicode.Scalar, to text: inout String) {
  switch scalar.value {
  case 0..<0x20, 0x7F: text += "\\x" + hexadecimal(UInt8(truncatingIfNeeded: scalar.value))
  // C1 controls, marks that reorder text, separators, the byte-order mark, tags.
  case 0x80...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...0xE007F:
    text += "\\u{" + String(scalar.value, radix: 16) + "}"
  default: text.unicodeScalars.append(scalar)
  }
}

/// Two hexadecimal digits.
private func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
