public import SourceText

/// The ignore files in force in one directory of a walk: pushed on the way down, popped on the way up.
public struct GitIgnoreStack: Sendable {
  /// A rule that decided, without the texts that a report wants.
  public struct Match: Sendable, Hashable {
    fileprivate let level: Int
    fileprivate let rule: Int
    /// Whether it ignores the path.
    public let isIgnored: Bool
  }

  private struct Level: Sendable {
    let source: IgnoreDecision.Source
    let file: GitIgnoreFile
    /// How many bytes of a path lead to what the file's patterns are relative to.
    let base: Int
  }

  /// The lists that only this machine has, the weakest first.
  private var personal: [Level]
  private var levels: [Level] = []

  /// Creates a stack over the user's own lists.
  public init(infoExclude: GitIgnoreFile? = nil, personal: GitIgnoreFile? = nil) {
    self.personal = []
    if let personal { self.personal.append(Level(source: .personal, file: personal, base: 0)) }
    if let infoExclude { self.personal.append(Level(source: .infoExclude, file: infoExclude, base: 0)) }
  }

  /// Goes into a directory that has an ignore file; `directory` is relative to the root.
  public mutating func push(_ file: GitIgnoreFile, at directory: Path) {
    levels.append(
      Level(
        source: .file(directory.appending(".gitignore")), file: file,
        base: directory.isRoot ? 0 : directory.bytes.count + 1))
  }

  /// Leaves the directory whose file was pushed last.
  public mutating func pop() {
    levels.removeLast()
  }

  /// Whether no file was pushed.
  public var hasNoFiles: Bool { levels.isEmpty }

  /// The rule that decides about a path in a directory that is not excluded itself.
  ///
  /// - Parameters:
  ///   - path: relative to the root.
  ///   - name: where its last part begins.
  ///   - isDirectory: what it is; a symbolic link is no directory.
  ///   - committedOnly: whether the user's own lists do not count.
  /// - Returns: the rule, or nil where none matches.
  public func match(_ path: [UInt8], name: Int, isDirectory: Bool, committedOnly: Bool = false) -> Match? {
    var index = levels.count - 1
    while index >= 0 {
      if let rule = levels[index].file.lastMatch(path, from: levels[index].base, name: name, isDirectory: isDirectory) {
        return Match(level: index, rule: rule, isIgnored: !levels[index].file.rules[rule].isNegated)
      }
      index -= 1
    }
    if committedOnly { return nil }
    index = personal.count - 1
    while index >= 0 {
      if let rule = personal[index].file.lastMatch(path, from: 0, name: name, isDirectory: isDirectory) {
        return Match(level: -1 - index, rule: rule, isIgnored: !personal[index].file.rules[rule].isNegated)
      }
      index -= 1
    }
    return nil
  }

  /// The match in the form that reports want; to be asked before anything is pushed or popped.
  public func decision(_ match: Match, at path: Path) -> IgnoreDecision {
    let level = match.level < 0 ? personal[-1 - match.level] : levels[match.level]
    let rule = level.file.rules[match.rule]
    return IgnoreDecision(
      source: level.source, line: rule.line, pattern: rule.pattern, isIgnored: match.isIgnored, decidedAt: path)
  }
}
