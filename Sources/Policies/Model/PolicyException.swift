/// A finding that a policy accepts for a time.
public struct PolicyException: Hashable, Sendable {
  /// The rules that it speaks of, each by the code or, of an own rule, the name.
  public let rules: [Sourced<String>]
  /// The files that it speaks of; nil for all.
  public let paths: PatternList?
  /// Why it is accepted.
  public let reason: String
  /// The last day on which it is accepted.
  public let expires: Sourced<CalendarDate>
  /// Where it stands.
  public let origin: Origin

  /// Whether the exception still holds on `today`.
  public func holds(on today: CalendarDate) -> Bool {
    today <= expires.value
  }
}
