public import IgnoreFiles
internal import SourceText

/// Git's ignore rules, as the walk over a tree asks them.
public struct GitRules: TreeRules {
  /// An ignore file with its bytes.
  public struct File {
    /// The bytes.
    public let bytes: [UInt8]
    /// The patterns.
    public let file: GitIgnoreFile
  }

  private var stack: GitIgnoreStack
  private let ignoresCase: Bool
  /// For each directory that was entered, whether it has a file on the stack.
  private var hasFile: [Bool] = []

  /// Creates the rules over the user's own lists.
  public init(_ stack: GitIgnoreStack, ignoresCase: Bool) {
    self.stack = stack
    self.ignoresCase = ignoresCase
  }

  /// Reads the bytes of an ignore file.
  public func parse(_ bytes: [UInt8]) -> File {
    File(bytes: bytes, file: GitIgnoreFile(bytes, ignoreCase: ignoresCase))
  }

  /// Whether a decision says that the path is ignored.
  public static func isIgnored(_ decision: IgnoreDecision) -> Bool { decision.isIgnored }

  /// Puts the rules of a directory on the stack.
  public mutating func enter(_ directory: [UInt8], file: File?) {
    if let file { stack.push(file.file, at: Path(directory)) }
    hasFile.append(file != nil)
  }

  /// Takes the rules of the last directory off the stack.
  public mutating func leave() {
    if hasFile.popLast() == true { stack.pop() }
  }

  /// What decides about a path below the directory that was entered last; nil where no rule does.
  public func decide(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> IgnoreDecision? {
    let bytes = Array(path)
    let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let match = stack.match(bytes, name: name, isDirectory: isDirectory) else { return nil }
    return stack.decision(match, at: Path(bytes))
  }
}
