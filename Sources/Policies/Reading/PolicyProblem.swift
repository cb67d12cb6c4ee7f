public import Findings
public import SourceText

/// Something wrong in a policy.
public struct PolicyProblem: Error, Hashable, Sendable {
  /// A further place that belongs to it.
  public struct Related: Hashable, Sendable {
    /// The policy.
    public let source: String
    /// The bytes.
    public let range: ByteRange
    /// What it has to do with the problem.
    public let message: String
  }

  /// `error` where the policy cannot be used, else `warning`.
  public let severity: Severity
  /// The policy.
  public let source: String
  /// The bytes that are wrong.
  public let range: ByteRange
  /// Where they begin, for people.
  public let place: LineColumn
  /// What is wrong, in one line.
  public let message: String
  /// What would help, as words behind the caret.
  public let help: String?
  /// A further place that belongs to it.
  public let related: Related?
}
