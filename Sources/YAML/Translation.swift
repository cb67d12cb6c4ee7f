internal import SourceText

/// What libyaml refuses, in words that say what to change.
func translate(_ error: EventError, in bytes: [UInt8], from start: Int, _ offsets: MarkOffsets) -> YAMLError {
  if let offset = error.offset { return unreadable(error.problem, at: min(start + offset, bytes.count), bytes) }
  let place = offsets.offset(of: error.position)
  let translation = Translation(
    bytes: bytes, place: place, contextPlace: error.contextPosition.map(offsets.offset(of:)))
  return translation.error(problem: error.problem, context: error.context ?? "")
}

private func unreadable(_ problem: String, at offset: Int, _ bytes: [UInt8]) -> YAMLError {
  let range = ByteRange(offset, min(offset + 1, bytes.count))
  if problem.hasPrefix("control characters") { return YAMLError(.controlCharacter(offset: offset), range) }
  return YAMLError(.encoding(offset: offset), range, help: "save the file as UTF-8")
}

/// A refusal with the text around it.
private struct Translation {
  let bytes: [UInt8]
  let place: Int
  let contextPlace: Int?

  func error(problem: String, context: String) -> YAMLError {
    if isTab(problem) {
      return made("a tab stands where YAML needs spaces", at: place, help: "indent with spaces")
    }
    if context.hasSuffix("quoted scalar") { return quoted(problem) }
    if context.hasSuffix("an alias") || context.hasSuffix("an anchor") {
      let mark = character(at: contextPlace ?? place)
      return made(
        "a text that begins with `\(mark)` needs quotes", at: contextPlace ?? place,
        help: "put it in quotes, as in \"\(mark).pyc\"")
    }
    if context.hasSuffix("a tag") || problem == "found undefined tag handle" {
      return made(
        "a text that begins with `!` needs quotes", at: contextPlace ?? place, help: "put it in quotes")
    }
    if problem == "found character that cannot start any token" {
      return made(
        "a value cannot begin with `\(character(at: place))`", at: place, help: "put the value in quotes")
    }
    if problem == "mapping values are not allowed in this context" { return strayColon() }
    if problem == "could not find expected ':'" {
      let range = line(from: contextPlace ?? place)
      return YAMLError(
        .syntax("this line is neither `key: value` nor a part of the line before"), range,
        help: "is a `:` missing, or the indentation wrong?")
    }
    return collection(problem: problem, context: context)
  }

  private func collection(problem: String, context: String) -> YAMLError {
    switch (problem, context) {
    case ("did not find expected ',' or ']'", _):
      made("a `,` or `]` is missing before this", at: place, related: contextPlace)
    case ("did not find expected ',' or '}'", _):
      made("a `,` or `}` is missing before this", at: place, related: contextPlace)
    case ("did not find expected key", _):
      made(
        "this does not belong to the mapping around it", at: place,
        help: "check the indentation, and quotes inside quotes", related: contextPlace)
    case ("did not find expected '-' indicator", _):
      made(
        "this does not belong to the list around it", at: place, help: "check the indentation",
        related: contextPlace)
    case ("block sequence entries are not allowed in this context", _):
      made("a list cannot begin here", at: place, help: "put `-` on a line of its own below the key")
    case ("found incompatible YAML document", _):
      made("this version of YAML is not supported", at: place, help: "leave the %YAML line out")
    default:
      made(context.isEmpty ? problem : "\(problem) \(context)", at: place, related: contextPlace)
    }
  }

  private func isTab(_ problem: String) -> Bool {
    if problem.contains("tab character") { return true }
    return problem == "found character that cannot start any token" && place < bytes.count
      && bytes[place] == UInt8(ascii: "\t")
  }

  private func quoted(_ problem: String) -> YAMLError {
    if problem == "found unexpected end of stream" || problem == "found unexpected document indicator" {
      return made("this quote is never closed", at: contextPlace ?? place)
    }
    if problem == "found unknown escape character" {
      return made(
        "this escape is not known", at: place,
        help: "write `\\\\` for a backslash, or use single quotes", related: contextPlace)
    }
    return made("\(problem) in a quoted text", at: place, related: contextPlace)
  }

  /// A colon where no key can stand: a value that holds one, or a line that is indented too far.
  private func strayColon() -> YAMLError {
    let start = lineStart(place)
    let end = lineEnd(place)
    if let colon = firstColon(from: start, before: place) {
      var first = colon + 1
      while first < end, bytes[first] == UInt8(ascii: " ") { first += 1 }
      let range = ByteRange(min(first, end), end)
      let value = printable(bytes[range.indices])
      return YAMLError(.syntax("the value holds a `: `"), range, help: "put quotes round `\(value)`")
    }
    return made(
      "a key cannot stand here, because the line above already has a value", at: lineText(place),
      help: "check the indentation")
  }

  private func firstColon(from start: Int, before end: Int) -> Int? {
    var index = start
    while index < end {
      if bytes[index] == UInt8(ascii: ":"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: " ") {
        return index
      }
      index += 1
    }
    return nil
  }

  private func made(_ words: String, at offset: Int, help: String? = nil, related: Int? = nil) -> YAMLError {
    let lower = min(offset, bytes.count)
    var decoder = UTF8Decoder(bytes, in: ByteRange(lower, bytes.count))
    let isLineEnd = lower < bytes.count && bytes[lower] == UInt8(ascii: "\n")
    if !isLineEnd { _ = decoder.next() }
    return YAMLError(
      .syntax(words), ByteRange(lower, decoder.offset), help: help,
      related: related == offset ? nil : related.map { ByteRange(at: min($0, bytes.count)) })
  }

  private func character(at offset: Int) -> String {
    var decoder = UTF8Decoder(bytes, in: ByteRange(min(offset, bytes.count), bytes.count))
    guard case .scalar(let scalar)? = decoder.next() else { return "" }
    return printable(String(Character(scalar)))
  }

  private func lineStart(_ offset: Int) -> Int {
    let before = bytes[..<min(offset, bytes.count)]
    return (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
  }

  private func lineEnd(_ offset: Int) -> Int {
    var end = bytes[min(offset, bytes.count)...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    while end > 0, end > offset, bytes[end - 1] == UInt8(ascii: "\r") || bytes[end - 1] == UInt8(ascii: " ") {
      end -= 1
    }
    return end
  }

  /// The first byte of the line that is no blank.
  private func lineText(_ offset: Int) -> Int {
    var start = lineStart(offset)
    while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
    return start
  }

  private func line(from offset: Int) -> ByteRange {
    let lower = min(offset, bytes.count)
    return ByteRange(lower, max(lower, lineEnd(lower)))
  }
}
