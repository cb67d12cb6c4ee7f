extension LayerUnion {
  /// The directory that an entry lies in, which is made where there is none.
  ///
  /// Links on the way are followed inside of the image. Where they lead in a circle, the path is taken as it is written,
  /// and the link gives way to a directory.
  mutating func directory(of path: PathReader, _ parents: inout ParentStack, _ work: inout LayerWork) -> UInt32 {
    let end = max(0, path.name.lowerBound - 1)
    var parent = parents.last(for: path, generation: work.generation)
    var outside = false
    while parent.end < end {
      var start = parent.end
      if path.bytes[start] == UInt8(ascii: "/") { start += 1 }
      var stop = start
      while stop < end, path.bytes[stop] != UInt8(ascii: "/") { stop += 1 }
      guard let entered = enter(path.bytes, start..<stop, from: parent, &outside, &work) else {
        work.note(.linkCycle, path.bytes)
        parents.clear()
        return literalDirectory(path.bytes, end, &work)
      }
      parent = entered
      parents.push(entered)
    }
    if outside { work.note(.linkLeadsOutside, path.bytes) }
    return parent.node
  }

  /// Goes from a directory into the next of a path; nil where links lead in a circle or too far.
  private mutating func enter(
    _ path: [UInt8], _ name: Range<Int>, from parent: ParentStack.Parent, _ outside: inout Bool,
    _ work: inout LayerWork
  ) -> ParentStack.Parent? {
    var hops = parent.hops
    var node = parent.node
    var targets: [PathCursor] = []
    var isFirst = true
    while isFirst || !targets.isEmpty {
      var bytes = path
      var part = name
      if !isFirst {
        guard var cursor = targets.popLast(), let next = cursor.next() else { continue }
        targets.append(cursor)
        linkSteps -= 1
        if cursor.isDot(next) { continue }
        if cursor.isParent(next) {
          if node == NameTree.root { outside = true }
          node = self.parent(of: node)
          continue
        }
        bytes = cursor.bytes
        part = next
      }
      isFirst = false
      guard tree.pathLength(of: bytes.span.extracting(part), in: node) <= ImageLimits.pathLength else { return nil }
      let child = tree.addChild(of: node, named: bytes.span.extracting(part))
      guard type(at: child, after: work.layer) == .symbolicLink else {
        makeDirectory(at: child, &work)
        node = child
        continue
      }
      hops += 1
      guard hops <= ImageLimits.linkHops, linkSteps > 0 else { return nil }
      let target = linkTarget(of: version(at: child, after: work.layer))
      linkSteps -= Self.steps(of: target)
      if target.first == UInt8(ascii: "/") { node = NameTree.root }
      targets.append(PathCursor(bytes: Array(target)))
    }
    return ParentStack.Parent(end: name.upperBound, node: node, hops: hops)
  }

  private mutating func literalDirectory(_ path: [UInt8], _ end: Int, _ work: inout LayerWork) -> UInt32 {
    var node = NameTree.root
    var cursor = PathCursor(bytes: Array(path[..<end]))
    while let name = cursor.next() {
      node = tree.addChild(of: node, named: path.span.extracting(name))
      makeDirectory(at: node, &work)
    }
    return node
  }

  /// Makes sure that a node is a directory.
  private mutating func makeDirectory(at node: UInt32, _ work: inout LayerWork) {
    let old = version(at: node, after: work.layer)
    if old != Self.none, versions[Int(old)].type == .directory { return }
    if old != Self.none { remove(node, keepingItself: false, &work) }
    put(Self.none, .directory, at: node, &work)
  }
}
