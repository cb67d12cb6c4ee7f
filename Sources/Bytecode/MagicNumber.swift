public import Versions

/// The four bytes that a `.pyc` file begins with: a number that says which Python wrote it, and `\r\n`.
public struct MagicNumber: Hashable, Sendable {
  /// The four bytes as a little-endian number.
  public let word: UInt32

  /// Reads the first four bytes of a file; nil where there are fewer.
  public init?(_ header: [UInt8]) {
    guard let word = littleEndian(header, at: 0) else { return nil }
    self.word = word
  }

  /// Creates the magic of a number.
  public init(number: UInt16) {
    word = UInt32(number) | 0x0A0D_0000
  }

  /// The number; nil where `\r\n` does not follow it, as after a transfer that translates line ends.
  public var number: UInt16? {
    word >> 16 == 0x0A0D ? UInt16(truncatingIfNeeded: word) : nil
  }

  /// Who wrote the file.
  public enum Origin: Hashable, Sendable {
    /// A release of this version.
    case release(PythonVersion)
    /// A build of this version before its first release.
    case preRelease(PythonVersion)
    /// PyPy, of a version that the number does not tell.
    case pypy

    /// The version; nil where it is not known.
    public var version: PythonVersion? {
      switch self {
      case .release(let version), .preRelease(let version): version
      case .pypy: nil
      }
    }
  }

  /// Who wrote the file, as far as the number tells; nil for a number that no known version has used.
  public var origin: Origin? {
    guard let number else { return nil }
    if let known = MagicSeries.pypy.first(where: { $0.value == number }) { return .release(known.key) }
    if MagicSeries.isPyPy(number) { return .pypy }
    guard let series = MagicSeries.series(of: number) else { return nil }
    return series.releases.contains(number) ? .release(series.version) : .preRelease(series.version)
  }

  /// Whether an interpreter of this version reads the file as its own.
  ///
  /// Where the version has no release yet, any number of its series will do: which one it ends with is not
  /// known. So will any number of PyPy's that is not known to be another version's.
  public func isRead(by version: PythonVersion) -> Bool {
    guard let number else { return false }
    switch version.implementation {
    case .cpython:
      guard let series = MagicSeries.series(of: version) else { return false }
      return series.releases.isEmpty ? (series.first...series.last).contains(number) : series.releases.contains(number)
    case .pypy:
      switch origin {
      case .release(let known): return known == version
      case .pypy: return true
      case .preRelease, nil: return false
      }
    }
  }
}

extension MagicNumber: CustomStringConvertible {
  /// The four bytes as hexadecimal digits.
  public var description: String {
    let digits = String(word.byteSwapped, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// The 32-bit number at an offset, lowest byte first; nil where the bytes end before it does.
func littleEndian(_ bytes: [UInt8], at offset: Int) -> UInt32? {
  guard bytes.count >= offset + 4 else { return nil }
  return (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
}
