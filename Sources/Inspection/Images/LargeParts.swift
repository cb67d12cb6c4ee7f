internal import Facts
internal import Images
internal import Reports
internal import SourceText

/// The largest directories and files of an image that are no cache, each in the layer that ships it.
struct LargeParts {
  private(set) var directories: [ImageSummary.Large] = []
  private(set) var files: [ImageSummary.Large] = []

  init(_ facts: ImageFacts, limit: Int) {
    let union = facts.union
    func isCounted(_ copy: Copy) -> Bool { facts.caches.placeNumber(of: copy.id) == nil }
    func large(_ path: Path, _ bytes: Int, _ unseen: Int, _ layer: Int) -> ImageSummary.Large {
      ImageSummary.Large(
        path: path, bytes: bytes, unseenBytes: unseen, layer: facts.hasLayers ? layer : nil,
        instruction: facts.layers.indices.contains(layer) ? facts.layers[layer].step?.line : nil)
    }
    let chosen = LargeDirectories(union, limit: limit, isCounted: isCounted).choices
    directories = chosen.map { (choice: $0, path: union.path(of: $0.directory)) }.sorted { left, right in
      left.choice.bytes == right.choice.bytes
        ? (left.choice.layer, left.path) < (right.choice.layer, right.path) : left.choice.bytes > right.choice.bytes
    }.map { large($0.path, $0.choice.bytes, $0.choice.unseen, $0.choice.layer) }
    files = Self.largestFiles(union, limit, isCounted).map { copy in
      large(union.path(of: copy.id), copy.bytes, copy.fate == .live ? 0 : copy.bytes, copy.layer)
    }
  }

  /// The largest copies, of equals those that come first.
  private static func largestFiles(_ union: LayerUnion, _ limit: Int, _ isCounted: (Copy) -> Bool) -> [Copy] {
    var largest: [Copy] = []
    for layer in 0..<union.layerCount {
      for copy in union.copies(ofLayer: layer) where copy.bytes > 0 {
        guard largest.count < limit || copy.bytes > largest[limit - 1].bytes, isCounted(copy) else { continue }
        let place = largest.firstIndex { $0.bytes < copy.bytes } ?? largest.endIndex
        largest.insert(copy, at: place)
        if largest.count > limit { largest.removeLast() }
      }
    }
    return largest
  }
}
