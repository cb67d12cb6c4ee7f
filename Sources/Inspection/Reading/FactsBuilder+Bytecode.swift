internal import Bytecode
internal import BytecodeReading
internal import Facts
internal import Files
internal import IgnoreFiles
internal import Reports
internal import Repositories
internal import SourceText

extension FactsBuilder {
  /// Looks at Python's bytecode.
  ///
  /// In a repository at what is tracked: what a checkout has compiled itself is nobody's business. Where the rules about
  /// bytecode are asked for, and outside of repositories, at all that lies in the targets. Where there is no bytecode
  /// nothing is opened.
  mutating func addBytecode(to facts: inout TargetFacts, named: Interpreters, isAskedFor: Bool) {
    var files = Set(workspace.files.filter { BytecodeName.isBytecode($0.name) })
    facts.interpreters = named
    if let index = reading.index {
      let tracked = (0..<index.count).filter { position in
        let path = index.path(at: position)
        guard let last = path.last, Self.lastBytes.contains(last) else { return false }
        let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path
        return BytecodeName.isBytecode(name)
      }
      files.formUnion(tracked.map { Path(index.path(at: $0)) })
    }
    let isWalked = !settings.isStaged && (isAskedFor || reading.index == nil && reading.tree.hasBytecode)
    if isWalked {
      let rules = GitRules(GitIgnoreStack(), ignoresCase: false)
      var visitor = BytecodeWalk(root: workspace.root, entersIgnored: isAskedFor)
      var walk = TreeWalk<BytecodeWalk>(root: workspace.root, rules: rules)
      for directory in workspace.walked { walk.run(&visitor, from: directory) }
      files.formUnion(visitor.files)
      for tag in visitor.interpreters.tags { facts.interpreters.insert(tag) }
      let known = Set(reading.tree.errors)
      for error in visitor.errors where !known.contains(error) {
        errors.append(RunError((error.path.relative(to: workspace.root) ?? error.path).description, error.explanation))
      }
    }
    files = files.filter { isAsked($0) && !isExcluded($0) }
    guard !files.isEmpty else { return }
    noteTrackedInterpreters(in: &facts)
    let survey = BytecodeSurvey(
      of: files.sorted(), in: FileTree(root: workspace.root, links: .asTheyStand),
      interpreters: facts.interpreters, isTracked: { [reading] in reading.index?.contains($0.bytes) ?? false })
    facts.bytecode = survey.facts
    errors += survey.errors.map { RunError($0.path.description, $0.explanation) }
  }

  /// The last bytes of names of bytecode, and of what is left of an interrupted write.
  private static let lastBytes = Set("co0123456789".utf8)

  /// The interpreters that the index shows.
  private func noteTrackedInterpreters(in facts: inout TargetFacts) {
    guard let index = reading.index else { return }
    for position in 0..<index.count {
      let path = index.path(at: position)
      let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path
      if BytecodeWalk.mayShowInterpreter(name) { facts.interpreters.note(Path(path)) }
    }
  }
}
