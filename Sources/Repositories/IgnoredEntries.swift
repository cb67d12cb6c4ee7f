public import IgnoreFiles
public import SourceText

/// Finds the tracked paths that ignore files speak against, in one pass over a sorted index, as
/// `git ls-files -ci` lists them.
public struct IgnoredEntries {
  private struct Level {
    let length: Int
    let hasFile: Bool
    let exclusion: IgnoreDecision?
  }

  private var stack: GitIgnoreStack
  private var levels: [Level] = []
  private var directory: [UInt8] = []
  private let load: (Path) -> GitIgnoreFile?

  /// Creates the pass over the user's own lists; `load` gives the ignore file of a directory.
  public init(_ stack: GitIgnoreStack = GitIgnoreStack(), load: @escaping (Path) -> GitIgnoreFile?) {
    self.stack = stack
    self.load = load
  }

  /// The positions of entries that are ignored, and what decides, without those that `skips` names.
  public mutating func find(in index: Index, skips: Set<Int> = []) -> [(position: Int, decision: IgnoreDecision)] {
    var found: [(position: Int, decision: IgnoreDecision)] = []
    var path: [UInt8] = []
    enter([])
    for position in 0..<index.count {
      let entry = index.entries[position]
      let bytes = index.path(of: entry)
      path.removeAll(keepingCapacity: true)
      path.append(contentsOf: bytes)
      if entry.kind == .sparseDirectory { path.removeLast() }
      let name = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      move(to: path, parentLength: max(name - 1, 0))
      if skips.contains(position) { continue }
      if let exclusion = levels.last?.exclusion {
        found.append((position, exclusion))
        continue
      }
      let isDirectory = entry.kind == .repository || entry.kind == .sparseDirectory
      guard let match = stack.match(path, name: name, isDirectory: isDirectory), match.isIgnored else { continue }
      found.append((position, stack.decision(match, at: Path(path))))
    }
    return found
  }

  /// The rule that decides about a file, negations among them; asked in the order of paths it is cheap.
  public mutating func decision(for path: [UInt8]) -> IgnoreDecision? {
    if levels.isEmpty { enter([]) }
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    move(to: path, parentLength: max(name - 1, 0))
    if let exclusion = levels.last?.exclusion { return exclusion }
    return stack.match(path, name: name, isDirectory: false).map { stack.decision($0, at: Path(path)) }
  }

  /// Leaves the directories that do not hold the path, and enters those that do.
  private mutating func move(to path: [UInt8], parentLength: Int) {
    while let level = levels.last, level.length > 0, !holds(path, parentLength, level.length) {
      if level.hasFile { stack.pop() }
      levels.removeLast()
    }
    var start = levels.last.map { $0.length == 0 ? 0 : $0.length + 1 } ?? 0
    while start < parentLength {
      var end = start
      while end < parentLength, path[end] != UInt8(ascii: "/") { end += 1 }
      enter(Array(path[..<end]))
      start = end + 1
    }
  }

  private func holds(_ path: [UInt8], _ parentLength: Int, _ length: Int) -> Bool {
    guard parentLength >= length, parentLength == length || path[length] == UInt8(ascii: "/") else { return false }
    for index in 0..<length where path[index] != directory[index] { return false }
    return true
  }

  private mutating func enter(_ path: [UInt8]) {
    var exclusion = levels.last?.exclusion
    if exclusion == nil, !path.isEmpty {
      let name = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      if let match = stack.match(path, name: name, isDirectory: true), match.isIgnored {
        exclusion = stack.decision(match, at: Path(path))
      }
    }
    let file = exclusion == nil ? load(Path(path)) : nil
    if let file { stack.push(file, at: Path(path)) }
    levels.append(Level(length: path.count, hasFile: file != nil, exclusion: exclusion))
    directory = path
  }
}
