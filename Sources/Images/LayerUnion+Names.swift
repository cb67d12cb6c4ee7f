public import SourceText

/// The number of a directory in a union.
public struct DirectoryID: Sendable, Hashable {
  let node: UInt32

  /// The number itself: below ``LayerUnion/nameCount``, and above that of the directory that holds this one.
  public var number: Int { Int(node) }
}

extension LayerUnion {
  /// How many names there are in all layers, those of directories among them.
  public var nameCount: Int { tree.nodes.count }

  /// The last part of the path of a copy.
  public func name(of id: CopyID) -> ArraySlice<UInt8> { tree.name(of: versions[Int(id.version)].node) }

  /// The directory that a layer put a copy in.
  public func directory(of id: CopyID) -> DirectoryID {
    DirectoryID(node: tree[versions[Int(id.version)].node].parent)
  }

  /// The directory that holds another one; nil for the root.
  public func parent(of id: DirectoryID) -> DirectoryID? {
    id.node == NameTree.root ? nil : DirectoryID(node: tree[id.node].parent)
  }

  /// Where a directory is, from the root of the image.
  public func path(of id: DirectoryID) -> Path { Path(tree.path(of: id.node)) }
}
