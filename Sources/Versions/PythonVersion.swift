/// A version of Python, as far as it is known.
public struct PythonVersion: Hashable, Sendable {
  /// Who made the interpreter.
  public enum Implementation: String, Hashable, Sendable, CaseIterable {
    /// The one from python.org.
    case cpython
    /// PyPy.
    case pypy
  }

  /// Who made the interpreter.
  public let implementation: Implementation
  /// The first number of the version.
  public let major: Int
  /// The second number of the version; nil means the newest one that there is.
  public let minor: Int?

  /// Creates a version.
  public init(_ major: Int, _ minor: Int?, implementation: Implementation = .cpython) {
    self.implementation = implementation
    self.major = major
    self.minor = minor
  }

  /// Whether it is the given version or a later one.
  public func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
    (self.major, self.minor ?? .max) >= (major, minor)
  }

  /// Whether it reads flags as numbers, so that `0` is as good as nothing: CPython 3.7 and later.
  public var readsFlagsAsNumbers: Bool {
    implementation == .cpython && isAtLeast(3, 7)
  }
}
