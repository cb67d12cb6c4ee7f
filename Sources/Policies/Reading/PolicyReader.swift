public import Findings
internal import SourceText
internal import Spelling
internal import YAML

/// Reads policies, with all that they extend, and merges them.
///
/// The reader opens no file: what `extends` names is asked of the caller, who also decides what may be
/// read. Every error of every policy is reported in one run.
public struct PolicyReader {
  /// The greatest number of policies that extend each other in a row.
  public static let depthLimit = 8
  /// The greatest number of policies in one run.
  public static let countLimit = 64

  /// Gives the policy that another one extends.
  public typealias Resolver = (PolicyReference, _ from: PolicyText) throws(PolicyUnavailable) -> PolicyText

  let rules: [RuleDescription]
  let caches: CacheNames
  let builtins: [String]
  let trustsBuiltins: Bool
  let resolve: Resolver

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - rules: The rules that a policy may name.
  ///   - caches: The cache kinds that a policy may name.
  ///   - builtins: The names of the policies that the program has built in.
  ///   - trustsBuiltins: Whether those are taken for right, as tests have shown them to be, and not held to the schema
  ///     once more.
  ///   - resolve: Gives the policy that another one extends.
  public init(
    rules: [RuleDescription], caches: CacheNames, builtins: [String], trustsBuiltins: Bool = false,
    resolve: @escaping Resolver
  ) {
    self.rules = rules
    self.caches = caches
    self.builtins = builtins
    self.trustsBuiltins = trustsBuiltins
    self.resolve = resolve
  }

  /// The policy of a repository, with `further` ones over it, which may lock rules.
  ///
  /// `repository` is what was found, or nil where something else replaces it; each of `further` is what
  /// the one who runs the program asks for.
  public func load(_ repository: PolicyText?, further: [PolicyText] = []) -> PolicyLoad {
    var collection = Collection(reader: self)
    if let repository { collection.collect(repository) }
    let repositoryCount = collection.parsed.count
    for text in further { collection.collect(text) }
    var names = Names(rules: rules, caches: caches)
    for parsed in collection.parsed { names.declare(parsed.document.root) }
    var problems = collection.problems
    for parsed in collection.parsed where !(trustsBuiltins && parsed.text.isBuiltin) {
      problems += parsed.problems(names)
    }
    let texts = collection.parsed.map(\.text)
    if problems.contains(where: { $0.severity == .error }) {
      return PolicyLoad(policy: nil, problems: sorted(problems, collection), texts: texts)
    }
    let values = collection.parsed.map { $0.value(names) }
    let decoder = PolicyDecoder(names: names)
    var lock = Lock(names: names, further: further.isEmpty ? [] : collection.values(values, of: further))
    let own = values[..<repositoryCount].map { lock.filtered($0) }
    let merged = (own + values[repositoryCount...]).reduce(Value(.map([]), .nowhere)) { $0.merged(with: $1) }
    var policy = decoder.policy(merged)
    policy.locked = lock.locked
    let faults = lock.faults + WholeCheck(names: names).faults(merged, policy)
    for parsed in collection.parsed {
      problems += parsed.problems(faults.filter { $0.source == parsed.text.name }.map(\.fault))
    }
    let isWrong = problems.contains { $0.severity == .error }
    return PolicyLoad(policy: isWrong ? nil : policy, problems: sorted(problems, collection), texts: texts)
  }

  /// By policy in the order of reading, then by place.
  private func sorted(_ problems: [PolicyProblem], _ collection: Collection) -> [PolicyProblem] {
    var order: [String: Int] = [:]
    for name in collection.visited where order[name] == nil { order[name] = order.count }
    return problems.sorted {
      (order[$0.source] ?? 0, $0.range, $0.message) < (order[$1.source] ?? 0, $1.range, $1.message)
    }
  }
}

extension Names {
  /// Takes in the names that a policy declares.
  mutating func declare(_ policy: Node?) {
    for entry in policy?["profiles"]?.entries ?? [] where !profiles.contains(entry.name) {
      if profiles.count < 1_000 { profiles.append(entry.name) }
    }
    for entry in policy?["rules"]?.entries ?? [] where isOwnRule(entry.name) && !ownRules.contains(entry.name) {
      if ownRules.count < 1_000 { ownRules.append(entry.name) }
    }
  }
}
