internal import SourceText

/// An amount of files in layers.
struct CacheAmount: Sendable, Hashable {
  var bytes = 0
  var files = 0
  /// The compressed bytes that they took; nil where that is not known of all of them.
  var compressed: Int? = 0

  mutating func add(_ other: CacheAmount) {
    bytes += other.bytes
    files += other.files
    guard let left = compressed, let right = other.compressed else { return compressed = nil }
    compressed = left &+ right
  }

  static func sum(_ amounts: some Sequence<CacheAmount>) -> CacheAmount {
    amounts.reduce(into: CacheAmount()) { $0.add($1) }
  }

  /// The bytes in words, with the compressed ones where they are known: `70.1 MiB (24.0 MiB compressed)`.
  var words: String {
    guard let compressed, compressed < bytes else { return byteCount(bytes) }
    return "\(byteCount(bytes)) (\(byteCount(compressed)) compressed)"
  }
}
