internal import SourceText

extension ShellReader {
  /// Reads what begins with `$`.
  mutating func dollar(isQuoted: Bool, _ parts: inout [ShellWord.Part]) throws(ShellError) {
    guard let next = peek(1) else {
      position += 1
      parts.append(.text([UInt8(ascii: "$")], isQuoted: isQuoted))
      return
    }
    switch next {
    case UInt8(ascii: "("):
      if peek(2) == UInt8(ascii: "("), let end = arithmeticEnd(from: position + 3) {
        position += 3
        try arithmetic(until: end, &parts)
        return
      }
      position += 2
      depth += 1
      defer { depth -= 1 }
      if depth > ShellScript.depthLimit { throw ShellError() }
      // Quotes and backticks begin anew in there.
      let outer = backticks
      backticks = 0
      defer { backticks = outer }
      let commands = sequence { _ in false }
      guard take(UInt8(ascii: ")")) else { throw ShellError() }
      parts.append(.output(commands, isQuoted: isQuoted))
    case UInt8(ascii: "{"): try braces(isQuoted: isQuoted, &parts)
    case UInt8(ascii: "'") where !isQuoted:
      position += 1
      parts.append(try dollarQuoted())
    case UInt8(ascii: "\"") where !isQuoted:
      // A text to be translated for bash, a `$` and a text for others.
      position += 1
      parts.append(.unknown)
      try doubleQuoted(&parts)
    default:
      if isNamePart(next), !isDigit(next) {
        var end = position + 1
        while end < bytes.count, isNamePart(bytes[end]) { end += 1 }
        let name = Array(bytes[(position + 1)..<end])
        position = end
        parts.append(.variable(name: name, .plain, isQuoted: isQuoted))
      } else if isDigit(next) || "@*#?-$!".utf8.contains(next) {
        position += 2
        parts.append(.variable(name: [next], .plain, isQuoted: isQuoted))
      } else {
        position += 1
        parts.append(.text([UInt8(ascii: "$")], isQuoted: isQuoted))
      }
    }
  }

  /// Reads `$((…))` up to `end`: a number that is not worked out, and the commands that it needs.
  mutating func arithmetic(until end: Int, _ parts: inout [ShellWord.Part]) throws(ShellError) {
    parts.append(.arithmetic(Array(bytes[position..<(end - 2)])))
    var inner: [ShellWord.Part] = []
    while position < end - 2 {
      switch bytes[position] {
      case UInt8(ascii: "$"): try dollar(isQuoted: true, &inner)
      case UInt8(ascii: "`") where backticks == 0: inner.append(try backtick(isQuoted: true))
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    if position > end { throw ShellError() }
    position = end
    parts += inner.filter(\.isRun)
  }

  /// `$'…'` of bash; other shells take the `$` for itself, so what it says depends on the shell.
  private mutating func dollarQuoted() throws(ShellError) -> ShellWord.Part {
    position += 1
    while let byte = peek() {
      position += 1
      if byte == UInt8(ascii: "'") { return .unknown }
      if byte == UInt8(ascii: "\\") { position = min(position + 1, bytes.count) }
    }
    throw ShellError()
  }

  private mutating func braces(isQuoted: Bool, _ parts: inout [ShellWord.Part]) throws(ShellError) {
    position += 2
    // `${#name}` is a length.
    if peek() == UInt8(ascii: "#"), let next = peek(1), isNamePart(next) || next == UInt8(ascii: "@") || next == 0x2A {
      position += 1
      try skipBraces(&parts)
      return
    }
    var end = position
    while end < bytes.count, isNamePart(bytes[end]) { end += 1 }
    if end == position, end < bytes.count, "@*#?-$!".utf8.contains(bytes[end]) { end += 1 }
    let name = Array(bytes[position..<end])
    position = end
    guard !name.isEmpty, let byte = peek() else {
      try skipBraces(&parts)
      return
    }
    if take(UInt8(ascii: "}")) {
      parts.append(.variable(name: name, .plain, isQuoted: isQuoted))
      return
    }
    let hasColon = byte == UInt8(ascii: ":")
    let symbol = hasColon ? peek(1) : byte
    guard let symbol, "-=+?".utf8.contains(symbol) else {
      // `"${array[@]}"` is any number of words, quoted or not.
      parts.append(.variable(name: name, .unknown, isQuoted: isQuoted && byte != UInt8(ascii: "[")))
      try skipBraces(&parts)
      return
    }
    position += hasColon ? 2 : 1
    let word = try bracedWord(isQuoted: isQuoted)
    let expansion: ShellExpansion =
      switch symbol {
      case UInt8(ascii: "+"): .replacement(word, countsEmpty: hasColon)
      case UInt8(ascii: "?"): .required
      case UInt8(ascii: "="): .assigning(word, countsEmpty: hasColon)
      default: .fallback(word, countsEmpty: hasColon)
      }
    parts.append(.variable(name: name, expansion, isQuoted: isQuoted))
  }

  /// The word in `${name:-word}`, up to the closing brace.
  private mutating func bracedWord(isQuoted: Bool) throws(ShellError) -> ShellWord {
    let start = position
    depth += 1
    defer { depth -= 1 }
    if depth > ShellScript.depthLimit { throw ShellError() }
    var parts: [ShellWord.Part] = []
    var text: [UInt8] = []
    func finish() {
      if text.isEmpty { return }
      parts.append(.text(text, isQuoted: isQuoted))
      text = []
    }
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "}"):
        finish()
        position += 1
        return ShellWord(parts: parts, range: ByteRange(start, position - 1))
      case UInt8(ascii: "\\"):
        guard let next = peek(1) else { throw ShellError() }
        if next != 0x0A {
          finish()
          let isKept = isQuoted && !"$`\"\\}".utf8.contains(next)
          parts.append(.text(isKept ? [byte, next] : [next], isQuoted: true))
        }
        position += 2
      case UInt8(ascii: "'") where !isQuoted:
        finish()
        parts.append(try singleQuoted())
      case UInt8(ascii: "\""):
        finish()
        try doubleQuoted(&parts)
      case UInt8(ascii: "$"):
        finish()
        try dollar(isQuoted: isQuoted, &parts)
      case UInt8(ascii: "`"):
        finish()
        parts.append(try backtick(isQuoted: isQuoted))
      default:
        text.append(byte)
        position += 1
      }
    }
    throw ShellError()
  }

  /// Skips past the brace that closes a `${`, whose meaning is not followed, and takes the commands in it.
  private mutating func skipBraces(_ parts: inout [ShellWord.Part]) throws(ShellError) {
    // What stands in there is a pattern: its quotes count even inside of double quotes.
    let word = try bracedWord(isQuoted: false)
    parts.append(.unknown)
    parts += word.parts.filter(\.isRun)
  }
}
