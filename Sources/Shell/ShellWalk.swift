internal import SourceText

/// The state of a walk through a script.
struct ShellWalk {
  /// How far a command that leaves goes.
  enum Stop: Int, Comparable {
    /// `continue`
    case iteration
    /// `break`
    case loop
    /// `return`
    case function
    /// `exit` and `exec`
    case script

    static func < (left: Stop, right: Stop) -> Bool { left.rawValue < right.rawValue }
  }

  /// A place before which the script may have been left.
  struct Escape {
    let branch: ShellBranch
    let stop: Stop
    /// What was known there.
    let knowledge: Knowledge
  }

  /// A function: the place of its definition, and the text that the places in its body are of.
  ///
  /// It may be called where another text is walked, as one that `eval` has defined is.
  struct Function {
    /// The place tells definitions apart; -1 where it is not known what the name stands for.
    let number: Int
    let body: ShellNode
    let bytes: [UInt8]
    let shift: Int?

    /// What stands for a function that is not known.
    static let unknown = Function(
      number: -1, body: ShellNode(kind: .unknown, redirections: [], range: ByteRange(at: 0)), bytes: [], shift: nil)
  }

  /// What commands may change and later ones may ask for.
  struct Knowledge {
    var scope = ShellScope()
    var directory = ShellDirectory.same
    /// The functions by their names.
    var functions: [[UInt8]: Function] = [:]
    /// How many definitions there were: the same number means the same functions.
    var definitions = 0
  }

  /// How many conditions hold for sure in what `break`, `return` and `exit` leave.
  struct Floors {
    var loop: Int?
    var function = 0
    var script = 0
  }

  var invocations: [ShellInvocation] = []
  var isComplete = true
  var stopsOnError: Bool
  var isBash: Bool
  let inherited: (String) -> VariableValue
  var knowledge = Knowledge()
  var user = ShellUser.same
  var branches: [ShellBranch] = []
  /// The text that is walked.
  var bytes: [UInt8] = []
  /// What is added to places of this text to get those of the whole script; nil where none holds it.
  var shift: Int? = 0
  var nesting = 0
  /// The command whose script is walked, for commands that have no place of their own.
  var anchor: ByteRange?
  /// The ways at whose end the script fails.
  var failing: Set<ShellBranch> = []
  /// What the script has left for sure.
  var stop: Stop?
  /// Scripts for the end, of `trap`, and under which conditions they are set.
  var traps: [(script: ShellArgument, branches: [ShellBranch])] = []
  /// The variables of the function that is walked, with what they were outside of it.
  var locals: [String: ShellScope.Entry?]?
  var floors = Floors()
  /// Whether the command that is walked runs where one that does not only test has failed.
  var isRescue = false
  var escapes: [Escape] = []
  private var forks = 0
  var steps = 0
  /// How many commands are followed.
  var stepLimit = ShellRun.freeSteps
  /// How often the loops around a command let it be followed.
  var unrolled = 1
  var depth = 0
  var loops = 0
  var isBackground = false
  /// Whether a subshell is walked, whose failure may not be the script's.
  private var isApart = false
  /// Whether nothing follows the commands that are walked, so that their failure is the script's.
  private var isLast = true

  var scope: ShellScope {
    get { knowledge.scope }
    _modify { yield &knowledge.scope }
  }

  /// Defines a function, or takes its definition back; without a body it is not known what the name stands for.
  mutating func define(_ name: [UInt8], _ body: ShellNode?) {
    // The place tells whether it is the same definition again, as in a loop.
    let place = body.map { (shift ?? bytes.count) + $0.range.lower } ?? -1
    if let known = knowledge.functions[name], known.number == place, shift != nil || known.bytes == bytes { return }
    knowledge.definitions += 1
    knowledge.functions[name] =
      body.map { Function(number: place, body: $0, bytes: bytes, shift: shift) } ?? .unknown
  }

  var directory: ShellDirectory {
    get { knowledge.directory }
    set { knowledge.directory = newValue }
  }

  init(isBash: Bool, stopsOnError: Bool, inherited: @escaping (String) -> VariableValue) {
    self.isBash = isBash
    self.stopsOnError = stopsOnError
    self.inherited = inherited
  }

  // MARK: Scripts

  /// Walks a script that a new shell runs: nothing that it sets stays, but for the outermost.
  mutating func start(_ script: ShellScript, shift: Int?) {
    let isOutermost = nesting == 0
    let outer = (bytes, self.shift, stopsOnError, locals)
    bytes = script.bytes
    self.shift = shift
    locals = nil
    apart(keepsOptions: true) { walk in
      walk.isLast = isOutermost
      walk.isApart = !isOutermost
      walk.knowledge.functions = [:]
      walk.walk(script.sequence)
    }
    let errors = stopsOnError
    (bytes, self.shift, stopsOnError, locals) = outer
    if isOutermost { stopsOnError = errors }
  }

  /// Walks a script that is the value of an argument, in this shell.
  mutating func evaluate(_ argument: ShellArgument) {
    guard let value = argument.value, !argument.isPattern else {
      scope.mayHaveMore = true
      return
    }
    guard nesting < ShellRun.nestingLimit else {
      isComplete = false
      return
    }
    let script = ShellScript(value)
    if !script.isComplete { isComplete = false }
    let outer = (bytes, shift, isLast)
    shift = place(of: argument, value)
    bytes = value
    nesting += 1
    isLast = false
    walk(script.sequence)
    nesting -= 1
    (bytes, shift, isLast) = outer
  }

  /// Where the text of a quoted argument begins in the whole script, if it stands there byte for byte.
  func place(of argument: ShellArgument, _ value: [UInt8]) -> Int? {
    guard let range = argument.range, let shift else { return nil }
    let lower = range.lower - shift
    guard lower >= 0, range.upper - shift <= bytes.count else { return nil }
    for skip in [1, 0] where range.count == value.count + 2 * skip {
      if bytes[(lower + skip)..<(lower + skip + value.count)].elementsEqual(value) { return range.lower + skip }
    }
    return nil
  }

  func mapped(_ range: ByteRange) -> ByteRange? {
    shift.map { ByteRange(range.lower + $0, range.upper + $0) }
  }

  // MARK: What is known

  /// Nothing is known any more of what the script may have set.
  mutating func forget() {
    scope.forget()
    directory = .unknown
  }

  /// Keeps what changed from one state to another as unknown in a third.
  func merged(_ base: Knowledge, from: Knowledge, to: Knowledge) -> Knowledge {
    var result = base
    result.scope.doubt(from: from.scope, to: to.scope)
    if from.directory != to.directory { result.directory = .unknown }
    if from.definitions != to.definitions {
      let names = to.functions.filter { from.functions[$0.key]?.number != $0.value.number }.map(\.key)
      let gone = from.functions.keys.filter { to.functions[$0] == nil }
      for name in names + gone where result.functions[name]?.number != -1 {
        result.functions[name] = .unknown
        result.definitions = max(result.definitions, to.definitions) + 1
      }
    }
    return result
  }

  /// Walks commands whose failure does not end the script.
  mutating func aside(_ body: (inout ShellWalk) -> Void) {
    let outer = isLast
    isLast = false
    body(&self)
    isLast = outer
  }

  /// Does what a subshell does: nothing of its state stays.
  mutating func apart(keepsOptions: Bool = false, _ body: (inout ShellWalk) -> Void) {
    let outer = (knowledge, user, stopsOnError, traps, floors)
    let wasApart = isApart
    let before = escapes
    floors = Floors(loop: nil, function: branches.count, script: branches.count)
    isApart = true
    traps = []
    body(&self)
    settle(.script, keeping: before.count)
    runTraps()
    let errors = stopsOnError
    (knowledge, user, stopsOnError, traps, floors) = outer
    if keepsOptions { stopsOnError = errors }
    isApart = wasApart
    escapes = before
    stop = nil
  }

  private mutating func runTraps() {
    let waiting = traps
    traps = []
    stop = nil
    let outer = (branches, escapes)
    for trap in waiting {
      branches = trap.branches
      escapes = []
      evaluate(trap.script)
      stop = nil
    }
    (branches, escapes) = outer
  }

  // MARK: Leaving

  /// Leaves a loop, a function or the script here, if this place is reached.
  mutating func leave(_ target: Stop) {
    let floor: Int
    switch target {
    case .iteration, .loop:
      guard let loop = floors.loop else { return }
      floor = loop
    case .function: floor = floors.function
    case .script: floor = floors.script
    }
    if branches.count <= floor {
      stop = target
    } else {
      mayLeave(target)
    }
  }

  /// From here on commands may be left out.
  mutating func mayLeave(_ target: Stop) {
    var target = target
    // One condition stands for all that are too many.
    if escapes.count >= ShellRun.escapeLimit, let last = escapes.popLast() {
      target = max(target, last.stop)
      escapes.append(
        Escape(branch: fork(), stop: target, knowledge: merged(last.knowledge, from: last.knowledge, to: knowledge)))
      return
    }
    escapes.append(Escape(branch: fork(), stop: target, knowledge: knowledge))
  }

  /// Comes to where everything goes on that left as far as this at most.
  mutating func settle(_ target: Stop, keeping count: Int) {
    let here = escapes[min(count, escapes.count)...].filter { $0.stop <= target }
    if here.isEmpty { return }
    escapes = Array(escapes.prefix(count)) + escapes.dropFirst(count).filter { $0.stop > target }
    for escape in here { knowledge = merged(knowledge, from: escape.knowledge, to: knowledge) }
  }

  /// Whether an `exit` with this status can be part of a run that succeeds.
  func maySucceed(_ arguments: ArraySlice<ShellArgument>, isReturn: Bool) -> Bool {
    guard let status = arguments.first else { return !isRescue }
    guard let text = status.value else { return true }
    if text.elementsEqual([UInt8(ascii: "0")]) { return true }
    return isReturn || isApart ? !isRescue : false
  }

  mutating func fork(arm: Int = 0, ways: Int = 0) -> ShellBranch {
    forks += 1
    return ShellBranch(fork: forks, arm: arm, ways: ways)
  }

  /// The conditions under which a command runs here.
  var conditions: [ShellBranch] { escapes.isEmpty ? branches : escapes.map(\.branch) + branches }

  // MARK: Lists

  mutating func walk(_ sequence: ShellSequence) {
    let outer = isLast
    for (index, item) in sequence.items.enumerated() {
      if stop != nil { break }
      isLast = outer && index == sequence.items.count - 1
      if item.terminator == .background {
        let wasBackground = isBackground
        isBackground = true
        aside { $0.apart { $0.walk(item) } }
        isBackground = wasBackground
      } else {
        walk(item)
      }
    }
    isLast = outer
  }

  mutating func walk(_ item: ShellItem) {
    if item.links.count == 1 {
      walk(item.links[0].pipeline)
      return
    }
    let outer = branches
    let isLastItem = isLast
    let wasRescue = isRescue
    let first = knowledge
    // What was known before commands that may not have run.
    var before: Knowledge?
    let lastAlternative = item.links.lastIndex { $0.condition == .onFailure } ?? -1
    let isChoice = isChoice(item)
    var choice: ShellBranch?
    for (index, link) in item.links.enumerated() {
      if stop != nil { break }
      isLast = isLastItem && index == item.links.count - 1
      isRescue = false
      switch link.condition {
      case .first: walk(link.pipeline)
      case .onSuccess:
        // A test that does not hold is no failure, unless the script ends with it.
        if isTest(item.links[index - 1].pipeline), !isFatal(index, lastAlternative: lastAlternative, isLastItem) {
          // Beyond that, the last one gives way, and what follows it is taken for yet another way.
          if branches.count >= ShellRun.depthLimit { branches.removeLast() }
          var branch = fork(ways: isChoice ? 2 : 0)
          branch.existing = existing(item.links[index - 1].pipeline)
          if isChoice { choice = branch }
          branches.append(branch)
          before = before ?? knowledge
        }
        walk(link.pipeline)
      case .onFailure:
        if let start = before { knowledge = merged(start, from: start, to: knowledge) }
        before = nil
        let success = knowledge
        knowledge = merged(first, from: first, to: success)
        let start = knowledge
        isRescue = !isTest(item.links[index - 1].pipeline)
        var branch = choice.map { ShellBranch(fork: $0.fork, arm: 1, ways: 2) } ?? fork(arm: 1)
        branch.isRescue = choice == nil && isRescue
        branches = outer + [branch]
        walk(link.pipeline)
        knowledge = merged(success, from: start, to: knowledge)
        // What follows `a || b` runs when either has succeeded.
        branches = outer
      }
    }
    if let start = before { knowledge = merged(start, from: start, to: knowledge) }
    branches = outer
    isLast = isLastItem
    isRescue = wasRescue
  }

  /// Whether it is `test && a || b`, one way of which always runs.
  private func isChoice(_ item: ShellItem) -> Bool {
    guard item.links.count >= 3, item.links.last?.condition == .onFailure,
      item.links.dropFirst().dropLast().allSatisfy({ $0.condition == .onSuccess })
    else { return false }
    return isTest(item.links[0].pipeline) && !item.links.dropFirst().dropLast(2).contains { isTest($0.pipeline) }
  }

  /// The path that a pipeline asks for, if it does nothing else; nil where that is not known.
  func existing(_ pipeline: ShellPipeline) -> [UInt8]? {
    guard !pipeline.isNegated, pipeline.commands.count == 1,
      case .simple(let assignments, var words) = pipeline.commands[0].kind, assignments.isEmpty,
      let name = words.first?.plain
    else { return nil }
    if name.elementsEqual("[".utf8) {
      guard words.last?.plain?.elementsEqual("]".utf8) ?? false else { return nil }
      words.removeLast()
    } else if !name.elementsEqual("test".utf8) {
      return nil
    }
    guard words.count == 3, let option = words[1].plain, option.count == 2, option[0] == UInt8(ascii: "-"),
      "defrswx".utf8.contains(option[1])
    else { return nil }
    let arguments = expand(words[2])
    guard arguments.count == 1, let path = arguments[0].value, path.first == UInt8(ascii: "/"), path.count > 1,
      !arguments[0].isPattern
    else { return nil }
    return path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
  }

  /// Whether the failure of the links up to `index` makes the script fail.
  private func isFatal(_ index: Int, lastAlternative: Int, _ isLastItem: Bool) -> Bool {
    isLastItem && branches.isEmpty && index > lastAlternative
  }

  /// Whether a pipeline asks something, so that its failure is an answer; through a few functions and groups.
  private func isTest(_ pipeline: ShellPipeline, depth: Int = 0) -> Bool {
    if pipeline.isNegated { return true }
    guard depth < 4, let node = pipeline.commands.last else { return false }
    return isTest(node, depth: depth)
  }

  private func isTest(_ node: ShellNode, depth: Int) -> Bool {
    switch node.kind {
    case .test: return true
    case .simple(_, let words):
      guard let name = words.first?.plain else { return false }
      if let function = knowledge.functions[name]?.body, depth < 4 { return isTest(function, depth: depth + 1) }
      return Self.tests.contains(String(decoding: name, as: UTF8.self))
    case .group(let body), .subshell(let body), .each(_, _, let body), .loop(_, let body):
      return isTest(body, depth: depth)
    case .conditional(let arms, let otherwise):
      return arms.contains { isTest($0.body, depth: depth) } || otherwise.map { isTest($0, depth: depth) } ?? false
    case .selection(_, let arms): return arms.contains { isTest($0.body, depth: depth) }
    case .function, .unknown: return false
    }
  }

  private func isTest(_ sequence: ShellSequence, depth: Int) -> Bool {
    sequence.items.last?.links.contains { isTest($0.pipeline, depth: depth + 1) } ?? false
  }

  private static let tests: Set<String> = [
    "[", "test", "grep", "egrep", "fgrep", "command", "which", "type", "hash", "id", "getent", "cmp", "diff", "false",
    "expr", "ls", "stat", "read",
  ]

  mutating func walk(_ pipeline: ShellPipeline) {
    if pipeline.commands.count == 1 {
      walk(pipeline.commands[0])
      return
    }
    // Each command of a pipeline has its own copy of everything.
    aside { walk in
      for command in pipeline.commands { walk.apart { $0.walk(command) } }
    }
  }

  /// Sees to it that the variables of all commands together do not need too much memory.
  mutating func countVariables() {
    variables += scope.entries.count
    if variables > ShellRun.variableLimit {
      scope.entries = [:]
      scope.forget()
    }
  }

  private var variables = 0
  /// How many bytes words have become.
  var expandedBytes = 0
}
