/// What came of reading policies.
public struct PolicyLoad: Sendable {
  /// The merged policy; nil where a policy has an error.
  public let policy: Policy?
  /// What is wrong, by file in the order of reading, then by place.
  public let problems: [PolicyProblem]
  /// The policies that were read, with those that they extend, in the order of merging.
  public let texts: [PolicyText]

  /// Whether a policy has an error, so that nothing may be judged by it.
  public var isRefused: Bool { policy == nil }
}
