/// What a team wants of its repositories and images: its policies and all they extend, merged.
public struct Policy: Hashable, Sendable {
  /// The profile for what nobody claims.
  public internal(set) var defaultProfile: Sourced<String>?
  /// The profiles, those that no policy describes included.
  public internal(set) var profiles: [Profile] = []
  /// The user's own rules, by name.
  public internal(set) var ownRules: [OwnRule] = []
  /// What is known of base images; the last one that fits an image's name stands.
  public internal(set) var bases: [BaseImage] = []
  /// Findings that are accepted for a time.
  public internal(set) var exceptions: [PolicyException] = []
  /// The files that are left out.
  public internal(set) var excludes: Sourced<PatternList>?
  /// What builds the images.
  public internal(set) var builder: Sourced<Builder>?
  /// Whether `# hadolint ignore=` accepts findings of the rules here that stand for hadolint's.
  public internal(set) var honoursHadolint: Sourced<Bool>?
  /// The rules, by code or own name, that a repository cannot loosen.
  public internal(set) var locked: [Sourced<String>] = []
  /// The tests.
  public internal(set) var tests: [PolicyTest] = []

  var statements: [Selector: [String: IntentStatement]] = [:]
  var rules: [String: RuleStatement] = [:]
  var merged = Value(.map([]), .nowhere)

  init() {}

  /// A policy that says nothing.
  public static let empty = Policy()

  /// The base image of this name, as far as the policy knows it.
  public func base(_ image: String) -> BaseImage? {
    bases.last { $0.image.matches(image) }
  }
}
