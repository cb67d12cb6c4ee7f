/// Where a path leads.
struct PathResolution {
  /// The node, or `none` where nothing stands there.
  var node = NameTree.none
  /// Whether the links on the way lead in a circle or too far, and the path was taken as it is written.
  var isCycle = false
  /// Whether a link on the way leads above the root.
  var leadsOutside = false
}

/// What is still to be walked: the rest of a path, or of a link's target.
struct PathCursor {
  let bytes: [UInt8]
  var offset = 0

  /// The range of the next name; nil at the end.
  mutating func next() -> Range<Int>? {
    while offset < bytes.count, bytes[offset] == UInt8(ascii: "/") { offset += 1 }
    guard offset < bytes.count else { return nil }
    let start = offset
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "/") { offset += 1 }
    return start..<offset
  }

  func isDot(_ name: Range<Int>) -> Bool { name.count == 1 && bytes[name.lowerBound] == UInt8(ascii: ".") }

  func isParent(_ name: Range<Int>) -> Bool {
    name.count == 2 && bytes[name.lowerBound] == UInt8(ascii: ".") && bytes[name.lowerBound + 1] == UInt8(ascii: ".")
  }
}

extension LayerUnion {
  /// The target of the symbolic link that a version shows, as it is written.
  func linkTarget(of version: UInt32) -> ArraySlice<UInt8> {
    let content = versions[Int(content(of: version))]
    return content.entry == Self.none ? [] : tables[Int(content.layer)].target(of: Int(content.entry)) ?? []
  }

  /// Finds what stands at a path after a layer, following the links that lead there.
  ///
  /// - Parameters:
  ///   - path: The path in its normal form.
  ///   - layer: The layer after which it is looked for.
  ///   - followsLast: Whether a link at the end is followed too.
  ///   - isStrict: Whether `.` and `..` lead on from directories alone, as they do for Linux; unpackers let them lead on
  ///     from anything.
  ///   - closed: Links that may not be followed: the path leads nowhere where it comes to one of them.
  ///   - steps: How many more names may be looked up because links lead to them.
  /// - Returns: The node, or `none`.
  func find(
    _ path: [UInt8], after layer: UInt16, followsLast: Bool = false, isStrict: Bool = false,
    closed: Set<UInt32> = [], steps: inout Int
  ) -> PathResolution {
    var result = PathResolution(node: NameTree.root)
    var cursors = [PathCursor(bytes: path)]
    var hops = 0
    while var cursor = cursors.popLast() {
      guard let name = cursor.next() else { continue }
      let isLast = cursor.offset == cursor.bytes.count && cursors.allSatisfy { $0.offset == $0.bytes.count }
      cursors.append(cursor)
      if cursors.count > 1 || hops > 0 { steps -= 1 }
      let isDot = cursor.isDot(name)
      let isParent = !isDot && cursor.isParent(name)
      if isDot || isParent, isStrict, type(at: result.node, after: layer) != .directory { return PathResolution() }
      if isDot { continue }
      if isParent {
        if result.node == NameTree.root { result.leadsOutside = true }
        result.node = parent(of: result.node)
        continue
      }
      guard type(at: result.node, after: layer) == .directory else { return PathResolution() }
      let child = tree.child(of: result.node, named: cursor.bytes.span.extracting(name))
      guard child != NameTree.none, let type = type(at: child, after: layer) else { return PathResolution() }
      guard type == .symbolicLink, !isLast || followsLast else {
        result.node = child
        continue
      }
      if closed.contains(child) { return PathResolution() }
      hops += 1
      guard hops <= ImageLimits.linkHops, steps > 0 else {
        return PathResolution(node: literal(path, after: layer), isCycle: true)
      }
      let target = linkTarget(of: version(at: child, after: layer))
      steps -= Self.steps(of: target)
      if target.first == UInt8(ascii: "/") { result.node = NameTree.root }
      cursors.append(PathCursor(bytes: Array(target)))
    }
    return result
  }

  /// What it costs to walk through a link's target, in steps, beside the names that are looked up.
  static func steps(of target: ArraySlice<UInt8>) -> Int { target.count / 16 }

  func parent(of node: UInt32) -> UInt32 {
    node == NameTree.root ? node : tree[node].parent
  }

  /// The node at a path whose links are not followed, or `none` where nothing stands there.
  func literal(_ path: [UInt8], after layer: UInt16) -> UInt32 {
    var node = NameTree.root
    var cursor = PathCursor(bytes: path)
    while let name = cursor.next() {
      node = tree.child(of: node, named: path.span.extracting(name))
      if node == NameTree.none { return node }
    }
    return type(at: node, after: layer) == nil ? NameTree.none : node
  }
}
