internal import SourceText

/// The text as one word of a shell, quoted where it needs to be.
///
/// Text with control characters is written as `$'…'` (POSIX.1-2024), so that a terminal obeys none
/// of them and the word can still be pasted.
public func quotedForShell(_ text: String) -> String {
  if text.unicodeScalars.contains(where: isControl) { return dollarQuoted(text) }
  let plain = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-./,:+@%=".utf8.contains(byte)
    }
  }
  if plain && !text.isEmpty { return text }
  return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}

/// A path as a word of a shell that no program takes for an option.
public func shellArgument(_ path: String) -> String {
  quotedForShell(path.utf8.first == UInt8(ascii: "-") ? "./" + path : path)
}

private func dollarQuoted(_ text: String) -> String {
  var result = "$'"
  for scalar in text.unicodeScalars {
    if isControl(scalar) {
      for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
        // Three octal digits end by themselves; a hexadecimal escape would take what follows.
        result += "\\" + [byte >> 6, byte >> 3 & 7, byte & 7].map { String($0) }.joined()
      }
    } else {
      if scalar == "'" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "'"
}
