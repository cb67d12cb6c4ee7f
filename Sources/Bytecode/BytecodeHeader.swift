internal import Versions

/// How the header of a `.pyc` file is laid out.
public enum HeaderFormat: Hashable, Sendable {
  /// The magic and the source's time of modification: Python 2, and 3 before 3.3.
  case time
  /// The magic, the time and the source's size: Python 3.3 to 3.6.
  case timeAndSize
  /// The magic, flags, and then time and size, or a hash of the source: Python 3.7 and later (PEP 552).
  case flags

  /// How many bytes it has; the code follows.
  public var length: Int {
    switch self {
    case .time: 8
    case .timeAndSize: 12
    case .flags: 16
    }
  }

  /// The longest of all formats, in bytes.
  public static let longest = 16

  /// The format that a magic number stands for; nil for a number that no known version has used.
  public init?(_ magic: MagicNumber) {
    guard let number = magic.number, let origin = magic.origin else { return nil }
    // PyPy took over the flags with 3.7; what is older is not told apart by its number.
    if origin.version.map({ $0.implementation == .pypy }) ?? true {
      self = .flags
    } else if number >= 50_000 || number < 3210 {
      self = .time
    } else {
      self = number < 3392 ? .timeAndSize : .flags
    }
  }
}

/// How an interpreter is to find out whether the source has changed.
public enum Validation: Hashable, Sendable {
  /// By the source's time of modification and its size, both modulo 2³²; the size is nil in the oldest format.
  case timestamp(mtime: UInt32, size: UInt32?)
  /// By a hash of the source, which is compared at each import only where it is `checked`.
  case hash(UInt64, checked: Bool)
}

/// The header of a `.pyc` file.
public struct BytecodeHeader: Hashable, Sendable {
  /// The magic number.
  public let magic: MagicNumber
  /// The layout.
  public let format: HeaderFormat
  /// How the source is compared.
  public let validation: Validation

  /// Reads a header in the format of its magic.
  ///
  /// - Parameter bytes: the first bytes of the file, 16 where it has as many.
  /// - Throws: why an interpreter of that version would not accept it.
  public init(_ bytes: [UInt8]) throws(HeaderProblem) {
    guard let magic = MagicNumber(bytes) else { throw .tooShort(bytes.count) }
    guard let format = HeaderFormat(magic) else { throw .unknownMagic(magic) }
    guard bytes.count >= format.length else { throw .tooShort(bytes.count) }
    self.magic = magic
    self.format = format
    let words = (1..<4).map { littleEndian(bytes, at: 4 * $0) ?? 0 }
    switch format {
    case .time: validation = .timestamp(mtime: words[0], size: nil)
    case .timeAndSize: validation = .timestamp(mtime: words[0], size: words[1])
    case .flags:
      // Bit 0: there is a hash. Bit 1: it is to be checked; without bit 0 it says nothing.
      guard words[0] & ~3 == 0 else { throw .unknownFlags(words[0]) }
      validation =
        words[0] & 1 == 0
        ? .timestamp(mtime: words[1], size: words[2])
        : .hash(UInt64(words[2]) << 32 | UInt64(words[1]), checked: words[0] & 2 != 0)
    }
  }
}

/// Why a header cannot be read.
public enum HeaderProblem: Error, Hashable, Sendable {
  /// The file ends, after so many bytes, before its header does.
  case tooShort(Int)
  /// No known version has used the magic number.
  case unknownMagic(MagicNumber)
  /// The flags have bits that have no meaning.
  case unknownFlags(UInt32)
}

extension HeaderProblem: CustomStringConvertible {
  /// The problem in words.
  public var description: String {
    switch self {
    case .tooShort(let count): "the file ends after \(count) bytes, within its header"
    case .unknownMagic(let magic): "no known version begins its files with \(magic)"
    case .unknownFlags(let flags): "the flags 0x\(String(flags, radix: 16)) have bits without a meaning"
    }
  }
}
