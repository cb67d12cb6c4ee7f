internal import Dockerfiles
public import Facts
public import Findings
internal import Policies
internal import SourceText

/// The rules that policies define: typed matchers over facts.
public struct OwnRules {
  private let facts: TargetFacts
  private let judgement: Judgement
  private let isSelected: (RuleID) -> Bool
  /// The environment before each instruction of the file that is judged, where a matcher asks for it.
  private var environments: [Int: Environment] = [:]

  /// Creates the run of all policies' own rules.
  public init(_ facts: TargetFacts, _ judgement: Judgement, isSelected: @escaping (RuleID) -> Bool) {
    self.facts = facts
    self.judgement = judgement
    self.isSelected = isSelected
  }

  /// What they find.
  public mutating func verdicts() -> [Verdict] {
    var verdicts: [Verdict] = []
    for (directory, policy) in judgement.policies.all {
      for rule in policy.ownRules where isSelected(rule.id) {
        switch rule.subject {
        case .repository:
          for path in facts.repository?.tracked ?? [] where judgement.policies.home(of: path) == directory {
            let subject = Subject(path: path, dockerfile: nil, instruction: nil, stage: nil)
            if let values = values(rule.match, subject) {
              verdicts.append(verdict(rule, values, .file(path, nil), nil))
            }
          }
        case .dockerfile:
          for file in facts.dockerfiles where judgement.policies.home(of: file.path) == directory {
            verdicts += self.verdicts(rule, file)
          }
        }
      }
    }
    return verdicts
  }

  private mutating func verdicts(_ rule: OwnRule, _ file: DockerfileFacts) -> [Verdict] {
    environments = [:]
    if asksHere(rule.match) {
      var before: [Int: Environment] = [:]
      _ = StageEnvironments(file.file, visit: { before[$0] = $1 })
      environments = before
    }
    // A rule that speaks of no single instruction is asked once a product, at its FROM.
    if !speaksOfInstructions(rule.match) {
      return file.products.compactMap { product in
        let stage = file.environments.graph.stages[product.stage]
        let subject = Subject(path: file.path, dockerfile: file, instruction: nil, stage: product.stage)
        guard let values = values(rule.match, subject) else { return nil }
        return verdict(rule, values, .file(file.path, file.file.instructions[stage.from].lineRange), product.profile)
      }
    }
    return file.file.instructions.indices.compactMap { index in
      let stage = file.environments.graph.stages.last { $0.from <= index }?.index
      let subject = Subject(path: file.path, dockerfile: file, instruction: index, stage: stage)
      guard let values = values(rule.match, subject) else { return nil }
      let profile = file.products.first { $0.stage == stage }?.profile
      return verdict(rule, values, .file(file.path, file.file.instructions[index].lineRange), profile)
    }
  }

  private func verdict(_ rule: OwnRule, _ values: [String: String], _ place: Place, _ profile: String?) -> Verdict {
    Verdict(
      Finding(
        rule.id, OwnRule.defaultSeverity, rule.message(values), at: place,
        evidence: values.sorted { $0.key < $1.key }.map { Evidence($0.key, $0.value) },
        notes: [rule.why, rule.url].compactMap(\.self)),
      profile: profile)
  }

  /// What a matcher is asked about.
  private struct Subject {
    let path: Path
    let dockerfile: DockerfileFacts?
    let instruction: Int?
    let stage: Int?
  }

  private func asksHere(_ match: Match) -> Bool {
    switch match {
    case .all(let parts), .any(let parts): parts.contains(where: asksHere)
    case .not(let part): asksHere(part)
    case .env(_, _, let moment): moment == .here
    case .path, .index, .instruction: false
    }
  }

  private func speaksOfInstructions(_ match: Match) -> Bool {
    switch match {
    case .all(let parts), .any(let parts): parts.contains(where: speaksOfInstructions)
    case .not(let part): speaksOfInstructions(part)
    case .instruction: true
    case .env(_, _, let moment): moment == .here
    case .path, .index: false
    }
  }

  /// What a matcher saw, for the message; nil where it does not hold.
  private func values(_ match: Match, _ subject: Subject) -> [String: String]? {
    switch match {
    case .all(let parts):
      var all: [String: String] = [:]
      for part in parts {
        guard let seen = values(part, subject) else { return nil }
        all.merge(seen) { first, _ in first }
      }
      return all
    case .any(let parts): return parts.lazy.compactMap { values($0, subject) }.first
    // What is not known neither holds nor fails.
    case .not(let part): return isKnown(part, subject) && values(part, subject) == nil ? [:] : nil
    case .path(let patterns):
      return patterns.matches(subject.path) ? ["path": subject.path.description] : nil
    case .index(let patterns, let mode):
      guard subject.dockerfile == nil, patterns.matches(subject.path) else { return nil }
      let actual = facts.repository?.modes[subject.path] ?? .file
      guard mode == nil || mode == actual else { return nil }
      return ["path": subject.path.description, "mode": actual.rawValue]
    case .env(let name, let value, let moment): return variable(name, value, moment, subject)
    case .instruction(let keyword, let argument): return instruction(keyword, argument, subject)
    }
  }

  /// Whether everything that a matcher asks of the environment is known.
  private func isKnown(_ match: Match, _ subject: Subject) -> Bool {
    switch match {
    case .all(let parts), .any(let parts): return parts.allSatisfy { isKnown($0, subject) }
    case .not(let part): return isKnown(part, subject)
    case .env(let name, _, let moment):
      guard let environment = environment(moment, subject) else { return true }
      if environment.mayInheritMore { return false }
      return !environment.variables.contains { name.matches($0.key) && $0.value.value == .unknown }
    case .path, .index, .instruction: return true
    }
  }

  private func environment(_ moment: Match.Moment, _ subject: Subject) -> Environment? {
    guard let file = subject.dockerfile, let stage = subject.stage else { return nil }
    if moment == .here, let index = subject.instruction, let before = environments[index] { return before }
    return file.environments.final[stage]
  }

  private func variable(
    _ name: Wildcard, _ value: Wildcard?, _ moment: Match.Moment, _ subject: Subject
  ) -> [String: String]? {
    guard let environment = environment(moment, subject) else { return nil }
    for (key, variable) in environment.variables.sorted(by: { $0.key < $1.key }) where name.matches(key) {
      guard case .value(let bytes) = variable.value else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      guard value?.matches(text) ?? true else { continue }
      return ["name": key, "value": text]
    }
    return nil
  }

  private func instruction(_ keyword: String, _ argument: Wildcard?, _ subject: Subject) -> [String: String]? {
    guard let file = subject.dockerfile, let index = subject.instruction else { return nil }
    let instruction = file.file.instructions[index]
    let name = String(decoding: instruction.keywordText, as: UTF8.self)
    guard name.uppercased() == keyword.uppercased() else { return nil }
    guard let argument else { return ["keyword": name] }
    for text in arguments(of: instruction) where argument.matches(text) { return ["keyword": name, "argument": text] }
    return nil
  }

  /// The words of an instruction, and all of them as one text.
  private func arguments(of instruction: Instruction) -> [String] {
    func text(_ range: ByteRange) -> String { String(decoding: instruction.text[range], as: UTF8.self) }
    let whole = text(instruction.argumentRange)
    switch instruction.arguments {
    case .words(let words): return words.map(text) + [whole]
    case .json(let strings): return strings.map { String(decoding: $0.text, as: UTF8.self) } + [whole]
    case .pairs(let pairs, _), .declarations(let pairs): return pairs.map { text($0.range) } + [whole]
    case .shell(let range): return text(range).split(whereSeparator: \.isWhitespace).map(String.init) + [whole]
    case .none, .text, .healthcheck, .onbuild: return [whole]
    }
  }
}
