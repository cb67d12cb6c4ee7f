internal import Caches
internal import SourceText

/// Where the environment of an image has tools keep their caches, beside the places that are usual.
///
/// Which variable moves which cache is what the catalogue says of the layers that its commands write and of what moves a
/// kind, and that a kind follows `XDG_CACHE_HOME`.
struct MovedPlaces {
  /// A place as a glob of an absolute path.
  struct Place {
    let kind: KindNumber
    let path: String
    /// Whether the directory that holds it has to prove it, since only this part of that one is the cache.
    let isPart: Bool
  }

  /// A way that a variable moves a kind.
  private struct Move {
    let kind: KindNumber
    let below: String
    let isPart: Bool
    let isShared: Bool
  }

  private(set) var places: [Place] = []

  /// Finds the places.
  ///
  /// - Parameters:
  ///   - environment: Variables as `NAME=VALUE`. Only the path of a directory says anything, and only where nothing has
  ///     to be expanded and no list to be taken apart.
  ///   - kept: Directories that are in use for more, such as homes: neither they nor those above are caches, whatever
  ///     a variable says.
  init(_ environment: [String], keeping kept: [Path]) {
    let kept = Self.tree(kept)
    var seen: Set<String> = []
    for variable in environment where seen.insert(variable).inserted {
      guard let equals = variable.firstIndex(of: "="), let moves = Self.moves[String(variable[..<equals])],
        let directory = Self.directory(variable[variable.index(after: equals)...])
      else { continue }
      for move in moves {
        let path = directory + (move.below.isEmpty ? "" : "/" + move.below)
        let place = Path(path.utf8.dropFirst())
        // What many tools share is no more than a directory with their names in it, which `/opt` may be as well.
        let isVague = move.isShared && place.parent.isRoot
        if !isVague, !Self.holds(place, kept) {
          places.append(Place(kind: move.kind, path: path, isPart: move.isPart))
        }
      }
      if places.count >= ImageLimits.movedPlaces { break }
    }
  }

  /// Paths as a tree, in which every directory that holds one of them has a node.
  private static func tree(_ paths: [Path]) -> NameTree {
    var tree = NameTree()
    for path in paths where path.bytes.count <= ImageLimits.pathLength {
      _ = path.components.reduce(NameTree.root) { tree.addChild(of: $0, named: $1.span) }
    }
    return tree
  }

  /// Whether a place is one of the paths of a tree, or holds one.
  private static func holds(_ place: Path, _ tree: NameTree) -> Bool {
    place.components.reduce(NameTree.root) { node, name in
      node == NameTree.none ? node : tree.child(of: node, named: name.span)
    } != NameTree.none
  }

  /// The directory that a value names; nil for what is none, or not to be had from its text alone.
  private static func directory(_ value: Substring) -> String? {
    guard value.first == "/", value.utf8.count <= ImageLimits.pathLength else { return nil }
    guard !value.utf8.contains(where: { $0 < 0x20 || "*?[]{}\\$\"'`".utf8.contains($0) }) else { return nil }
    let names = value.split(separator: "/").filter { $0 != "." }
    if names.isEmpty || names.contains("..") { return nil }
    return names.reduce(into: "") { $0 += "/" + $1 }
  }

  private static let home = "~/.cache"

  /// The kinds that each variable moves, which are read from the catalogue once.
  private static let moves: [String: [Move]] = {
    var moves: [String: [Move]] = [:]
    for position in 0..<Catalogue.count {
      let number = KindNumber(rawValue: UInt16(truncatingIfNeeded: position))
      guard let kind = Catalogue.kind(number) else { continue }
      let isShared = kind.group == .generic
      for place in kind.layer?.places ?? [] {
        guard let variable = place.variable else { continue }
        let parts = kind.layer?.parts ?? []
        for part in parts.isEmpty ? [""] : parts {
          let below = [place.below, part].filter { !$0.isEmpty }.joined(separator: "/")
          moves[variable, default: []].append(
            Move(kind: number, below: below, isPart: !part.isEmpty, isShared: isShared))
        }
      }
      for variable in kind.relocate.environment {
        guard let below = variable.below else { continue }
        moves[variable.name, default: []].append(Move(kind: number, below: below, isPart: false, isShared: isShared))
      }
      guard kind.image.followsXDG else { continue }
      for path in kind.image.user where path == home || path.hasPrefix(home + "/") {
        let below = path.dropFirst(home.count + 1)
        moves["XDG_CACHE_HOME", default: []].append(
          Move(kind: number, below: String(below), isPart: false, isShared: isShared))
      }
    }
    return moves
  }()
}
