extension LayerUnion {
  /// Puts a layer upon those that are there.
  ///
  /// First the whiteouts hide what lower layers have, wherever they stand in the archive; then the entries are taken in
  /// order. Names are resolved in the tree itself: a link leads to where it would lead inside of a container.
  ///
  /// - Parameter table: The layer's entries; the union keeps them without their names.
  /// - Throws: ``LayerError`` where a limit is exceeded. The layer then is part of the union up to the entry that the
  ///   error names; where there are too many layers or too much content, it is no part of it.
  public mutating func apply(_ table: consuming LayerTable) throws(LayerError) {
    guard tables.count < ImageLimits.layerCount else { throw LayerError(.tooManyLayers, entry: 0) }
    // Each sum is within the limit, so that of two cannot overflow.
    let sum = contentBytes + table.contentBytes
    guard sum <= ImageLimits.contentBytes else { throw LayerError(.tooMuchContent, entry: table.count) }
    contentBytes = sum
    let number = UInt16(truncatingIfNeeded: tables.count)
    var work = LayerWork(layer: number, hides: !table.whiteouts.isEmpty)
    work.notes.add(table.notes, layer: Int(number))
    starts.append(versions.count)
    versions.makeRoom(for: table.count)
    tree.reserve(table.count)
    var names = LayerNames(table)
    tables.append(table)
    tables[tables.count - 1].dropNames()
    if !names.whiteouts.isEmpty { hide(names, &work) }
    var failure: LayerError?
    do throws(LayerError) {
      try take(&names, &work)
    } catch {
      failure = error
    }
    settle(work)
    notes.append(work.notes)
    if let failure { throw failure }
  }

  /// Makes room for the entries of all layers that are going to be applied.
  ///
  /// An array that grows is there twice for a while; room that is not used costs nothing.
  ///
  /// - Parameter count: How many entries all their tables have.
  public mutating func reserve(_ count: Int) {
    // Directories that only follow from paths have no entry; most archives have few of them.
    let count = min(count, 2 * ImageLimits.entryCount)
    versions.makeRoom(for: count + count / 8)
    tree.reserve(count + count / 8)
  }

  /// Hides what the whiteouts name in the layers below.
  private mutating func hide(_ names: LayerNames, _ work: inout LayerWork) {
    let closed = replacedLinks(names, work)
    var hidden: [(node: UInt32, isOpaque: Bool)] = []
    for whiteout in names.whiteouts {
      let start = Int(whiteout.start)
      let path = Array(names.whiteoutNames[start..<(start + Int(whiteout.count))])
      // None of this layer's entries is there yet, so what is found is what lower layers have.
      let found = find(path, after: work.layer, followsLast: whiteout.isOpaque, closed: closed, steps: &linkSteps)
      if found.isCycle { work.note(.linkCycle, path) }
      if found.leadsOutside { work.note(.linkLeadsOutside, path) }
      if found.node != NameTree.none { hidden.append((found.node, whiteout.isOpaque)) }
    }
    for (node, isOpaque) in hidden { remove(node, keepingItself: isOpaque, &work) }
  }

  /// The links of lower layers that this layer replaces by something else, such as a directory.
  ///
  /// A whiteout below such a directory speaks of what the link was not: overlay file systems mark a directory that
  /// took the place of a link as opaque.
  private mutating func replacedLinks(_ names: LayerNames, _ work: LayerWork) -> Set<UInt32> {
    guard hasLinks else { return [] }
    var replaced: Set<UInt32> = []
    var path = PathReader()
    while let entry = path.next(names) {
      guard tables[Int(work.layer)].entries[entry].type == .directory else { continue }
      let found = find(path.bytes, after: work.layer, steps: &linkSteps)
      if type(at: found.node, orNone: work.layer) == .symbolicLink { replaced.insert(found.node) }
    }
    return replaced
  }

  private var hasLinks: Bool { tables.contains { !$0.links.isEmpty } }

  private func type(at node: UInt32, orNone layer: UInt16) -> LayerEntryType? {
    node == NameTree.none ? nil : type(at: node, after: layer)
  }

  /// Takes the entries in the order of the archive, and gives the names back on the way, as the tree gets them.
  private mutating func take(_ names: inout LayerNames, _ work: inout LayerWork) throws(LayerError) {
    var path = PathReader()
    var parents = ParentStack()
    var dropped = 0
    while let entry = path.next(names) {
      if dropped < path.piece {
        names.bytes.drop(dropped)
        dropped += 1
      }
      guard tree.nodes.count + versions.count < 2 * ImageLimits.entryCount else {
        throw LayerError(.tooManyEntries, entry: entry, name: path.bytes)
      }
      guard tree.names.count + path.bytes.count <= ImageLimits.nameBytes else {
        throw LayerError(.tooManyNameBytes, entry: entry, name: path.bytes)
      }
      let type = tables[Int(work.layer)].entries[entry].type
      if path.bytes.isEmpty {
        put(UInt32(truncatingIfNeeded: entry), .directory, at: NameTree.root, &work)
        continue
      }
      let parent = directory(of: path, &parents, &work)
      let node = tree.addChild(of: parent, named: path.bytes.span.extracting(path.name))
      if type == .hardLink {
        link(entry, at: node, path.bytes, &work)
      } else {
        replace(at: node, by: type, path.bytes, &work)
        put(UInt32(truncatingIfNeeded: entry), type, at: node, &work)
      }
    }
  }

  /// Makes a node a further name of what a hard link leads to.
  private mutating func link(_ entry: Int, at node: UInt32, _ path: [UInt8], _ work: inout LayerWork) {
    let target = Array(tables[Int(work.layer)].target(of: entry) ?? [])
    var layer = work.layer
    var found = find(target, after: layer, steps: &linkSteps)
    if found.node == NameTree.none, work.hides, layer > 0 {
      // An unpacker makes the link before it comes to the whiteout of what it leads to.
      layer -= 1
      found = find(target, after: layer, steps: &linkSteps)
    }
    if found.isCycle { work.note(.linkCycle, path) }
    if found.leadsOutside { work.note(.linkLeadsOutside, path) }
    guard found.node != NameTree.none, let type = type(at: found.node, after: layer), type != .directory else {
      return work.note(.missingLinkTarget, path)
    }
    if found.node == node { return }
    let content = content(of: version(at: found.node, after: layer))
    replace(at: node, by: type, path, &work)
    put(UInt32(truncatingIfNeeded: entry), .hardLink, at: node, content: content, &work)
  }

  /// Clears a node for something new; a directory upon a directory keeps what it holds.
  private mutating func replace(at node: UInt32, by type: LayerEntryType, _ path: [UInt8], _ work: inout LayerWork) {
    let old = version(at: node, after: work.layer)
    guard old != Self.none else { return }
    let isMerged = type == .directory && versions[Int(old)].type == .directory
    if versions[Int(old)].layer == work.layer, versions[Int(old)].entry != Self.none, !isMerged {
      work.note(.duplicate, path)
    }
    if isMerged { end(old, &work) } else { remove(node, keepingItself: false, &work) }
  }

  /// Makes an entry what stands at a node.
  mutating func put(
    _ entry: UInt32, _ type: LayerEntryType, at node: UInt32, content: UInt32? = nil, _ work: inout LayerWork
  ) {
    let number = UInt32(truncatingIfNeeded: versions.count)
    var previous = tree[node].version
    if previous != Self.none, versions[Int(previous)].removed == Self.present { end(previous, &work) }
    // What this layer itself replaced is seen after no layer, so the chain has one version a layer.
    if previous != Self.none, versions[Int(previous)].layer == work.layer {
      previous = versions[Int(previous)].previous
    }
    versions.append(
      Version(
        entry: entry, node: node, previous: previous, names: content ?? 1, layer: work.layer, type: type))
    if let content { versions[Int(content)].names += 1 }
    tree[node].version = number
    tree.enlist(node)
  }

  /// Removes what stands at a node, and all below it.
  mutating func remove(_ node: UInt32, keepingItself: Bool, _ work: inout LayerWork) {
    var pending: [UInt32] = []
    if keepingItself { tree.takeLive(of: node, into: &pending) } else { pending = [node] }
    while let node = pending.popLast() {
      let old = version(at: node, after: work.layer)
      if old != Self.none { end(old, &work) }
      tree.takeLive(of: node, into: &pending)
    }
  }

  /// Ends a name; the content lives on while another name leads to it.
  private mutating func end(_ version: UInt32, _ work: inout LayerWork) {
    versions[Int(version)].removed = work.layer
    let content = content(of: version)
    versions[Int(content)].names -= 1
    if versions[Int(content)].names == 0, isCopy(Int(content)) { work.ended.append(content) }
    switch versions[Int(content)].type {
    case .directory, .symbolicLink: work.generation += 1
    default: break
    }
  }

  /// Tells, once a layer is applied, what became of the copies that nobody sees any more.
  private mutating func settle(_ work: LayerWork) {
    for content in work.ended {
      let copy = versions[Int(content)]
      guard copy.names == 0, copy.end == Self.present else { continue }
      versions[Int(content)].end = work.layer
      versions[Int(content)].fate = fate(of: copy, after: work.layer)
    }
  }

  private func fate(of copy: Version, after layer: UInt16) -> CopyFate {
    if copy.layer == layer { return .duplicate }
    let successor = version(at: copy.node, after: layer)
    guard successor != Self.none else { return .deleted }
    let new = versions[Int(successor)]
    guard isCopy(Int(successor)) else { return .rewritten }
    let (oldLayer, newLayer) = (Int(copy.layer), Int(new.layer))
    let (oldEntry, newEntry) = (Int(copy.entry), Int(new.entry))
    guard tables[oldLayer].entries[oldEntry].size == tables[newLayer].entries[newEntry].size else { return .rewritten }
    guard let old = tables[oldLayer].hash(of: oldEntry), let new = tables[newLayer].hash(of: newEntry) else {
      return .rewrittenOrMetadataOnly
    }
    return old == new ? .metadataOnly : .rewritten
  }
}
