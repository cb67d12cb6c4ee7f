internal import Caches
public import Facts
internal import Images
public import Reports
internal import SourceText

extension ImageSummary {
  /// How many directories and files are listed.
  static let listLimit = 10

  /// Sums up what was seen in an image.
  public init(_ facts: ImageFacts) {
    let union = facts.union
    var caches = CacheSums(facts)
    var layers: [Layer] = []
    var totals = Totals(
      shipped: 0, base: 0, own: 0, live: 0, dead: 0, metadataOnly: 0, undecided: 0, liveCaches: 0, deadCaches: 0,
      stored: 0)
    for number in 0..<union.layerCount {
      let ledgers = union.totals(ofLayer: number)
      let known = facts.layers.indices.contains(number) ? facts.layers[number] : nil
      let ofLayer = caches.take(layer: number)
      let shipped = ledgers.shipped.bytes
      let layer = Layer(
        number: facts.hasLayers ? number : nil, isBase: facts.isBase(number),
        isRead: known?.isRead ?? true, digest: known?.digest ?? known?.diffID, bytes: shipped,
        files: ledgers.shipped.files,
        storedBytes: known?.storedBytes, compression: known?.compression,
        liveCacheBytes: ofLayer.reduce(0) { $0 + $1.liveBytes },
        deadCacheBytes: ofLayer.reduce(0) { $0 + $1.deadBytes },
        unseenBytes: shipped - ledgers[ledger: .live].bytes, caches: ofLayer, instruction: known?.step?.line)
      layers.append(layer)
      totals.shipped += shipped
      if layer.isBase { totals.base += shipped } else { totals.own += shipped }
      totals.live += ledgers[ledger: .live].bytes
      totals.dead += ledgers[ledger: .dead].bytes
      totals.metadataOnly += ledgers[ledger: .metadataOnly].bytes
      totals.undecided += ledgers[ledger: .undecided].bytes
      totals.liveCaches += layer.liveCacheBytes
      totals.deadCaches += layer.deadCacheBytes
    }
    totals.stored = Self.storedBytes(of: layers)
    let large = LargeParts(facts, limit: Self.listLimit)
    self.init(
      layers: layers, totals: totals, caches: caches.all, directories: large.directories, files: large.files,
      baseLayers: facts.baseLayers, baseReason: facts.baseReason)
  }
}

/// The bytes of cache kinds, by layer and together.
private struct CacheSums {
  private var byLayer: [Int: [KindNumber: (live: Int, dead: Int)]] = [:]
  private var total: [KindNumber: (live: Int, dead: Int)] = [:]

  init(_ facts: ImageFacts) {
    for share in facts.caches.shares {
      let live = share.fate == .live ? share.amount.bytes : 0
      let dead = share.amount.bytes - live
      byLayer[share.writer, default: [:]][share.kind, default: (0, 0)].live += live
      byLayer[share.writer, default: [:]][share.kind, default: (0, 0)].dead += dead
      total[share.kind, default: (0, 0)].live += live
      total[share.kind, default: (0, 0)].dead += dead
    }
  }

  mutating func take(layer: Int) -> [ImageSummary.Cache] { Self.sorted(byLayer.removeValue(forKey: layer) ?? [:]) }

  var all: [ImageSummary.Cache] { Self.sorted(total) }

  private static func sorted(_ sums: [KindNumber: (live: Int, dead: Int)]) -> [ImageSummary.Cache] {
    sums.filter { $0.value.live + $0.value.dead > 0 }.sorted { left, right in
      let bytes = (left.value.live + left.value.dead, right.value.live + right.value.dead)
      return bytes.0 == bytes.1 ? left.key < right.key : bytes.0 > bytes.1
    }.map { kind, sum in ImageSummary.Cache(kind: Catalogue.id(of: kind), liveBytes: sum.live, deadBytes: sum.dead) }
  }
}
