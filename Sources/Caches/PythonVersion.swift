/// Which Python reads an environment variable.
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
  /// The second number of the version.
  public let minor: Int

  /// Creates a version.
  public init(_ major: Int, _ minor: Int, implementation: Implementation = .cpython) {
    self.implementation = implementation
    self.major = major
    self.minor = minor
  }

  /// Whether it reads flags as numbers, so that `0` is as good as nothing: CPython 3.7 and later.
  public var readsFlagsAsNumbers: Bool {
    implementation == .cpython && (major, minor) >= (3, 7)
  }
}

/// What a value of PYTHONDONTWRITEBYTECODE does.
///
/// CPython since 3.7 takes the text with strtol in base ten: blanks before it are skipped, all of
/// it must be used, it must fit an int; zero writes bytecode, and all else, also what is no number
/// or negative, does not. Before, and in PyPy, any text but the empty one turns writing off.
func judgePythonFlag(_ value: [UInt8], _ python: PythonVersion?) -> SwitchReading {
  if value.isEmpty { return .off }
  if !isZero(value) { return .on }
  guard let python else { return .dependsOnVersion }
  return python.readsFlagsAsNumbers ? .off : .on
}

/// Whether strtol in base ten takes the whole text for zero.
private func isZero(_ value: [UInt8]) -> Bool {
  // The blanks of C's isspace: tab, newline, vertical tab, form feed, carriage return, space.
  var digits = value.drop { (0x09...0x0D).contains($0) || $0 == UInt8(ascii: " ") }
  if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
  return !digits.isEmpty && digits.allSatisfy { $0 == UInt8(ascii: "0") }
}
