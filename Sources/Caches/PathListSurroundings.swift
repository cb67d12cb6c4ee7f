public import SourceText

/// The surroundings that a sorted list of paths describes: an index, or the paths of a layer.
///
/// Directories may be listed or only follow from what lies in them. Nothing is copied: the list is
/// asked by position, and each question costs a few binary searches.
public struct PathListSurroundings: Surroundings {
  private let count: Int
  private let path: (Int) -> ArraySlice<UInt8>
  private let kind: (Int) -> EntryKind
  private let content: (Int) -> [UInt8]?

  /// Creates the surroundings of a list.
  ///
  /// - Parameters:
  ///   - count: How many paths there are.
  ///   - path: The path at a position; positions are in the order of the paths' bytes.
  ///   - kind: What stands there.
  ///   - content: The first 4 KiB of a file, or the target of a link.
  public init(
    count: Int, path: @escaping (Int) -> ArraySlice<UInt8>,
    kind: @escaping (Int) -> EntryKind = { _ in .file },
    content: @escaping (Int) -> [UInt8]? = { _ in nil }
  ) {
    self.count = count
    self.path = path
    self.kind = kind
    self.content = content
  }

  /// What stands at a path, or nil where nothing does.
  public func entry(at path: Path) -> EntryKind? {
    if path.isRoot { return .directory }
    if let position = position(of: path) { return kind(position) }
    let below = path.bytes + [slash]
    let first = firstPosition { $0.lexicographicallyPrecedes(below) }
    return first < count && self.path(first).starts(with: below) ? .directory : nil
  }

  /// Whether some child of a directory satisfies a condition; stops at the first that does.
  public func anyChild(
    of directory: Path, where matches: (_ name: ArraySlice<UInt8>, _ kind: EntryKind) -> Bool
  ) -> Bool {
    let prefix = directory.isRoot ? [] : directory.bytes + [slash]
    var position = firstPosition { $0.lexicographicallyPrecedes(prefix) }
    while position < count {
      let path = path(position)
      guard path.starts(with: prefix) else { return false }
      let rest = path.dropFirst(prefix.count)
      guard let end = rest.firstIndex(of: slash) else {
        if !rest.isEmpty, matches(rest, kind(position)) { return true }
        position += 1
        continue
      }
      if end > rest.startIndex, matches(rest[..<end], .directory) { return true }
      // The next byte after a slash: the first path that is not below this child.
      let after = path[..<end] + [slash + 1]
      position = firstPosition(from: position + 1) { $0.lexicographicallyPrecedes(after) }
    }
    return false
  }

  /// The first 4 KiB of a regular file, or nil where they cannot be had.
  public func head(of file: Path) -> [UInt8]? {
    guard let position = position(of: file), kind(position) == .file else { return nil }
    return content(position)
  }

  /// The target of a symbolic link, or nil where it cannot be had.
  public func target(of link: Path) -> [UInt8]? {
    guard let position = position(of: link), kind(position) == .link else { return nil }
    return content(position)
  }

  private var slash: UInt8 { UInt8(ascii: "/") }

  private func position(of path: Path) -> Int? {
    let first = firstPosition { $0.lexicographicallyPrecedes(path.bytes) }
    return first < count && self.path(first).elementsEqual(path.bytes) ? first : nil
  }

  /// The first position whose path does not come before what is sought.
  private func firstPosition(from start: Int = 0, where comesBefore: (ArraySlice<UInt8>) -> Bool) -> Int {
    var low = start
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if comesBefore(path(middle)) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
