public import SourceText

/// Which policy judges which file: the nearest one at or above it.
public struct PolicyTree: Sendable {
  private let byDirectory: [Path: Policy]
  private let fallback: Policy

  /// Creates the tree.
  ///
  /// - Parameters:
  ///   - byDirectory: the policies by the directory whose files they judge, relative to the root.
  ///   - fallback: the policy of what has none above it.
  public init(_ byDirectory: [Path: Policy], fallback: Policy) {
    self.byDirectory = byDirectory
    self.fallback = fallback
  }

  /// The directory whose policy judges a file; the root where none does.
  public func home(of path: Path) -> Path {
    if byDirectory.isEmpty { return .root }
    var place = path
    while true {
      if byDirectory[place] != nil { return place }
      if place.isRoot { return .root }
      place = place.parent
    }
  }

  /// The policy that judges a file.
  public func policy(for path: Path) -> Policy {
    byDirectory.isEmpty ? fallback : byDirectory[home(of: path)] ?? fallback
  }

  /// All policies, by the directories whose files they judge; the root's is the one of what has none else.
  public var all: [(directory: Path, policy: Policy)] {
    let own = byDirectory.sorted { $0.key < $1.key }.map { (directory: $0.key, policy: $0.value) }
    return byDirectory[.root] == nil ? [(directory: .root, policy: fallback)] + own : own
  }
}
