internal import SourceText

/// A picture of the layers: one bar each, as long as the layer has bytes, with its caches by kind and what nobody sees.
struct LayerPicture {
  private static let width = 720
  private static let labelWidth = 70
  private static let barHeight = 22
  private static let step = 30
  /// The colours of kinds, in the order of their bytes; further kinds share the last.
  static let colors = ["#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d"]

  /// The colours of what is no cache: of the image's own layers, and of the base image's.
  private static let restColor = "#9aa5b1"
  private static let baseColor = "#d5dbe1"

  private let summary: ImageSummary
  private let kinds: [String]

  /// The name of the pattern over what nobody sees; each picture of a page has its own.
  private let pattern: String

  /// - Parameters:
  ///   - summary: what is shown.
  ///   - number: the number of the picture in its page.
  init(_ summary: ImageSummary, number: Int) {
    self.summary = summary
    pattern = "dead\(number)"
    kinds = summary.caches.prefix(Self.colors.count - 1).map(\.kind)
  }

  var html: String {
    let largest = max(summary.layers.map(\.bytes).max() ?? 0, 1)
    let height = summary.layers.count * Self.step + 4
    var text =
      "<svg role=\"img\" viewBox=\"0 0 \(Self.width) \(height)\" width=\"\(Self.width)\" height=\"\(height)\">"
    text += "<title>Layers by size, with their caches</title>\n"
    text +=
      "<defs><pattern id=\"\(pattern)\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
      + "patternTransform=\"rotate(45)\"><rect width=\"3\" height=\"6\" fill=\"#fff\" fill-opacity=\".65\"/>"
      + "</pattern></defs>\n"
    for (row, layer) in summary.layers.enumerated() { text += bar(layer, row, largest) }
    return text + "</svg>\n" + legend
  }

  private func bar(_ layer: ImageSummary.Layer, _ row: Int, _ largest: Int) -> String {
    let top = row * Self.step + 2
    let name = layer.number.map { "layer \($0)" } ?? "all"
    var text = "<text x=\"0\" y=\"\(top + 15)\" class=\"l\">\(name)</text>"
    var offset = 0
    func segment(_ bytes: Int, _ color: String, isDead: Bool, _ title: String) {
      guard bytes > 0 else { return }
      let start = position(offset, largest)
      offset += bytes
      let width = max(1, position(offset, largest) - start)
      let box = "x=\"\(Self.labelWidth + start)\" y=\"\(top)\" width=\"\(width)\" height=\"\(Self.barHeight)\""
      let label = escapedForHTML("\(title): \(byteCount(bytes))")
      text += "<rect \(box) fill=\"\(color)\"><title>\(label)</title></rect>"
      if isDead { text += "<rect \(box) fill=\"url(#\(pattern))\" pointer-events=\"none\"/>" }
    }
    for cache in layer.caches {
      segment(cache.liveBytes, color(of: cache.kind), isDead: false, "\(cache.kind), live")
      segment(cache.deadBytes, color(of: cache.kind), isDead: true, "\(cache.kind), unseen")
    }
    let caches = layer.liveCacheBytes + layer.deadCacheBytes
    let unseen = max(0, layer.unseenBytes - layer.deadCacheBytes)
    segment(unseen, Self.restColor, isDead: true, "other files, unseen")
    segment(
      max(0, layer.bytes - caches - unseen), layer.isBase ? Self.baseColor : Self.restColor, isDead: false,
      "other files")
    return text + "\n"
  }

  private func position(_ bytes: Int, _ largest: Int) -> Int {
    let room = Self.width - Self.labelWidth
    return Int((Double(bytes) / Double(largest) * Double(room)).rounded())
  }

  private func color(of kind: String) -> String {
    Self.colors[kinds.firstIndex(of: kind) ?? Self.colors.count - 1]
  }

  private var legend: String {
    var entries = kinds.map { (color(of: $0), escapedForHTML($0)) }
    if summary.caches.count > kinds.count { entries.append((Self.colors[Self.colors.count - 1], "other caches")) }
    entries.append((Self.restColor, "other files"))
    if summary.layers.contains(where: \.isBase) { entries.append((Self.baseColor, "other files of the base image")) }
    let items = entries.map { "<li><span style=\"background:\($0.0)\"></span>\($0.1)</li>" }.joined()
    return
      "<ul class=\"legend\">\(items)<li><span class=\"dead\"></span>deleted or replaced, and still shipped</li></ul>\n"
  }
}
