internal import SourceText

extension ShellWalk {
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
}
