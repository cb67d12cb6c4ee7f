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

  /// What commands may change and later ones may ask for.
  struct Knowledge {
    var scope = ShellScope()
    var directory = ShellDirectory.same
    /// The functions by their names, with the place of their definition.
    var functions: [[UInt8]: (number: Int, body: ShellNode)] = [:]
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
  /// What the script has left for sure.
  var stop: Stop?
  /// Scripts for the end, of `trap`, and under which conditions they are set.
  var traps: [(script: ShellArgument, branches: [ShellBranch])] = []
  /// The variables of the function that is walked, with what they were outside of it.
  var locals: [String: ShellScope.Entry?]?
  var floors = Floors()
  /// Whether the command that is walked runs where one that does not only test has failed.
  var isRescue = false
  private var escapes: [Escape] = []
  private var forks = 0
  private var steps = 0
  private var depth = 0
  private var loops = 0
  private var isBackground = false
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
    if knowledge.functions[name]?.number == place { return }
    knowledge.definitions += 1
    knowledge.functions[name] = (
      place, body ?? ShellNode(kind: .unknown, redirections: [], range: ByteRange(at: 0))
    )
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
  private func merged(_ base: Knowledge, from: Knowledge, to: Knowledge) -> Knowledge {
    var result = base
    result.scope.doubt(from: from.scope, to: to.scope)
    if from.directory != to.directory { result.directory = .unknown }
    if from.definitions != to.definitions {
      let unknown = ShellNode(kind: .unknown, redirections: [], range: ByteRange(at: 0))
      let names = to.functions.filter { from.functions[$0.key]?.number != $0.value.number }.map(\.key)
      let gone = from.functions.keys.filter { to.functions[$0] == nil }
      for name in names + gone where result.functions[name]?.number != -1 {
        result.functions[name] = (-1, unknown)
        result.definitions = max(result.definitions, to.definitions) + 1
      }
    }
    return result
  }

  /// Walks commands whose failure does not end the script.
  private mutating func aside(_ body: (inout ShellWalk) -> Void) {
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
  private mutating func settle(_ target: Stop, keeping count: Int) {
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

  mutating func fork(arm: Int = 0) -> ShellBranch {
    forks += 1
    return ShellBranch(fork: forks, arm: arm)
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

  private mutating func walk(_ item: ShellItem) {
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
          branches.append(fork())
          before = before ?? knowledge
        }
        walk(link.pipeline)
      case .onFailure:
        if let start = before { knowledge = merged(start, from: start, to: knowledge) }
        before = nil
        let success = knowledge
        knowledge = merged(first, from: first, to: success)
        let start = knowledge
        branches = outer + [fork(arm: 1)]
        isRescue = !isTest(item.links[index - 1].pipeline)
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
    case .selection(_, let arms): return arms.contains { isTest($0, depth: depth) }
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

  private mutating func walk(_ pipeline: ShellPipeline) {
    if pipeline.commands.count == 1 {
      walk(pipeline.commands[0])
      return
    }
    // Each command of a pipeline has its own copy of everything.
    aside { walk in
      for command in pipeline.commands { walk.apart { $0.walk(command) } }
    }
  }

  // MARK: Commands

  private mutating func walk(_ node: ShellNode) {
    steps += 1
    if steps > ShellRun.stepLimit || depth >= ShellRun.depthLimit {
      isComplete = false
      forget()
      if steps > ShellRun.stepLimit { stop = .script }
      return
    }
    depth += 1
    defer { depth -= 1 }
    if case .simple(let assignments, let words) = node.kind {
      simple(node, assignments, words)
      return
    }
    if case .function(let name, let body) = node.kind {
      define(name, body)
      return
    }
    let wasRescue = isRescue
    isRescue = false
    defer { isRescue = wasRescue }
    perform(node.redirections)
    switch node.kind {
    case .group(let body):
      // `a || { b; exit; }`: what is said there is said of a failure.
      walk(body)
    case .subshell(let body): apart { $0.walk(body) }
    case .conditional(let arms, let otherwise): choose(arms, otherwise)
    case .loop(let condition, let body): loop(nil, condition, body, isSure: false)
    case .each(let variable, let words, let body): each(variable, words, body)
    case .selection(let subject, let arms):
      perform(subject)
      let id = fork().fork
      let start = knowledge
      var end = start
      for (index, arm) in arms.enumerated() {
        if stop != nil { break }
        knowledge = start
        branches.append(ShellBranch(fork: id, arm: index))
        aside { $0.walk(arm) }
        branches.removeLast()
        end = merged(end, from: start, to: knowledge)
      }
      knowledge = end
    case .test(let word): perform(word)
    case .unknown:
      isComplete = false
      forget()
    case .simple, .function: return
    }
  }

  private mutating func choose(_ arms: [(condition: ShellSequence, body: ShellSequence)], _ otherwise: ShellSequence?) {
    let id = fork().fork
    let outer = branches
    var end: Knowledge?
    for (index, arm) in arms.enumerated() {
      if stop != nil { break }
      // The first condition is always looked at, the others where those before do not hold.
      let before = knowledge
      aside { $0.walk(arm.condition) }
      // An early answer may have left out what the condition sets.
      let start = knowledge
      end = merged(end ?? start, from: index == 0 ? start : before, to: start)
      if stop != nil { break }
      branches = outer + [ShellBranch(fork: id, arm: index)]
      aside { $0.walk(arm.body) }
      end = merged(end ?? start, from: start, to: knowledge)
      knowledge = start
      branches = outer + [ShellBranch(fork: id, arm: arms.count + index)]
    }
    if let otherwise, stop == nil {
      branches = outer + [ShellBranch(fork: id, arm: 2 * arms.count)]
      let start = knowledge
      aside { $0.walk(otherwise) }
      end = merged(end ?? start, from: start, to: knowledge)
    }
    branches = outer
    if let end { knowledge = end }
  }

  // MARK: Loops

  private mutating func each(_ variable: [UInt8], _ words: [ShellWord]?, _ body: ShellSequence) {
    let name = String(decoding: variable, as: UTF8.self)
    guard let words else {
      loop(name, nil, body, isSure: false)
      return
    }
    let values = words.flatMap { arguments(of: $0) }
    let isSure = values.contains { !$0.isSpread && !$0.isPattern }
    guard values.count <= ShellRun.loopLimit, values.allSatisfy({ $0.value != nil && !$0.isPattern && !$0.isHome })
    else {
      loop(name, nil, body, isSure: isSure)
      return
    }
    let outer = floors.loop
    let before = escapes.count
    floors.loop = branches.count
    for value in values where stop == nil {
      scope.set(name, .value(value.value ?? []))
      aside { $0.walk(body) }
      if stop == .iteration { stop = nil }
      settle(.iteration, keeping: before)
    }
    if stop == .loop { stop = nil }
    settle(.loop, keeping: before)
    floors.loop = outer
    countVariables()
  }

  /// Walks what runs any number of times.
  ///
  /// It is walked once for all of them, knowing only what is the same each time; which variables it changes is found
  /// by walking it.
  private mutating func loop(
    _ variable: String?, _ condition: ShellSequence?, _ body: ShellSequence, isSure: Bool
  ) {
    let outer = floors.loop
    let before = escapes.count
    let conditionsBefore = branches
    loops += 1
    defer { loops -= 1 }
    if loops > ShellRun.passLimit { forget() }
    var start = knowledge
    let first = (invocations.count, traps)
    var pass = 0
    while true {
      pass += 1
      if let variable { scope.set(variable, .unknown) }
      if let condition { aside { $0.walk(condition) } }
      let afterCondition = knowledge
      if !isSure { branches.append(fork()) }
      floors.loop = branches.count
      if stop == nil { aside { $0.walk(body) } }
      if let last = stop, last <= .loop { stop = nil }
      settle(.loop, keeping: before)
      branches = conditionsBefore
      let end = merged(start, from: start, to: knowledge)
      let isSettled =
        end.scope.isSame(as: start.scope) && end.directory == start.directory
        && end.definitions == start.definitions
      if isSettled || stop != nil || steps > ShellRun.stepLimit || loops > ShellRun.passLimit
        || pass > ShellRun.passLimit + 1
      {
        knowledge = isSure ? end : merged(end, from: start, to: afterCondition)
        break
      }
      // Again, with what has changed unknown.
      invocations.removeLast(invocations.count - first.0)
      traps = first.1
      escapes.removeLast(escapes.count - before)
      knowledge = end
      if pass > ShellRun.passLimit { forget() }
      start = knowledge
    }
    floors.loop = outer
  }

  // MARK: Simple commands

  private mutating func simple(_ node: ShellNode, _ assignments: [ShellAssignment], _ words: [ShellWord]) {
    let isDeclaration = words.first?.plain.map { Self.declarations.contains(String(decoding: $0, as: UTF8.self)) }
    var arguments: [ShellArgument] = []
    for word in words {
      if isDeclaration ?? false, let argument = declaration(word) {
        arguments.append(argument)
      } else {
        arguments += self.arguments(of: word)
      }
    }
    perform(node.redirections)
    if arguments.isEmpty {
      for assignment in assignments {
        if let value = assignment.value { perform(value) }
        let value = value(of: assignment)
        scope.set(String(decoding: assignment.name, as: UTF8.self), value)
      }
      countVariables()
      return
    }
    var inner = scope
    for assignment in assignments {
      if let value = assignment.value { perform(value) }
      // Shells differ in whether one of them sees the one before.
      let names = assignments.map { String(decoding: $0.name, as: UTF8.self) }
      let isClear = assignments.count == 1 || !(assignment.value?.mentions(names) ?? true)
      inner.entries[String(decoding: assignment.name, as: UTF8.self)] = .init(
        value: isClear ? value(of: assignment) : .unknown, isExported: true)
    }
    let input = node.redirections.last { redirection in
      redirection.symbol.first == UInt8(ascii: "<")
        && (redirection.descriptor.isEmpty || redirection.descriptor.elementsEqual([UInt8(ascii: "0")]))
    }
    var command = ShellInvocation(
      words: arguments, range: mapped(node.range), branches: conditions, scope: inner, user: user,
      directory: directory, isBackground: isBackground, isNested: nesting > 0)
    for redirection in node.redirections where redirection.symbol.last == UInt8(ascii: ">") {
      command.outputs += expand(redirection.target)
    }
    if !command.outputs.isEmpty {
      command.input = (input?.document).map { document in Array(bytes[document.range.indices]) }
    }
    if !assignments.isEmpty { countVariables() }
    dispatch(
      command, input?.document == nil ? nil : input, assignments.map { String(decoding: $0.name, as: UTF8.self) })
  }

  private static let declarations: Set<String> = ["export", "readonly", "local", "declare", "typeset"]

  /// Runs a command: a function, what only a shell can do, or a program.
  private mutating func dispatch(_ command: ShellInvocation, _ input: ShellRedirection?, _ assigned: [String]) {
    var command = command
    guard let name = command.words[0].value else {
      unwrap(command, input)
      return
    }
    if let function = knowledge.functions[name]?.body {
      call(function, command, assigned)
      return
    }
    // `command cd` and `builtin cd` are still this shell's.
    var plain = command.words[...]
    while let first = plain.first, first.isText("command") || first.isText("builtin") {
      plain = plain.dropFirst()
      if plain.first?.isText("-p") ?? false { plain = plain.dropFirst() }
      if plain.first?.isText("--") ?? false { plain = plain.dropFirst() }
    }
    if let first = plain.first?.value, first.count <= 10 {
      let name = String(decoding: first, as: UTF8.self)
      if Self.builtins.contains(name) {
        command.words = Array(plain)
        let outer = scope
        scope = command.scope
        let isSpecial = Self.special.contains(name)
        // Whether commands in there get what stands before it depends on the shell.
        if isSpecial { for name in assigned { scope.entries[name]?.isDoubtful = true } }
        let isDone = builtin(name, command)
        restore(assigned, from: outer, isSpecial: isSpecial)
        if isDone { return }
      }
    }
    unwrap(command, input)
  }

  /// Takes back what stood before a command, which is for the command alone.
  private mutating func restore(_ names: [String], from outer: ShellScope, isSpecial: Bool) {
    for name in names {
      if isSpecial {
        // It stays in shells that follow POSIX, and does not in bash.
        scope.entries[name] = .init(value: .unknown, isExported: true, isDoubtful: true)
      } else {
        scope.entries[name] = outer.entries[name]
      }
    }
  }

  private mutating func call(_ function: ShellNode, _ command: ShellInvocation, _ assigned: [String]) {
    guard nesting < ShellRun.nestingLimit else {
      isComplete = false
      forget()
      return
    }
    nesting += 1
    let first = invocations.count
    let outer = (floors, locals, scope)
    let before = escapes.count
    floors.function = branches.count
    floors.loop = floors.loop.map { _ in branches.count }
    scope = command.scope
    locals = [:]
    aside { $0.walk(function) }
    if stop == .function { stop = nil }
    // Whether `break` reaches the loop outside of a function depends on the shell.
    if let last = stop, last < .function {
      stop = nil
      mayLeave(.loop)
    }
    settle(.function, keeping: before)
    // What is left of a variable before the call that the function changes depends on the shell.
    let changed = scope.stamp == command.scope.stamp ? [] : assigned
    for (name, entry) in locals ?? [:] { scope.entries[name] = entry }
    (floors, locals) = (outer.0, outer.1)
    restore(assigned, from: outer.2, isSpecial: false)
    restore(changed, from: outer.2, isSpecial: true)
    nesting -= 1
    if nesting == 0 {
      for index in first..<invocations.count { invocations[index].isNested = true }
    }
    countVariables()
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
