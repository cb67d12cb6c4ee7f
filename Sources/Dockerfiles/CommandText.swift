internal import SourceText

/// What an instruction starts: a script for the shell, or a program with its arguments.
public enum CommandText: Sendable {
  /// A script; its own places lead to the file.
  case script(LogicalText)
  /// A program and its arguments; their places are those of the text.
  case words([JSONString], in: LogicalText)
  /// A script for another program, which its first line names.
  case foreign(program: [UInt8])
}

extension Dockerfile {
  /// What RUN, CMD, ENTRYPOINT, HEALTHCHECK, or an ONBUILD of them starts; nil for all others.
  ///
  /// A here-document that stands alone is the script itself; with a command beside it, the shell gets the line and the
  /// documents, as BuildKit hands them over.
  public func command(of instruction: Instruction) -> CommandText? {
    command(instruction.keyword, instruction.arguments, of: instruction)
  }

  private func command(_ keyword: Keyword?, _ arguments: Arguments, of instruction: Instruction) -> CommandText? {
    switch (keyword, arguments) {
    case (.run, .shell(let range)): return script(range, of: instruction)
    case (.cmd, .shell(let range)), (.entrypoint, .shell(let range)): return .script(instruction.text.slice(range))
    case (.run, .json(let words)), (.cmd, .json(let words)), (.entrypoint, .json(let words)):
      return .words(words, in: instruction.text)
    case (.healthcheck, .healthcheck(_, let command)): return self.command(.cmd, command, of: instruction)
    case (.onbuild, .onbuild(let inner)): return command(inner.keyword, inner.arguments, of: instruction)
    default: return nil
    }
  }

  private func script(_ range: ByteRange, of instruction: Instruction) -> CommandText {
    var text = instruction.text.slice(range)
    guard let first = instruction.heredocs.first else { return .script(text) }
    if instruction.heredocs.count == 1, isHeredocAlone(text.bytes) {
      var body = LogicalText(at: first.body.lower)
      body.append(bytes, first.body)
      guard body.bytes.starts(with: "#!".utf8) else { return .script(body) }
      let line = body.bytes.dropFirst(2).prefix { $0 != 0x0A && $0 != 0x0D }
      let words = line.split { $0 == 0x20 || $0 == 0x09 }
      let names = words.map { Array($0.split(separator: UInt8(ascii: "/")).last ?? []) }
      let program = names.first { !$0.elementsEqual("env".utf8) && $0.first != UInt8(ascii: "-") } ?? []
      let shells = ["sh", "bash", "dash", "ash", "ksh", "zsh"]
      return shells.contains { program.elementsEqual($0.utf8) } ? .script(body) : .foreign(program: program)
    }
    let end = instruction.lineRange.upper
    text.append(bytes, ByteRange(max(end - 1, instruction.lineRange.lower), instruction.range.upper))
    return .script(text)
  }

  /// Whether a command line is nothing but the start of a here-document.
  private func isHeredocAlone(_ line: [UInt8]) -> Bool {
    var words = line.split { $0 == 0x20 || $0 == 0x09 }
    guard var first = words.first else { return false }
    first = first.drop { $0 >= 0x30 && $0 <= 0x39 }
    guard first.starts(with: "<<".utf8) else { return false }
    let rest = first.dropFirst(2)
    let isWhole = !rest.isEmpty && !rest.elementsEqual([UInt8(ascii: "-")])
    words.removeFirst()
    // The name may stand apart: `<< EOF`; a quoted name may hold blanks.
    if isWhole, let quote = rest.first(where: { $0 != UInt8(ascii: "-") }), quote == UInt8(ascii: "'") || quote == 0x22
    {
      return line.last == quote
    }
    return words.count == (isWhole ? 0 : 1)
  }
}
