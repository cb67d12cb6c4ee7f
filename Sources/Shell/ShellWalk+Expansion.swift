internal import SourceText

extension ShellWalk {
  /// The words that a word becomes; none where it vanishes.
  func expand(_ word: ShellWord) -> [ShellArgument] {
    let range = mapped(word.range)
    if let plain = word.plain, !needsWork(plain) { return [ShellArgument(plain, range: range)] }
    if isBash, let text = unquoted(word), let words = braces(text) {
      let isPattern = word.parts.count > 1
      return words.map { alternative in
        var argument = ShellArgument(alternative, range: range)
        argument.isHome = isHome(alternative)
        argument.isPattern = isPattern
        return argument
      }
    }
    var expansion = Expansion(range: range)
    if case .text(let text, isQuoted: false)? = word.parts.first, isHome(text, isWhole: word.parts.count == 1) {
      expansion.current.isHome = true
    }
    add(word, to: &expansion)
    expansion.finish()
    var arguments = expansion.arguments
    if arguments.count == 1, case .output(let commands?, _)? = word.parts.first,
      let rest = written(word.parts.dropFirst())
    {
      arguments[0].output = plainWords(of: commands)
      arguments[0].suffix = rest
    }
    return arguments
  }

  /// The text of a word that is not split, as in an assignment; nil where it is not known.
  func joined(_ word: ShellWord) -> [UInt8]? {
    var expansion = Expansion(range: nil)
    expansion.splits = false
    add(word, to: &expansion)
    expansion.finish(evenIfEmpty: true)
    guard expansion.arguments.count == 1 else { return nil }
    return expansion.arguments[0].value
  }

  private func needsWork(_ text: [UInt8]) -> Bool {
    text.first == UInt8(ascii: "~") || isBash && text.contains(UInt8(ascii: "{"))
  }

  /// The text of a word without quotes and variables; nil where it has any.
  private func unquoted(_ word: ShellWord) -> [UInt8]? {
    let isOpen = word.parts.allSatisfy { part in
      switch part {
      case .text(_, let isQuoted): !isQuoted
      case .pattern: true
      default: false
      }
    }
    return isOpen ? written(word.parts[...]) : nil
  }

  /// The text of parts that need no expansion, wildcards as they are; nil where others are among them.
  private func written(_ parts: ArraySlice<ShellWord.Part>) -> [UInt8]? {
    var text: [UInt8] = []
    for part in parts {
      switch part {
      case .text(let bytes, _): text += bytes
      case .pattern(let byte): text.append(byte)
      default: return nil
      }
    }
    return text
  }

  /// Whether a text begins with the home directory of who runs it.
  private func isHome(_ text: [UInt8], isWhole: Bool = true) -> Bool {
    guard text.first == UInt8(ascii: "~") else { return false }
    return text.count == 1 ? isWhole : text[1] == UInt8(ascii: "/")
  }

  private func add(_ word: ShellWord, to expansion: inout Expansion) {
    for part in word.parts {
      switch part {
      case .text(let bytes, let isQuoted): expansion.append(bytes, isQuoted: isQuoted)
      case .pattern(let byte):
        expansion.append([byte], isQuoted: false)
        expansion.current.isPattern = true
      case .output(_, let isQuoted): expansion.appendUnknown(isQuoted: isQuoted)
      case .arithmetic, .unknown: expansion.appendUnknown(isQuoted: true)
      case .variable(let name, let form, let isQuoted): add(name, form, isQuoted, to: &expansion)
      }
    }
  }

  private func add(_ name: [UInt8], _ form: ShellExpansion, _ isQuoted: Bool, to expansion: inout Expansion) {
    let value = value(ofParameter: name)
    switch form {
    case .plain, .required: expansion.append(value, isQuoted: isQuoted)
    case .unknown: expansion.appendUnknown(isQuoted: isQuoted)
    case .fallback(let word, let countsEmpty), .assigning(let word, let countsEmpty):
      switch value {
      case .unset: add(word, to: &expansion)
      case .value(let bytes) where bytes.isEmpty && countsEmpty: add(word, to: &expansion)
      default: expansion.append(value, isQuoted: isQuoted)
      }
    case .replacement(let word, let countsEmpty):
      switch value {
      case .unset: return
      case .value(let bytes) where bytes.isEmpty && countsEmpty: return
      case .value: add(word, to: &expansion)
      case .unknown: expansion.appendUnknown(isQuoted: isQuoted)
      }
    }
  }

  private func value(ofParameter name: [UInt8]) -> VariableValue {
    // `$1`, `$@`, `$?` and their like.
    guard let first = name.first, isNamePart(first), !isDigit(first) else { return .unknown }
    return scope.expansion(String(decoding: name, as: UTF8.self), inherited: inherited)
  }

  /// The words of commands that are one plain command.
  private func plainWords(of commands: ShellSequence) -> [[UInt8]]? {
    guard commands.items.count == 1, commands.items[0].links.count == 1 else { return nil }
    let pipeline = commands.items[0].links[0].pipeline
    guard pipeline.commands.count == 1, case .simple(let assignments, let words) = pipeline.commands[0].kind,
      assignments.isEmpty
    else { return nil }
    let texts = words.map(\.plain)
    return texts.contains { $0 == nil } ? nil : texts.compactMap { $0 }
  }

  /// The words that bash makes of `a{b,c}d`; nil where there is no such brace.
  private func braces(_ text: [UInt8]) -> [[UInt8]]? {
    guard let open = text.firstIndex(of: UInt8(ascii: "{")) else { return nil }
    var depth = 0
    var commas: [Int] = []
    for index in open..<text.count {
      switch text[index] {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ",") where depth == 1: commas.append(index)
      case UInt8(ascii: "}"):
        depth -= 1
        if depth > 0 { continue }
        if commas.isEmpty || commas.count > ShellRun.loopLimit { return nil }
        let ends = [open] + commas + [index]
        var words: [[UInt8]] = []
        for pair in zip(ends, ends.dropFirst()) {
          let word = text[..<open] + text[(pair.0 + 1)..<pair.1] + text[(index + 1)...]
          words += braces(Array(word)) ?? [Array(word)]
          if words.count > 256 { return nil }
        }
        return words
      default: continue
      }
    }
    return nil
  }
}

/// The words that are made of a word's parts.
private struct Expansion {
  var arguments: [ShellArgument] = []
  var current: ShellArgument
  /// Whether values that are not quoted are split at their blanks.
  var splits = true
  private let range: ByteRange?
  /// Whether there is a word even if it is empty.
  private var isWord = false

  init(range: ByteRange?) {
    self.range = range
    current = ShellArgument([], range: range)
  }

  mutating func append(_ bytes: [UInt8], isQuoted: Bool) {
    current.value? += bytes
    if current.value != nil { current.prefix += bytes }
    isWord = isWord || isQuoted || !bytes.isEmpty
  }

  mutating func append(_ value: VariableValue, isQuoted: Bool) {
    switch value {
    case .unset: isWord = isWord || isQuoted
    case .unknown: appendUnknown(isQuoted: isQuoted)
    case .value(let bytes):
      if isQuoted || !splits {
        append(bytes, isQuoted: isQuoted)
        return
      }
      var isFirst = true
      for field in bytes.split(
        omittingEmptySubsequences: false, whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A })
      {
        if !isFirst { finish() }
        isFirst = false
        append(Array(field), isQuoted: false)
        if field.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }) {
          current.isPattern = true
        }
      }
    }
  }

  mutating func appendUnknown(isQuoted: Bool) {
    current.value = nil
    if !isQuoted, splits { current.isSpread = true }
    isWord = true
  }

  mutating func finish(evenIfEmpty: Bool = false) {
    if isWord || evenIfEmpty { arguments.append(current) }
    current = ShellArgument([], range: range)
    isWord = false
  }
}
