internal import Digests
public import SourceText

/// The digest of a document or a layer, as images write it: `sha256:` and 64 hexadecimal digits.
///
/// The grammar is that of the OCI image specification (`descriptor.md`); it is checked before a path is made of the
/// digest, so a digest never leads out of `blobs`.
public struct ContentDigest: Sendable, Hashable {
  /// The name of the algorithm.
  public let algorithm: String
  /// The digest as text.
  public let encoded: String

  /// How many bytes a digest may have as text.
  static let lengthLimit = 512

  /// Reads a digest; nil where the text is none, or where its length is not that of a registered algorithm.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.lengthLimit, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      return nil
    }
    let algorithm = text[..<colon]
    let encoded = text[text.utf8.index(after: colon)...]
    guard Self.isAlgorithm(algorithm.utf8), !encoded.isEmpty else { return nil }
    if let size = Self.sizes[String(algorithm)] {
      guard encoded.utf8.count == size * 2, encoded.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
    } else {
      guard encoded.utf8.allSatisfy({ Self.isLetter($0) || "=_-".utf8.contains($0) }) else { return nil }
    }
    self.algorithm = String(algorithm)
    self.encoded = String(encoded)
  }

  /// The SHA-256 digest of some bytes.
  public init(sha256Of bytes: [UInt8]) {
    algorithm = "sha256"
    encoded = hexadecimal(digest(.sha256, of: bytes))
  }

  /// Whether some bytes have this digest; nil where the algorithm is not known, so that it cannot be verified.
  public func matches(_ bytes: [UInt8]) -> Bool? {
    guard let algorithm = verifiable else { return nil }
    return hexadecimal(digest(algorithm, of: bytes)) == encoded
  }

  /// Whether content can be verified against it.
  public var isVerifiable: Bool { verifiable != nil }

  /// The path of the blob in an image layout.
  public var blobPath: Path { Path("blobs/\(algorithm)/\(encoded)".utf8) }

  private var verifiable: DigestAlgorithm? {
    switch algorithm {
    case "sha256": .sha256
    case "sha512": .sha512
    default: nil
    }
  }

  /// How many bytes the digests of the registered algorithms have.
  private static let sizes = ["sha256": 32, "sha512": 64, "blake3": 32]

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    isPlain(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  /// Small letters and digits in parts that one of `+._-` separates.
  private static func isAlgorithm(_ name: Substring.UTF8View) -> Bool {
    name.split(omittingEmptySubsequences: false) { "+._-".utf8.contains($0) }
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(isPlain) }
  }
}

extension ContentDigest: CustomStringConvertible {
  /// The digest as images write it.
  public var description: String { "\(algorithm):\(encoded)" }
}
