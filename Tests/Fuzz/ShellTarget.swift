import Shell
import SourceText

/// Holds the reader of shell scripts, and the walk through what it read, to what they promise for any bytes.
func checkShell(_ bytes: [UInt8]) {
  let script = ShellScript(bytes)
  let check = ScriptCheck(bytes: bytes)
  check.sequence(script.sequence, within: ByteRange(0, bytes.count))
  for inherited in [VariableValue.unset, .unknown, .value(Array("a b*c".utf8))] {
    let run = ShellRun(script, isBash: inherited == .unknown, stopsOnError: inherited == .unset) { _ in inherited }
    demand(script.isComplete || !run.isComplete, "a run is complete that read only part of its script")
    for invocation in run.invocations { check.invocation(invocation) }
  }
}

/// What is demanded of the parts of a script.
private struct ScriptCheck {
  let bytes: [UInt8]

  func sequence(_ sequence: ShellSequence, within outer: ByteRange) {
    inside(sequence.range, outer, "a sequence")
    var end = sequence.range.lower
    for item in sequence.items {
      inside(item.range, sequence.range, "an item")
      demand(item.range.lower >= end, "items overlap at byte \(item.range.lower)")
      end = item.range.upper
      demand(!item.links.isEmpty, "an item is empty")
      for (index, link) in item.links.enumerated() {
        demand((link.condition == .first) == (index == 0), "link \(index) is \(link.condition)")
        inside(link.operatorRange, item.range, "an operator")
        pipeline(link.pipeline, within: item.range)
        switch link.condition {
        case .first: break
        case .onSuccess: holds(link.operatorRange, "&&")
        case .onFailure: holds(link.operatorRange, "||")
        }
      }
    }
  }

  private func pipeline(_ pipeline: ShellPipeline, within outer: ByteRange) {
    inside(pipeline.range, outer, "a pipeline")
    demand(!pipeline.commands.isEmpty, "a pipeline is empty")
    var end = pipeline.range.lower
    for command in pipeline.commands {
      inside(command.range, pipeline.range, "a command")
      demand(command.range.lower >= end, "commands overlap at byte \(command.range.lower)")
      end = command.range.upper
      node(command)
    }
  }

  private func node(_ node: ShellNode) {
    for redirection in node.redirections {
      word(redirection.target, within: node.range)
      if let document = redirection.document { inside(document.range, whole, "a here-document") }
    }
    switch node.kind {
    case .simple(let assignments, let words):
      for assignment in assignments { if let value = assignment.value { word(value, within: node.range) } }
      var end = node.range.lower
      for each in words {
        word(each, within: node.range)
        demand(each.range.lower >= end, "words overlap at byte \(each.range.lower)")
        end = each.range.upper
      }
    case .group(let body), .subshell(let body): sequence(body, within: node.range)
    case .conditional(let arms, let otherwise):
      for arm in arms {
        sequence(arm.condition, within: node.range)
        sequence(arm.body, within: node.range)
      }
      if let otherwise { sequence(otherwise, within: node.range) }
    case .loop(let condition, let body):
      sequence(condition, within: node.range)
      sequence(body, within: node.range)
    case .each(_, let words, let body):
      for each in words ?? [] { word(each, within: node.range) }
      sequence(body, within: node.range)
    case .selection(let subject, let arms):
      word(subject, within: node.range)
      for arm in arms {
        for pattern in arm.patterns { word(pattern, within: node.range) }
        sequence(arm.body, within: node.range)
      }
    case .function(_, let body):
      inside(body.range, node.range, "a function's body")
      self.node(body)
    case .test, .unknown: break
    }
  }

  private func word(_ word: ShellWord, within outer: ByteRange) {
    inside(word.range, outer, "a word")
    if let plain = word.plain, isPlain(word.range) {
      demand(bytes[word.range.indices].elementsEqual(plain), "a plain word is another in the script")
    }
    for part in word.parts {
      switch part {
      case .output(let body?, _): sequence(body, within: whole)
      case .variable(_, .fallback(let value, _), _), .variable(_, .replacement(let value, _), _):
        self.word(value, within: whole)
      default: break
      }
    }
  }

  func invocation(_ invocation: ShellInvocation) {
    demand(!invocation.words.isEmpty, "a command without words runs")
    if let range = invocation.range { inside(range, whole, "an invocation") }
    for word in invocation.words {
      if let value = word.value { demand(value.starts(with: word.prefix), "a word does not begin as it is said to") }
      guard let range = word.range else { continue }
      inside(range, whole, "an argument")
      if let outer = invocation.range { inside(range, outer, "an argument of an invocation") }
      if let value = word.value, isPlain(range) {
        demand(bytes[range.indices].elementsEqual(value), "a plain argument is another in the script")
      }
    }
  }

  private var whole: ByteRange { ByteRange(0, bytes.count) }

  /// Whether the script has nothing there that any shell would change.
  private func isPlain(_ range: ByteRange) -> Bool {
    bytes[range.indices].allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
      default: false
      }
    }
  }

  private func inside(_ range: ByteRange, _ outer: ByteRange, _ what: String) {
    demand(range.lower >= outer.lower && range.upper <= outer.upper, "\(what) at \(range) is outside of \(outer)")
  }

  private func holds(_ range: ByteRange, _ text: String) {
    demand(bytes[range.indices].elementsEqual(text.utf8), "there is no \(text) at \(range)")
  }
}
