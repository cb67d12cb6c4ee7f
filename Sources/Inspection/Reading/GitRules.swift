internal import IgnoreFiles
internal import Repositories
internal import SourceText

/// Git's ignore rules, as the walk over a tree asks them.
struct GitRules: TreeRules {
  /// An ignore file with its bytes.
  struct File {
    let bytes: [UInt8]
    let file: GitIgnoreFile
  }

  private var stack: GitIgnoreStack
  private let ignoresCase: Bool
  /// For each directory that was entered, whether it has a file on the stack.
  private var hasFile: [Bool] = []

  init(_ stack: GitIgnoreStack, ignoresCase: Bool) {
    self.stack = stack
    self.ignoresCase = ignoresCase
  }

  func parse(_ bytes: [UInt8]) -> File {
    File(bytes: bytes, file: GitIgnoreFile(bytes, ignoreCase: ignoresCase))
  }

  static func isIgnored(_ decision: IgnoreDecision) -> Bool { decision.isIgnored }

  mutating func enter(_ directory: [UInt8], file: File?) {
    if let file { stack.push(file.file, at: Path(directory)) }
    hasFile.append(file != nil)
  }

  mutating func leave() {
    if hasFile.popLast() == true { stack.pop() }
  }

  func decide(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> IgnoreDecision? {
    let bytes = Array(path)
    let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let match = stack.match(bytes, name: name, isDirectory: isDirectory) else { return nil }
    return stack.decision(match, at: Path(bytes))
  }
}
