internal import Caches
internal import Facts
public import Findings
public import Policies
public import SourceText

/// The policies of a run, as rules ask them.
public struct Judgement: Sendable {
  /// How many further places of one finding are shown.
  public static let relatedLimit = 5

  /// Which policy judges which file.
  public let policies: PolicyTree
  /// Whether the work tree is a person's, so that what lies in it is worth judging.
  public let judgesWorkTree: Bool
  /// What the person says about profiles.
  public let profiles: ProfileInputs

  /// Whether findings about images tell all that they speak of, for a comparison.
  let tellsSubjects: Bool

  /// What becomes of caches in layers, which several rules look at; a judgement is of one set of facts.
  let layerCases = Once<[LayerCase]>()
  /// What becomes of caches in the layers of an image.
  let imageCases = Once<ImageCases>()
  /// What is to be said of bytecode, which several rules say.
  let bytecodeGroups = Once<[BytecodeGroup]>()
  /// What the policies want, which rules ask for every file again.
  private let known = Memo<IntentsKey, Intents>()

  private struct IntentsKey: Hashable {
    let policy: Path
    let kind: String
    let profile: String
  }

  private let isSelected: @Sendable (RuleID) -> Bool
  /// Whether the person asks for the rules of a group by their own codes.
  let isAskedFor: @Sendable (RuleGroup) -> Bool

  /// Creates the judgement of a run.
  public init(
    policies: PolicyTree, judgesWorkTree: Bool, profiles: ProfileInputs,
    tellsSubjects: Bool = false,
    isSelected: @escaping @Sendable (RuleID) -> Bool = { _ in true },
    isAskedFor: @escaping @Sendable (RuleGroup) -> Bool = { _ in false }
  ) {
    self.isAskedFor = isAskedFor
    self.isSelected = isSelected
    self.policies = policies
    self.judgesWorkTree = judgesWorkTree
    self.profiles = profiles
    self.tellsSubjects = tellsSubjects
  }

  /// Whether a rule is judged in this run at all.
  func isJudged(_ rule: RuleID) -> Bool {
    isSelected(rule) && !policies.policy(for: .root).setting(for: rule, profile: profile(at: .root)).isOff
  }

  /// Whether a rule is judged that looks at the bytecode and the interpreters of an image: those about bytecode, and
  /// two others.
  public var needsBytecode: Bool {
    judges(.bytecode) || isJudged(NoBytecodeShipped.description.id) || isJudged(ImageEnvironmentDiffers.description.id)
  }

  /// Whether any rule about such targets is judged by any policy of the run.
  public func judges(_ group: RuleGroup) -> Bool {
    RuleRegister.all.contains { rule in
      let id = rule.description.id
      return rule.description.group == group && isSelected(id)
        && policies.all.contains { entry in
          !entry.policy.setting(for: id, profile: profile(at: entry.directory)).isOff
        }
    }
  }

  /// The profile that a file is judged by.
  public func profile(at path: Path) -> String {
    policies.policy(for: path).profile(forFile: path, profiles).profile
  }

  /// The profile that images are judged by.
  var imageProfile: String { policies.policy(for: .root).profileForTheRest(profiles).profile }

  /// What the policy wants for a cache kind in a profile, for a file.
  func intents(for kind: CacheKind, in profile: String, at path: Path) -> Intents {
    let policy = policies.home(of: path)
    return known(IntentsKey(policy: policy, kind: kind.id, profile: profile)) {
      policies.policy(for: policy).intents(for: kind, in: profile)
    }
  }

  /// The statement that caches of this kind are not committed, where the policy makes it.
  func commitDenial(of kind: CacheKind, at path: Path) -> Grounds? {
    guard let stated = intents(for: kind, in: profile(at: path), at: path).commit, stated.value == .deny else {
      return nil
    }
    return stated.grounds
  }

  /// Caches of one kind that one policy judges and one exception covers, or none.
  struct Group: Hashable {
    let kind: String
    let policy: Path
    let exceptions: [Int]
  }

  /// The caches in groups that are one finding each: by kind, policy and exceptions.
  func grouped(_ caches: [CacheFact], by rule: RuleID) -> [[CacheFact]] {
    var order: [Group] = []
    var members: [Group: [CacheFact]] = [:]
    for cache in caches {
      let exceptions = policies.policy(for: cache.path).exceptions(
        for: rule, path: cache.path, isDirectory: cache.isDirectory
      ).map(\.index)
      let group = Group(kind: cache.kind.id, policy: policies.home(of: cache.path), exceptions: exceptions)
      if members[group] == nil { order.append(group) }
      members[group, default: []].append(cache)
    }
    return order.compactMap { members[$0] }
  }
}

/// What a rule says: its finding, and what the policy is asked about it.
public struct Verdict: Sendable {
  /// The finding, as bad as the rule finds it.
  public let finding: Finding
  /// The statement of the policy that it stands on; nil where it needs none.
  public let grounds: Grounds?
  /// The profile that it is judged by; nil for that of the file.
  public let profile: String?

  /// Creates a verdict.
  public init(_ finding: Finding, grounds: Grounds? = nil, profile: String? = nil) {
    self.finding = finding
    self.grounds = grounds
    self.profile = profile
  }
}
