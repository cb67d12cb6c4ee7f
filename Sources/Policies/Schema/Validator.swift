internal import Findings
internal import SourceText
internal import YAML

/// Compares a policy's tree with its shape, and says all that is wrong.
struct Validator {
  /// The greatest number of faults that are looked for in one policy.
  static let limit = 100

  let names: Names
  private(set) var faults: [Fault] = []

  init(_ names: Names) {
    self.names = names
  }

  mutating func check(_ node: Node) {
    check(node, PolicySchema.root, "")
  }

  /// What stands at `path`, in words: empty for the whole policy.
  private mutating func check(_ node: Node, _ shape: Shape, _ path: String) {
    // Words are compared with every name that could be meant: that must not be done without end.
    if faults.count >= Self.limit { return }
    switch shape {
    case .named(let name):
      if let shape = PolicySchema.named[name] { check(node, shape, path) }
    case .record(let record): checkRecord(node, record, path)
    case .map(let form, let shape): checkMap(node, form, shape, path)
    case .rules(let builtin, let own): checkRules(node, builtin: builtin, own: own, path)
    case .list(let shape, let least): checkList(node, shape, least: least, path)
    case .oneOrMany(let shape):
      if node.elements == nil { return check(node, shape, path) }
      checkList(node, shape, least: 1, path)
    case .either(let scalar, let collection): check(node, node.scalar == nil ? collection : scalar, path)
    case .text, .choice, .boolean, .number, .exactly: checkScalar(node, shape, path)
    }
  }

  private mutating func checkScalar(_ node: Node, _ shape: Shape, _ path: String) {
    guard let scalar = node.scalar else {
      return report(node.range, "`\(path)` must be \(shape.noun), not \(node.noun)")
    }
    if scalar.isMissing { return report(node.range, "`\(path)` has no value", "write \(shape.noun)") }
    switch shape {
    case .text(let form):
      if let problem = form.problem(scalar.text, names) {
        report(node.range, "`\(path)`: \(problem.message)", problem.help)
      }
    case .choice(let words):
      if words.contains(scalar.text) { return }
      report(node.range, "`\(path)` cannot be `\(shortened(scalar.text))`", help(for: scalar.text, among: words))
    case .boolean:
      if scalar.style == .plain, scalar.text == "true" || scalar.text == "false" { return }
      report(node.range, "`\(path)` cannot be `\(shortened(scalar.text))`", "write true or false, without quotes")
    case .number(let least, let most):
      if let number = wholeNumber(scalar), (least...most).contains(number) { return }
      let bounds = most < 999_999_999 ? "from \(least) to \(most)" : "from \(least) on"
      let help = "write a whole number \(bounds), without quotes"
      report(node.range, "`\(path)` cannot be `\(shortened(scalar.text))`", help)
    case .exactly(let number):
      if wholeNumber(scalar) == number { return }
      checkVersion(scalar, number, node.range, path)
    default: return
    }
  }

  private mutating func checkVersion(_ scalar: Scalar, _ number: Int, _ range: ByteRange, _ path: String) {
    if let newer = wholeNumber(scalar), newer > number {
      report(
        range, "`\(path)` is \(newer), and this release reads \(number)",
        "use a newer release of cachepolicy, or write the policy for version \(number)")
    } else {
      report(range, "`\(path)` cannot be `\(shortened(scalar.text))`", "write \(number), without quotes")
    }
  }

  private mutating func checkList(_ node: Node, _ shape: Shape, least: Int, _ path: String) {
    guard let nodes = node.elements else {
      return report(node.range, "`\(path)` must be a list, not \(node.noun)", "write it as [a, b]")
    }
    if nodes.count < least { report(node.range, "`\(path)` must hold at least one value") }
    for (index, element) in nodes.enumerated() { check(element, shape, "\(path)[\(index)]") }
  }

  private mutating func checkRecord(_ node: Node, _ record: Record, _ path: String) {
    guard let entries = mapping(node, path) else { return }
    for entry in entries where faults.count < Self.limit {
      guard let field = record.field(entry.name) else {
        let place = path.isEmpty ? "" : " in `\(path)`"
        let free = record.fields.map(\.name).filter { name in !entries.contains { $0.name == name } }
        report(
          entry.key.range, "unknown key `\(shortened(entry.name))`\(place)", help(for: entry.name, among: free))
        continue
      }
      check(entry.value, field.shape, joined(path, entry.name))
    }
    checkPresence(node, entries, record, path)
  }

  private mutating func checkPresence(_ node: Node, _ entries: [Entry], _ record: Record, _ path: String) {
    let known = entries.filter { record.field($0.name) != nil }
    let names = record.fields.map { "`\($0.name)`" }.joined(separator: ", ")
    let place = path.isEmpty ? "the policy" : "`\(path)`"
    switch record.need {
    case .exactlyOne:
      if known.count > 1 {
        report(
          known[1].key.range, "\(place) must have exactly one key",
          "join what is looked for with `all` or `any`", related: (known[0].key.range, "the first one"))
      } else if entries.isEmpty {
        report(node.range, "\(place) is empty", "one of: \(names)")
      }
    case .atLeastOne:
      if entries.isEmpty { report(node.range, "\(place) is empty", "one of: \(names)") }
    case .required:
      for field in record.fields where field.isRequired && !entries.contains(where: { $0.name == field.name }) {
        let range = entries.first?.key.range ?? node.range
        report(range, "\(place) lacks the key `\(field.name)`", field.summary)
      }
    }
  }

  private mutating func checkMap(_ node: Node, _ form: Form, _ shape: Shape, _ path: String) {
    for entry in mapping(node, path) ?? [] where faults.count < Self.limit {
      if let problem = form.problem(entry.name, names) {
        report(entry.key.range, "\(problem.message) (in `\(path)`)", problem.help)
      }
      check(entry.value, shape, joined(path, entry.name))
    }
  }

  private mutating func checkRules(_ node: Node, builtin: Shape, own: Shape, _ path: String) {
    for entry in mapping(node, path) ?? [] where faults.count < Self.limit {
      let inner = joined(path, entry.name)
      if isOwnRule(entry.name) {
        if !isOwnRuleName(entry.name) {
          report(
            entry.key.range, "`\(shortened(entry.name))` cannot name a rule",
            "write it as team/name, in small letters, digits and `-`")
        }
        check(entry.value, own, inner)
        continue
      }
      guard let rule = names.builtin(entry.name) else {
        report(
          entry.key.range, "there is no rule `\(shortened(entry.name))`",
          help(for: entry.name, among: names.ruleNames))
        continue
      }
      if let stray = entry.value["match"] ?? entry.value["title"] {
        report(
          stray.range, "`\(inner)` is a rule of the program, which a policy cannot define",
          "name a rule of your own as team/name")
        continue
      }
      check(entry.value, builtin.keeping(rule.options), inner)
    }
  }

  private mutating func mapping(_ node: Node, _ path: String) -> [Entry]? {
    if let entries = node.entries { return entries }
    let place = path.isEmpty ? "a policy" : "`\(path)`"
    if node.scalar?.isMissing ?? false {
      report(node.range, "\(place) has no value", "write keys below it, or leave it out")
    } else {
      report(node.range, "\(place) must have keys, not be \(node.noun)", "write it as `key: value`")
    }
    return nil
  }

  private mutating func report(
    _ range: ByteRange, _ message: String, _ help: String? = nil, related: (ByteRange, String)? = nil
  ) {
    faults.append(Fault(range: range, message: message, help: help, related: related))
  }

  private func joined(_ path: String, _ key: String) -> String {
    path.isEmpty ? shortened(key) : "\(path).\(shortened(key))"
  }
}

/// Something wrong at a place of one policy.
struct Fault {
  let range: ByteRange
  let message: String
  let help: String?
  var related: (ByteRange, String)?
  var isWarning = false
}

/// The number that a plain value is; nil for what is none, or has more than nine digits.
func wholeNumber(_ scalar: Scalar) -> Int? {
  scalar.style == .plain ? wholeNumber(scalar.text) : nil
}

/// The number that a text is; nil for what is none, or has more than nine digits.
func wholeNumber(_ text: String) -> Int? {
  let digits = text.utf8
  guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return digits.first == 0x30 && digits.count > 1 ? nil : Int(text)
}

private func isOwnRuleName(_ text: String) -> Bool {
  let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  return parts.count == 2
    && parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

extension Shape {
  /// What it is, in words.
  fileprivate var noun: String {
    switch self {
    case .text(.date): "a date such as 2027-03-31"
    case .text: "a text"
    case .choice(let words):
      words.count == 1 ? "`\(words[0])`" : "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
    case .boolean: "true or false"
    case .number: "a whole number"
    case .exactly(let number): "\(number)"
    default: "something else"
    }
  }
}

extension Node {
  /// What it is, in words.
  fileprivate var noun: String {
    switch content {
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "keys"
    case .alias: "an alias"
    }
  }
}
