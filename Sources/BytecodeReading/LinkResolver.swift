internal import Files
internal import SourceText

/// Follows links within a root file system that lies in a directory.
///
/// A class, since it remembers the directories that it has been through.
final class LinkResolver {
  /// How many links one path may lead through, as in the kernel.
  static let linkLimit = 40
  /// How many directories are remembered before all are forgotten.
  private static let memoryLimit = 100_000

  private let root: Path
  /// Where directories are in the end, from the root of the tree; nil for what is none.
  private var known: [Path: Path?] = [:]

  init(root: Path) {
    self.root = root
  }

  /// The place on disk of a path of the tree, with all links followed; nil where one leads nowhere.
  func place(of path: Path) -> Path? {
    guard let directory = path.isRoot ? .root : directory(path.parent) else { return nil }
    guard !path.isRoot else { return root }
    return resolved([Array(path.name)], from: directory).map(onDisk)
  }

  private func directory(_ path: Path) -> Path? {
    if path.isRoot { return .root }
    if let known = known[path] { return known }
    let place = resolved(path.components.map(Array.init), from: .root)
    if known.count >= Self.memoryLimit { known = [:] }
    known[path] = .some(place)
    return place
  }

  /// Goes on from a directory, whose path has no links, through names.
  private func resolved(_ names: [[UInt8]], from start: Path) -> Path? {
    var place = start
    var left = Array(names.reversed())
    var links = 0
    while let name = left.popLast() {
      if name.elementsEqual(".".utf8) { continue }
      if name.elementsEqual("..".utf8) {
        place = place.parent
        continue
      }
      let next = place.appending(name)
      guard let status = try? fileStatus(at: onDisk(next)) else { return nil }
      guard status.kind == .symbolicLink else {
        place = next
        continue
      }
      links += 1
      guard links <= Self.linkLimit, let target = try? linkTarget(at: onDisk(next)) else { return nil }
      if target.first == UInt8(ascii: "/") { place = .root }
      left += target.split(separator: UInt8(ascii: "/")).reversed().map(Array.init)
    }
    return place
  }

  private func onDisk(_ path: Path) -> Path { path.isRoot ? root : root.appending(path.bytes) }
}
