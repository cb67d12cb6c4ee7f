internal import JSON
internal import SourceText

extension ReportedImage {
  /// What it holds, for programs: all sizes are exact bytes.
  var document: JSONValue {
    let totals = summary.totals
    return [
      "title": .string(title),
      "totals": [
        "shipped_bytes": .integer(totals.shipped), "base_bytes": .integer(totals.base),
        "own_bytes": .integer(totals.own),
        "live_bytes": .integer(totals.live), "dead_bytes": .integer(totals.dead),
        "metadata_only_bytes": .integer(totals.metadataOnly), "undecided_bytes": .integer(totals.undecided),
        "live_cache_bytes": .integer(totals.liveCaches), "dead_cache_bytes": .integer(totals.deadCaches),
        "stored_bytes": Self.number(totals.stored),
      ],
      "base_layers": Self.number(summary.baseLayers), "base_reason": .optional(summary.baseReason),
      "layers": .array(summary.layers.map(Self.layer)),
      "caches": .array(summary.caches.map(Self.cache)),
      "largest_directories": .array(summary.directories.map(Self.large)),
      "largest_files": .array(summary.files.map(Self.large)),
    ]
  }

  private static func layer(_ layer: ImageSummary.Layer) -> JSONValue {
    [
      "index": number(layer.number), "digest": .optional(layer.digest), "read": .bool(layer.isRead),
      "base": .bool(layer.isBase), "bytes": .integer(layer.bytes), "files": .integer(layer.files),
      "stored_bytes": number(layer.storedBytes), "compression": .optional(layer.compression),
      "live_cache_bytes": .integer(layer.liveCacheBytes), "dead_cache_bytes": .integer(layer.deadCacheBytes),
      "unseen_bytes": .integer(layer.unseenBytes), "caches": .array(layer.caches.map(cache)),
      "instruction": .optional(layer.instruction),
    ]
  }

  private static func cache(_ cache: ImageSummary.Cache) -> JSONValue {
    [
      "kind": .string(cache.kind), "live_bytes": .integer(cache.liveBytes), "dead_bytes": .integer(cache.deadBytes),
    ]
  }

  private static func large(_ large: ImageSummary.Large) -> JSONValue {
    [
      "path": .bytes(large.path.bytes), "bytes": .integer(large.bytes), "unseen_bytes": .integer(large.unseenBytes),
      "layer": number(large.layer), "instruction": .optional(large.instruction),
    ]
  }

  private static func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
}
