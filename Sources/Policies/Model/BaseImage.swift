/// What is known of an image that the user's own images stand on.
public struct BaseImage: Hashable, Sendable {
  /// Which bytecode an image has.
  public enum Bytecode: String, Hashable, Sendable, CaseIterable {
    /// All that its interpreter would load.
    case precompiled
    /// None.
    case none
  }

  /// The images' names.
  public let image: Wildcard
  /// Variables of its environment.
  public let environment: [Sourced<BaseVariable>]
  /// Its user.
  public let user: Sourced<String>?
  /// Its bytecode.
  public let bytecode: Sourced<Bytecode>?
  /// The Dockerfile that it is built from, in the same repository.
  public let dockerfile: Sourced<String>?
  /// Where it stands.
  public let origin: Origin
}

/// A variable of a base image.
public struct BaseVariable: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// Its value.
  public let value: String
}

/// What builds the images, which decides what a fix may write.
public enum Builder: String, Hashable, Sendable, CaseIterable {
  /// BuildKit.
  case buildkit
  /// Buildah.
  case buildah
  /// Docker's builder before BuildKit.
  case classic
  /// Kaniko.
  case kaniko
}
