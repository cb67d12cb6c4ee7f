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
  var isLast = true

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
