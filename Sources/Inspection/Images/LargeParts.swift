internal import Facts
internal import Images
internal import Reports
internal import SourceText

/// The largest directories and files of an image that are no cache, each in the layer that ships it.
///
/// A directory is told where its bytes fan out: one of which a single directory in it has a good part says less than
/// that one does.
struct LargeParts {
  private(set) var directories: [ImageSummary.Large] = []
  private(set) var files: [ImageSummary.Large] = []

  /// The part of a directory's bytes that makes one in it worth telling in its place: a quarter.
  private static let goodPart = 4

  private struct Sum {
    var bytes = 0
    var unseen = 0
    var children: [DirectoryID] = []
    var isLinked = false
  }

  private struct Candidate {
    let bytes: Int
    let unseen: Int
    let layer: Int
    let path: Path
  }

  init(_ facts: ImageFacts, limit: Int) {
    let union = facts.union
    var largestFiles: [(copy: Copy, layer: Int)] = []
    var candidates: [Candidate] = []
    for layer in 0..<union.layerCount {
      var sums: [DirectoryID: Sum] = [:]
      var directory: DirectoryID?
      var here = Sum()
      func close(_ sums: inout [DirectoryID: Sum]) {
        guard let directory else { return }
        sums[directory, default: Sum()].bytes += here.bytes
        sums[directory, default: Sum()].unseen += here.unseen
      }
      for copy in union.copies(ofLayer: layer) where copy.bytes > 0 && facts.caches.placeNumber(of: copy.id) == nil {
        let parent = union.directory(of: copy.id)
        if parent != directory {
          close(&sums)
          directory = parent
          here = Sum()
        }
        here.bytes += copy.bytes
        if copy.fate != .live { here.unseen += copy.bytes }
        if largestFiles.count < limit || copy.bytes > largestFiles[limit - 1].copy.bytes {
          let place = largestFiles.firstIndex { $0.copy.bytes < copy.bytes } ?? largestFiles.endIndex
          largestFiles.insert((copy, layer), at: place)
          if largestFiles.count > limit { largestFiles.removeLast() }
        }
      }
      close(&sums)
      candidates += Self.largest(union, &sums, layer, limit)
    }
    candidates.sort { left, right in
      left.bytes == right.bytes ? (left.layer, left.path) < (right.layer, right.path) : left.bytes > right.bytes
    }
    func large(_ path: Path, _ bytes: Int, _ unseen: Int, _ layer: Int) -> ImageSummary.Large {
      ImageSummary.Large(
        path: path, bytes: bytes, unseenBytes: unseen, layer: facts.hasLayers ? layer : nil,
        instruction: facts.layers.indices.contains(layer) ? facts.layers[layer].step?.line : nil)
    }
    directories = candidates.prefix(limit).map { large($0.path, $0.bytes, $0.unseen, $0.layer) }
    files = largestFiles.map { copy, layer in
      large(union.path(of: copy.id), copy.bytes, copy.fate == .live ? 0 : copy.bytes, layer)
    }
  }

  /// The largest directories of one layer.
  private static func largest(
    _ union: LayerUnion, _ sums: inout [DirectoryID: Sum], _ layer: Int, _ limit: Int
  ) -> [Candidate] {
    guard let root = link(union, &sums) else { return [] }
    var pending = sums[root]?.children ?? []
    var found: [Candidate] = []
    while let directory = pending.popLast() {
      guard let sum = sums[directory], sum.bytes > 0 else { continue }
      // What is smaller than the smallest of enough others has nothing in it that is larger.
      if found.count == limit, sum.bytes < found[limit - 1].bytes { continue }
      let isFannedOut = !sum.children.contains { child in
        let (product, overflows) = (sums[child]?.bytes ?? 0).multipliedReportingOverflow(by: goodPart)
        return overflows || product >= sum.bytes
      }
      guard isFannedOut else {
        pending += sum.children
        continue
      }
      let candidate = Candidate(
        bytes: sum.bytes, unseen: sum.unseen, layer: layer, path: union.path(of: directory))
      let place =
        found.firstIndex { other in
          other.bytes == candidate.bytes ? candidate.path < other.path : other.bytes < candidate.bytes
        } ?? found.endIndex
      found.insert(candidate, at: place)
      if found.count > limit { found.removeLast() }
    }
    return found
  }

  /// Adds what directories hold to those above them, and gives the root; nil where the layer has nothing.
  private static func link(_ union: LayerUnion, _ sums: inout [DirectoryID: Sum]) -> DirectoryID? {
    var root: DirectoryID?
    for directory in Array(sums.keys) {
      var child = directory
      // Those above a directory that is linked are linked, too.
      while sums[child]?.isLinked != true {
        sums[child, default: Sum()].isLinked = true
        guard let parent = union.parent(of: child) else {
          root = child
          break
        }
        sums[parent, default: Sum()].children.append(child)
        child = parent
      }
    }
    guard let root else { return nil }
    var order = [root]
    var next = 0
    while next < order.count {
      order += sums[order[next]]?.children ?? []
      next += 1
    }
    for directory in order.reversed() {
      guard let parent = union.parent(of: directory), let sum = sums[directory] else { continue }
      sums[parent, default: Sum()].bytes += sum.bytes
      sums[parent, default: Sum()].unseen += sum.unseen
    }
    return root
  }
}
