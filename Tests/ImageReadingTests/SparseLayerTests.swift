import Bytecode
import Facts
import ImageReading
import Images
import TestSupport
import Testing

@Suite("Sparse files in layers")
struct SparseLayerTests {
  private static let size = 3 << 20

  /// Two layers of one file: one that names its holes, and one that may not.
  private func totals(_ first: TestLayer, _ second: TestLayer) throws -> ReadingResult {
    try TemporaryDirectory().examine(TestImage([first, second]))
  }

  private static func bytes(_ result: ReadingResult) -> [Int] {
    let totals = result.images.first?.facts.union.totals
    return [Ledger.live, .dead, .metadataOnly, .undecided].map { totals?[ledger: $0].bytes ?? -1 }
  }

  /// A file of `size` bytes with one part of data.
  private static func sparse(_ offset: Int, _ data: [UInt8], size: Int = size, mode: Int = 0o644) -> TestLayer {
    TestLayer { writer in
      writer.addRecords([
        ("GNU.sparse.size", "\(size)"), ("GNU.sparse.map", "\(offset),\(data.count)"), ("GNU.sparse.name", "s"),
      ])
      var header = TarWriter.Header("s".utf8, size: data.count)
      header.mode = mode
      writer.add(header, content: data)
    }
  }

  @Test("a copy is told from a rewrite by what the file holds, holes among it") func copies() throws {
    let data = Array("data".utf8)
    let first = Self.sparse(70_000, data)
    let count = data.count
    let mode = try totals(first, Self.sparse(70_000, data, mode: 0o600))
    #expect(Self.bytes(mode) == [count, 0, count, 0])
    // The same data elsewhere are another content.
    #expect(Self.bytes(try totals(first, Self.sparse(70_001, data))) == [count, count, 0, 0])
    #expect(Self.bytes(try totals(first, Self.sparse(70_000, data, size: Self.size + 1))) == [count, count, 0, 0])
    var plain = [UInt8](repeating: 0, count: Self.size)
    plain.replaceSubrange(70_000..<70_004, with: data)
    let whole = TestLayer { $0.add("s", content: plain) }
    #expect(Self.bytes(try totals(first, whole)) == [Self.size, 0, count, 0])
    #expect(Self.bytes(try totals(whole, first)) == [count, 0, Self.size, 0])
  }

  @Test("holes beyond the limit are not read, and the layer says so") func limit() throws {
    let size = 1 << 31
    let result = try totals(Self.sparse(0, [1], size: size), Self.sparse(0, [1], size: size, mode: 0o600))
    #expect(Self.bytes(result) == [1, 0, 0, 1])
    #expect(result.layerNotes.count == 2 && result.layerNotes.allSatisfy { $0.contains("holes") })
  }

  @Test("bytecode with holes is judged as what it is") func bytecode() throws {
    // The size and the time that the header names are those of the source; the code is one long text of zeros.
    let count = 100_000
    let header = littleEndian(MagicNumber(number: 3495).word) + [UInt8](repeating: 0, count: 12)
    let start = header + [UInt8(ascii: "s")] + littleEndian(UInt32(count))
    let layer = TestLayer { writer in
      writer.addRecords([
        ("GNU.sparse.size", "\(start.count + count)"), ("GNU.sparse.map", "0,\(start.count)"),
        ("GNU.sparse.name", "m.pyc"),
      ])
      writer.add("m.pyc", content: start)
    }
    var plain = TarWriter()
    plain.add("m.pyc", content: start + [UInt8](repeating: 0, count: count))
    let sparse = try TemporaryDirectory().examine(TestImage([layer]))
    let whole = try TemporaryDirectory().examine(TestImage([TestLayer(plain.finished)]))
    #expect(Self.scans(sparse).count == 1)
    #expect(Self.scans(sparse) == Self.scans(whole))
  }

  private static func scans(_ result: ReadingResult) -> [LayerBytecode.Scan] {
    guard let image = result.images.first else { return [] }
    var scans: [LayerBytecode.Scan] = []
    image.facts.union.merged.walk { _, item in
      if let scan = image.scan(of: item) { scans.append(scan) }
      return .enter
    }
    return scans
  }

  @Test("in an unpacked layer, too") func overlay() throws {
    let directory = try TemporaryDirectory()
    _ = try run(
      [
        "sh", "-ec",
        """
        for layer in a b; do
          mkdir -p s/$layer/diff
          truncate -s 1M s/$layer/diff/same s/$layer/diff/other
          printf x | dd of=s/$layer/diff/same bs=1 seek=500000 conv=notrunc status=none
          printf $layer | dd of=s/$layer/diff/other bs=1 seek=500000 conv=notrunc status=none
        done
        mkdir s/l; ln -s ../a/diff s/l/A; printf A > s/a/link; printf l/A > s/b/lower
        """,
      ], in: directory.path)
    let result = try directory.examine("rootfs:s/b")
    let totals = try #require(result.images.first?.facts.union.totals)
    #expect(totals[ledger: .undecided].files == 0)
    #expect(totals[ledger: .metadataOnly].files == 1)
    #expect(totals[ledger: .dead].files == 1)
  }
}
