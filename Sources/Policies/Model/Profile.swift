/// A named situation that a policy speaks for.
public struct Profile: Hashable, Sendable {
  /// The names that need no declaration.
  public static let known = ["development", "ci", "production"]

  /// Its name.
  public let name: String
  /// What it is for.
  public let description: String?
  /// The files that it claims.
  public let paths: Sourced<PatternList>?
  /// The build stages that it claims.
  public let stages: Sourced<[Wildcard]>?
}

/// A profile, and why it is the one.
public struct ProfileChoice: Hashable, Sendable {
  /// What decided.
  public enum Reason: Hashable, Sendable {
    /// The caller set it over everything.
    case forced
    /// The profile claims the stage.
    case stage(Origin)
    /// The profile claims the file.
    case path(Origin)
    /// The caller set it for what nobody claims.
    case asked
    /// The policy's default.
    case policy(Origin)
    /// Nobody said anything.
    case fallback
  }

  /// The profile's name.
  public let profile: String
  /// What decided.
  public let reason: Reason
}
