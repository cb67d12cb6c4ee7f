import Images
import SourceText

/// An entry of a layer as tests write it.
struct Entry: Sendable, CustomStringConvertible {
  var path: String
  var type = LayerEntryType.file
  var size = 0
  var content: UInt64?
  var target = ""

  static func file(_ path: String, _ size: Int, _ content: UInt64? = nil) -> Entry {
    Entry(path: path, size: size, content: content)
  }

  static func directory(_ path: String) -> Entry { Entry(path: path, type: .directory) }

  static func link(_ path: String, _ target: String) -> Entry {
    Entry(path: path, type: .symbolicLink, target: target)
  }

  static func hardLink(_ path: String, _ target: String) -> Entry {
    Entry(path: path, type: .hardLink, target: target)
  }

  var description: String { "\(type) \(path) \(size) \(content.map(String.init) ?? "") \(target)" }
}

/// The table of a layer.
func layerTable(_ entries: [Entry]) throws -> LayerTable {
  var builder = LayerTable.Builder()
  for entry in entries {
    let path = Array(entry.path.utf8)
    let hash = entry.content.map { ContentHash(high: $0, low: UInt64(entry.size)) }
    try builder.add(
      path.span, entry.type, content: EntryContent(size: entry.size, hash: hash), target: Array(entry.target.utf8)[...])
  }
  return builder.finish()
}

/// The union of layers.
func layerUnion(_ layers: [[Entry]]) throws -> LayerUnion {
  var union = LayerUnion()
  for layer in layers { try union.apply(try layerTable(layer)) }
  return union
}

/// The paths of a view, directories with a slash, links with their target.
func listing(_ view: LayerView) -> [String] {
  var paths: [String] = []
  view.walk { path, item in
    var text = printable(path)
    if item.type == .directory { text += "/" }
    if let target = view.target(of: item) { text += " -> " + printable(target) }
    paths.append(text)
    return .enter
  }
  return paths
}

extension LedgerTotals {
  /// The bytes of each fate that has any.
  var bytes: [CopyFate: Int] {
    var bytes: [CopyFate: Int] = [:]
    for fate in CopyFate.allCases where self[fate].bytes > 0 { bytes[fate] = self[fate].bytes }
    return bytes
  }
}
