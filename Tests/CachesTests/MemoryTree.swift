internal import Caches
internal import SourceText

/// A tree of files in memory, as one provider of surroundings; `asList` is the other.
struct MemoryTree: Surroundings {
  /// What stands at each path; directories too.
  private var entries: [Path: EntryKind] = [:]
  private var contents: [Path: [UInt8]] = [:]

  /// Creates a tree of files, links (`a -> b`) and directories (`a/`) by their paths.
  init(_ paths: [String], contents: [String: [UInt8]] = [:]) {
    for text in paths {
      if let arrow = text.range(of: " -> ") {
        let path = Path(text[..<arrow.lowerBound].utf8)
        add(path, .link)
        self.contents[path] = Array(text[arrow.upperBound...].utf8)
      } else {
        add(Path(text.utf8), text.hasSuffix("/") ? .directory : .file)
      }
    }
    for (path, bytes) in contents {
      add(Path(path.utf8), .file)
      self.contents[Path(path.utf8)] = bytes
    }
  }

  private mutating func add(_ path: Path, _ kind: EntryKind) {
    entries[path] = kind
    var parent = path.parent
    while !parent.isRoot {
      entries[parent] = .directory
      parent = parent.parent
    }
  }

  func entry(at path: Path) -> EntryKind? {
    path.isRoot ? .directory : entries[path]
  }

  func anyChild(of directory: Path, where matches: (ArraySlice<UInt8>, EntryKind) -> Bool) -> Bool {
    entries.contains { $0.key.parent == directory && matches($0.key.name, $0.value) }
  }

  func head(of file: Path) -> [UInt8]? {
    entries[file] == .file ? contents[file] ?? [] : nil
  }

  func target(of link: Path) -> [UInt8]? {
    entries[link] == .link ? contents[link] : nil
  }

  /// The same as a sorted list of paths; without its directories, as an index has it, where asked.
  func asList(withDirectories: Bool) -> PathListSurroundings {
    let paths = entries.filter { withDirectories || $0.value != .directory }.keys.sorted()
    return PathListSurroundings(
      count: paths.count, path: { paths[$0].bytes[...] }, kind: { entries[paths[$0]] ?? .other },
      content: { contents[paths[$0]] ?? [] })
  }
}

extension StringProtocol {
  fileprivate func range(of text: String) -> Range<String.Index>? {
    ranges(of: text).first
  }
}
