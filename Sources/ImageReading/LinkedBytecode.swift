public import Bytecode
public import Images
public import SourceText

/// The bytecode in directories that a link named `__pycache__` leads to.
///
/// An interpreter follows the link and loads what lies behind it, whatever the directory's own name is.
public struct LinkedBytecode: Sendable {
  /// The paths of the files as the interpreter has them: through the links.
  public private(set) var files: [Path] = []
  /// Whether there are more than ``ReadingLimits/linkedBytecode``.
  public private(set) var hasMore = false
  private var directories: Set<Path> = []

  /// Looks into what the links lead to.
  ///
  /// - Parameters:
  ///   - links: the paths of the links.
  ///   - view: where they stand.
  ///   - steps: how many more names may be looked up because links lead to them.
  public init(_ links: [Path], in view: LayerView, steps: inout Int) {
    for link in links {
      guard let item = view.item(at: link, steps: &steps), item.type == .directory else { continue }
      let directory = view.path(of: item)
      hasMore = view.anyChild(of: directory) { name, _ in
        steps -= 1
        guard BytecodeName.isBytecode(name) else { return false }
        let file = link.appending(name)
        // What nothing looks for in `__pycache__` is what it is where it lies.
        guard let parsed = BytecodeName(file), parsed.form != .misnamed else { return false }
        files.append(file)
        return files.count > ReadingLimits.linkedBytecode || steps <= 0
      }
      // Of one that was not listed to its end, all files are judged where they lie, too.
      if hasMore { return }
      directories.insert(directory)
    }
  }

  /// Whether a file is among these by another path, and no interpreter looks for it by its own.
  public func isElsewhere(_ name: BytecodeName) -> Bool {
    name.form == .misnamed && directories.contains(name.path.parent)
  }

  /// Whether something is such a link, by its path in a view.
  public static func isLink(_ item: LayerView.Item, at path: ArraySlice<UInt8>) -> Bool {
    item.type == .symbolicLink
      && path.suffix(from: path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex)
        .elementsEqual(BytecodeName.cacheDirectory)
  }
}
