public import Versions

/// What the hash of a source depends on besides the source: the magic number and the variant of SipHash.
public struct SourceHashKey: Hashable, Sendable {
  /// How many rounds SipHash has for each word of input, and how many at the end.
  public enum Variant: Hashable, Sendable {
    /// SipHash-2-4: CPython 3.7 to 3.10, and PyPy.
    case twoFour
    /// SipHash-1-3: CPython 3.11 and later.
    case oneThree
  }

  /// The magic number, which is the lower half of the key; the upper half is zero.
  public let magic: MagicNumber
  /// The variant.
  public let variant: Variant

  /// The key of files with this magic number; nil where such files hold no hash.
  public init?(_ magic: MagicNumber) {
    guard let origin = magic.origin, HeaderFormat(magic) == .flags else { return nil }
    self.magic = magic
    let isNew = origin.version.map { $0.implementation == .cpython && $0.isAtLeast(3, 11) } ?? false
    variant = isNew ? .oneThree : .twoFour
  }

  /// The keys of what an interpreter of this version writes; none where it writes no hashes.
  ///
  /// A version without a release could have any number of its series, so it has no key in advance either.
  public static func keys(of version: PythonVersion) -> [SourceHashKey] {
    let numbers =
      version.implementation == .pypy
      ? MagicSeries.pypy[version].map { [$0] } ?? []
      : MagicSeries.series(of: version)?.releases ?? []
    return numbers.compactMap { SourceHashKey(MagicNumber(number: $0)) }
  }
}

/// The hash of a source file as it stands in bytecode (PEP 552), taken in pieces.
///
/// It is SipHash over the raw bytes, byte-order mark and line ends included. Lowest byte first, its eight bytes
/// are those of the file.
public struct SourceHash: Sendable {
  private var v0: UInt64
  private var v1: UInt64 = 0x646f_7261_6e64_6f6d
  private var v2: UInt64
  private var v3: UInt64 = 0x7465_6462_7974_6573
  private var word: UInt64 = 0
  private var count: UInt64 = 0
  private let variant: SourceHashKey.Variant

  /// Begins a hash.
  public init(_ key: SourceHashKey) {
    v0 = 0x736f_6d65_7073_6575 ^ UInt64(key.magic.word)
    v2 = 0x6c79_6765_6e65_7261 ^ UInt64(key.magic.word)
    variant = key.variant
  }

  /// Takes further bytes of the source.
  public mutating func update(_ bytes: Span<UInt8>) {
    var index = 0
    while index < bytes.count {
      // Whole words at once, once a word begins where one of the input does.
      if count & 7 == 0, bytes.count - index >= 8 {
        var word: UInt64 = 0
        for place in 0..<8 { word |= UInt64(bytes[index + place]) << UInt64(8 * place) }
        compress(word)
        count &+= 8
        index += 8
        continue
      }
      word |= UInt64(bytes[index]) << (8 * (count & 7))
      count &+= 1
      index += 1
      if count & 7 == 0 {
        compress(word)
        word = 0
      }
    }
  }

  /// Takes further bytes of the source.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  /// The hash of all bytes so far; further ones may follow.
  public func finish() -> UInt64 {
    // The last step changes the state, so a copy takes it.
    var last = self
    last.compress(word | count << 56)
    last.v2 ^= 0xFF
    for _ in 0..<(variant == .twoFour ? 4 : 3) { last.round() }
    return last.v0 ^ last.v1 ^ last.v2 ^ last.v3
  }

  private mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    if variant == .twoFour { round() }
    v0 ^= word
  }

  private mutating func round() {
    v0 &+= v1
    v1 = v1 << 13 | v1 >> 51
    v1 ^= v0
    v0 = v0 << 32 | v0 >> 32
    v2 &+= v3
    v3 = v3 << 16 | v3 >> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 << 21 | v3 >> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 << 17 | v1 >> 47
    v1 ^= v2
    v2 = v2 << 32 | v2 >> 32
  }
}

/// Several hashes of one source, taken together while its bytes pass by.
public struct SourceHashes: Sendable {
  private var hashes: [(key: SourceHashKey, hash: SourceHash)]

  /// Begins the hashes of these keys.
  public init(_ keys: some Sequence<SourceHashKey>) {
    hashes = keys.map { ($0, SourceHash($0)) }
  }

  /// Takes further bytes of the source.
  public mutating func update(_ bytes: Span<UInt8>) {
    for index in hashes.indices { hashes[index].hash.update(bytes) }
  }

  /// Takes further bytes of the source.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  /// The hashes of all bytes so far.
  public func finish() -> [SourceHashKey: UInt64] {
    Dictionary(hashes.map { ($0.key, $0.hash.finish()) }, uniquingKeysWith: { first, _ in first })
  }
}
