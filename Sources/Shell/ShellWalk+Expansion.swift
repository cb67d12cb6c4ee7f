internal import SourceText

// What happens while a word is expanded.
extension ShellWalk {
  /// The words that a word becomes, after what runs for it.
  mutating func arguments(of word: ShellWord) -> [ShellArgument] {
    if word.plain != nil { return expand(word) }
    let arguments = expanded(word)
    for argument in arguments { expandedBytes += argument.prefix.count }
    if expandedBytes > ShellRun.expansionLimit { forget() }
    return arguments
  }

  private mutating func expanded(_ word: ShellWord) -> [ShellArgument] {
    if word.parts.count == 1, case .variable(_, .assigning, _) = word.parts[0] {
      let arguments = expand(word)
      perform(word)
      return arguments
    }
    perform(word)
    return expand(word)
  }

  /// Runs the commands whose output a word is, and sets the variables that it sets.
  mutating func perform(_ word: ShellWord) {
    for part in word.parts {
      switch part {
      case .output(let sequence?, _): apart { $0.walk(sequence) }
      case .variable(let name, .fallback(let inner, let countsEmpty), _):
        perform(inner, if: isMissing(name, countsEmpty))
      case .variable(let name, .replacement(let inner, let countsEmpty), _):
        perform(inner, if: isMissing(name, countsEmpty).map { !$0 })
      case .variable(let name, .assigning(let inner, let countsEmpty), _):
        let isMissing = isMissing(name, countsEmpty)
        perform(inner, if: isMissing)
        if isMissing == false { continue }
        // In a longer word it is not followed which pieces see the new value.
        let value = isMissing == true && word.parts.count == 1 ? joined(inner) : nil
        scope.set(String(decoding: name, as: UTF8.self), value.map { .value($0) } ?? .unknown)
      case .arithmetic(let text): arithmetic(text)
      case .text, .variable, .output, .pattern, .unknown: continue
      }
    }
  }

  /// Expands the targets of redirections, and the here-documents.
  mutating func perform(_ redirections: [ShellRedirection]) {
    for redirection in redirections {
      perform(redirection.target)
      guard let document = redirection.document, document.expands else { continue }
      let text = Array(bytes[document.range.indices])
      if !text.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "`") }) { continue }
      let word = ShellReader.document(text)
      let outer = (bytes, shift)
      shift = shift.map { $0 + document.range.lower }
      bytes = text
      perform(word)
      (bytes, shift) = outer
    }
  }

  /// The text of a here-document after the shell has expanded it; nil where what is not known could be anything.
  mutating func expanded(_ document: ShellDocument) -> [UInt8]? {
    let text = Array(bytes[document.range.indices])
    if !text.contains(where: { "$`\\".utf8.contains($0) }) { return text }
    var result: [UInt8] = []
    for part in ShellReader.document(text).parts {
      if case .text(let bytes, _) = part {
        result += bytes
      } else if let bytes = joined(ShellWord(parts: [part], range: ByteRange(at: 0))) {
        result += bytes
      } else if text.contains(UInt8(ascii: "'")) {
        return nil
      } else {
        // A value that is not known to the other shell either.
        result += Array("$?".utf8)
      }
    }
    return result
  }

  private mutating func perform(_ word: ShellWord, if condition: Bool?) {
    if condition == false || !word.parts.contains(where: \.isRun) { return }
    if condition == true {
      perform(word)
      return
    }
    branches.append(fork())
    let before = knowledge
    perform(word)
    branches.removeLast()
    scope.doubt(from: before.scope, to: scope)
  }

  /// Whether the word that stands for a missing value is used; nil where that is not known.
  private func isMissing(_ name: [UInt8], _ countsEmpty: Bool) -> Bool? {
    switch value(ofParameter: name) {
    case .unset: true
    case .unknown: nil
    case .value(let bytes): bytes.isEmpty && countsEmpty
    }
  }

  /// Doubts the variables that an arithmetic expression may set.
  private mutating func arithmetic(_ text: [UInt8]) {
    guard
      text.contains(UInt8(ascii: "="))
        || text.indices.dropFirst().contains(where: { index in
          text[index] == text[index - 1] && (text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-"))
        })
    else { return }
    for name in text.split(whereSeparator: { !isNamePart($0) }) where !isDigit(name[name.startIndex]) {
      scope.set(String(decoding: name, as: UTF8.self), .unknown)
    }
    countVariables()
  }
}
