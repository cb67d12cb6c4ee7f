public import SourceText

/// One of the things that a finding speaks of: what tells whether an older image has it, too.
///
/// Neither layers nor numbers belong to it, as each build changes them.
public struct Subject: Hashable, Sendable {
  /// How much of it there is.
  public enum Amount: Hashable, Sendable {
    /// It is there so many times, of which each matters.
    case times(Int)
    /// It has so many bytes, of which it matters whether they grow.
    case bytes(Int)
  }

  /// Where it is in the target; the root for what has no place of its own.
  public let path: Path
  /// What is the matter with it, where the rule alone does not tell that.
  public let aspect: String
  /// How much of it there is.
  public let amount: Amount

  /// Creates a subject.
  public init(_ path: Path, aspect: String = "", amount: Amount = .times(1)) {
    self.path = path
    self.aspect = aspect
    self.amount = amount
  }
}
