public import SourceText

/// A sequence of commands, one after the other.
public struct ShellSequence: Sendable {
  /// What stands between two separators, in order.
  public internal(set) var items: [ShellItem] = []
  /// From the first to the last command.
  public internal(set) var range: ByteRange
}

/// Commands up to a `;`, a `&` or the end of a line.
public struct ShellItem: Sendable {
  /// What ends it.
  public enum Terminator: Sendable, Hashable {
    /// `;`
    case semicolon
    /// The end of a line.
    case newline
    /// `&`: it runs beside what follows.
    case background
    /// The end of the text, or of what encloses it.
    case end
  }

  /// The pipelines, joined by `&&` and `||`.
  public internal(set) var links: [ShellLink]
  /// What ends it.
  public internal(set) var terminator: Terminator
  /// From the first to the last command.
  public internal(set) var range: ByteRange
}

/// A pipeline and how it hangs on the one before it.
public struct ShellLink: Sendable {
  /// When it runs.
  public enum Condition: Sendable, Hashable {
    /// Always: it is the first.
    case first
    /// After `&&`: when what precedes has succeeded.
    case onSuccess
    /// After `||`: when what precedes has failed.
    case onFailure
  }

  /// When it runs.
  public internal(set) var condition: Condition
  /// Where `&&` or `||` stands; empty for the first.
  public internal(set) var operatorRange: ByteRange
  /// The commands.
  public internal(set) var pipeline: ShellPipeline
}

/// Commands joined by `|`.
public struct ShellPipeline: Sendable {
  /// Whether a `!` stands before it.
  public internal(set) var isNegated: Bool
  /// The commands.
  public internal(set) var commands: [ShellNode]
  /// From the first to the last byte.
  public internal(set) var range: ByteRange
}

/// One command of a pipeline, simple or made of others.
public struct ShellNode: Sendable {
  /// What it is.
  public indirect enum Kind: Sendable {
    /// A name with arguments, or assignments alone.
    case simple(assignments: [ShellAssignment], words: [ShellWord])
    /// `{ … }`
    case group(ShellSequence)
    /// `( … )`
    case subshell(ShellSequence)
    /// `if`: conditions with what runs when they hold, and what runs when none does.
    case conditional([(condition: ShellSequence, body: ShellSequence)], otherwise: ShellSequence?)
    /// `while` and `until`.
    case loop(condition: ShellSequence, body: ShellSequence)
    /// `for`: the words are nil where none are given.
    case each(variable: [UInt8], words: [ShellWord]?, body: ShellSequence)
    /// `case`.
    case selection(ShellWord, [ShellArm])
    /// A function, which runs nothing until it is called.
    case function(name: [UInt8], body: ShellNode)
    /// `[[ … ]]` and `(( … ))`, which only test; commands may run for the word, which stands for what they hold.
    case test(ShellWord)
    /// Text that is not understood.
    case unknown
  }

  /// What it is.
  public internal(set) var kind: Kind
  /// Where its input and output go.
  public internal(set) var redirections: [ShellRedirection]
  /// From the first to the last byte, without here-documents.
  public internal(set) var range: ByteRange
}

/// One of the ways of a `case`.
public struct ShellArm: Sendable {
  /// What is compared with the subject.
  public internal(set) var patterns: [ShellWord]
  /// What runs where one of them matches.
  public internal(set) var body: ShellSequence
}

/// A variable that gets a value.
public struct ShellAssignment: Sendable {
  /// The variable.
  public internal(set) var name: [UInt8]
  /// What it gets; nil for an array, which is not followed.
  public internal(set) var value: ShellWord?
  /// Whether the value is added to the old one, as `+=` does.
  public internal(set) var appends: Bool
}

/// Where input comes from, or output goes.
public struct ShellRedirection: Sendable {
  /// The operator, such as `>` or `<<-`.
  public internal(set) var symbol: [UInt8]
  /// What stands before the operator, such as `2`; empty for standard input or output.
  public internal(set) var descriptor: [UInt8]
  /// The file, or the word that ends a here-document.
  public internal(set) var target: ShellWord
  /// The here-document; nil for other operators, and where its end is missing.
  public internal(set) var document: ShellDocument?
}

/// A here-document.
public struct ShellDocument: Sendable, Hashable {
  /// Its lines without the one that ends it.
  public internal(set) var range: ByteRange
  /// Whether the shell expands variables in it.
  public internal(set) var expands: Bool
}

/// A word as it is written.
public struct ShellWord: Sendable {
  /// A piece of a word.
  public enum Part: Sendable {
    /// Text that stands for itself.
    case text([UInt8], isQuoted: Bool)
    /// A variable, with what is done to its value.
    case variable(name: [UInt8], ShellExpansion, isQuoted: Bool)
    /// The output of commands.
    case output(ShellSequence?, isQuoted: Bool)
    /// `*`, `?` or `[`, which stand for names of files.
    case pattern(UInt8)
    /// A number that is worked out from this text, which may set variables.
    case arithmetic([UInt8])
    /// What can be anything.
    case unknown
  }

  /// The pieces.
  public internal(set) var parts: [Part]
  /// Where it stands, quotes included.
  public internal(set) var range: ByteRange

  /// The text of a word that has neither quotes nor anything else to be expanded.
  public var plain: [UInt8]? {
    if parts.count == 1, case .text(let bytes, isQuoted: false) = parts[0] { return bytes }
    return nil
  }
}

/// What `${…}` does to a variable.
public indirect enum ShellExpansion: Sendable {
  /// Nothing.
  case plain
  /// `-` and `:-`: the word where it is not set.
  case fallback(ShellWord, countsEmpty: Bool)
  /// `=` and `:=`: the word where it is not set, which it is set to.
  case assigning(ShellWord, countsEmpty: Bool)
  /// `+` and `:+`: the word where it is set.
  case replacement(ShellWord, countsEmpty: Bool)
  /// `?` and `:?`: an error where it is not set.
  case required
  /// What is not followed.
  case unknown
}
