/// Where an entry stands: the layer, from 0 for the lowest, and its number in that layer's table.
///
/// Whoever read a layer may keep more of an entry than the table does; by this number it is found again.
public struct EntryNumber: Sendable, Hashable {
  /// The layer.
  public let layer: Int
  /// The number in the layer's table (``LayerTable/Builder/count`` before the entry was added).
  public let entry: Int

  /// Creates the place of an entry.
  public init(layer: Int, entry: Int) {
    self.layer = layer
    self.entry = entry
  }
}

extension LayerView {
  /// The entry that holds what an item shows, of a hard link that of the file it leads to; nil for a directory that has
  /// no entry.
  public func entry(of item: Item) -> EntryNumber? {
    content(of: item).map { EntryNumber(layer: $0.layer, entry: $0.entry) }
  }
}

extension LayerUnion {
  /// The entry that a copy is.
  public func entry(of id: CopyID) -> EntryNumber {
    let version = versions[Int(id.version)]
    return EntryNumber(layer: Int(version.layer), entry: Int(version.entry))
  }
}
