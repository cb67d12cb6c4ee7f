internal import Spelling
internal import SourceText
internal import YAML

/// Policies with all that they extend, each once, in the order of merging.
struct Collection {
  let reader: PolicyReader
  private(set) var parsed: [ParsedPolicy] = []
  private(set) var problems: [PolicyProblem] = []
  /// The names of all policies in the order of reading.
  private(set) var visited: [String] = []
  /// What each policy extends, by its name.
  private var bases: [String: [String]] = [:]

  init(reader: PolicyReader) {
    self.reader = reader
  }

  mutating func collect(_ text: PolicyText) {
    if !visited.contains(text.name) { collect(text, chain: [text.name]) }
  }

  /// The values of these policies and of all that they extend, in the order of merging.
  func values(_ values: [Value], of texts: [PolicyText]) -> [Value] {
    var wanted = Set(texts.map(\.name))
    var open = Array(wanted)
    while let name = open.popLast() {
      for base in bases[name] ?? [] where wanted.insert(base).inserted { open.append(base) }
    }
    return zip(parsed, values).filter { wanted.contains($0.0.text.name) }.map(\.1)
  }

  private mutating func collect(_ text: PolicyText, chain: [String]) {
    visited.append(text.name)
    let document = Document(text.bytes)
    // Its layer is not known before all that it extends is read; places do not depend on it.
    let draft = ParsedPolicy(text, document, layer: 0)
    if let extends = document.root?["extends"] {
      for node in extends.elements ?? [extends] { collect(node, of: draft, chain: chain) }
    }
    parsed.append(ParsedPolicy(text, document, layer: parsed.count + 1))
  }

  private mutating func collect(_ node: Node, of policy: ParsedPolicy, chain: [String]) {
    guard let text = node.text, Form.reference.problem(text, Names(rules: [], caches: CacheNames([]))) == nil
    else { return }
    let base: PolicyText
    do throws(PolicyUnavailable) {
      base = try resolved(text, policy.text)
    } catch {
      report(node, policy, "`\(shortened(text))` \(error.reason)", builtinHelp(text))
      return
    }
    bases[policy.text.name, default: []].append(base.name)
    if let first = chain.firstIndex(of: base.name) {
      let cycle = (chain[first...] + [base.name]).map { shortened($0) }.joined(separator: " → ")
      return report(node, policy, "policies extend each other in a circle", cycle)
    }
    if visited.contains(base.name) { return }
    if chain.count > PolicyReader.depthLimit {
      let help = chain.map { shortened($0) }.joined(separator: " → ")
      return report(node, policy, "more than \(PolicyReader.depthLimit) policies extend each other", help)
    }
    if visited.count >= PolicyReader.countLimit {
      return report(node, policy, "more than \(PolicyReader.countLimit) policies", nil)
    }
    collect(base, chain: chain + [base.name])
  }

  private func resolved(_ text: String, _ from: PolicyText) throws(PolicyUnavailable) -> PolicyText {
    guard let name = text.dropping(prefix: "builtin:") else { return try reader.resolve(.file(text), from) }
    guard reader.builtins.contains(name) else { throw PolicyUnavailable("is not built in") }
    return try reader.resolve(.builtin(name), from)
  }

  private func builtinHelp(_ text: String) -> String? {
    guard text.hasPrefix("builtin:") else { return nil }
    return help(for: text, among: reader.builtins.map { "builtin:\($0)" })
  }

  private mutating func report(_ node: Node, _ policy: ParsedPolicy, _ message: String, _ help: String?) {
    if problems.count >= Validator.limit { return }
    problems += policy.problems([Fault(range: node.range, message: message, help: help)])
  }
}
