public import Bytecode
public import Images
public import SourceText

/// By which paths interpreters find the bytecode in directories that a link named `__pycache__` leads to.
///
/// An interpreter follows the link and loads what lies behind it, whatever the directory's own name is. A file that is
/// found by several paths is judged once: by the first that has a source for it, its own before those through links.
public struct LinkedBytecode: Sendable {
  /// Whether there were more paths to try than ``ReadingLimits/linkedBytes``; further files keep their own.
  public private(set) var hasMore = false
  private var bytes = ReadingLimits.linkedBytes
  /// The links to each directory.
  private var links: [Path: [Path]] = [:]
  private let view: LayerView
  private let lookup: BytecodeLookup

  /// Finds out where the links lead.
  ///
  /// - Parameters:
  ///   - links: the paths of the links.
  ///   - view: where they stand.
  ///   - lookup: where interpreters look for bytecode.
  ///   - steps: how many more names may be looked up because links lead to them.
  public init(_ links: [Path], in view: LayerView, lookup: BytecodeLookup, steps: inout Int) {
    self.view = view
    self.lookup = lookup
    for link in links {
      guard let item = view.item(at: link, steps: &steps), item.type == .directory else { continue }
      let directory = view.path(of: item)
      guard take(link.bytes.count + directory.bytes.count) else { return }
      self.links[directory, default: []].append(link)
    }
  }

  /// The path by which a file is judged.
  ///
  /// - Parameters:
  ///   - file: where it lies.
  ///   - steps: how many more names may be looked up because links lead to them.
  /// - Returns: its own path, or one through a link.
  public mutating func path(of file: Path, steps: inout Int) -> Path {
    guard !links.isEmpty, let links = links[file.parent], let own = BytecodeName(file, lookup: lookup) else {
      return file
    }
    if hasSource(own, &steps) { return file }
    var other: Path?
    for link in links {
      guard take(link.bytes.count + file.name.count) else { return file }
      let path = link.appending(file.name)
      guard let name = BytecodeName(path, lookup: lookup), name.form != .misnamed else { continue }
      if hasSource(name, &steps) { return path }
      other = other ?? path
    }
    return own.form == .misnamed ? other ?? file : file
  }

  /// Whether an interpreter looks for the file when it imports a source that is there.
  private func hasSource(_ name: BytecodeName, _ steps: inout Int) -> Bool {
    name.form != .misnamed && view.item(at: name.source, steps: &steps)?.type == .file
  }

  private mutating func take(_ count: Int) -> Bool {
    bytes -= count
    hasMore = bytes < 0
    return !hasMore
  }

  /// Whether something is such a link, by its path in a view.
  public static func isLink(_ item: LayerView.Item, at path: ArraySlice<UInt8>) -> Bool {
    item.type == .symbolicLink
      && path.suffix(from: path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex)
        .elementsEqual(BytecodeName.cacheDirectory)
  }
}
