public import SourceText

/// The instructions that Docker knows.
public enum Keyword: String, Sendable, CaseIterable {
  // The names are the instructions' own.
  case add, arg, cmd, copy, entrypoint, env, expose, from, healthcheck, label, maintainer, onbuild, run, shell
  case stopsignal, user, volume, workdir

  init?(_ bytes: some Collection<UInt8>) {
    if bytes.count > 11 { return nil }
    self.init(rawValue: text(bytes.map(lowercased)))
  }
}

/// A flag of an instruction, such as `--from=build`.
public struct Flag: Hashable, Sendable {
  /// The flag without quotes and escapes.
  public let text: [UInt8]
  /// Where it stands in the joined text.
  public let range: ByteRange

  /// The name between `--` and `=`.
  public var name: ArraySlice<UInt8> {
    let body = text.dropFirst(2)
    return body.prefix { $0 != UInt8(ascii: "=") }
  }

  /// What follows `=`, or nil where there is none.
  public var value: ArraySlice<UInt8>? {
    text.firstIndex(of: UInt8(ascii: "=")).map { text[($0 + 1)...] }
  }
}

/// A name and a value of ENV, LABEL or ARG, as they are written.
public struct Pair: Hashable, Sendable {
  /// Where the name stands in the joined text.
  public let key: ByteRange
  /// Where the value stands in the joined text, quotes included; nil for an ARG without a value.
  public let value: ByteRange?

  /// Name, `=` and value.
  public var range: ByteRange { value.map { key.joined($0) } ?? key }
}

/// A string of a JSON array.
public struct JSONString: Hashable, Sendable {
  /// Its text.
  public let text: [UInt8]
  /// Where it stands in the joined text, quotes included.
  public let range: ByteRange
}

/// A here-document of RUN, COPY or ADD.
public struct Heredoc: Hashable, Sendable {
  /// The word that ends it.
  public let name: [UInt8]
  /// Whether leading tabs go, as `<<-` says.
  public let stripsTabs: Bool
  /// Whether variables in it are expanded, since its name is not quoted.
  public let expands: Bool
  /// Where its lines stand in the file, without the one that ends it.
  public let body: ByteRange
  /// The first line of the body, from 1.
  public let startLine: Int
  /// The line that ends it; the last line of the file where none does.
  public let endLine: Int
}

/// What stands after the keyword and the flags, by the form of the instruction.
public indirect enum Arguments: Sendable {
  /// Nothing, or what Docker does not look at.
  case none
  /// ENV and LABEL; the legacy form has no `=` and one pair.
  case pairs([Pair], isLegacy: Bool)
  /// ARG.
  case declarations([Pair])
  /// FROM, EXPOSE, and the lists of COPY, ADD and VOLUME.
  case words([ByteRange])
  /// A JSON array of strings.
  case json([JSONString])
  /// A command for a shell.
  case shell(ByteRange)
  /// USER, WORKDIR, STOPSIGNAL, MAINTAINER.
  case text(ByteRange)
  /// HEALTHCHECK: the kind, and for CMD its command.
  case healthcheck(kind: ByteRange, command: Arguments)
  /// ONBUILD: the instruction that is kept for later.
  case onbuild(InnerInstruction)
}

/// The instruction inside of ONBUILD; its ranges are those of the whole instruction's text.
public struct InnerInstruction: Sendable {
  /// What kind it is, or nil for one that Docker does not know.
  public let keyword: Keyword?
  /// Where its keyword stands in the joined text.
  public let keywordRange: ByteRange
  /// Its flags.
  public let flags: [Flag]
  /// What follows the flags.
  public let arguments: Arguments
}

/// One instruction with everything that Docker reads from it.
public struct Instruction: Sendable {
  /// What kind it is, or nil for one that Docker does not know.
  public let keyword: Keyword?
  /// Where its keyword stands in the joined text.
  public let keywordRange: ByteRange
  /// Its whole lines in the file, line ends and here-documents included.
  public let range: ByteRange
  /// Its lines in the file without its here-documents.
  public let lineRange: ByteRange
  /// The first line, from 1.
  public let startLine: Int
  /// The last line, here-documents included.
  public let endLine: Int
  /// The joined text.
  public let text: LogicalText
  /// The flags between keyword and arguments.
  public let flags: [Flag]
  /// Where the arguments stand in the joined text.
  public let argumentRange: ByteRange
  /// What follows the flags.
  public let arguments: Arguments
  /// The here-documents, in order.
  public let heredocs: [Heredoc]
  /// Whether a blank line stands between its continued lines.
  public let hasBlankContinuation: Bool

  /// The keyword as it is written.
  public var keywordText: ArraySlice<UInt8> { text[keywordRange] }

  /// The value of a flag, or nil where it is not given.
  public func flag(_ name: String) -> ArraySlice<UInt8>? {
    flags.first { $0.name.elementsEqual(name.utf8) }?.value
  }
}
