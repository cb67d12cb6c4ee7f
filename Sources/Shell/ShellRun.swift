public import SourceText

/// What a script runs, in order, found by walking it and running nothing.
public struct ShellRun: Sendable {
  /// How many commands are followed; loops and functions count each time.
  public static let stepLimit = 200_000
  /// How deep functions and scripts in scripts are followed.
  public static let nestingLimit = 12
  /// How many conditions are kept of one command.
  public static let branchLimit = 64
  /// How many variables of a script are followed; with more, any may be set.
  public static let variableLimit = 200
  /// How many words of a `for` are followed one by one; of more, the variable is unknown.
  public static let loopLimit = 16

  /// The commands, in the order in which they run.
  public private(set) var invocations: [ShellInvocation] = []
  /// Whether the walk came to its end, and every script in it was understood.
  public private(set) var isComplete: Bool
  /// Whether a command that fails ends the script, at its end.
  public private(set) var stopsOnError: Bool

  /// Walks a script.
  ///
  /// - Parameters:
  ///   - script: the script.
  ///   - isBash: whether what only bash knows is to be expanded, such as `{a,b}`.
  ///   - stopsOnError: whether the shell was started with `-e`.
  ///   - inherited: what the script is started with.
  public init(
    _ script: ShellScript, isBash: Bool = false, stopsOnError: Bool = false,
    inherited: (String) -> VariableValue
  ) {
    isComplete = script.isComplete
    self.stopsOnError = stopsOnError
    withoutActuallyEscaping(inherited) { inherited in
      var walk = ShellWalk(isBash: isBash, stopsOnError: stopsOnError, inherited: inherited)
      walk.run(script, shift: 0)
      invocations = walk.invocations
      isComplete = isComplete && walk.isComplete
      self.stopsOnError = walk.stopsOnError
    }
  }
}

extension ShellRun {
  /// Walks a program that is started without a shell.
  ///
  /// - Parameters:
  ///   - words: the program and its arguments, with their places in `text`.
  ///   - text: what holds them, quotes included.
  ///   - inherited: what the program is started with.
  public init(_ words: [ShellArgument], in text: [UInt8], inherited: (String) -> VariableValue) {
    isComplete = true
    stopsOnError = true
    if words.isEmpty { return }
    withoutActuallyEscaping(inherited) { inherited in
      var walk = ShellWalk(isBash: false, stopsOnError: true, inherited: inherited)
      walk.bytes = text
      var range: ByteRange?
      for word in words { range = word.range.map { range?.joined($0) ?? $0 } ?? range }
      walk.unwrap(
        ShellInvocation(
          words: words, range: range, branches: [], scope: ShellScope(), user: .same, directory: .same,
          isBackground: false, isNested: false), nil)
      invocations = walk.invocations
      isComplete = walk.isComplete
    }
  }
}

/// The state of a walk through a script.
struct ShellWalk {
  var invocations: [ShellInvocation] = []
  var isComplete = true
  var stopsOnError: Bool
  let isBash: Bool
  let inherited: (String) -> VariableValue
  var scope = ShellScope()
  var user = ShellUser.same
  var directory = ShellDirectory.same
  var branches: [ShellBranch] = []
  /// The text that is walked.
  var bytes: [UInt8] = []
  /// What is added to places of this text to get those of the whole script; nil where none holds it.
  var shift: Int? = 0
  var nesting = 0
  /// Whether the end of the script was reached for sure.
  var isDone = false
  private var functions: [[UInt8]: ShellNode] = [:]
  private var forks = 0
  private var steps = 0
  private var isBackground = false
  /// Whether nothing follows the commands that are walked, so that their failure is the script's.
  private var isLast = true
  /// Scripts for the end, of `trap`.
  private var traps: [ShellArgument] = []

  init(isBash: Bool, stopsOnError: Bool, inherited: @escaping (String) -> VariableValue) {
    self.isBash = isBash
    self.stopsOnError = stopsOnError
    self.inherited = inherited
  }

  /// Walks a whole script, which may be one inside of another.
  mutating func run(_ script: ShellScript, shift: Int?) {
    let outer = (bytes, self.shift, functions, traps, isLast, stopsOnError)
    bytes = script.bytes
    self.shift = shift
    traps = []
    isLast = nesting == 0
    walk(script.sequence)
    isDone = false
    for trap in traps { run(text: trap) }
    let errors = stopsOnError
    (bytes, self.shift, functions, traps, isLast, stopsOnError) = outer
    if nesting == 0 { stopsOnError = errors }
  }

  /// Walks a script that is the value of an argument.
  mutating func run(text argument: ShellArgument) {
    guard let value = argument.value else {
      scope.mayHaveMore = true
      return
    }
    guard nesting < ShellRun.nestingLimit else {
      isComplete = false
      return
    }
    let script = ShellScript(value)
    if !script.isComplete { isComplete = false }
    nesting += 1
    run(script, shift: place(of: argument, value))
    nesting -= 1
  }

  /// Where the text of a quoted argument begins in the whole script, if it stands there byte for byte.
  private func place(of argument: ShellArgument, _ value: [UInt8]) -> Int? {
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

  // MARK: Lists

  private mutating func walk(_ sequence: ShellSequence) {
    let outer = isLast
    for (index, item) in sequence.items.enumerated() {
      if isDone { break }
      isLast = outer && index == sequence.items.count - 1
      let wasBackground = isBackground
      if item.terminator == .background { isBackground = true }
      walk(item)
      isBackground = wasBackground
    }
    isLast = outer
  }

  private mutating func walk(_ item: ShellItem) {
    let outer = branches
    let isLastItem = isLast
    for (index, link) in item.links.enumerated() {
      if isDone { break }
      isLast = isLastItem && index == item.links.count - 1
      switch link.condition {
      case .first: break
      case .onSuccess:
        // A test that does not hold is no failure, unless the script ends with it.
        if isTest(item.links[index - 1].pipeline), !isFatal(item, from: index, isLastItem) {
          // Beyond that, the last one gives way, and what follows it is taken for yet another way.
          if branches.count < ShellRun.branchLimit {
            branches.append(fork())
          } else {
            branches[branches.count - 1] = fork()
          }
        }
      case .onFailure: branches = outer + [fork(arm: 1)]
      }
      walk(link.pipeline)
      // What follows `a || b` runs when either has succeeded.
      if link.condition == .onFailure { branches = outer }
    }
    branches = outer
    isLast = isLastItem
  }

  /// Whether the failure of the links up to `index` makes the script fail.
  private func isFatal(_ item: ShellItem, from index: Int, _ isLastItem: Bool) -> Bool {
    isLastItem && branches.isEmpty && item.links[index...].allSatisfy { $0.condition == .onSuccess }
  }

  private mutating func fork(arm: Int = 0) -> ShellBranch {
    forks += 1
    return ShellBranch(fork: forks, arm: arm)
  }

  private func isTest(_ pipeline: ShellPipeline) -> Bool {
    guard let node = pipeline.commands.last else { return false }
    switch node.kind {
    case .test: return true
    case .simple(_, let words):
      guard let name = words.first?.plain else { return false }
      return Self.tests.contains(String(decoding: name, as: UTF8.self))
    default: return false
    }
  }

  private static let tests: Set<String> = [
    "[", "test", "grep", "egrep", "fgrep", "command", "which", "type", "hash", "id", "getent", "cmp", "diff", "false",
    "expr", "ls", "stat",
  ]

  private mutating func walk(_ pipeline: ShellPipeline) {
    if pipeline.commands.count == 1 {
      walk(pipeline.commands[0])
      return
    }
    // Each command of a pipeline has its own copy of everything.
    let outer = isLast
    isLast = false
    for command in pipeline.commands { apart { $0.walk(command) } }
    isLast = outer
  }

  /// Does what a subshell does: nothing of its state stays.
  private mutating func apart(_ body: (inout ShellWalk) -> Void) {
    let outer = (scope, user, directory, functions, stopsOnError)
    body(&self)
    (scope, user, directory, functions, stopsOnError) = outer
    // An `exit` ends the subshell alone.
    isDone = false
  }

  // MARK: Commands

  private mutating func walk(_ node: ShellNode) {
    steps += 1
    if steps > ShellRun.stepLimit {
      isComplete = false
      isDone = true
      return
    }
    switch node.kind {
    case .simple(let assignments, let words): simple(node, assignments, words)
    case .group(let body): walk(body)
    case .subshell(let body): apart { $0.walk(body) }
    case .conditional(let arms, let otherwise):
      let id = fork().fork
      let outer = branches
      for (index, arm) in arms.enumerated() {
        // The first condition is always looked at, the others where those before do not hold.
        aside { $0.walk(arm.condition) }
        branches = outer + [ShellBranch(fork: id, arm: index)]
        guarded { $0.walk(arm.body) }
        branches = outer + [ShellBranch(fork: id, arm: arms.count + index)]
      }
      if let otherwise {
        branches = outer + [ShellBranch(fork: id, arm: 2 * arms.count)]
        guarded { $0.walk(otherwise) }
      }
      branches = outer
    case .loop(let condition, let body):
      aside { $0.walk(condition) }
      branches.append(fork())
      guarded { $0.walk(body) }
      branches.removeLast()
    case .each(let variable, let words, let body): each(variable, words, body)
    case .selection(_, let arms):
      let id = fork().fork
      for (index, arm) in arms.enumerated() {
        branches.append(ShellBranch(fork: id, arm: index))
        guarded { $0.walk(arm) }
        branches.removeLast()
      }
    case .function(let name, let body): functions[name] = body
    case .test: return
    case .unknown:
      isComplete = false
      scope.mayHaveMore = true
    }
  }

  /// Walks commands whose failure does not end the script.
  private mutating func aside(_ body: (inout ShellWalk) -> Void) {
    let outer = isLast
    isLast = false
    body(&self)
    isLast = outer
  }

  /// Walks commands that may not run: what they set is known no more.
  private mutating func guarded(_ body: (inout ShellWalk) -> Void) {
    let outer = scope
    let place = directory
    let wasLast = isLast
    isLast = false
    body(&self)
    isLast = wasLast
    isDone = false
    for (name, entry) in scope.entries {
      if let old = outer.entries[name], old.value == entry.value, old.isExported == entry.isExported { continue }
      scope.set(name, ShellScope.Entry(value: .unknown, isExported: entry.isExported))
    }
    if directory != place { directory = .unknown }
  }

  private mutating func each(_ variable: [UInt8], _ words: [ShellWord]?, _ body: ShellSequence) {
    let name = String(decoding: variable, as: UTF8.self)
    guard let words else {
      branches.append(fork())
      scope.set(name, ShellScope.Entry(value: .unknown, isExported: nil))
      guarded { $0.walk(body) }
      branches.removeLast()
      return
    }
    let values = words.flatMap { expand($0) }
    let isSure = values.contains { !$0.isSpread && !$0.isPattern }
    if !isSure { branches.append(fork()) }
    if values.count <= ShellRun.loopLimit, values.allSatisfy({ $0.value != nil && !$0.isPattern }) {
      for value in values where !isDone {
        scope.set(name, ShellScope.Entry(value: .value(value.value ?? []), isExported: nil))
        aside { $0.walk(body) }
      }
    } else {
      scope.set(name, ShellScope.Entry(value: .unknown, isExported: nil))
      aside { $0.walk(body) }
    }
    if !isSure { branches.removeLast() }
  }

  private mutating func simple(_ node: ShellNode, _ assignments: [ShellAssignment], _ words: [ShellWord]) {
    // Commands in `$(…)` run, too.
    for word in words { outputs(of: word) }
    for assignment in assignments { if let value = assignment.value { outputs(of: value) } }
    let arguments = words.flatMap { expand($0) }
    if arguments.isEmpty {
      for assignment in assignments { scope.assign(assignment, value(of: assignment), isExported: nil) }
      return
    }
    var inner = scope
    for assignment in assignments {
      let value = value(of: assignment)
      inner.assign(assignment, value, isExported: true)
    }
    let document = node.redirections.last { $0.document != nil }?.document
    var command = ShellInvocation(
      words: arguments, range: mapped(node.range), branches: branches, scope: inner, user: user,
      directory: directory, isBackground: isBackground, isNested: nesting > 0)
    for redirection in node.redirections where redirection.symbol.last == UInt8(ascii: ">") {
      command.outputs += expand(redirection.target)
    }
    if !command.outputs.isEmpty { command.input = document.map { Array(bytes[$0.range.indices]) } }
    dispatch(command, document)
  }

  /// Runs a command: a function, what only a shell can do, or a program.
  private mutating func dispatch(_ command: ShellInvocation, _ document: ShellDocument?) {
    if let name = command.words[0].value {
      if let function = functions[name] {
        call(function, command)
        return
      }
      if name.count <= 10, builtin(String(decoding: name, as: UTF8.self), command) { return }
    }
    unwrap(command, document)
  }

  private mutating func call(_ function: ShellNode, _ command: ShellInvocation) {
    guard nesting < ShellRun.nestingLimit else {
      isComplete = false
      return
    }
    nesting += 1
    let first = invocations.count
    aside { $0.walk(function) }
    nesting -= 1
    if nesting == 0 {
      for index in first..<invocations.count { invocations[index].isNested = true }
    }
  }

  /// Walks the commands whose output a word is.
  private mutating func outputs(of word: ShellWord) {
    for part in word.parts {
      switch part {
      case .output(let sequence?, _): aside { $0.apart { $0.walk(sequence) } }
      case .variable(_, .fallback(let inner, _), _), .variable(_, .replacement(let inner, _), _),
        .variable(_, .assigning(let inner, _), _):
        outputs(of: inner)
      default: continue
      }
    }
  }

  private func value(of assignment: ShellAssignment) -> VariableValue {
    guard let word = assignment.value else { return .unknown }
    guard let bytes = joined(word) else { return .unknown }
    if !assignment.appends { return .value(bytes) }
    switch scope.expansion(String(decoding: assignment.name, as: UTF8.self), inherited: inherited) {
    case .value(let old): return .value(old + bytes)
    case .unset: return .value(bytes)
    case .unknown: return .unknown
    }
  }

  // MARK: What only a shell can do

  /// Does what a built-in command does; false where the name is none of them.
  private mutating func builtin(_ name: String, _ command: ShellInvocation) -> Bool {
    let arguments = command.words.dropFirst()
    switch name {
    case "export", "readonly", "declare", "typeset", "local": export(name, arguments)
    case "unset":
      for argument in arguments {
        guard let bytes = argument.value else {
          scope.mayHaveMore = true
          continue
        }
        if bytes.first == UInt8(ascii: "-") { continue }
        scope.set(String(decoding: bytes, as: UTF8.self), ShellScope.Entry(value: .unset, isExported: true))
      }
    case "set": options(arguments)
    case "cd", "pushd": change(to: arguments)
    case "popd": directory = .unknown
    case "read", "mapfile", "readarray", "getopts":
      for argument in arguments {
        guard let bytes = argument.value, bytes.first != UInt8(ascii: "-") else { continue }
        scope.set(String(decoding: bytes, as: UTF8.self), ShellScope.Entry(value: .unknown, isExported: nil))
      }
    case ".", "source": scope.mayHaveMore = true
    case "eval":
      if arguments.count == 1, let text = arguments.first {
        run(text: text)
      } else if let text = text(of: arguments) {
        run(text: ShellArgument(text, range: nil))
      } else {
        scope.mayHaveMore = true
        isComplete = false
      }
    case "trap":
      guard let text = arguments.first, arguments.dropFirst().contains(where: { $0.isText("EXIT") || $0.isText("0") })
      else { return true }
      traps.append(text)
    case "exit":
      if branches.isEmpty, !isBackground { isDone = true }
    case "exec":
      // Without a command it moves input and output alone.
      return arguments.isEmpty
    case ":", "true", "false", "return", "break", "continue", "shift", "[", "test", "echo", "printf", "wait", "umask",
      "ulimit", "alias", "hash", "type", "shopt":
      return name == "echo" || name == "printf" ? false : true
    default: return false
    }
    return true
  }

  private func text(of arguments: ArraySlice<ShellArgument>) -> [UInt8]? {
    var result: [UInt8] = []
    for argument in arguments {
      guard let value = argument.value, !argument.isPattern else { return nil }
      if !result.isEmpty { result.append(0x20) }
      result += value
    }
    return result
  }

  private mutating func export(_ name: String, _ arguments: ArraySlice<ShellArgument>) {
    var exports = name == "export"
    for argument in arguments {
      let bytes = argument.value ?? argument.prefix
      if bytes.first == UInt8(ascii: "-") {
        if name != "export", bytes.contains(UInt8(ascii: "x")) { exports = true }
        if bytes.contains(UInt8(ascii: "n")), name == "export" { exports = false }
        continue
      }
      guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else {
        if argument.value == nil {
          scope.mayHaveMore = true
          continue
        }
        let variable = String(decoding: bytes, as: UTF8.self)
        let value = scope.expansion(variable, inherited: inherited)
        scope.set(
          variable, ShellScope.Entry(value: value, isExported: exports ? true : scope.entries[variable]?.isExported))
        continue
      }
      let variable = String(decoding: bytes[..<equals], as: UTF8.self)
      let value: VariableValue = argument.value == nil ? .unknown : .value(Array(bytes[(equals + 1)...]))
      scope.set(variable, ShellScope.Entry(value: value, isExported: exports ? true : nil))
    }
  }

  private mutating func options(_ arguments: ArraySlice<ShellArgument>) {
    var expectsName = false
    for argument in arguments {
      guard let bytes = argument.value else { return }
      if expectsName {
        if bytes.elementsEqual("errexit".utf8) { stopsOnError = true }
        expectsName = false
        continue
      }
      guard let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+"), bytes.count > 1 else {
        return
      }
      if bytes.elementsEqual("--".utf8) { return }
      if bytes.contains(UInt8(ascii: "e")) { stopsOnError = sign == UInt8(ascii: "-") }
      expectsName = bytes.last == UInt8(ascii: "o")
    }
  }

  private mutating func change(to arguments: ArraySlice<ShellArgument>) {
    guard let target = arguments.first(where: { $0.value?.first != UInt8(ascii: "-") || $0.isText("-") }) else {
      directory = .path([UInt8(ascii: "~")])
      return
    }
    guard let value = target.value, !target.isPattern, !target.isText("-") else {
      directory = .unknown
      return
    }
    if value.first == UInt8(ascii: "/") || target.isHome {
      directory = .path(value)
    } else {
      switch directory {
      case .same: directory = .path(value)
      case .path(let old): directory = .path(old + [UInt8(ascii: "/")] + value)
      case .unknown: directory = .unknown
      }
    }
  }
}

extension ShellScope {
  mutating func assign(_ assignment: ShellAssignment, _ value: VariableValue, isExported: Bool?) {
    let name = String(decoding: assignment.name, as: UTF8.self)
    set(name, Entry(value: value, isExported: isExported ?? entries[name]?.isExported))
  }
}
