import Caches
import Images
import SourceText

/// Holds the union of layers to what it promises for any entries at all.
///
/// The input is a list of entries, a line each: a letter for the type, the path, and after a tab the target; an empty
/// line begins the next layer.
func checkLayers(_ bytes: [UInt8]) {
  var union = LayerUnion()
  var shipped = 0
  for layer in bytes.split(separator: [0x0A, 0x0A], maxSplits: 7, omittingEmptySubsequences: false) {
    do throws(LayerError) {
      let (table, size) = try table(of: layer)
      try union.apply(table)
      shipped += size
    } catch {
      demand(!error.description.unicodeScalars.contains(where: isControl), "an error holds what a terminal obeys")
      return
    }
  }
  let totals = union.totals
  demand(totals.shipped.bytes == shipped, "\(totals.shipped.bytes) bytes are shipped, not \(shipped)")
  demand(Ledger.allCases.reduce(0) { $0 + totals[ledger: $1].bytes } == shipped, "a byte is in no ledger, or in two")
  demand(union.charges.reduce(0) { $0 + $1.amount.bytes } == shipped, "a byte is charged to nobody, or twice")
  for layer in 0..<union.layerCount {
    checkView(union, layer)
    for note in union.notes(ofLayer: layer) {
      demand(!note.description.unicodeScalars.contains(where: isControl), "a note holds what a terminal obeys")
    }
  }
  let caches = CacheAttribution(union)
  demand(caches.shares.reduce(0) { $0 + $1.amount.bytes } <= shipped, "caches have more bytes than the image")
}

/// The entries of a layer, and how many bytes its files have.
private func table(of text: ArraySlice<UInt8>) throws(LayerError) -> (LayerTable, Int) {
  var builder = LayerTable.Builder()
  for line in text.split(separator: 0x0A) {
    let parts = line.dropFirst().split(separator: 0x09, maxSplits: 1, omittingEmptySubsequences: false)
    let path = Array(parts.first ?? [])
    let size = path.count % 3
    let content = EntryContent(
      size: size, hash: size == 2 ? nil : ContentHash(high: UInt64(line.first ?? 0), low: 0),
      head: Array(line.prefix(4)))
    try builder.add(path.span, type(line.first ?? 0), content: content, target: parts.dropFirst().first ?? [])
  }
  let table = builder.finish()
  var alone = LayerUnion()
  try alone.apply(table)
  return (table, alone.totals.shipped.bytes)
}

private func type(_ letter: UInt8) -> LayerEntryType {
  switch letter {
  case UInt8(ascii: "d"): .directory
  case UInt8(ascii: "l"): .symbolicLink
  case UInt8(ascii: "h"): .hardLink
  case UInt8(ascii: "p"): .pipe
  default: .file
  }
}

/// What a view shows are the copies that live after its layer, under paths in order.
private func checkView(_ union: LayerUnion, _ layer: Int) {
  let view = union.view(after: layer)
  var seen: Set<CopyID> = []
  var paths: Set<[UInt8]> = []
  view.walk { bytes, item in
    let path = Path(bytes)
    demand(paths.insert(Array(bytes)).inserted, "\(path) is visited twice")
    demand(!path.components.contains { $0.elementsEqual("..".utf8) }, "\(path) leads up")
    if !path.parent.isRoot { demand(paths.contains(path.parent.bytes), "\(path) comes before its directory") }
    demand(view.item(at: path, followsLinks: false) == item, "\(path) is another item when it is asked for")
    demand(view.path(of: item) == path, "\(path) has another path")
    demand((view.entry(at: path) == .directory) == (item.type == .directory), "\(path) is of another kind")
    if let copy = view.copy(of: item) { seen.insert(copy.id) }
    return .enter
  }
  for number in 0...layer {
    for copy in union.copies(ofLayer: number) {
      let lives = copy.endLayer.map { $0 > layer } ?? true
      demand(seen.contains(copy.id) == lives, "a copy of layer \(number) is seen after its end, or not before it")
      demand((copy.endLayer == nil) == (copy.fate == .live), "a copy has an end and lives")
    }
  }
}
