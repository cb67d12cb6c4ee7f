public import SourceText

/// A command as far as a scan of its words tells: its name and what follows up to the next separator.
public struct CommandWords: Sendable {
  /// A word and where it stands in the joined text.
  public struct Word: Hashable, Sendable {
    /// The word without quotes.
    public let text: [UInt8]
    /// Where it stands in the joined text of its instruction, quotes included.
    public let range: ByteRange

    /// What follows the last slash.
    public var baseName: String {
      let start = text.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      return String(decoding: text[start...], as: UTF8.self)
    }
  }

  /// The words, the command's name first.
  public let words: [Word]
}

/// The commands that the arguments of RUN, CMD, ENTRYPOINT or HEALTHCHECK name.
///
/// This is a scan, not a shell: it is right about plain command lines and gives no commands for the rest.
public func commandWords(_ arguments: Arguments, in text: LogicalText) -> [CommandWords] {
  switch arguments {
  case .json(let strings):
    let words = strings.map { CommandWords.Word(text: $0.text, range: $0.range) }
    if words.count >= 3, ["sh", "bash", "dash", "ash"].contains(words[0].baseName),
      let script = words.dropFirst().first(where: { $0.text.first != UInt8(ascii: "-") })
    {
      return scan(script.text).map { command in
        CommandWords(words: command.map { .init(text: $0.text, range: script.range) })
      }
    }
    return words.isEmpty ? [] : [CommandWords(words: Array(unwrapped(words[...])))]
  case .shell(let range):
    return scan(Array(text[range])).map { command in
      CommandWords(
        words: command.map {
          .init(text: $0.text, range: ByteRange(range.lower + $0.range.lower, range.lower + $0.range.upper))
        })
    }
  case .healthcheck(_, let command): return commandWords(command, in: text)
  default: return []
  }
}

/// The commands of a script, wrappers such as `exec` taken off.
private func scan(_ script: [UInt8]) -> [[CommandWords.Word]] {
  var commands: [[CommandWords.Word]] = []
  var words: [CommandWords.Word] = []
  var word: [UInt8] = []
  var start: Int?
  var quote: UInt8?
  func finishWord(_ end: Int) {
    if let begin = start { words.append(.init(text: word, range: ByteRange(begin, end))) }
    word = []
    start = nil
  }
  func finishCommand() {
    let rest = unwrapped(words[...])
    if !rest.isEmpty { commands.append(Array(rest)) }
    words = []
  }
  for (index, byte) in script.enumerated() {
    if let open = quote {
      if byte == open { quote = nil } else { word.append(byte) }
    } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
      quote = byte
      if start == nil { start = index }
    } else if Space.isASCII(byte) {
      finishWord(index)
      if byte == 0x0A { finishCommand() }
    } else if ";&|(){}`".utf8.contains(byte) {
      finishWord(index)
      finishCommand()
    } else {
      if start == nil { start = index }
      word.append(byte)
    }
  }
  finishWord(script.count)
  finishCommand()
  return commands
}

/// The words from the name of the command that does the work.
private func unwrapped(_ words: ArraySlice<CommandWords.Word>) -> ArraySlice<CommandWords.Word> {
  var rest = words
  while let first = rest.first {
    let name = first.baseName
    let isAssignment = first.text.firstIndex(of: UInt8(ascii: "=")).map { $0 > 0 } ?? false
    if isAssignment {
      rest = rest.dropFirst()
    } else if name == "gosu" || name == "su-exec" {
      rest = rest.dropFirst(2)
    } else if wrappers.contains(name), rest.count > 1 {
      rest = rest.dropFirst()
      while let flag = rest.first, flag.text.first == UInt8(ascii: "-"), rest.count > 1 { rest = rest.dropFirst() }
    } else {
      break
    }
  }
  return rest
}

/// Commands that run the command that their arguments name.
private let wrappers: Set<String> = [
  "exec", "sudo", "env", "time", "nice", "nohup", "command", "tini", "dumb-init", "gosu", "su-exec", "then", "do",
  "else", "if", "while", "!", "--", "poetry", "uv", "pipenv", "run", "opentelemetry-instrument", "ddtrace-run",
]
