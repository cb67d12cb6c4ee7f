public import SourceText

/// The bytes of a file as one layer ships them.
public struct Copy: Sendable, Hashable {
  /// Its number in the union.
  public let id: CopyID
  /// The layer that ships it.
  public let layer: Int
  /// The layer after which nobody sees it; nil while it lives.
  public let endLayer: Int?
  /// What became of it.
  public let fate: CopyFate
  /// The bytes that the archive holds for it.
  public let bytes: Int
  /// The compressed bytes that it took, where that was measured.
  public let compressedBytes: Int?
}

/// The number of a copy in a union.
public struct CopyID: Sendable, Hashable {
  let version: UInt32
}

/// What one layer ships, what another made of it, and how much that is.
public struct LedgerCharge: Sendable, Hashable {
  /// The layer that ships it.
  public let writer: Int
  /// The layer after which nobody sees it; nil for what lives.
  public let end: Int?
  /// What became of it.
  public let fate: CopyFate
  /// How much it is.
  public let amount: LedgerTotals.Amount
}

extension LayerUnion {
  /// The copies that a layer ships, in the order of its archive.
  public func copies(ofLayer layer: Int) -> some Sequence<Copy> {
    versions(ofLayer: layer).lazy.filter { isCopy($0) }.map { copy(at: $0) }
  }

  /// The copy with a number that this union gave out.
  public func copy(_ id: CopyID) -> Copy { copy(at: Int(id.version)) }

  /// Where a layer put a copy: the path with all links on the way resolved.
  public func path(of id: CopyID) -> Path { Path(tree.path(of: versions[Int(id.version)].node)) }

  /// The layer that first brought a copy's bytes to its path: not the one that ships it where that only changed owner
  /// or mode.
  ///
  /// Content and time of change are the same then. A step that writes the same bytes anew gives them another time, and
  /// would write them without the earlier layer as well.
  public func origin(of id: CopyID) -> Int {
    var version = versions[Int(id.version)]
    while version.previous != Self.none {
      let earlier = versions[Int(version.previous)]
      guard earlier.type == .file, earlier.fate == .metadataOnly, earlier.end == version.layer else { break }
      // Layers of one image may keep fractions of a second in one and not in the other.
      guard seconds(of: earlier) == seconds(of: version) else { break }
      version = earlier
    }
    return Int(version.layer)
  }

  /// What the ledgers hold of the bytes that a layer ships.
  public func totals(ofLayer layer: Int) -> LedgerTotals {
    var totals = LedgerTotals()
    for version in versions(ofLayer: layer) where isCopy(version) {
      let copy = copy(at: version)
      totals.add(copy.fate, copy.bytes, copy.compressedBytes)
    }
    return totals
  }

  /// What the ledgers hold of the bytes that all layers ship.
  public var totals: LedgerTotals {
    var totals = LedgerTotals()
    for layer in 0..<layerCount { totals.add(self.totals(ofLayer: layer)) }
    return totals
  }

  /// The bytes of all layers by the layer that ships them, the one that ends them, and their fate; in that order.
  public var charges: [LedgerCharge] {
    struct Key: Hashable {
      let writer: UInt16
      let end: UInt16
      let fate: CopyFate
    }
    var amounts: [Key: LedgerTotals.Amount] = [:]
    for number in versions.indices where isCopy(number) {
      let copy = copy(at: number)
      let version = versions[number]
      let key = Key(writer: version.layer, end: version.end, fate: version.fate)
      amounts[key, default: LedgerTotals.Amount()].add(copy.bytes, copy.compressedBytes)
    }
    let keys = amounts.keys.sorted {
      ($0.writer, $0.end, $0.fate.rawValue) < ($1.writer, $1.end, $1.fate.rawValue)
    }
    return keys.map { key in
      LedgerCharge(
        writer: Int(key.writer), end: key.end == Self.present ? nil : Int(key.end), fate: key.fate,
        amount: amounts[key] ?? LedgerTotals.Amount())
    }
  }

  private func seconds(of version: Version) -> Int64 { tables[Int(version.layer)].entries[Int(version.entry)].seconds }

  func copy(at number: Int) -> Copy {
    let version = versions[number]
    let layer = Int(version.layer)
    let entry = Int(version.entry)
    return Copy(
      id: CopyID(version: UInt32(truncatingIfNeeded: number)), layer: layer,
      endLayer: version.end == Self.present ? nil : Int(version.end), fate: version.fate,
      bytes: tables[layer].dataBytes(of: entry), compressedBytes: tables[layer].compressedBytes(of: entry))
  }
}
