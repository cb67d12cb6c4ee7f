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

/// Whether a terminal, an editor or a log could take the character for a command instead of text.
///
/// These are the control characters, the marks that reorder text, the separators of lines that are
/// none, the byte-order mark, and the invisible tags.
public func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F...0x9F, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
    0xFFF9...0xFFFB, 0xE0000...0xE007F:
    true
  default: false
  }
}

private func append(_ scalar: Unicode.Scalar, to text: inout String) {
  if !isControl(scalar) {
    text.unicodeScalars.append(scalar)
  } else if scalar.isASCII {
    text += "\\x" + hexadecimal(UInt8(truncatingIfNeeded: scalar.value))
  } else {
    text += "\\u{" + String(scalar.value, radix: 16) + "}"
  }
}

/// Two hexadecimal digits.
private func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
