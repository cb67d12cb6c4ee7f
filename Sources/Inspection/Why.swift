internal import Files
internal import IgnoreFiles
internal import JSON
public import Reports
internal import Repositories
public import SourceText

/// Answers which ignore rule decides about paths, in git's language or in Docker's.
public final class Why {
  /// Whose ignore rules are asked.
  public enum Language: Sendable {
    /// Git's.
    case git
    /// Docker's: of this build context, for this Dockerfile.
    case docker(context: String?, dockerfile: String?)
  }

  /// How many bytes of paths are read from standard input.
  public static let inputLimit = 1 << 28

  private enum Judge {
    case git(GitIgnoreJudge)
    case docker(DockerIgnoreFile?)
  }

  private let judge: Judge
  private let source: Path
  private let root: Path
  private let directory: Path
  private let reading: IgnoreFileReading
  private var own: [RunError] = []

  /// Ignore files and paths that could not be judged.
  public var errors: [RunError] { reading.errors + own }

  /// Creates the judge of paths relative to `directory`, which is absolute.
  ///
  /// - Throws: ``UsageError`` where there is no repository or no build context.
  public init(_ language: Language, from directory: Path) throws {
    self.directory = directory
    switch language {
    case .git:
      guard let repository = try Workspace.repository(holding: directory) else {
        throw UsageError("why: \(directory) is in no git repository; for Docker's ignore file use --docker")
      }
      root = repository.root
      reading = IgnoreFileReading(root: repository.root)
      source = .root
      judge = .git(reading.judge(of: repository))
    case .docker(let context, let dockerfile):
      root = context.map { Inspection.absolute($0, from: directory) } ?? directory
      guard (try? fileStatus(at: root, followLinks: true).kind) == .directory else {
        throw UsageError("why: the build context \(printable(context ?? ".")) is no directory")
      }
      reading = IgnoreFileReading(root: root)
      let found = try reading.dockerIgnore(
        context: root, dockerfile: dockerfile.map { Inspection.absolute($0, from: directory) })
      source = found?.path.relative(to: root) ?? found?.path ?? .root
      judge = .docker(found?.file)
    }
  }

  /// The paths in a list, one a line or each ended by NUL.
  public static func paths(in bytes: [UInt8], endedByNull: Bool) -> [[UInt8]] {
    let end: UInt8 = endedByNull ? 0 : UInt8(ascii: "\n")
    return bytes.split(separator: end).map { part in
      // A carriage return belongs to the name, as it does for git.
      endedByNull ? Array(part) : unquoted(Array(part))
    }
  }

  /// The answer for a path as a person wrote it.
  public func answer(_ text: [UInt8]) -> WhyAnswer {
    let isDirectory = text.last == UInt8(ascii: "/")
    let full = Inspection.absolute(text, from: directory)
    guard let path = full.relative(to: root), !path.isRoot else {
      if full != root {
        own.append(RunError(printable(text), "lies outside \(root)"))
      }
      return WhyAnswer(asked: text, decision: nil)
    }
    let isReal = isDirectory || (try? fileStatus(at: full).kind) == .directory
    switch judge {
    case .git(let judge):
      guard let decision = judge.decide(path, isDirectory: isReal) else { return WhyAnswer(asked: text, decision: nil) }
      return WhyAnswer(
        asked: text,
        decision: WhyAnswer.Decision(
          isIgnored: decision.isIgnored, source: reading.name(of: decision.source), line: decision.line,
          pattern: decision.pattern, decidedAt: decision.decidedAt))
    case .docker(let file):
      guard let file, let decision = file.decide(path, isDirectory: isReal) else {
        return WhyAnswer(asked: text, decision: nil)
      }
      return WhyAnswer(
        asked: text,
        decision: WhyAnswer.Decision(
          isIgnored: decision.isIgnored, source: source.bytes, line: decision.line, pattern: decision.pattern,
          decidedAt: decision.decidedAt))
    }
  }

  /// The answers as one document.
  public static func json(_ answers: [WhyAnswer]) -> [UInt8] {
    let paths = answers.map { answer -> JSONValue in
      let decision = answer.decision
      return [
        "path": .bytes(answer.asked),
        "ignored": .bool(answer.isIgnored),
        "source": decision.map { .bytes($0.source) } ?? .null,
        "line": decision.map { .integer($0.line) } ?? .null,
        "pattern": decision.map { .bytes($0.pattern) } ?? .null,
        "decided_at": decision.map { .bytes($0.decidedAt.bytes) } ?? .null,
      ]
    }
    let document: JSONValue = ["schema": "cachepolicy.why/1", "paths": .array(paths)]
    return document.encoded(.indented) + [0x0A]
  }

  /// A path that git quoted, without its quotes.
  private static func unquoted(_ line: [UInt8]) -> [UInt8] {
    guard line.count >= 2, line.first == UInt8(ascii: "\""), line.last == UInt8(ascii: "\"") else { return line }
    return SourceText.unquoted(line) ?? line
  }
}

/// What `why` says of one path.
public struct WhyAnswer: Sendable {
  /// The rule that decided.
  public struct Decision: Sendable {
    /// Whether it ignores the path; a negation does not.
    public let isIgnored: Bool
    /// The file that holds it.
    public let source: [UInt8]
    /// Its line.
    public let line: Int
    /// The pattern.
    public let pattern: [UInt8]
    /// The path itself, or the parent that was excluded.
    public let decidedAt: Path
  }

  /// The path as it was given.
  public let asked: [UInt8]
  /// The rule that decided, where one did.
  public let decision: Decision?

  /// Whether the path is ignored.
  public var isIgnored: Bool { decision?.isIgnored ?? false }

  /// The answer as `git check-ignore -v -n` prints it, and the reason where a person looks.
  public func line(explains: Bool) -> [UInt8] {
    var line: [UInt8] = []
    if let decision {
      line += quoted(decision.source) + Array(":\(decision.line):".utf8)
      line += explains ? Array(printable(decision.pattern).utf8) : decision.pattern
    } else {
      line += Array("::".utf8)
    }
    line += [UInt8(ascii: "\t")] + quoted(asked) + [UInt8(ascii: "\n")]
    guard explains else { return line }
    return line + Array("  \(reason)\n".utf8)
  }

  /// The answer as `git check-ignore -v -n -z` prints it: four fields, each ended by NUL.
  public var fields: [UInt8] {
    guard let decision else { return [0, 0, 0] + asked + [0] }
    return decision.source + [0] + Array(String(decision.line).utf8) + [0] + decision.pattern + [0] + asked + [0]
  }

  private var reason: String {
    guard let decision else { return "not ignored: no pattern matches" }
    var own = Path(asked).bytes
    if own.starts(with: "./".utf8) { own.removeFirst(2) }
    let isParent =
      decision.decidedAt.bytes.count < own.count && decision.isIgnored
      && Path(own).isWithin(decision.decidedAt)
    if isParent { return "ignored: its parent \(decision.decidedAt)/ is excluded, so nothing below is looked at" }
    return decision.isIgnored
      ? "ignored: the last pattern that matches" : "not ignored: the last pattern that matches is a negation"
  }
}
