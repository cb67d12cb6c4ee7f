internal import SourceText

/// What announces a here-document.
struct HeredocMarker: Hashable {
  let name: [UInt8]
  let stripsTabs: Bool
  let expands: Bool
}

/// The here-documents that a line announces, in order.
func heredocMarkers(_ line: [UInt8]) throws(ExpansionError) -> [HeredocMarker] {
  if !containsMarker(line) { return [] }
  var lexer = ExpansionLexer(line, escape: UInt8(ascii: "\\")) { _ in .unset }
  lexer.keepsQuotes = true
  lexer.keepsEscapes = true
  lexer.keepsUnset = true
  // Docker takes a line that its shell cannot read for one without here-documents.
  guard let words = try? lexer.process().words else { return [] }
  var markers: [HeredocMarker] = []
  for word in words {
    if let marker = try heredocMarker(word) { markers.append(marker) }
  }
  return markers
}

/// The here-document that a word announces, or nil where it does not.
func heredocMarker(_ word: [UInt8]) throws(ExpansionError) -> HeredocMarker? {
  var index = 0
  while index < word.count, isDigit(word[index]) { index += 1 }
  guard index + 1 < word.count, word[index] == UInt8(ascii: "<"), word[index + 1] == UInt8(ascii: "<") else {
    return nil
  }
  index += 2
  let stripsTabs = index < word.count && word[index] == UInt8(ascii: "-")
  if stripsTabs { index += 1 }
  while index < word.count, Space.isASCII(word[index]), word[index] != 0x0B { index += 1 }
  let rest = Array(word[index...])
  if rest.isEmpty || rest.contains(UInt8(ascii: "<")) { return nil }
  let names = try heredocName(rest, keepsQuotes: false)
  guard names.count == 1 else { return nil }
  let quoted = try heredocName(rest, keepsQuotes: true)
  guard quoted.count == 1 else { throw ExpansionError("a here-document's name is no single word") }
  return HeredocMarker(
    name: names[0], stripsTabs: stripsTabs, expands: quotes(names[0]) == quotes(quoted[0]))
}

private func heredocName(_ bytes: [UInt8], keepsQuotes: Bool) throws(ExpansionError) -> [[UInt8]] {
  var lexer = ExpansionLexer(bytes, escape: UInt8(ascii: "\\")) { _ in .unset }
  lexer.keepsUnset = true
  lexer.keepsQuotes = keepsQuotes
  return try lexer.process().words
}

private func quotes(_ bytes: [UInt8]) -> Int {
  bytes.count { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
}

private func containsMarker(_ line: [UInt8]) -> Bool {
  var index = 1
  while index < line.count {
    if line[index] == UInt8(ascii: "<"), line[index - 1] == UInt8(ascii: "<") { return true }
    index += 1
  }
  return false
}
