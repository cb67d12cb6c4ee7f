public import SourceText

/// A Dockerfile, read as BuildKit reads it, with the place of every byte.
///
/// Reading never fails: what BuildKit refuses is in ``problems``, and the rest of the file is there all the same.
public struct Dockerfile: Sendable {
  /// The longest line that Docker reads, in bytes.
  public static let lineLimit = 65_535
  /// The largest file that is examined, in bytes.
  public static let sizeLimit = 16 << 20

  /// A piece of the file; the pieces follow each other without a gap.
  public struct Piece: Sendable {
    /// What a piece is.
    public enum Kind: Hashable, Sendable {
      /// The three bytes before the text that some editors write.
      case byteOrderMark
      /// A line without text.
      case blank
      /// A comment on its own line.
      case comment
      /// A parser directive, by its place in ``Dockerfile/directives``.
      case directive(Int)
      /// An instruction, by its place in ``Dockerfile/instructions``.
      case instruction(Int)
    }

    /// What it is.
    public let kind: Kind
    /// Its bytes, line end included.
    public let range: ByteRange
  }

  /// A parser directive such as `# syntax=docker/dockerfile:1`.
  public struct Directive: Hashable, Sendable {
    /// The name in small letters.
    public let name: String
    /// The value.
    public let value: [UInt8]
    /// Its line, from 1.
    public let line: Int
    /// Where the value stands in the file.
    public let valueRange: ByteRange
  }

  /// Something that BuildKit refuses.
  public struct Problem: Error, Hashable, Sendable {
    /// How much BuildKit refuses because of it.
    public enum Level: Hashable, Sendable {
      /// It stops while it reads the text.
      case file
      /// It stops at the instruction.
      case instruction
    }

    /// How much BuildKit refuses because of it.
    public let level: Level
    /// What is wrong.
    public let message: String
    /// Where in the file.
    public let range: ByteRange
    /// The line, from 1.
    public let line: Int
  }

  /// The file.
  public let bytes: [UInt8]
  /// The pieces of the file, in order.
  public internal(set) var pieces: [Piece] = []
  /// The parser directives.
  public internal(set) var directives: [Directive] = []
  /// The instructions, in order.
  public internal(set) var instructions: [Instruction] = []
  /// What BuildKit refuses, in the order of the file.
  public internal(set) var problems: [Problem] = []
  /// The character that continues a line: a backslash, or a backtick.
  public internal(set) var escape = UInt8(ascii: "\\")
  /// Whether there are marks of a template language outside of quotes and here-documents.
  public let isTemplate: Bool

  /// Reads a file.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var reader = DockerfileReader(bytes)
    reader.read()
    pieces = reader.pieces
    directives = reader.directives
    instructions = reader.instructions
    escape = reader.escape
    problems = reader.problems
    problems += instructionProblems(instructions, unread: Set(reader.problems.map(\.line)))
    problems.sort { ($0.range, $0.message) < ($1.range, $1.message) }
    isTemplate = instructions.contains { $0.hasTemplateMark }
  }

  /// The file again, put together from its pieces.
  public var printed: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for piece in pieces { result += bytes[piece.range.indices] }
    return result
  }

  /// The instruction that holds a line, counted from 1; nil for a line that belongs to none.
  public func instruction(atLine line: Int) -> Instruction? {
    var low = 0
    var high = instructions.count
    while low < high {
      let middle = (low + high) / 2
      if instructions[middle].endLine < line { low = middle + 1 } else { high = middle }
    }
    return low < instructions.count && instructions[low].startLine <= line ? instructions[low] : nil
  }

  /// What makes BuildKit stop while it reads the text.
  public var fileProblem: Problem? { problems.first { $0.level == .file } }

  /// What makes BuildKit stop at an instruction.
  public var instructionProblem: Problem? { problems.first { $0.level == .instruction } }
}
