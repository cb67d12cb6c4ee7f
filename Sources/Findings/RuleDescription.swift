/// What a rule is, for people and for the reader of policies: everything but its judgement.
public struct RuleDescription: Hashable, Sendable {
  /// Its code and name.
  public let id: RuleID
  /// What is wrong where it fires, in one line.
  public let summary: String
  /// How bad that is when the policy says nothing else.
  public let severity: Severity
  /// Where it looks.
  public let group: RuleGroup
  /// The safest fix it offers.
  public let fix: FixSafety?
  /// The intents, as a policy writes them, without which it says nothing; empty where it needs none.
  public let intents: [String]
  /// What a policy may set of it beside severity, caches and paths.
  public let options: [RuleOption]
  /// The hadolint rules that people may know in its place.
  public let hadolint: [String]
  /// Its page: Markdown with what it does, why that is bad, an example, and how safe the fix is.
  public let page: String

  /// Creates a description.
  public init(
    _ id: RuleID, _ summary: String, severity: Severity, group: RuleGroup, fix: FixSafety? = nil,
    intents: [String] = [], options: [RuleOption] = [], hadolint: [String] = [], page: String
  ) {
    self.id = id
    self.summary = summary
    self.severity = severity
    self.group = group
    self.fix = fix
    self.intents = intents
    self.options = options
    self.hadolint = hadolint
    self.page = page
  }
}

/// What a rule examines.
public enum RuleGroup: String, Hashable, Sendable, CaseIterable {
  /// Whatever is read.
  case input
  /// The index and the work tree.
  case repository
  /// Git's ignore files.
  case gitignore
  /// Docker's ignore files.
  case dockerignore
  /// Dockerfiles.
  case dockerfile
  /// Images and their layers.
  case image
  /// Python's bytecode.
  case bytecode
  /// The policy itself.
  case policy
}
