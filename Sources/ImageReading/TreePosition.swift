internal import Files
internal import SourceText

/// Where a walk through a tree of directories is: an open directory, moved down by names and up by `..`.
///
/// It takes one descriptor however deep the tree is, and a step for each directory between two places, where a way from
/// the root takes one for each directory above. A tree may be changed while it is read: no link is followed, and what
/// lies above must be the directory that it was on the way down.
final class TreePosition {
  private let root: Path
  private var directory: Descriptor
  /// The path of the open directory, from the root.
  private var path = Path.root
  /// The root, and each directory on the way from it to the open one.
  private var way: [FileIdentity]

  /// Begins at the root, which a link may lead to.
  init(_ root: Path) throws(FileError) {
    self.root = root
    directory = try Descriptor.directory(at: root)
    way = [try directory.status(path: root).identity]
  }

  /// What the root is.
  var rootIdentity: FileIdentity { way[0] }

  /// Opens a directory without going there; it need not let anybody search it.
  func open(_ path: Path) throws(FileError) -> Descriptor {
    if path.isRoot { return try Descriptor.directory(at: root) }
    try move(to: path.parent)
    return try directory.directory(named: path.name, path: shown(path))
  }

  /// Opens an ordinary file.
  func file(_ path: Path) throws(FileError) -> RandomAccessFile {
    try move(to: path.parent)
    return try RandomAccessFile(named: path.name, in: directory, path: shown(path))
  }

  private func move(to wanted: Path) throws(FileError) {
    while !wanted.isWithin(path) {
      guard let above = above() else {
        try restart()
        break
      }
      directory = above
      path = path.parent
      way.removeLast()
    }
    guard let names = wanted.relative(to: path)?.components else { return }
    for name in names {
      let next = path.appending(name)
      let below = try directory.directory(named: name, path: shown(next))
      way.append(try below.status(path: shown(next)).identity)
      directory = below
      path = next
    }
  }

  /// The directory above, where it is still the one that led here.
  private func above() -> Descriptor? {
    guard way.count > 1, let above = try? directory.directory(named: "..".utf8, path: path),
      let status = try? above.status(path: path), status.identity == way[way.count - 2]
    else { return nil }
    return above
  }

  /// Goes back to the root, from where every way can be found again.
  private func restart() throws(FileError) {
    directory = try Descriptor.directory(at: root)
    path = .root
    way = [try directory.status(path: root).identity]
  }

  /// The path as errors name it.
  private func shown(_ path: Path) -> Path { path.isRoot ? root : root.appending(path.bytes) }
}
