internal import CCrypto

/// Which digest.
public enum DigestAlgorithm: Sendable, Hashable {
  /// SHA-1, the ids of most git repositories.
  case sha1
  /// SHA-256, the ids of images, of reports, and of newer git repositories.
  case sha256
  /// SHA-512, which images may use too.
  case sha512

  /// How many bytes the digest has.
  public var size: Int {
    switch self {
    case .sha1: 20
    case .sha256: 32
    case .sha512: 64
    }
  }
}

/// A digest that takes its input in pieces.
///
/// Only the low-level functions of libcrypto serve here: the others read a configuration file and load
/// the modules that it names.
public struct Digest: Sendable {
  private var sha1 = SHA_CTX()
  var sha256 = SHA256_CTX()
  private var sha512 = SHA512_CTX()
  let algorithm: DigestAlgorithm

  /// Begins a digest.
  public init(_ algorithm: DigestAlgorithm) {
    self.algorithm = algorithm
    switch algorithm {
    case .sha1: _ = unsafe SHA1_Init(&sha1)
    case .sha256: _ = unsafe SHA256_Init(&sha256)
    case .sha512: _ = unsafe SHA512_Init(&sha512)
    }
  }

  /// Takes further input.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe update(raw: $0) }
  }

  /// Takes further input.
  public mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update(raw: $0) }
  }

  /// Takes further input.
  public mutating func update(_ bytes: ArraySlice<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe update(raw: $0) }
  }

  /// Takes further input, the bytes of a text.
  public mutating func update(_ text: String) {
    update(Array(text.utf8))
  }

  /// The digest of all input so far; further input may follow.
  public func finish() -> [UInt8] {
    // The last step changes the state, so a copy takes it.
    var copy = self
    return unsafe [UInt8](unsafeUninitializedCapacity: algorithm.size) { buffer, count in
      switch algorithm {
      case .sha1: _ = unsafe SHA1_Final(buffer.baseAddress, &copy.sha1)
      case .sha256: _ = unsafe SHA256_Final(buffer.baseAddress, &copy.sha256)
      case .sha512: _ = unsafe SHA512_Final(buffer.baseAddress, &copy.sha512)
      }
      count = algorithm.size
    }
  }

  private mutating func update(raw bytes: UnsafeRawBufferPointer) {
    switch algorithm {
    case .sha1: _ = unsafe SHA1_Update(&sha1, bytes.baseAddress, bytes.count)
    case .sha256: _ = unsafe SHA256_Update(&sha256, bytes.baseAddress, bytes.count)
    case .sha512: _ = unsafe SHA512_Update(&sha512, bytes.baseAddress, bytes.count)
    }
  }
}

/// The digest of some bytes.
public func digest(_ algorithm: DigestAlgorithm, of bytes: [UInt8]) -> [UInt8] {
  var digest = Digest(algorithm)
  digest.update(bytes)
  return digest.finish()
}

/// The id that git gives to a file of this content: the digest of `blob SIZE`, a NUL and the bytes.
public func gitBlobID(_ algorithm: DigestAlgorithm, of bytes: [UInt8]) -> [UInt8] {
  var digest = Digest(algorithm)
  digest.update("blob \(bytes.count)\0")
  digest.update(bytes)
  return digest.finish()
}
