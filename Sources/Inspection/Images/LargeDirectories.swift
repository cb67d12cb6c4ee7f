internal import Facts
internal import Images

/// The directories that hold most of an image's bytes, each in the layer that ships it.
///
/// A directory has the bytes that lie in it and in none of the chosen directories below it: no byte counts twice, and
/// what lies beside a large directory is not lost. Chosen are all directories which so have at least a certain size:
/// the smallest for which they are no more than the limit. What is smaller by itself counts with the directory above
/// it. Where equals would be more than the limit, what is left of a layer takes the free places, told at the directory
/// that holds all of the layer.
///
/// For a size the choice is the only one that reaches from the leaves to the root, and a larger size never chooses
/// more: every part of the tree that is one directory's share has at least one directory's share of any smaller size.
struct LargeDirectories {
  /// A directory and its bytes.
  struct Choice {
    let directory: DirectoryID
    let layer: Int
    let bytes: Int
    /// How many of these nobody sees.
    let unseen: Int
  }

  /// The choice, in no order that matters.
  private(set) var choices: [Choice] = []

  /// A directory of a layer in which there are bytes, or in which several branches meet.
  private struct Node {
    var bytes = 0
    var unseen = 0
    /// The number of the next such directory above it, or `none`.
    var above = LargeDirectories.none
    let directory: DirectoryID
    let layer: UInt16
  }

  private static let none = UInt32.max

  /// All layers' directories, each behind the one above it.
  private var nodes: [Node] = []

  /// Chooses of the copies that count.
  init(_ union: LayerUnion, limit: Int, isCounted: (Copy) -> Bool) {
    var numbers = [UInt32](repeating: Self.none, count: union.nameCount)
    for layer in 0..<union.layerCount {
      add(union, layer, &numbers, isCounted)
    }
    choose(limit)
  }

  // MARK: The tree

  /// A directory of one layer, with the number that it has among all.
  private struct Seen {
    let directory: DirectoryID
    var bytes = 0
    var unseen = 0
    var children = 0
    var node = LargeDirectories.none
  }

  /// Adds the directories of a layer.
  ///
  /// - Parameters:
  ///   - union: the layers.
  ///   - layer: the layer's number.
  ///   - numbers: for every name the place in this layer's list, or `none`; all are `none` before and after.
  ///   - isCounted: whether a copy counts.
  private mutating func add(
    _ union: LayerUnion, _ layer: Int, _ numbers: inout [UInt32], _ isCounted: (Copy) -> Bool
  ) {
    var seen: [Seen] = []
    func index(of directory: DirectoryID) -> Int {
      if numbers[directory.number] == Self.none {
        numbers[directory.number] = UInt32(truncatingIfNeeded: seen.count)
        seen.append(Seen(directory: directory))
      }
      return Int(numbers[directory.number])
    }
    for copy in union.copies(ofLayer: layer) where copy.bytes > 0 && isCounted(copy) {
      let index = index(of: union.directory(of: copy.id))
      seen[index].bytes += copy.bytes
      if copy.fate != .live { seen[index].unseen += copy.bytes }
    }
    var next = 0
    while next < seen.count {
      if let parent = union.parent(of: seen[next].directory) { seen[index(of: parent)].children += 1 }
      next += 1
    }
    // A directory has a greater number than the one that holds it.
    let order = seen.indices.sorted { seen[$0].directory.number < seen[$1].directory.number }
    for place in order {
      let known = seen[place]
      let above = union.parent(of: known.directory).map { seen[Int(numbers[$0.number])].node } ?? Self.none
      if known.bytes > 0 || known.children > 1 {
        seen[place].node = UInt32(truncatingIfNeeded: nodes.count)
        nodes.append(
          Node(
            bytes: known.bytes, unseen: known.unseen, above: above, directory: known.directory,
            layer: UInt16(clamping: layer)))
      } else {
        seen[place].node = above
      }
    }
    for known in seen { numbers[known.directory.number] = Self.none }
  }

  // MARK: The choice

  private mutating func choose(_ limit: Int) {
    let total = nodes.reduce(0) { $0 + $1.bytes }
    var least = 1
    // More than the limit cannot have more than their share of all.
    var enough = total / (limit + 1) + 1
    while least < enough {
      let middle = least + (enough - least) / 2
      if isAtMost(limit, middle) { enough = middle } else { least = middle + 1 }
    }
    var rests: [Choice] = []
    for index in nodes.indices.reversed() where nodes[index].bytes > 0 {
      let node = nodes[index]
      let choice = Choice(
        directory: node.directory, layer: Int(node.layer), bytes: node.bytes, unseen: node.unseen)
      if node.bytes >= least {
        choices.append(choice)
      } else if node.above == Self.none {
        rests.append(choice)
      } else {
        nodes[Int(node.above)].bytes += node.bytes
        nodes[Int(node.above)].unseen += node.unseen
      }
    }
    rests.sort { $0.bytes == $1.bytes ? $0.layer < $1.layer : $0.bytes > $1.bytes }
    choices += rests.prefix(limit - choices.count)
    nodes = []
  }

  /// Whether no more directories than the limit have this size by themselves.
  private func isAtMost(_ limit: Int, _ size: Int) -> Bool {
    var bytes = nodes.map(\.bytes)
    var count = 0
    for index in bytes.indices.reversed() {
      if bytes[index] >= size {
        count += 1
        if count > limit { return false }
      } else if nodes[index].above != Self.none {
        bytes[Int(nodes[index].above)] += bytes[index]
      }
    }
    return true
  }
}
