/// Why an editor leaves a file as it is.
public struct EditRefusal: Error, Hashable, Sendable {
  /// The reason, for people.
  public let reason: String

  /// Creates a refusal.
  public init(_ reason: String) {
    self.reason = reason
  }
}
