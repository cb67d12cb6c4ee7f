internal import Bytecode
internal import Images
internal import SourceText

/// A source whose hash some bytecode holds, and that has not been hashed with that key.
struct WantedSource: Sendable {
  /// Where its entry is.
  let entry: EntryNumber
  /// The layer whose name leads to it.
  let layer: Int
  /// Its path there.
  let path: Path
  /// The keys that are missing.
  var keys: Set<SourceHashKey>
}

/// The sources that still have to be hashed before all bytecode of the merged view can be judged.
///
/// Hashes are rare in bytecode, so sources are not hashed in advance: in the first pass those that come after bytecode
/// with hashes are, and what is then missing is asked for here.
func wantedSources(_ union: LayerUnion, _ layers: [LayerBytecode]) -> [WantedSource] {
  guard layers.contains(where: { !$0.keys.isEmpty }) else { return [] }
  let view = union.merged
  var wanted: [EntryNumber: WantedSource] = [:]
  view.walk { path, item in
    guard item.type == .file, let name = BytecodeName(Path(path)), let entry = view.entry(of: item),
      let scan = layers[entry.layer].scan(ofEntry: entry.entry),
      let key = BytecodeFile(name: name, header: scan.header, source: nil).hashKey,
      let source = view.item(at: name.source), let number = view.entry(of: source),
      layers[number.layer].hashes(ofEntry: number.entry)[key] == nil
    else { return .enter }
    let known = WantedSource(entry: number, layer: source.layer, path: view.path(of: source), keys: [])
    wanted[number, default: known].keys.insert(key)
    return .enter
  }
  return wanted.values.sorted { ($0.entry.layer, $0.entry.entry) < ($1.entry.layer, $1.entry.entry) }
}
