internal import SourceText

/// A glob over a relative path, as proofs use it: names with `*`, `?` and brackets, `**`, `..`, and
/// a trailing slash that asks for a directory.
struct PathGlob: Sendable, Hashable {
  /// One part of the path.
  enum Step: Sendable, Hashable {
    /// A name without wildcards.
    case literal([UInt8])
    /// A name with wildcards.
    case glob(NameGlob)
    /// Any number of directories.
    case anyDepth
    /// The directory above.
    case parent
  }

  /// What a search may cost: a hostile tree is as large and as deep as it likes.
  private struct Budget {
    /// How many directories `**` goes down.
    static let depthLimit = 64
    /// How many more names and directories may be looked at.
    var steps = 4096
    /// How many directories `**` has gone down.
    var depth = 0
  }

  let steps: [Step]
  let wantsDirectory: Bool

  init(_ text: some StringProtocol) {
    wantsDirectory = text.hasSuffix("/")
    steps = text.utf8.split(separator: UInt8(ascii: "/")).map { part in
      if part.elementsEqual("**".utf8) { return .anyDepth }
      if part.elementsEqual("..".utf8) { return .parent }
      let glob = NameGlob(part)
      return glob.literal.map { .literal($0) } ?? .glob(glob)
    }
  }

  /// Whether something below `directory` matches and satisfies `accepts`.
  func any(
    below directory: Path, in surroundings: some Surroundings, accepts: (Path) -> Bool = { _ in true }
  ) -> Bool {
    var budget = Budget()
    return any(steps[...], directory, surroundings, &budget, accepts)
  }

  private func any(
    _ steps: ArraySlice<Step>, _ directory: Path, _ surroundings: some Surroundings, _ budget: inout Budget,
    _ accepts: (Path) -> Bool
  ) -> Bool {
    guard let step = steps.first else { return false }
    let rest = steps.dropFirst()
    budget.steps -= 1
    guard budget.steps > 0, budget.depth < Budget.depthLimit else { return false }
    switch step {
    case .parent:
      return !directory.isRoot && any(rest, directory.parent, surroundings, &budget, accepts)
    case .literal(let name):
      let path = directory.appending(name)
      if !rest.isEmpty { return any(rest, path, surroundings, &budget, accepts) }
      return holds(surroundings.entry(at: path)) && accepts(path)
    case .glob(let glob):
      return surroundings.anyChild(of: directory) { name, kind in
        guard glob.matches(name) else { return false }
        let path = directory.appending(name)
        if rest.isEmpty { return holds(kind) && accepts(path) }
        return kind == .directory && any(rest, path, surroundings, &budget, accepts)
      }
    case .anyDepth:
      if any(rest, directory, surroundings, &budget, accepts) { return true }
      budget.depth += 1
      defer { budget.depth -= 1 }
      return surroundings.anyChild(of: directory) { name, kind in
        kind == .directory && any(steps, directory.appending(name), surroundings, &budget, accepts)
      }
    }
  }

  private func holds(_ kind: EntryKind?) -> Bool {
    wantsDirectory ? kind == .directory : kind != nil
  }
}
