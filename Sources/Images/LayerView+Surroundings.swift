public import Caches
public import SourceText

extension LayerView: Surroundings {
  /// What stands at a path whose links are not followed, or nil where nothing does.
  public func entry(at path: Path) -> EntryKind? {
    item(at: path, followsLinks: false).map { Self.kind($0.type) }
  }

  /// Whether some child of a directory satisfies a condition; stops at the first that does.
  public func anyChild(
    of directory: Path, where matches: (_ name: ArraySlice<UInt8>, _ kind: EntryKind) -> Bool
  ) -> Bool {
    guard let item = item(at: directory, followsLinks: false), item.type == .directory else { return false }
    var child = union.tree[item.node].firstChild
    while child != NameTree.none {
      if let type = union.type(at: child, after: layer), matches(union.tree.name(of: child), Self.kind(type)) {
        return true
      }
      child = union.tree[child].nextSibling
    }
    return false
  }

  /// The first bytes of a regular file, or nil where the reader did not keep them.
  public func head(of file: Path) -> [UInt8]? {
    item(at: file, followsLinks: false).flatMap { head(of: $0) }
  }

  /// The target of a symbolic link, or nil where there is none.
  public func target(of link: Path) -> [UInt8]? {
    item(at: link, followsLinks: false).flatMap { target(of: $0) }
  }

  /// Whether something stands at a path after the layer or stood there before it, links followed.
  ///
  /// The step that made the layer may have removed the program with which it wrote a cache. Of a layer without its image
  /// only what it brings itself is known.
  public func imageHas(_ path: Path) -> Bool {
    item(at: path) != nil || layer > 0 && union.view(after: Int(layer) - 1).item(at: path) != nil
  }

  private static func kind(_ type: LayerEntryType) -> EntryKind {
    switch type {
    case .directory: .directory
    case .file, .hardLink: .file
    case .symbolicLink: .link
    case .characterDevice, .blockDevice, .pipe, .other: .other
    }
  }
}
