internal import SourceText

extension ShellWalk {
  /// Walks one command.
  mutating func walk(_ node: ShellNode) {
    steps += 1
    if steps > stepLimit || depth >= ShellRun.depthLimit {
      isComplete = false
      forget()
      if steps > stepLimit { stop = .script }
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
      select(subject, arms)
    case .test(let word): perform(word)
    case .unknown:
      isComplete = false
      forget()
    case .simple, .function: return
    }
  }

  private mutating func select(_ subject: ShellWord, _ arms: [ShellArm]) {
    if let text = Self.literal(subject) {
      let patterns = arms.map { $0.patterns.map { Self.literal($0) } }
      if let first = patterns.firstIndex(where: { $0.contains { $0 == nil || $0 == text } }),
        patterns[first].contains(text)
      {
        aside { $0.walk(arms[first].body) }
        return
      }
    }
    let isAny = arms.contains { arm in
      arm.patterns.contains { pattern in
        if pattern.parts.count == 1, case .pattern(UInt8(ascii: "*")) = pattern.parts[0] { return true }
        return false
      }
    }
    let id = fork().fork
    let start = knowledge
    var end = start
    for (index, arm) in arms.enumerated() {
      if stop != nil { break }
      knowledge = start
      branches.append(ShellBranch(fork: id, arm: index, ways: isAny ? arms.count : 0))
      aside { $0.walk(arm.body) }
      branches.removeLast()
      end = merged(end, from: start, to: knowledge)
    }
    knowledge = end
  }

  /// The text of a word that stands for itself; nil for any other.
  private static func literal(_ word: ShellWord) -> [UInt8]? {
    var text: [UInt8] = []
    for part in word.parts {
      guard case .text(let bytes, _) = part else { return nil }
      text += bytes
    }
    return text
  }

  private mutating func choose(_ arms: [(condition: ShellSequence, body: ShellSequence)], _ otherwise: ShellSequence?) {
    let id = fork().fork
    let outer = branches
    var end: Knowledge?
    let ways = otherwise == nil ? 0 : arms.count + 1
    for (index, arm) in arms.enumerated() {
      if stop != nil { break }
      // The first condition is always looked at, the others where those before do not hold.
      let before = knowledge
      aside { $0.walk(arm.condition) }
      // An early answer may have left out what the condition sets.
      let start = knowledge
      end = merged(end ?? start, from: index == 0 ? start : before, to: start)
      if stop != nil { break }
      var branch = ShellBranch(fork: id, arm: index, ways: ways)
      if arm.condition.items.count == 1, arm.condition.items[0].links.count == 1 {
        branch.existing = existing(arm.condition.items[0].links[0].pipeline)
      }
      branches = outer + [branch]
      aside { $0.walk(arm.body) }
      end = merged(end ?? start, from: start, to: knowledge)
      knowledge = start
      branches = outer + [ShellBranch(fork: id, arm: arms.count + 1 + index)]
    }
    if let otherwise, stop == nil {
      branches = outer + [ShellBranch(fork: id, arm: arms.count, ways: ways)]
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
    guard values.count <= ShellRun.loopLimit, unrolled * max(values.count, 1) <= ShellRun.unrollLimit,
      values.allSatisfy({ $0.value != nil && !$0.isPattern && !$0.isHome })
    else {
      loop(name, nil, body, isSure: isSure)
      return
    }
    let outer = floors.loop
    let before = escapes.count
    floors.loop = branches.count
    unrolled *= max(values.count, 1)
    defer { unrolled /= max(values.count, 1) }
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
      if isSettled || stop != nil || steps > stepLimit || loops > ShellRun.passLimit
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

  mutating func simple(_ node: ShellNode, _ assignments: [ShellAssignment], _ words: [ShellWord]) {
    let isDeclaration = words.first?.plain.map { Self.declarations.contains($0[...]) }
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
        let name = String(decoding: assignment.name, as: UTF8.self)
        scope.set(name, value)
        if value == .unknown, let word = assignment.value { scope.begin(name, with: beginning(of: word)) }
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
    command.origin = command.range ?? anchor
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

  private static let declarations: WordSet = ["export", "readonly", "local", "declare", "typeset"]

  /// Runs a command: a function, what only a shell can do, or a program.
  private mutating func dispatch(_ command: ShellInvocation, _ input: ShellRedirection?, _ assigned: [String]) {
    var command = command
    guard let name = command.words[0].value else {
      unwrap(command, input)
      return
    }
    if let function = knowledge.functions[name] {
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
      if Self.builtins.contains(first[...]) {
        let name = String(decoding: first, as: UTF8.self)
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

  private mutating func call(_ function: Function, _ command: ShellInvocation, _ assigned: [String]) {
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
    let text = (bytes, shift)
    (bytes, shift) = (function.bytes, function.shift)
    aside { $0.walk(function.body) }
    (bytes, shift) = text
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
}
