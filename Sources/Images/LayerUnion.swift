/// The layers of an image, put upon each other.
///
/// Layers are applied from the lowest to the highest, as the OCI image specification says (`layer.md`). The union keeps
/// what every layer has, not only the result, so the tree can be looked at as it is after any layer, and every copy of
/// a file's bytes knows what became of it. Nothing is kept twice and nothing is copied to ask: an entry costs about 130
/// bytes beside its name.
public struct LayerUnion: Sendable {
  /// What a layer put at a place.
  struct Version: Sendable {
    /// The entry in the layer's table, or `none` for a directory that only follows from a path.
    var entry: UInt32
    var node: UInt32
    /// The version of a lower layer that stood there before, or `none`.
    var previous: UInt32
    /// How many names lead to this content; of a hard link the version whose content it shows.
    var names: UInt32
    var layer: UInt16
    /// The layer after which this name is gone, or `present`.
    var removed = LayerUnion.present
    /// The layer after which no name leads to this content, or `present`.
    var end = LayerUnion.present
    var fate = CopyFate.live
    var type: LayerEntryType
  }

  static let none = UInt32.max
  static let present = UInt16.max

  var tree = NameTree()
  var versions: [Version] = []
  var tables: [LayerTable] = []
  /// The number of the first version of each layer.
  var starts: [Int] = []
  var notes: [NoteList] = []
  /// How many more names may be looked up because links lead to them.
  var linkSteps = ImageLimits.linkSteps
  var contentBytes = 0

  /// Creates the union of no layers: an empty root.
  public init() {}

  /// How many layers there are.
  public var layerCount: Int { tables.count }

  /// How many entries there are in all layers, directories that only follow from paths among them.
  public var entryCount: Int { versions.count }

  /// The notes of a layer, of which at most ``ImageLimits/noteCount`` are kept.
  public func notes(ofLayer layer: Int) -> [LayerNote] { notes[layer].notes }

  /// How many notes a layer gave rise to.
  public func noteCount(ofLayer layer: Int) -> Int { notes[layer].count }

  /// The tree as it is after a layer; the whole image after the last.
  public func view(after layer: Int) -> LayerView {
    LayerView(union: self, layer: UInt16(clamping: layer))
  }

  /// The tree that a container sees.
  public var merged: LayerView { view(after: layerCount - 1) }

  /// The versions of a layer.
  func versions(ofLayer layer: Int) -> Range<Int> {
    starts[layer]..<(layer + 1 < starts.count ? starts[layer + 1] : versions.count)
  }

  /// The version that stands at a node after a layer, or `none`.
  func version(at node: UInt32, after layer: UInt16) -> UInt32 {
    var version = tree[node].version
    // A chain has at most one version of each layer.
    while version != Self.none, versions[Int(version)].layer > layer { version = versions[Int(version)].previous }
    guard version != Self.none, versions[Int(version)].removed > layer else { return Self.none }
    return version
  }

  /// What stands at a node after a layer: nil for nothing.
  func type(at node: UInt32, after layer: UInt16) -> LayerEntryType? {
    let version = version(at: node, after: layer)
    if version == Self.none { return node == NameTree.root ? .directory : nil }
    return versions[Int(content(of: version))].type
  }

  /// The version whose content a name shows: itself, unless it is a hard link.
  func content(of version: UInt32) -> UInt32 {
    versions[Int(version)].type == .hardLink ? versions[Int(version)].names : version
  }

  /// Whether a version holds bytes of its own.
  func isCopy(_ version: Int) -> Bool { versions[version].type == .file }
}
