public import SourceText

/// The user that a step of a build ran as.
public struct StepUser: Sendable, Hashable {
  /// The number.
  public let number: UInt32
  /// The number of the first group; nil where it is not known.
  public let group: UInt32?
  /// The home, from the root of the image.
  public let home: Path

  /// Creates a user.
  public init(number: UInt32, group: UInt32?, home: Path) {
    self.number = number
    self.group = group
    self.home = home
  }
}
