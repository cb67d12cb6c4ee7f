import Bytecode
import Facts
@testable import ImageReading
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
    let size = 1 << 33
    let result = try totals(Self.sparse(0, [1], size: size), Self.sparse(0, [1], size: size, mode: 0o600))
    #expect(Self.bytes(result) == [1, 0, 0, 1])
    #expect(result.layerNotes.count == 2 && result.layerNotes.allSatisfy { $0.contains("the sparse file s is") })
  }

  @Test("the limit is that of all files together, and hashes of sources count more") func budget() {
    var budget = HoleBudget(1000)
    let path = Array("b".utf8)
    var taken = [budget.take(600, of: path)]
    #expect(budget.remark == nil)
    taken.append(budget.take(600, of: path))
    #expect(budget.remark?.contains("the sparse file b is") == true)
    taken += [budget.take(400, of: path), budget.take(1, of: [])]
    #expect(taken == [true, false, true, false])
    #expect(budget.remark?.contains("2 sparse files, the first b, are") == true)
    budget = HoleBudget(1000)
    taken = [budget.take(100, of: path), budget.take(100, keys: 1, of: path), budget.take(10, keys: 1, of: path)]
    #expect(taken == [true, false, true])
    let isHuge = budget.take(.max, keys: 1, of: path)
    #expect(!isHuge)
  }

  /// Bytecode of the machine's Python with a long constant of zeros, and where these stand in it; nil without Python.
  private static let compiled: (tag: String, bytes: [UInt8], zeros: Range<Int>)? = {
    let script = """
      import marshal, struct, sys, importlib.util
      code = marshal.dumps(compile("x = " + repr(bytes(60000)), "m.py", "exec"))
      sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER + bytes(12) + code)
      """
    guard let made = try? run(["python3", "-c", script], in: "/"), made.status == 0,
      let tag = try? run(["python3", "-c", "import sys; sys.stdout.write(sys.implementation.cache_tag)"], in: "/").text
    else { return nil }
    let bytes = made.output
    var start = 0
    var longest = 0..<0
    for index in 0...bytes.count where index == bytes.count || bytes[index] != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return (tag, bytes, longest)
  }()

  @Test("bytecode with holes is judged as what it is", .enabled(if: compiled != nil)) func bytecode() throws {
    let (tag, bytes, zeros) = try #require(Self.compiled)
    #expect(zeros.count >= 60_000)
    let name = "__pycache__/m.\(tag).pyc"
    func layer(_ data: [UInt8], map: String) -> TestLayer {
      TestLayer { writer in
        writer.addRecords([
          ("GNU.sparse.size", "\(bytes.count)"), ("GNU.sparse.map", map), ("GNU.sparse.name", name),
        ])
        writer.add(name, content: data)
      }
    }
    let end = bytes.count - zeros.upperBound
    let map = "0,\(zeros.lowerBound),\(zeros.upperBound),\(end)"
    let sparse = try TemporaryDirectory().examine(
      TestImage([layer(Array(bytes[..<zeros.lowerBound] + bytes[zeros.upperBound...]), map: map)]))
    let whole = try TemporaryDirectory().examine(TestImage([TestLayer { $0.add(name, content: bytes) }]))
    #expect(Self.isComplete(whole) && Self.isComplete(sparse))
    #expect(Self.scans(sparse) == Self.scans(whole))
    // The same bytes with a hole that is too short by one are cut off before their end.
    let cut = "0,\(zeros.lowerBound),\(zeros.upperBound - 1),\(end)"
    let broken = try TemporaryDirectory().examine(
      TestImage([layer(Array(bytes[..<zeros.lowerBound] + bytes[zeros.upperBound...]), map: cut)]))
    #expect(Self.scans(broken).count == 1 && !Self.isComplete(broken))
  }

  private static func isComplete(_ result: ReadingResult) -> Bool {
    let bodies = scans(result).map(\.body)
    guard bodies.count == 1, case .complete = bodies[0] else { return false }
    return true
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
