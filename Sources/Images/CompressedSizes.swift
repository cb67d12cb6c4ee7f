/// How many bytes each entry of a layer takes in the compressed archive, four bytes an entry.
struct CompressedSizes: Sendable {
  private static let unknown = UInt32.max
  /// Stands for a size of 4 GiB and more, which few entries have.
  private static let large = UInt32.max - 1

  /// Of all entries, those among them whose size is unknown; nothing where it is for all.
  private var sizes: [UInt32] = []
  private var largeSizes: [Int: Int] = [:]

  /// The size of an entry, where it was measured.
  @inline(__always)
  subscript(entry: Int) -> Int? {
    if sizes.isEmpty || sizes[entry] == Self.unknown { return nil }
    return sizes[entry] == Self.large ? largeSizes[entry] : Int(sizes[entry])
  }

  /// Adds what is known of the entry that follows `count` others.
  mutating func append(_ size: Int?, after count: Int) {
    guard let size else {
      if !sizes.isEmpty { sizes.append(Self.unknown) }
      return
    }
    if sizes.isEmpty { sizes = Array(repeating: Self.unknown, count: count) }
    if size >= Int(Self.large) { largeSizes[count] = size }
    sizes.append(UInt32(min(max(0, size), Int(Self.large))))
  }
}
