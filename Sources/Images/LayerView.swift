public import SourceText

/// The tree of an image as it is after one of its layers.
///
/// It shares the memory of the union; asking for the view of any layer costs nothing. Only where a view is kept while
/// another layer is applied, the union has to copy what it holds.
public struct LayerView: Sendable {
  /// The union behind one reference, so that the many calls of a proof do not count those to all its arrays.
  private final class Shared: Sendable {
    let union: LayerUnion

    init(_ union: LayerUnion) { self.union = union }
  }

  private let shared: Shared
  let layer: UInt16

  init(union: LayerUnion, layer: UInt16) {
    shared = Shared(union)
    self.layer = layer
  }

  var union: LayerUnion { _read { yield shared.union } }

  /// Something that stands in the tree.
  public struct Item: Sendable, Hashable {
    /// What it is; a hard link is what it leads to.
    public let type: LayerEntryType
    /// The layer whose entry stands there.
    public let layer: Int
    /// Whether it is a directory that has no entry of its own.
    public let isImplied: Bool
    /// Whether it is a further name of what an earlier entry brought.
    public let isHardLink: Bool
    let node: UInt32
    let version: UInt32
  }

  /// How the walk goes on below an item.
  public enum Step: Sendable {
    /// What lies in it comes next.
    case enter
    /// What lies in it is passed over.
    case skip
    /// The walk ends.
    case stop
  }

  /// What stands at a path, or nil where nothing does.
  ///
  /// - Parameters:
  ///   - path: The path from the root, in any form.
  ///   - followsLinks: Whether links are followed, on the way and at the end; else the path is taken as it is.
  /// - Returns: The item, with the directory that the path leads to as its place.
  public func item(at path: Path, followsLinks: Bool = true) -> Item? {
    if followsLinks {
      var steps = ImageLimits.linkSteps
      return item(at: path, steps: &steps)
    }
    var name = EntryName()
    name.read(path.bytes.span)
    let node = union.literal(name.bytes, after: layer)
    return node == NameTree.none ? nil : item(at: node)
  }

  /// What stands at a path, links followed, or nil where nothing does.
  ///
  /// - Parameters:
  ///   - path: The path from the root, in any form.
  ///   - steps: How many more names may be looked up because links lead to them, for this path and others.
  /// - Returns: The item, with the directory that the path leads to as its place.
  public func item(at path: Path, steps: inout Int) -> Item? {
    var name = EntryName()
    name.read(path.bytes.span)
    let node = union.find(name.bytes, after: layer, followsLast: true, steps: &steps).node
    return node == NameTree.none ? nil : item(at: node)
  }

  /// What a program of the image finds at a path, or nil where the path leads nowhere.
  ///
  /// In the names of an archive `..` takes the name before it away. For Linux it is the directory above the one that
  /// the path has led to, through links, too, and every name before it must be there (`path_resolution(7)`).
  ///
  /// - Parameter path: The path from the root, as the program has it.
  /// - Returns: The item, links followed.
  public func item(forProgram path: [UInt8]) -> Item? {
    var steps = ImageLimits.programLinkSteps
    guard path.count <= ImageLimits.pathLength else { return nil }
    let found = union.find(path, after: layer, followsLast: true, isStrict: true, steps: &steps)
    // Where links lead in a circle, a program gets an error.
    guard !found.isCycle, found.node != NameTree.none, let item = item(at: found.node) else { return nil }
    return path.last == UInt8(ascii: "/") && item.type != .directory ? nil : item
  }

  /// The path from the root that a program means that is started in a directory.
  ///
  /// - Parameters:
  ///   - path: The path as the program has it.
  ///   - directory: Where it is started. The runtime makes it where it is not there, so that `..` leads up from it.
  /// - Returns: The path, whose links are not followed.
  public func absolute(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
    if path.first == UInt8(ascii: "/") { return path }
    let joined = directory + [UInt8(ascii: "/")] + path
    guard joined.count <= ImageLimits.pathLength, item(forProgram: directory) == nil else { return joined }
    var name = EntryName()
    name.read(joined.span)
    return name.bytes
  }

  /// Where an item stands: the path with all links on the way resolved.
  public func path(of item: Item) -> Path { Path(union.tree.path(of: item.node)) }

  /// The size of a file in bytes; nil for anything else.
  public func size(of item: Item) -> Int? {
    guard item.type == .file, let (layer, entry) = content(of: item) else { return nil }
    return union.tables[layer].entries[entry].size
  }

  /// The copy that a file's name leads to; nil for anything else.
  public func copy(of item: Item) -> Copy? {
    guard item.type == .file else { return nil }
    return union.copy(at: Int(union.content(of: item.version)))
  }

  /// What the header says of an item; nil for a directory without an entry.
  public func metadata(of item: Item) -> EntryMetadata? {
    guard let (layer, number) = content(of: item) else { return nil }
    let entry = union.tables[layer].entries[number]
    return EntryMetadata(
      mode: entry.mode, user: entry.user, group: entry.group, seconds: entry.seconds, nanoseconds: entry.nanoseconds)
  }

  /// Where a symbolic link leads, as it is written; nil for anything else.
  public func target(of item: Item) -> [UInt8]? {
    guard item.type == .symbolicLink, let (layer, entry) = content(of: item) else { return nil }
    return union.tables[layer].target(of: entry).map(Array.init)
  }

  /// The first bytes of a file, where the reader kept them.
  public func head(of item: Item) -> [UInt8]? {
    guard item.type == .file, let (layer, entry) = content(of: item) else { return nil }
    if union.tables[layer].entries[entry].size == 0 { return [] }
    return union.tables[layer].head(of: entry).map(Array.init)
  }

  /// Visits all that stands in the tree, a directory before what it holds and names in the order of their bytes.
  ///
  /// - Parameters:
  ///   - start: The directory whose content is visited; nil for the root.
  ///   - visit: What is called for each item with its path, and says how the walk goes on.
  /// - Throws: What `visit` throws.
  public func walk<E: Error>(
    from start: Item? = nil, _ visit: (_ path: ArraySlice<UInt8>, _ item: Item) throws(E) -> Step
  ) throws(E) {
    var path = start.map { union.tree.path(of: $0.node) } ?? []
    var pending: [(node: UInt32, parentLength: Int)] = []
    append(children(of: start?.node ?? NameTree.root), path.count, to: &pending)
    while let (node, parentLength) = pending.popLast() {
      guard let item = item(at: node) else { continue }
      path.removeLast(path.count - parentLength)
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      path += union.tree.name(of: node)
      switch try visit(path[...], item) {
      case .enter: if item.type == .directory { append(children(of: node), path.count, to: &pending) }
      case .skip: break
      case .stop: return
      }
    }
  }

  private func append(_ children: [UInt32], _ length: Int, to pending: inout [(node: UInt32, parentLength: Int)]) {
    for child in children.reversed() { pending.append((child, length)) }
  }

  /// What stands in a directory, in the order of the names' bytes.
  private func children(of directory: UInt32) -> [UInt32] {
    var children: [UInt32] = []
    var child = union.tree[directory].firstChild
    while child != NameTree.none {
      if union.version(at: child, after: layer) != LayerUnion.none { children.append(child) }
      child = union.tree[child].nextSibling
    }
    children.sort { union.tree.name(of: $0).lexicographicallyPrecedes(union.tree.name(of: $1)) }
    return children
  }

  func item(at node: UInt32) -> Item? {
    let number = union.version(at: node, after: layer)
    guard number != LayerUnion.none else {
      guard node == NameTree.root else { return nil }
      return Item(type: .directory, layer: 0, isImplied: true, isHardLink: false, node: node, version: number)
    }
    let version = union.versions[Int(number)]
    return Item(
      type: union.versions[Int(union.content(of: number))].type, layer: Int(version.layer),
      isImplied: version.entry == LayerUnion.none, isHardLink: version.type == .hardLink, node: node, version: number)
  }

  /// The layer and the entry that hold what an item shows.
  func content(of item: Item) -> (layer: Int, entry: Int)? {
    guard item.version != LayerUnion.none else { return nil }
    let content = union.versions[Int(union.content(of: item.version))]
    guard content.entry != LayerUnion.none else { return nil }
    return (Int(content.layer), Int(content.entry))
  }
}
