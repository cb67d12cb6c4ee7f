import Images
import SourceText
import Testing

@Suite("Tables of layers")
struct LayerTableTests {
  @Test("megabytes of names all arrive in the tree, whatever a layer below has", arguments: [0, 1])
  func names(layersBelow: Int) throws {
    // Long names that share nothing, directories among them, so that they fill several pieces.
    let paths = (0..<3000).map { number in
      String(number, radix: 36) + String(repeating: "-", count: 900 + number % 97) + (number % 2 == 0 ? "/f" : "")
    }
    let base = [Entry.link("l", "d"), .file("d/g", 1)]
    var union = LayerUnion()
    union.reserve(paths.count)
    for _ in 0..<layersBelow { try union.apply(try layerTable(base)) }
    try union.apply(try layerTable(paths.map { .file($0, 1) }))
    let expected = paths.flatMap { $0.hasSuffix("/f") ? [String($0.dropLast()), $0] : [$0] }
    let below = layersBelow > 0 ? ["l -> d", "d/", "d/g"] : []
    #expect(Set(listing(union.merged)) == Set(expected + below))
    #expect(union.copies(ofLayer: layersBelow).map { printable(union.path(of: $0.id).bytes) } == paths)
  }

  @Test("compressed sizes are kept as they are, small and beyond 4 GiB, and stay unknown where they are")
  func compressed() throws {
    let sizes: [Int?] = [nil, 0, 7, Int(UInt32.max) - 2, Int(UInt32.max) - 1, Int(UInt32.max), 5 << 32, nil]
    var builder = LayerTable.Builder()
    for (number, size) in sizes.enumerated() {
      try builder.add(Array("f\(number)".utf8).span, .file, content: EntryContent(size: 1, compressedBytes: size))
    }
    var union = LayerUnion()
    try union.apply(builder.finish())
    #expect(union.copies(ofLayer: 0).map(\.compressedBytes) == sizes)
  }
}
