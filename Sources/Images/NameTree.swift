/// The names of an image as a tree, each kept once, whatever layers have it.
///
/// A name is found by its parent and its bytes in a table with open addressing. The hash has a seed of its own in every
/// run, so that no archive can choose names that collide.
struct NameTree: Sendable {
  /// A place in the tree.
  struct Node: Sendable {
    var parent: UInt32
    var nameStart: UInt32
    /// The latest version that stood here, or `none`.
    var version = NameTree.none
    /// The first of all children that there ever were, and the next of its parent's.
    var firstChild = NameTree.none
    var nextSibling: UInt32
    /// The same for the children that may be alive, those that died since among them; `end` ends the list, and `none`
    /// stands in a node that is in no list.
    var firstLive = NameTree.end
    var nextLive = NameTree.none
    var nameLength: UInt16
    var pathLength: UInt16
  }

  static let none = UInt32.max
  static let end = UInt32.max - 1
  static let root: UInt32 = 0

  var nodes: [Node]
  private(set) var names: [UInt8] = []
  private var slots: [UInt32]

  init() {
    nodes = [Node(parent: Self.none, nameStart: 0, nextSibling: Self.none, nameLength: 0, pathLength: 0)]
    slots = Array(repeating: Self.none, count: 64)
  }

  subscript(node: UInt32) -> Node {
    get { nodes[Int(node)] }
    _modify { yield &nodes[Int(node)] }
  }

  func name(of node: UInt32) -> ArraySlice<UInt8> {
    let node = nodes[Int(node)]
    return names[Int(node.nameStart)..<(Int(node.nameStart) + Int(node.nameLength))]
  }

  /// The child of a directory by its name, or `none`.
  func child(of parent: UInt32, named name: Span<UInt8>) -> UInt32 {
    slots[slot(of: parent, name)]
  }

  /// The child of a directory by its name, which is added where there is none.
  mutating func addChild(of parent: UInt32, named name: Span<UInt8>) -> UInt32 {
    var slot = slot(of: parent, name)
    if slots[slot] != Self.none { return slots[slot] }
    if nodes.count * 3 > slots.count * 2 {
      grow()
      slot = self.slot(of: parent, name)
    }
    // The number of nodes and the bytes of names have limits that 32 bits hold; a name is a part of a path.
    let node = UInt32(truncatingIfNeeded: nodes.count)
    nodes.append(
      Node(
        parent: parent, nameStart: UInt32(truncatingIfNeeded: names.count),
        nextSibling: nodes[Int(parent)].firstChild, nameLength: UInt16(truncatingIfNeeded: name.count),
        pathLength: UInt16(truncatingIfNeeded: pathLength(of: name, in: parent))))
    nodes[Int(parent)].firstChild = node
    names.append(name)
    slots[slot] = node
    return node
  }

  /// Makes room for further nodes.
  mutating func reserve(_ count: Int) { nodes.makeRoom(for: count) }

  /// How long the path of a child is, or would be.
  func pathLength(of name: Span<UInt8>, in parent: UInt32) -> Int {
    Int(nodes[Int(parent)].pathLength) + (parent == Self.root ? 0 : 1) + name.count
  }

  /// Makes sure that a removal comes past a node.
  mutating func enlist(_ node: UInt32) {
    guard nodes[Int(node)].nextLive == Self.none, node != Self.root else { return }
    let parent = nodes[Int(node)].parent
    nodes[Int(node)].nextLive = nodes[Int(parent)].firstLive
    nodes[Int(parent)].firstLive = node
  }

  /// Empties the list of what may be alive in a directory, and appends it to `children`.
  mutating func takeLive(of parent: UInt32, into children: inout [UInt32]) {
    var child = nodes[Int(parent)].firstLive
    nodes[Int(parent)].firstLive = Self.end
    while child != Self.end {
      children.append(child)
      let next = nodes[Int(child)].nextLive
      nodes[Int(child)].nextLive = Self.none
      child = next
    }
  }

  /// The path of a node from the root.
  func path(of node: UInt32) -> [UInt8] {
    var end = Int(nodes[Int(node)].pathLength)
    var path = [UInt8](repeating: UInt8(ascii: "/"), count: end)
    var current = node
    while current != Self.root {
      let start = end - Int(nodes[Int(current)].nameLength)
      path.replaceSubrange(start..<end, with: name(of: current))
      end = start - 1
      current = nodes[Int(current)].parent
    }
    return path
  }

  /// Where a name is in the table, or where it would be.
  private func slot(of parent: UInt32, _ name: Span<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = Self.hash(parent, name) & mask
    while slots[slot] != Self.none, !isNode(slots[slot], parent, name) { slot = (slot + 1) & mask }
    return slot
  }

  private func isNode(_ node: UInt32, _ parent: UInt32, _ name: Span<UInt8>) -> Bool {
    let node = nodes[Int(node)]
    guard node.parent == parent, Int(node.nameLength) == name.count else { return false }
    let start = Int(node.nameStart)
    for index in 0..<name.count where names[start + index] != name[index] { return false }
    return true
  }

  private static func hash(_ parent: UInt32, _ name: Span<UInt8>) -> Int {
    var hasher = Hasher()
    hasher.combine(parent)
    unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    return hasher.finalize()
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    var slots = [UInt32](repeating: Self.none, count: mask + 1)
    for number in 1..<nodes.count {
      let node = nodes[number]
      let start = Int(node.nameStart)
      let name = names.span.extracting(start..<(start + Int(node.nameLength)))
      var slot = Self.hash(node.parent, name) & mask
      while slots[slot] != Self.none { slot = (slot + 1) & mask }
      slots[slot] = UInt32(truncatingIfNeeded: number)
    }
    self.slots = slots
  }
}

extension Array {
  /// Makes room for further elements, without the double size that growing one by one ends with, and still so that
  /// many calls cost no more than the elements.
  mutating func makeRoom(for further: Int) {
    let wanted = count + further
    if wanted > capacity { reserveCapacity(Swift.max(wanted, capacity + capacity / 2)) }
  }
}
