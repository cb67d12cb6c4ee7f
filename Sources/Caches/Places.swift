/// A name that is no cache without proof.
public struct FalseFriend: Sendable, Hashable {
  /// The name, such as `target`.
  public let name: String
  /// What has this name otherwise.
  public let otherwise: String
  /// The ids of the kinds that may prove it a cache; none where the name alone never is one.
  public let kinds: [String]
}

/// A place in a cache that is a finding whatever the policy says.
public struct SecretPlace: Sendable, Hashable {
  /// A glob of the place; `~` is HOME.
  public let path: String
  /// The id of the kind that it is part of.
  public let kind: String
}

extension Catalogue {
  /// Names that are no cache without proof.
  public static let falseFriends: [FalseFriend] = RecordReader.map(GeneratedPlaces.falseFriends) {
    FalseFriend(name: $0.text(0), otherwise: $0.text(1), kinds: $0.texts(from: 2))
  }

  /// Neighbours of caches: a fix never removes one, nor any parent of one; `~` is HOME.
  public static let neverDelete: [String] = RecordReader.map(GeneratedPlaces.neverDelete) { $0.text(0) }

  /// Places of secrets, each a finding whatever the policy says.
  public static let secretPlaces: [SecretPlace] = RecordReader.map(GeneratedPlaces.secrets) {
    SecretPlace(path: $0.text(0), kind: $0.text(1))
  }
}
