/// A policy as it is read from somewhere: the reader opens no file itself.
public struct PolicyText: Hashable, Sendable {
  /// Its name in messages, and what tells it from others: a path, or `builtin:NAME`.
  public let name: String
  /// What it holds.
  public let bytes: [UInt8]
  /// Whether the program has it built in, whatever it is called.
  public let isBuiltin: Bool

  /// Creates a policy text.
  public init(name: String, _ bytes: [UInt8], isBuiltin: Bool = false) {
    self.name = name
    self.bytes = bytes
    self.isBuiltin = isBuiltin
  }

  /// Whether its statements count as the user's: those of a built-in one do not, but one is made to.
  var speaksForUser: Bool {
    !name.hasPrefix("builtin:") || name == "builtin:production"
  }
}

/// What `extends` names.
public enum PolicyReference: Hashable, Sendable {
  /// A policy that the program has built in.
  case builtin(String)
  /// A file, relative to the policy that extends it.
  case file(String)
}

/// Why a policy that is extended cannot be had.
public struct PolicyUnavailable: Error, Hashable, Sendable {
  /// The reason, in words that go on from "`./base.yaml`".
  public let reason: String

  /// Creates a refusal: "does not exist", "lies outside the repository".
  public init(_ reason: String) {
    self.reason = reason
  }
}
