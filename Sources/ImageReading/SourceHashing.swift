internal import Bytecode
internal import Facts
internal import Images
internal import SourceText

/// A file that has to be read once more: a source whose hash some bytecode holds, or bytecode under another name.
struct WantedSource: Sendable {
  /// Where its entry is.
  let entry: EntryNumber
  /// The layer whose name leads to it.
  let layer: Int
  /// Its path there.
  let path: Path
  /// The keys that are missing.
  var keys: Set<SourceHashKey>
  /// Whether a link with the name of bytecode leads to it, so that its code has to be looked at.
  var isBytecode = false
}

/// How often layers are read for what is still wanted: links lead to bytecode, and bytecode to sources.
let wantedRounds = 3

/// What still has to be read before all bytecode of the merged view can be judged.
///
/// Hashes are rare in bytecode, so sources are not hashed in advance: in the first pass those that come after bytecode
/// with hashes are, and what is then missing is asked for here. So is bytecode that only a link gives its name.
///
/// - Parameters:
///   - union: the layers, put upon each other.
///   - layers: what was seen of their bytecode.
///   - configuration: that of the image, which may move bytecode; nil where there is none.
/// - Returns: the files, in the order of layers and entries.
func wantedSources(
  _ union: LayerUnion, _ layers: [LayerBytecode], _ configuration: ImageConfiguration?
) -> [WantedSource] {
  guard layers.contains(where: { !$0.keys.isEmpty || $0.hasLinks }) else { return [] }
  let view = union.merged
  // The levels do not matter here, and so the interpreters do not.
  let lookup =
    configuration.map { BytecodeLookup(ImageStart($0, view), interpreters: Interpreters()) } ?? BytecodeLookup()
  var wanted: [EntryNumber: WantedSource] = [:]
  // One for all files, since many links may lead through the same long chain.
  var steps = ImageLimits.linkSteps
  func take(_ path: Path) {
    guard let name = BytecodeName(path, lookup: lookup),
      let item = view.item(at: path, steps: &steps),
      item.type == .file, let entry = view.entry(of: item)
    else { return }
    guard let scan = layers[entry.layer].scan(ofEntry: entry.entry) else {
      let known = WantedSource(entry: entry, layer: item.layer, path: view.path(of: item), keys: [])
      wanted[entry, default: known].isBytecode = true
      return
    }
    guard
      let key = BytecodeFile(name: name, header: scan.header, source: nil).hashKey,
      let source = view.item(at: name.source, steps: &steps), let number = view.entry(of: source),
      layers[number.layer].hashes(ofEntry: number.entry)[key] == nil
    else { return }
    let known = WantedSource(entry: number, layer: source.layer, path: view.path(of: source), keys: [])
    wanted[number, default: known].keys.insert(key)
  }
  var links: [Path] = []
  view.walk { path, item in
    if LinkedBytecode.isLink(item, at: path) { links.append(Path(path)) }
    return .enter
  }
  var linked = LinkedBytecode(links, in: view, lookup: lookup, steps: &steps)
  view.walk { path, item in
    let name = path.suffix(from: path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex)
    if item.type != .directory, BytecodeName.isBytecode(name) { take(linked.path(of: Path(path), steps: &steps)) }
    return .enter
  }
  return wanted.values.sorted { ($0.entry.layer, $0.entry.entry) < ($1.entry.layer, $1.entry.entry) }
}
