/// What became of a copy: of one file's bytes that one layer ships.
public enum CopyFate: UInt8, Sendable, Hashable, CaseIterable {
  /// A container sees it.
  case live
  /// A later layer removed it.
  case deleted
  /// A later layer put something else in its place.
  case rewritten
  /// A later entry of its own layer replaced it.
  case duplicate
  /// A later layer ships the same bytes at its place: nothing but owner, mode, times or attributes changed.
  case metadataOnly
  /// A later layer ships a file of the same length at its place, and no hashes tell whether it is the same.
  case rewrittenOrMetadataOnly

  /// The ledger that it belongs to.
  public var ledger: Ledger {
    switch self {
    case .live: .live
    case .deleted, .rewritten, .duplicate: .dead
    case .metadataOnly: .metadataOnly
    case .rewrittenOrMetadataOnly: .undecided
    }
  }
}

/// The ledgers in which the bytes of an image are booked; each byte is in exactly one.
public enum Ledger: UInt8, Sendable, Hashable, CaseIterable {
  /// What a container sees.
  case live
  /// What is shipped and seen by nobody.
  case dead
  /// What is shipped once more although its content did not change.
  case metadataOnly
  /// What is dead or metadata only: without hashes it is not told which.
  case undecided
}

/// Bytes and files, by what became of them.
public struct LedgerTotals: Sendable, Hashable {
  /// An amount of files.
  public struct Amount: Sendable, Hashable {
    /// Their bytes.
    public var bytes = 0
    /// How many they are.
    public var files = 0
    /// The compressed bytes that they took; nil where that is not known of all of them.
    public var compressedBytes: Int? = 0

    mutating func add(_ bytes: Int, _ compressed: Int?) {
      self.bytes += bytes
      files += 1
      compressedBytes = sum(compressedBytes, compressed)
    }

    mutating func add(_ other: Amount) {
      bytes += other.bytes
      files += other.files
      compressedBytes = sum(compressedBytes, other.compressedBytes)
    }

    private func sum(_ left: Int?, _ right: Int?) -> Int? {
      guard let left, let right else { return nil }
      return left &+ right
    }
  }

  /// Creates the totals of nothing.
  public init() {}

  private var amounts = [Amount](repeating: Amount(), count: CopyFate.allCases.count)

  /// What met one fate.
  public subscript(fate: CopyFate) -> Amount { amounts[Int(fate.rawValue)] }

  /// What is in one ledger.
  public subscript(ledger ledger: Ledger) -> Amount {
    var sum = Amount()
    for fate in CopyFate.allCases where fate.ledger == ledger { sum.add(self[fate]) }
    return sum
  }

  /// All that is shipped.
  public var shipped: Amount {
    var sum = Amount()
    for amount in amounts { sum.add(amount) }
    return sum
  }

  mutating func add(_ fate: CopyFate, _ bytes: Int, _ compressed: Int?) {
    amounts[Int(fate.rawValue)].add(bytes, compressed)
  }

  mutating func add(_ other: LedgerTotals) {
    for index in amounts.indices { amounts[index].add(other.amounts[index]) }
  }
}
