internal import Findings
internal import SourceText
internal import YAML

/// A policy's text as a tree, and its place among others.
struct ParsedPolicy {
  let text: PolicyText
  let document: Document
  let lines: LineTable
  /// Its place in the order of merging.
  let layer: Int

  init(_ text: PolicyText, _ document: Document, layer: Int) {
    self.text = text
    self.document = document
    self.layer = layer
    lines = LineTable(text.bytes.count <= Limits.policy.size ? text.bytes : [])
  }

  func origin(_ range: ByteRange) -> Origin {
    Origin(
      source: text.name, range: range, line: lines.line(of: range.lower), isUsers: text.speaksForUser,
      layer: layer)
  }

  /// The faults as problems of this policy, in the order of the text.
  func problems(_ faults: [Fault]) -> [PolicyProblem] {
    var columns = ColumnCursor(lines)
    return faults.sorted { $0.range < $1.range }.map { fault in
      PolicyProblem(
        severity: fault.isWarning ? .warning : .error, source: text.name, range: fault.range,
        place: columns.place(of: fault.range.lower), message: fault.message, help: fault.help,
        related: fault.related.map {
          PolicyProblem.Related(source: text.name, range: $0.0, message: $0.1)
        })
    }
  }

  /// Everything that is wrong in this policy by itself.
  func problems(_ names: Names) -> [PolicyProblem] {
    var faults = document.errors.map { error in
      Fault(
        range: error.range, message: error.description, help: error.help,
        related: error.related.map { ($0, error.relatedMessage) })
    }
    if let root = document.root {
      var validator = Validator(names)
      validator.check(root)
      var context = ContextCheck(names)
      context.check(root)
      faults += validator.faults + context.faults
    } else if faults.isEmpty {
      faults.append(Fault(range: ByteRange(0, 0), message: "the policy is empty", help: "begin with `version: 1`"))
    }
    return problems(faults)
  }

  /// The tree as values, with the names of rules and caches in the form by which they are kept.
  func value(_ names: Names) -> Value {
    guard let root = document.root else { return Value(.map([]), .nowhere) }
    var members: [Value.Member] = []
    for entry in root.entries ?? [] where entry.name != "version" && entry.name != "extends" {
      var value = value(entry.value)
      switch entry.name {
      case "rules": value = rules(value, names)
      case "caches": value = renamed(value) { names.caches.selector($0)?.description }
      default: break
      }
      members.append(Value.Member(key: entry.name, origin: origin(entry.key.range), value: value))
    }
    return Value(.map(members), origin(root.range))
  }

  private func value(_ node: Node) -> Value {
    let origin = origin(node.range)
    switch node.content {
    case .scalar(let scalar): return Value(.text(scalar.text, isPlain: scalar.style == .plain), origin)
    case .alias(let name): return Value(.text(name, isPlain: false), origin)
    case .sequence(let nodes): return Value(.list(nodes.map(value)), origin)
    case .mapping(let entries):
      return Value(
        .map(
          entries.map { Value.Member(key: $0.name, origin: self.origin($0.key.range), value: value($0.value)) }),
        origin)
    }
  }

  private func renamed(_ value: Value, _ name: (String) -> String?) -> Value {
    guard case .map(let members) = value.content else { return value }
    let renamed = members.map { Value.Member(key: name($0.key) ?? $0.key, origin: $0.origin, value: $0.value) }
    return Value(.map(renamed), value.origin)
  }

  private func rules(_ value: Value, _ names: Names) -> Value {
    var result = renamed(value) { names.rule($0) }
    guard case .map(let members) = result.content else { return result }
    result.content = .map(members.map { Value.Member(key: $0.key, origin: $0.origin, value: rule($0, names)) })
    return result
  }

  private func rule(_ member: Value.Member, _ names: Names) -> Value {
    if member.value.text != nil {
      let severity = Value.Member(key: "severity", origin: member.origin, value: member.value)
      return Value(.map([severity]), member.value.origin)
    }
    guard case .map(let members) = member.value.content else { return member.value }
    let kept = members.map { inner in
      let value = inner.key == "caches" ? renamed(inner.value) { names.caches.selector($0)?.description } : inner.value
      return Value.Member(key: inner.key, origin: inner.origin, value: value)
    }
    return Value(.map(kept), member.value.origin)
  }
}

/// Tells line and column of rising offsets, and reads no byte of a long line twice.
private struct ColumnCursor {
  private let lines: LineTable
  private var offset = 0
  private var last = LineColumn(line: 0, column: 1)

  init(_ lines: LineTable) {
    self.lines = lines
  }

  mutating func place(of next: Int) -> LineColumn {
    if lines.line(of: next) == last.line, next >= offset {
      last = LineColumn(line: last.line, column: last.column + lines.width(ByteRange(offset, next)))
    } else {
      last = lines.place(of: next)
    }
    offset = next
    return last
  }
}
