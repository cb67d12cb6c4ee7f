internal import SourceText

extension ShellReader {
  /// The redirection that stands here, or nil where none does.
  mutating func redirection() throws(ShellError) -> ShellRedirection? {
    let start = position
    var index = position
    while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    if index == start, peek() == UInt8(ascii: "{") {
      // `{name}>file` of bash.
      var end = index + 1
      while end < bytes.count, isNamePart(bytes[end]) { end += 1 }
      if end > index + 1, end + 1 < bytes.count, bytes[end] == UInt8(ascii: "}"), "<>".utf8.contains(bytes[end + 1]) {
        index = end + 1
      }
    }
    guard index < bytes.count else { return nil }
    let first = bytes[index]
    let isBoth = first == UInt8(ascii: "&") && index == start && index + 1 < bytes.count && bytes[index + 1] == 0x3E
    guard isBoth || first == UInt8(ascii: "<") || first == UInt8(ascii: ">") else { return nil }
    // `<(` and `>(` are words of bash.
    if !isBoth, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "(") { return nil }
    let symbols = ["<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">"]
    guard let symbol = symbols.first(where: { bytes[index...].starts(with: $0.utf8) }) else { return nil }
    position = index + symbol.utf8.count
    skipSpace()
    let at = position
    let descriptor = Array(bytes[start..<index])
    guard let target = try word() else { throw ShellError() }
    if symbol == "<<" || symbol == "<<-" {
      let raw = bytes[target.range.indices]
      let isQuoted = raw.contains { "'\"\\".utf8.contains($0) }
      pending.append(
        PendingDocument(at: at, name: unquoted(raw), stripsTabs: symbol == "<<-", expands: !isQuoted))
    }
    return ShellRedirection(symbol: Array(symbol.utf8), descriptor: descriptor, target: target, document: nil)
  }

  private func unquoted(_ word: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in word {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if isEscaped || (byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\"")) {
        result.append(byte)
        isEscaped = false
      }
    }
    return result
  }

  /// Takes the end of a line, and the here-documents that begin after it.
  mutating func newline() {
    position += 1
    let waiting = pending
    pending = []
    for document in waiting {
      let start = position
      var end = bytes.count
      while position < bytes.count {
        let lineStart = position
        let lineEnd = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
        position = min(lineEnd + 1, bytes.count)
        var line = bytes[lineStart..<lineEnd]
        if line.last == 0x0D { line = line.dropLast() }
        if document.stripsTabs { line = line.drop { $0 == 0x09 } }
        if line.elementsEqual(document.name) {
          end = lineStart
          documents[document.at] = ShellDocument(range: ByteRange(start, end), expands: document.expands)
          break
        }
        if lineEnd >= bytes.count { position = bytes.count }
      }
      if documents[document.at] == nil { isComplete = false }
    }
  }

  /// Gives the commands the here-documents that were read after their line.
  func attachDocuments(_ sequence: inout ShellSequence) {
    if documents.isEmpty { return }
    for index in sequence.items.indices {
      for link in sequence.items[index].links.indices {
        for node in sequence.items[index].links[link].pipeline.commands.indices {
          attachDocuments(&sequence.items[index].links[link].pipeline.commands[node])
        }
      }
    }
  }

  func attachDocuments(_ node: inout ShellNode) {
    for index in node.redirections.indices {
      node.redirections[index].document = documents[node.redirections[index].target.range.lower]
      attachDocuments(&node.redirections[index].target)
    }
    switch node.kind {
    case .group(var body):
      attachDocuments(&body)
      node.kind = .group(body)
    case .subshell(var body):
      attachDocuments(&body)
      node.kind = .subshell(body)
    case .conditional(var arms, var otherwise):
      for index in arms.indices {
        attachDocuments(&arms[index].condition)
        attachDocuments(&arms[index].body)
      }
      if var last = otherwise {
        attachDocuments(&last)
        otherwise = last
      }
      node.kind = .conditional(arms, otherwise: otherwise)
    case .loop(var condition, var body):
      attachDocuments(&condition)
      attachDocuments(&body)
      node.kind = .loop(condition: condition, body: body)
    case .each(let variable, var words, var body):
      if var list = words {
        for index in list.indices { attachDocuments(&list[index]) }
        words = list
      }
      attachDocuments(&body)
      node.kind = .each(variable: variable, words: words, body: body)
    case .selection(var subject, var arms):
      attachDocuments(&subject)
      for index in arms.indices { attachDocuments(&arms[index].body) }
      node.kind = .selection(subject, arms)
    case .function(let name, var body):
      attachDocuments(&body)
      node.kind = .function(name: name, body: body)
    case .simple(var assignments, var words):
      for index in assignments.indices {
        guard var value = assignments[index].value else { continue }
        attachDocuments(&value)
        assignments[index].value = value
      }
      for index in words.indices { attachDocuments(&words[index]) }
      node.kind = .simple(assignments: assignments, words: words)
    case .test(var word):
      attachDocuments(&word)
      node.kind = .test(word)
    case .unknown: return
    }
  }

  func attachDocuments(_ word: inout ShellWord) {
    for index in word.parts.indices {
      switch word.parts[index] {
      case .output(var commands?, let isQuoted):
        attachDocuments(&commands)
        word.parts[index] = .output(commands, isQuoted: isQuoted)
      case .variable(let name, .fallback(var inner, let countsEmpty), let isQuoted):
        attachDocuments(&inner)
        word.parts[index] = .variable(name: name, .fallback(inner, countsEmpty: countsEmpty), isQuoted: isQuoted)
      case .variable(let name, .assigning(var inner, let countsEmpty), let isQuoted):
        attachDocuments(&inner)
        word.parts[index] = .variable(name: name, .assigning(inner, countsEmpty: countsEmpty), isQuoted: isQuoted)
      case .variable(let name, .replacement(var inner, let countsEmpty), let isQuoted):
        attachDocuments(&inner)
        word.parts[index] = .variable(name: name, .replacement(inner, countsEmpty: countsEmpty), isQuoted: isQuoted)
      case .text, .variable, .output, .pattern, .arithmetic, .unknown: continue
      }
    }
  }
}
