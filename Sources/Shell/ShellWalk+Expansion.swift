internal import SourceText

extension ShellWalk {
  /// The words that a word becomes; none where it vanishes.
  func expand(_ word: ShellWord) -> [ShellArgument] {
    let range = mapped(word.range)
    if let plain = word.plain, !needsWork(plain) { return [ShellArgument(plain, range: range)] }
    if isBash, let plain = word.plain {
      do throws(BraceLimitError) {
        var steps = 256
        if let words = try braces(plain, &steps) {
          return words.map { alternative in
            var argument = ShellArgument(alternative, range: range)
            argument.isHome = isHome(alternative)
            return argument
          }
        }
      } catch {
        var argument = ShellArgument([], range: range)
        argument.value = nil
        argument.isSpread = true
        return [argument]
      }
    }
    var expansion = Expansion(range: range)
    if case .text(let text, isQuoted: false)? = word.parts.first, isHome(text, isWhole: word.parts.count == 1) {
      expansion.current.isHome = true
    }
    add(word, to: &expansion)
    expansion.finish()
    var arguments = expansion.arguments
    if arguments.count == 1, word.parts.count == 1, case .output(let commands?, _) = word.parts[0] {
      arguments[0].output = plainWords(of: commands)
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
  private func braces(_ text: [UInt8], _ steps: inout Int) throws(BraceLimitError) -> [[UInt8]]? {
    steps -= 1
    if steps < 0 { throw BraceLimitError() }
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
        if commas.isEmpty { return nil }
        let ends = [open] + commas + [index]
        var words: [[UInt8]] = []
        for pair in zip(ends, ends.dropFirst()) {
          let word = text[..<open] + text[(pair.0 + 1)..<pair.1] + text[(index + 1)...]
          words += try braces(Array(word), &steps) ?? [Array(word)]
        }
        return words
      default: continue
      }
    }
    return nil
  }
}

/// Braces of one word stand for more words than are followed.
private struct BraceLimitError: Error {}

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
      // Values of values grow beyond all bounds, and so do the words that they are split into.
      if current.prefix.count + bytes.count > ShellRun.valueLimit || arguments.count > ShellRun.valueLimit / 16 {
        appendUnknown(isQuoted: isQuoted)
        return
      }
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
