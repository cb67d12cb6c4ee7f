public import SourceText

/// Where a value of a policy comes from.
public struct Origin: Hashable, Sendable {
  /// The policy's name: a path, or `builtin:NAME`.
  public let source: String
  /// The bytes of the value in that policy.
  public let range: ByteRange
  /// The line at which these begin, from 1.
  public let line: Int
  /// Whether the user says it: in a policy of their own, or in a built-in one that speaks for them.
  public let isUsers: Bool
  /// Its place in the order of merging.
  let layer: Int

  /// Whether it stands in a policy that the program has built in.
  public var isBuiltin: Bool { source.hasPrefix("builtin:") }
}

extension Origin: CustomStringConvertible {
  /// The origin as `SOURCE:LINE`.
  public var description: String { "\(printable(source)):\(line)" }
}

/// A value and where it comes from.
public struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The value.
  public let value: Value
  /// Where it comes from.
  public let origin: Origin

  /// Creates a value with its origin.
  public init(_ value: Value, _ origin: Origin) {
    self.value = value
    self.origin = origin
  }
}
