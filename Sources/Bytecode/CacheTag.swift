internal import SourceText
public import Versions

/// What an interpreter calls its bytecode by, such as `cpython-311` or `pypy39` (`sys.implementation.cache_tag`).
///
/// Python 2 has no tag of its own; `cpython-27` stands for it where interpreters are listed.
public struct CacheTag: Hashable, Sendable {
  /// The tag as it is written.
  public let bytes: [UInt8]
  /// The interpreter whose tag it is; nil for an implementation that is not known here.
  public let version: PythonVersion?

  /// Reads a tag: letters, perhaps a hyphen, digits.
  ///
  /// An optimisation level (`opt-1`) has the same shape and is none.
  public init?(_ text: some Sequence<UInt8>) {
    let bytes = Array(text)
    var rest = bytes[...]
    let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    rest = rest.dropFirst(letters.count)
    let isHyphenated = rest.first == UInt8(ascii: "-")
    if isHyphenated { rest = rest.dropFirst() }
    guard !letters.isEmpty, !rest.isEmpty, rest.allSatisfy(isDigit), !letters.elementsEqual("opt".utf8) else {
      return nil
    }
    self.bytes = bytes
    if letters.elementsEqual("cpython".utf8), isHyphenated {
      version = Self.version(.cpython, digits: rest)
    } else if letters.elementsEqual("pypy".utf8), !isHyphenated {
      version = Self.version(.pypy, digits: rest)
    } else {
      version = nil
    }
  }

  /// The tag of an interpreter; nil where its minor version is unknown.
  public init?(_ version: PythonVersion) {
    guard let minor = version.minor else { return nil }
    let start = version.implementation == .cpython ? "cpython-" : "pypy"
    bytes = Array("\(start)\(version.major)\(minor)".utf8)
    self.version = version
  }

  /// The first digit is the major version, the others the minor one, which has no leading zero.
  private static func version(
    _ implementation: PythonVersion.Implementation, digits: ArraySlice<UInt8>
  ) -> PythonVersion? {
    guard let first = digits.first, let minor = decimal(digits.dropFirst()), minor < 1000 else { return nil }
    return PythonVersion(Int(first - UInt8(ascii: "0")), minor, implementation: implementation)
  }
}

extension CacheTag: Comparable {
  /// Orders tags by implementation and version, unknown ones last and by their bytes.
  public static func < (left: CacheTag, right: CacheTag) -> Bool {
    guard let first = left.version, let second = right.version else {
      if (left.version == nil) != (right.version == nil) { return left.version != nil }
      return left.bytes.lexicographicallyPrecedes(right.bytes)
    }
    return (first.implementation.rawValue, first.major, first.minor ?? 0)
      < (second.implementation.rawValue, second.major, second.minor ?? 0)
  }
}

extension CacheTag: CustomStringConvertible {
  /// The tag in a form that is safe to print.
  public var description: String { printable(bytes) }
}

extension PythonVersion {
  /// Whether it keeps bytecode in `__pycache__`, as CPython has done since 3.2 (PEP 3147).
  var usesCacheDirectory: Bool { isAtLeast(3, 2) }

  /// Whether it heeds `PYTHONPYCACHEPREFIX` [measured: CPython 3.8 to 3.13 and PyPy 3.9 do, CPython 3.6 and 3.7 do not].
  public var usesPrefix: Bool { isAtLeast(3, 8) }

  /// Whether it names optimised bytecode `.pyo`, as CPython did before 3.5 (PEP 488).
  var usesOptimisedSuffix: Bool { !isAtLeast(3, 5) }
}

/// Whether it is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// The number that the digits write in decimal, without a sign or a leading zero; nil where they do not, and
/// where there are more than `longest` of them, which is at most 18.
func decimal(_ digits: ArraySlice<UInt8>, longest: Int = 9) -> Int? {
  guard !digits.isEmpty, digits.count <= longest, digits.allSatisfy(isDigit) else { return nil }
  if digits.count > 1, digits.first == UInt8(ascii: "0") { return nil }
  return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}
