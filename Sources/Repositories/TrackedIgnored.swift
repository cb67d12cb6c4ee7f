public import SourceText

/// A tracked path that ignore rules speak against.
public struct TrackedIgnoredEntry<Decision> {
  /// Its position in the index.
  public let position: Int
  /// What decides.
  public let decision: Decision
}

/// The tracked paths that would be ignored if they were not tracked, as `git ls-files -ci` lists them.
///
/// `ignoreFile` tells the ignore file of a directory, or nil; it is asked once a directory that holds
/// tracked files and is not excluded. Positions are those of `positions`, by default all.
public func trackedAndIgnored<Rules: TreeRules>(
  in index: Index, positions: Range<Int>? = nil, rules: Rules, ignoreFile: (Path) -> Rules.File?
) -> [TrackedIgnoredEntry<Rules.Decision>] {
  var ascent = Ascent(rules: rules)
  var result: [TrackedIgnoredEntry<Rules.Decision>] = []
  ascent.enter([], ignoreFile: ignoreFile)
  for position in positions ?? 0..<index.count {
    let entry = index.entries[position]
    let path = index.path(of: entry)
    let trimmed = entry.kind == .sparseDirectory ? path.dropLast() : path
    ascent.move(toParentOf: trimmed, ignoreFile: ignoreFile)
    let isDirectory = entry.kind == .repository || entry.kind == .sparseDirectory
    guard let decision = ascent.decide(trimmed, isDirectory: isDirectory) else { continue }
    result.append(TrackedIgnoredEntry(position: position, decision: decision))
  }
  return result
}

/// The directories that lead to a path of a sorted list, with their rules.
private struct Ascent<Rules: TreeRules> {
  private struct Level {
    let length: Int
    /// What excludes the directory, or one above it.
    let exclusion: Rules.Decision?
  }

  private var rules: Rules
  /// The path of the deepest directory.
  private var path: [UInt8] = []
  private var levels: [Level] = []

  init(rules: Rules) {
    self.rules = rules
  }

  /// Goes from the directories of the last path to those of the next.
  mutating func move(toParentOf next: ArraySlice<UInt8>, ignoreFile: (Path) -> Rules.File?) {
    while let level = levels.last, level.length > 0, !isParent(level, of: next) {
      rules.leave()
      levels.removeLast()
    }
    var start = levels.last.map { $0.length == 0 ? 0 : $0.length + 1 } ?? 0
    while let slash = next.dropFirst(start).firstIndex(of: UInt8(ascii: "/")) {
      enter(Array(next[..<slash]), ignoreFile: ignoreFile)
      start = slash - next.startIndex + 1
    }
  }

  /// Enters a directory of the one entered last, or the root.
  mutating func enter(_ directory: [UInt8], ignoreFile: (Path) -> Rules.File?) {
    var exclusion = levels.last?.exclusion
    if exclusion == nil, !directory.isEmpty, let decision = rules.decide(directory[...], isDirectory: true),
      Rules.isIgnored(decision)
    {
      exclusion = decision
    }
    rules.enter(directory, file: exclusion == nil ? ignoreFile(Path(directory)) : nil)
    levels.append(Level(length: directory.count, exclusion: exclusion))
    path = directory
  }

  /// What excludes a path in the directory entered last; nil where it is not ignored.
  func decide(_ next: ArraySlice<UInt8>, isDirectory: Bool) -> Rules.Decision? {
    if let exclusion = levels.last?.exclusion { return exclusion }
    guard let decision = rules.decide(next, isDirectory: isDirectory), Rules.isIgnored(decision) else {
      return nil
    }
    return decision
  }

  /// Whether the directory of a level holds the path; `path` begins with that directory.
  private func isParent(_ level: Level, of next: ArraySlice<UInt8>) -> Bool {
    guard next.count > level.length, next[next.startIndex + level.length] == UInt8(ascii: "/") else { return false }
    let (left, right) = (next.span, path.span)
    for position in 0..<level.length where left[position] != right[position] { return false }
    return true
  }
}
