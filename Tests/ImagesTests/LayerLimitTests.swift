import Testing

@testable import Images

@Suite("Limits of layers")
struct LayerLimitTests {
  private func add(_ path: [UInt8], _ content: EntryContent = .none, target: [UInt8] = []) -> LayerError.Reason? {
    var builder = LayerTable.Builder()
    do throws(LayerError) {
      try builder.add(path.span, target.isEmpty ? .file : .symbolicLink, content: content, target: target[...])
      return nil
    } catch {
      return error.description.isEmpty ? nil : error.reason
    }
  }

  @Test("an error by a limit says that it cannot be raised")
  func words() {
    let reasons: [LayerError.Reason] = [
      .pathTooLong, .pathTooDeep, .tooManyEntries, .tooManyNameBytes, .tooMuchContent, .tooManyLayers,
    ]
    for reason in reasons {
      #expect("\(LayerError(reason, entry: 1))".hasSuffix(", the limit; it cannot be raised"))
    }
  }

  @Test("a path that is too long or too deep is refused, one at the limit is not")
  func paths() {
    let name = [UInt8](repeating: 0x61, count: ImageLimits.pathLength)
    #expect(add(name) == nil)
    #expect(add(name + [0x61]) == .pathTooLong)
    #expect(add([0x2F, 0x2E, 0x2F] + name) == nil)
    let deep = [UInt8](Array(repeating: Array("d/".utf8), count: ImageLimits.pathDepth).joined())
    #expect(add(deep) == nil)
    #expect(add(deep + Array("d".utf8)) == .pathTooDeep)
    #expect(add([0x61], target: name + [0x61]) == .pathTooLong)
  }

  @Test("sizes below zero and beyond all measure are refused")
  func sizes() {
    #expect(add([0x61], EntryContent(size: -1)) == .negativeSize)
    #expect(add([0x61], EntryContent(size: .max)) == .tooMuchContent)
    #expect(add([0x61], EntryContent(size: .max, dataBytes: 5)) == nil)
  }

  @Test("what came before an entry beyond a limit stays, and the layers above go on")
  func rest() throws {
    var builder = LayerTable.Builder()
    let (good, bad) = (Array("a".utf8), [UInt8](repeating: 0x61, count: ImageLimits.pathLength + 1))
    try builder.add(good.span, .file, content: EntryContent(size: 3, hash: ContentHash(high: 1, low: 1)))
    #expect(throws: LayerError.self) {
      try builder.add(bad.span, .file, content: EntryContent(size: 5, dataBytes: 4, hash: ContentHash(high: 2, low: 2)))
    }
    var union = LayerUnion()
    try union.apply(builder.finish())
    try union.apply(.empty)
    try union.apply(try layerTable([.file("a", 3)]))
    #expect(union.totals.bytes == [.live: 3, .rewrittenOrMetadataOnly: 3])
    #expect(union.charges.first?.end == 2)
  }

  @Test("the content of all layers has a limit")
  func content() throws {
    let half = Entry.file("a", ImageLimits.contentBytes / 2)
    var union = try layerUnion([[half], [half]])
    #expect(throws: LayerError.self) { try union.apply(try layerTable([.file("b", 1)])) }
    #expect(union.layerCount == 2)
  }

  @Test("an image has at most so many layers")
  func layers() throws {
    var union = LayerUnion()
    for _ in 0..<ImageLimits.layerCount { try union.apply(try layerTable([])) }
    #expect(throws: LayerError.self) { try union.apply(try layerTable([])) }
  }

  @Test("links that multiply what they lead to come to an end")
  func expandingLinks() throws {
    // Each link leads twice through the one before, so the last would lead through a million.
    var entries = [Entry.directory("d")]
    entries.append(.link("l0", "d/../d"))
    for level in 1..<20 { entries.append(.link("l\(level)", "l\(level - 1)/../l\(level - 1)")) }
    entries.append(.file("l19/f", 1))
    let union = try layerUnion([entries])
    #expect(union.notes(ofLayer: 0).map(\.kind) == [.linkCycle])
    #expect(listing(union.merged).contains("l19/f"))
    #expect(union.totals.bytes == [.live: 1])
  }

  @Test("of a hostile layer only some notes are kept")
  func notes() throws {
    let union = try layerUnion([(0..<1500).map { Entry.file("../\($0)", 1) }])
    #expect(union.notes(ofLayer: 0).count == ImageLimits.noteCount)
    #expect(union.noteCount(ofLayer: 0) == 1500)
  }

  @Test("a path of 2,000 directories, and files and directories that take turns, cost no more than they are")
  func linear() throws {
    let deep = String(repeating: "d/", count: 2000)
    var turns: [Entry] = (0..<2000).map { .file("t/\($0)", 1) }
    for _ in 0..<2000 { turns += [.file("t", 1), .file("t/x", 1)] }
    let union = try layerUnion([[.file(deep + "f", 3)], [.file(".wh.d", 0)], turns])
    #expect(union.totals[.deleted].bytes == 3)
    #expect(union.totals[.live].bytes == 1)
    #expect(union.totals[.duplicate].bytes == 5999)
  }
}
