public import Caches
public import SourceText

/// Which bytes of an image are caches, of which kind, and who ships them.
///
/// Every copy belongs to the deepest place above it that is proven to be a cache, or to the copy itself where it is one.
/// It is proven on the view after the layer that ships it, because a later layer may have removed the neighbours that
/// prove it.
public struct CacheAttribution: Sendable {
  /// A place that is proven to be a cache in the view after a layer.
  public struct Place: Sendable, Hashable {
    /// The kind.
    public let kind: KindNumber
    /// Where it is.
    public let path: Path
    /// The layer after which it was proven, and whose copies belong to it.
    public let layer: Int
    /// Whether it is a directory.
    public let isDirectory: Bool
    /// Whether only some of what the directory holds is the cache, as with `/var/lib/apt/lists/*`.
    public let isPart: Bool
    /// What proved it.
    public let evidence: ProofEvidence
  }

  /// How much of a kind one layer ships that met one fate.
  public struct Share: Sendable, Hashable {
    /// The kind.
    public let kind: KindNumber
    /// The layer that ships it.
    public let writer: Int
    /// The layer after which nobody sees it; nil for what lives.
    public let end: Int?
    /// What became of it.
    public let fate: CopyFate
    /// How much it is.
    public let amount: LedgerTotals.Amount
  }

  /// The places that hold bytes, by layer and in the order of the archives.
  public let places: [Place]
  /// The bytes of all kinds, in the order of kind, writer, end and fate.
  public let shares: [Share]
  /// The number of the place of each version, or `none`.
  private let owners: [UInt32]

  /// Attributes the bytes of all layers.
  ///
  /// - Parameters:
  ///   - union: The layers.
  ///   - homes: Directories that are homes of users, beside /root and those below /home.
  ///   - environment: Variables, each as `NAME=VALUE`, that may move caches; those of ``Image/environments`` are all that
  ///     an image tells. What is usual is a place all the same.
  ///   - workingDirectory: Where programs start; it is no cache, nor is what holds it.
  public init(
    _ union: LayerUnion, homes: [Path] = [], environment: [String] = [], workingDirectory: Path = .root
  ) {
    let moved = MovedPlaces(environment, keeping: homes + ["root", "home", workingDirectory].filter { !$0.isRoot })
    var attributor = CacheAttributor(union, ImagePlaceIndex(homes: homes, moved: moved.places))
    attributor.run()
    owners = attributor.owners
    places = attributor.places
    shares = Self.shares(union, attributor)
  }

  /// The place that a copy belongs to; nil for what is no cache.
  public func place(of copy: CopyID) -> Place? {
    let owner = owners[Int(copy.version)]
    return owner == LayerUnion.none ? nil : places[Int(owner)]
  }

  /// The number of that place in ``places``; nil for what is no cache.
  public func placeNumber(of copy: CopyID) -> Int? {
    let owner = owners[Int(copy.version)]
    return owner == LayerUnion.none ? nil : Int(owner)
  }

  private static func shares(_ union: LayerUnion, _ attributor: CacheAttributor) -> [Share] {
    struct Key: Hashable {
      let kind: KindNumber
      let writer: Int
      let end: Int
      let fate: CopyFate
    }
    var amounts: [Key: LedgerTotals.Amount] = [:]
    for (number, owner) in attributor.owners.enumerated() where owner != LayerUnion.none {
      let copy = union.copy(at: number)
      let key = Key(
        kind: attributor.places[Int(owner)].kind, writer: copy.layer, end: copy.endLayer ?? .max, fate: copy.fate)
      amounts[key, default: LedgerTotals.Amount()].add(copy.bytes, copy.compressedBytes)
    }
    let keys = amounts.keys.sorted {
      ($0.kind, $0.writer, $0.end, $0.fate.rawValue) < ($1.kind, $1.writer, $1.end, $1.fate.rawValue)
    }
    return keys.map { key in
      Share(
        kind: key.kind, writer: key.writer, end: key.end == .max ? nil : key.end, fate: key.fate,
        amount: amounts[key] ?? LedgerTotals.Amount())
    }
  }
}
