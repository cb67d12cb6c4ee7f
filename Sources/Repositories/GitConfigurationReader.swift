internal import SourceText

/// Reads the syntax of git's configuration files, which its manual describes in `git-config`.
struct GitConfigurationReader {
  let bytes: [UInt8]
  let path: Path
  private var position = 0
  private var line = 1
  private var section: [UInt8] = []
  private var subsection: [UInt8] = []

  init(bytes: [UInt8], path: Path) {
    self.bytes = bytes
    self.path = path
    // One byte-order mark may begin the file.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func read() throws(RepositoryError) -> [GitConfiguration.Setting] {
    var settings: [GitConfiguration.Setting] = []
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: " "), UInt8(ascii: "\t"): continue
      case UInt8(ascii: "#"), UInt8(ascii: ";"): skipComment()
      case UInt8(ascii: "["): try readSection()
      case _ where isLetter(byte): settings.append(try readSetting(first: byte))
      default: throw error("a section, a name or a comment is expected here")
      }
    }
    return settings
  }

  /// The next byte; a CR before an LF is not seen.
  private mutating func next() -> UInt8? {
    guard position < bytes.count else { return nil }
    if bytes[position] == UInt8(ascii: "\r"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n") {
      position += 1
    }
    let byte = bytes[position]
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  private mutating func skipComment() {
    while let byte = next(), byte != UInt8(ascii: "\n") {}
  }

  /// Reads `section]`, `section.sub]` or `section "sub"]`.
  private mutating func readSection() throws(RepositoryError) {
    section = []
    subsection = []
    while let byte = next() {
      if byte == UInt8(ascii: "]"), !section.isEmpty { return splitOldForm() }
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { return try readSubsection() }
      guard isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") else { break }
      section.append(lowercase(byte))
    }
    throw error("the name of the section is not well formed")
  }

  /// Takes `section.sub` apart, an old form in which the subsection has no case.
  private mutating func splitOldForm() {
    guard let dot = section.firstIndex(of: UInt8(ascii: ".")) else { return }
    subsection = Array(section[(dot + 1)...])
    section.removeSubrange(dot...)
  }

  private mutating func readSubsection() throws(RepositoryError) {
    var byte = next()
    while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { byte = next() }
    guard byte == UInt8(ascii: "\"") else { throw error("the subsection must stand in double quotes") }
    while let byte = next(), byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "\"") {
        guard next() == UInt8(ascii: "]") else { break }
        return
      }
      guard byte == UInt8(ascii: "\\") else {
        subsection.append(byte)
        continue
      }
      guard let escaped = next(), escaped != UInt8(ascii: "\n") else { break }
      subsection.append(escaped)
    }
    throw error("the subsection does not end with `\"]`")
  }

  private mutating func readSetting(first: UInt8) throws(RepositoryError) -> GitConfiguration.Setting {
    let start = line
    var name = [lowercase(first)]
    var byte = next()
    while let letter = byte, isLetter(letter) || isDigit(letter) || letter == UInt8(ascii: "-") {
      name.append(lowercase(letter))
      byte = next()
    }
    while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { byte = next() }
    var value: [UInt8]?
    switch byte {
    case nil, UInt8(ascii: "\n"): break
    case UInt8(ascii: "="): value = try readValue()
    default: throw error("`=` or the end of the line is expected after a name")
    }
    return GitConfiguration.Setting(section: section, subsection: subsection, name: name, value: value, line: start)
  }

  /// Reads a value to the end of its line, or of the lines that backslashes join to it.
  private mutating func readValue() throws(RepositoryError) -> [UInt8] {
    var value: [UInt8] = []
    // Blanks at the end are dropped, unless they stood in quotes.
    var kept = 0
    var isQuoted = false
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\n"):
        guard !isQuoted else { throw error("a quoted value does not end on its line", line: line - 1) }
        return Array(value[..<kept])
      case UInt8(ascii: " ") where !isQuoted, UInt8(ascii: "\t") where !isQuoted:
        if !value.isEmpty { value.append(byte) }
        continue
      case UInt8(ascii: "#") where !isQuoted, UInt8(ascii: ";") where !isQuoted:
        skipComment()
        return Array(value[..<kept])
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "\\"):
        guard let escaped = try readEscape() else { continue }
        value.append(escaped)
      default: value.append(byte)
      }
      kept = value.count
    }
    guard !isQuoted else { throw error("a quoted value does not end") }
    return Array(value[..<kept])
  }

  /// What follows a backslash in a value; nil for the end of the line, which it joins to the next.
  private mutating func readEscape() throws(RepositoryError) -> UInt8? {
    switch next() {
    // The end of the file ends a line too.
    case nil, UInt8(ascii: "\n"): return nil
    case UInt8(ascii: "t"): return UInt8(ascii: "\t")
    case UInt8(ascii: "b"): return 8
    case UInt8(ascii: "n"): return UInt8(ascii: "\n")
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "\""): return UInt8(ascii: "\"")
    default: throw error("git knows only the escapes \\\\, \\\", \\n, \\t and \\b")
    }
  }

  private func error(_ reason: String, line: Int? = nil) -> RepositoryError {
    .configuration(path, line: line ?? self.line, reason: reason)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
