/// Whether a cache may be written.
public enum WriteIntent: String, Hashable, Sendable, CaseIterable {
  /// A switch must stop programs from writing it.
  case deny
  /// It may be written; no opinion beyond that.
  case allow
  /// A switch that stops it is a mistake.
  case require
  /// No opinion.
  case any
}

/// Whether a cache may be committed.
public enum CommitIntent: String, Hashable, Sendable, CaseIterable {
  /// It is not in the index, and a committed ignore rule covers it.
  case deny
  /// It may be.
  case allow
  /// No opinion.
  case any
}

/// Whether a cache may be in the layers of a product.
public enum ShipIntent: String, Hashable, Sendable, CaseIterable {
  /// No byte of it.
  case deny
  /// Bytecode that the interpreter will load must be there.
  case precompiled
  /// It may be.
  case allow
  /// No opinion.
  case any
}

/// How a cache is kept out of a layer.
public enum Way: String, Hashable, Sendable, CaseIterable {
  /// The tool is told not to write it.
  case noCache = "no-cache"
  /// It is written to a cache mount of the build.
  case cacheMount = "cache-mount"
  /// It is removed by the command that wrote it.
  case clean
}

/// Who states an intent, and how widely.
public struct Grounds: Hashable, Sendable {
  /// Where it is stated.
  public let origin: Origin
  /// The caches that the statement speaks of.
  public let selector: Selector
  /// The profile that it speaks for; `*` for every one.
  public let profile: String
  /// Whether findings from it are `info` at most, since a wide selector denies what may be meant to be there.
  public let isInfoOnly: Bool
  /// Whether only a person may act on it, since the cache may be the very thing that is shipped.
  public let isManual: Bool

  /// Whether the user states it, and not only a built-in policy.
  public var isUsers: Bool { origin.isUsers }

  /// The same grounds for what the one who is told cannot repair: findings from them are `info`.
  public var mild: Grounds {
    Grounds(origin: origin, selector: selector, profile: profile, isInfoOnly: true, isManual: true)
  }
}

/// An intent, and who states it.
public struct Stated<Value: Hashable & Sendable>: Hashable, Sendable {
  /// What is wanted.
  public let value: Value
  /// Who wants it.
  public let grounds: Grounds

  /// Whether the user states it, and not only a built-in policy.
  public var isUsers: Bool { grounds.isUsers }
  /// Where it is stated.
  public var origin: Origin { grounds.origin }
}

/// What a policy wants for one cache kind in one profile; nil where it says nothing.
public struct Intents: Hashable, Sendable {
  /// Whether it may be written.
  public var write: Stated<WriteIntent>?
  /// Whether it may be committed.
  public var commit: Stated<CommitIntent>?
  /// Whether it may be shipped.
  public var ship: Stated<ShipIntent>?
  /// Of how many modules in a hundred the bytecode must be there, where an image is to ship it precompiled.
  public var coverage: Stated<Int>?
  /// How it may be kept out of a layer, the preferred way first.
  public var keepOutBy: Stated<[Way]>?

  /// The share of modules, in a hundred, whose bytecode must be there where an image is to ship it precompiled.
  public var wantedCoverage: Int { coverage?.value ?? 95 }

  /// The accepted ways to keep it out of a layer, the preferred one first.
  public var ways: [Way] { keepOutBy?.value ?? Way.allCases }
}

/// What one place of a policy says of the caches of one selector in one profile.
struct IntentStatement: Hashable, Sendable {
  var write: Sourced<WriteIntent>?
  var commit: Sourced<CommitIntent>?
  var ship: Sourced<ShipIntent>?
  var coverage: Sourced<Int>?
  var keepOutBy: Sourced<[Way]>?
}
