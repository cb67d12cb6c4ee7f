public import SourceText

/// Decides about any path of a work tree, and reads the ignore files on the way once.
public final class GitIgnoreJudge {
  private struct State {
    /// The rule that excludes the directory or one above it.
    let excludedBy: IgnoreDecision?
    /// The files in force below it.
    let stack: GitIgnoreStack
  }

  private let load: (Path) -> GitIgnoreFile?
  private let committedOnly: Bool
  private var states: [Path: State] = [:]
  /// How many bytes the paths of ``states`` have.
  private var remembered = 0

  /// Nothing decides about a path that is longer: Linux takes none, and each of its parents costs a state.
  public static let pathLimit = 4096
  /// When the paths of known directories have more bytes than this, they are forgotten.
  static let memoryLimit = 32 << 20

  /// Creates a judge.
  ///
  /// - Parameters:
  ///   - stack: the user's own lists.
  ///   - committedOnly: whether they do not count.
  ///   - load: reads the ignore file in a directory, as far as git would; nil where there is none.
  public init(
    _ stack: GitIgnoreStack = GitIgnoreStack(), committedOnly: Bool = false, load: @escaping (Path) -> GitIgnoreFile?
  ) {
    self.load = load
    self.committedOnly = committedOnly
    var root = stack
    if let file = load(.root) { root.push(file, at: .root) }
    states[.root] = State(excludedBy: nil, stack: root)
  }

  /// Creates a judge by one file alone, which stands at the root.
  public convenience init(single file: GitIgnoreFile) {
    self.init { $0.isRoot ? file : nil }
  }

  /// The rule that decides about a path, which need not exist; nil where none does.
  public func decide(_ path: Path, isDirectory: Bool) -> IgnoreDecision? {
    if path.isRoot || path.bytes.count > Self.pathLimit { return nil }
    let state = state(of: path.parent)
    if let excluded = state.excludedBy { return excluded }
    return decide(path, isDirectory: isDirectory, in: state)
  }

  private func decide(_ path: Path, isDirectory: Bool, in state: State) -> IgnoreDecision? {
    let name = path.bytes.count - path.name.count
    guard
      let match = state.stack.match(path.bytes, name: name, isDirectory: isDirectory, committedOnly: committedOnly)
    else { return nil }
    return state.stack.decision(match, at: path)
  }

  /// What is in force below a directory; goes down from the nearest one that is known.
  private func state(of directory: Path) -> State {
    if let known = states[directory] { return known }
    var missing: [Path] = []
    var place = directory
    while states[place] == nil {
      missing.append(place)
      // Above `/` there is nothing; a path that begins there is taken as one below the root.
      place = place.parent == place ? .root : place.parent
    }
    guard var state = states[place] else { return State(excludedBy: nil, stack: GitIgnoreStack()) }
    for next in missing.reversed() {
      if state.excludedBy == nil {
        let decision = decide(next, isDirectory: true, in: state)
        if let decision, decision.isIgnored {
          state = State(excludedBy: decision, stack: state.stack)
        } else if let file = load(next) {
          var stack = state.stack
          stack.push(file, at: next)
          state = State(excludedBy: nil, stack: stack)
        }
      }
      remember(state, of: next)
    }
    return state
  }

  private func remember(_ state: State, of directory: Path) {
    remembered += directory.bytes.count
    if remembered > Self.memoryLimit {
      states = states.filter { $0.key.isRoot }
      remembered = directory.bytes.count
    }
    states[directory] = state
  }
}
