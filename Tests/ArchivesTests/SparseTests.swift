@testable internal import Archives
internal import Digests
internal import TestSupport
internal import Testing

/// Maps of sparse files in all forms of GNU tar: right ones, and those that no file can have.
@Suite struct SparseTests {
  /// A sparse file of three bytes of data, how the archive says it, and how large the file is taken for.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let archive: [UInt8]
    var size: Int
    var isNoted: Bool
    var content: [UInt8] = [1, 2, 3]
    /// The content with its holes, where the map is right.
    var filled: [UInt8]?
  }

  private static let clamped = ArchiveLimits.sparseFileSize
  private static let data: [UInt8] = [1, 2, 3]

  /// Form 0.0: a record for each number.
  private static func form00(_ size: String, _ offset: String?, _ count: String?) -> [UInt8] {
    var records = [("GNU.sparse.size", size), ("GNU.sparse.numblocks", "1")]
    if let offset { records.append(("GNU.sparse.offset", offset)) }
    if let count { records.append(("GNU.sparse.numbytes", count)) }
    return archive(records.map { (key: $0.0, value: $0.1) }, data)
  }

  /// Form 0.1: all numbers in one record.
  private static func form01(_ size: String, _ map: String) -> [UInt8] {
    archive([("GNU.sparse.size", size), ("GNU.sparse.map", map), ("GNU.sparse.name", "s")], data)
  }

  /// Form 1.0: the map before the data.
  private static func form10(_ size: String, _ map: String, data: [UInt8] = data, major: String = "1") -> [UInt8] {
    let map = Array(map.utf8)
    let blocks = map + [UInt8](repeating: 0, count: -map.count & 511)
    return archive(
      [
        ("GNU.sparse.major", major), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", size), ("GNU.sparse.name", "s"),
      ], blocks + data)
  }

  private static func archive(_ records: [(key: String, value: String)], _ content: [UInt8]) -> [UInt8] {
    var writer = TarWriter()
    writer.addRecords(records)
    writer.add("s", content: content)
    writer.add("next")
    return writer.finished
  }

  /// The old form: numbers in the header, octal or in base 256.
  private static func old(_ size: [UInt8], _ parts: [([UInt8], [UInt8])]) -> [UInt8] {
    var writer = TarWriter()
    var header = TarWriter.Header("s".utf8, type: "S", size: data.count)
    header.magic = Array("ustar  \0".utf8)
    header.patches = [(483, size)]
    for (index, part) in parts.prefix(4).enumerated() {
      header.patches += [(386 + 24 * index, part.0), (398 + 24 * index, part.1)]
    }
    if parts.count > 4 { header.patches.append((482, [1])) }
    writer.addRaw(header.block)
    if parts.count > 4 {
      var block = parts[4...].flatMap { $0.0 + $0.1 }
      block += [UInt8](repeating: 0, count: 512 - block.count)
      writer.addRaw(block)
    }
    writer.addRaw(data + [UInt8](repeating: 0, count: 509))
    writer.add("next")
    return writer.finished
  }

  private static func octal(_ value: Int) -> [UInt8] {
    let digits = Array(String(value, radix: 8).utf8)
    return [UInt8](repeating: 0x30, count: 11 - digits.count) + digits + [0]
  }

  /// A number in base 256, in two's complement.
  private static func binary(_ value: Int) -> [UInt8] {
    let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return (value < 0 ? [0xFF, 0xFF, 0xFF, 0xFF] : [0x80, 0, 0, 0]) + bytes
  }

  private static let huge = 1 << 62

  private static let cases: [Case] = [
    Case(
      testDescription: "0.0", archive: form00("9", "6", "3"), size: 9, isNoted: false,
      filled: [0, 0, 0, 0, 0, 0, 1, 2, 3]),
    Case(testDescription: "0.0 at 2^62", archive: form00("9", "\(huge)", "3"), size: 9, isNoted: true),
    Case(testDescription: "0.0 of 2^62", archive: form00("9", "0", "\(huge)"), size: 9, isNoted: true),
    Case(testDescription: "0.0 twice 2^62", archive: form00("9", "\(huge)", "\(huge)"), size: 9, isNoted: true),
    Case(testDescription: "0.0 size 2^63-1", archive: form00("\(Int.max)", "6", "3"), size: clamped, isNoted: true),
    Case(testDescription: "0.0 size 2^63", archive: form00("9223372036854775808", "6", "3"), size: 3, isNoted: true),
    Case(testDescription: "0.0 negative size", archive: form00("-9", "6", "3"), size: 3, isNoted: true),
    Case(testDescription: "0.0 negative offset", archive: form00("9", "-6", "3"), size: 9, isNoted: true),
    Case(testDescription: "0.0 negative length", archive: form00("9", "6", "-3"), size: 9, isNoted: true),
    Case(testDescription: "0.0 no number", archive: form00("9", "6", "0x3"), size: 9, isNoted: true),
    Case(testDescription: "0.0 without offset", archive: form00("9", nil, "3"), size: 9, isNoted: true),
    Case(testDescription: "0.0 without length", archive: form00("9", "6", nil), size: 9, isNoted: true),

    Case(
      testDescription: "0.1", archive: form01("9", "0,1,4,2"), size: 9, isNoted: false,
      filled: [1, 0, 0, 0, 2, 3, 0, 0, 0]),
    Case(testDescription: "0.1 at 2^62", archive: form01("9", "\(huge),3"), size: 9, isNoted: true),
    Case(testDescription: "0.1 overflow", archive: form01("9", "\(huge),\(huge)"), size: 9, isNoted: true),
    Case(
      testDescription: "0.1 sum overflow", archive: form01("9", "0,\(huge),\(huge),\(huge)"), size: 9, isNoted: true),
    Case(testDescription: "0.1 2^64", archive: form01("9", "18446744073709551616,3"), size: 9, isNoted: true),
    Case(testDescription: "0.1 negative", archive: form01("9", "-1,3"), size: 9, isNoted: true),
    Case(testDescription: "0.1 odd", archive: form01("9", "0,3,5"), size: 9, isNoted: true),
    Case(testDescription: "0.1 empty numbers", archive: form01("9", "0,3,,"), size: 9, isNoted: true),
    Case(testDescription: "0.1 backwards", archive: form01("9", "4,2,0,1"), size: 9, isNoted: true),
    Case(testDescription: "0.1 size 2^63-1", archive: form01("\(Int.max)", "0,3"), size: clamped, isNoted: true),

    Case(
      testDescription: "1.0", archive: form10("9", "2\n0\n1\n4\n2\n"), size: 9, isNoted: false,
      filled: [1, 0, 0, 0, 2, 3, 0, 0, 0]),
    Case(testDescription: "1.0 at 2^62", archive: form10("9", "1\n\(huge)\n3\n"), size: 9, isNoted: true),
    Case(testDescription: "1.0 of 2^62", archive: form10("9", "1\n0\n\(huge)\n"), size: 9, isNoted: true),
    Case(testDescription: "1.0 overflow", archive: form10("9", "1\n\(huge)\n\(huge)\n"), size: 9, isNoted: true),
    Case(
      testDescription: "1.0 with 30 digits", archive: form10("9", "1\n\(String(repeating: "9", count: 30))\n3\n"),
      size: 9,
      isNoted: true),
    Case(
      testDescription: "1.0 with leading zeros", archive: form10("9", "1\n\(String(repeating: "0", count: 600))6\n3\n"),
      size: 9, isNoted: false, filled: [0, 0, 0, 0, 0, 0, 1, 2, 3]),
    Case(testDescription: "1.0 size 2^63-1", archive: form10("\(Int.max)", "1\n0\n3\n"), size: clamped, isNoted: true),
    Case(
      testDescription: "1.0 size and offset", archive: form10("\(Int.max)", "1\n\(Int.max - 3)\n3\n"), size: clamped,
      isNoted: true),
    Case(
      testDescription: "1.0 size 2^63", archive: form10("9223372036854775808", "1\n0\n3\n"), size: 515, isNoted: true),
    Case(testDescription: "1.0 negative", archive: form10("9", "1\n-6\n3\n"), size: 9, isNoted: true),
    Case(testDescription: "1.0 empty line", archive: form10("9", "1\n\n3\n"), size: 9, isNoted: true),
    Case(testDescription: "1.0 no number", archive: form10("9", "one\n"), size: 9, isNoted: true),
    Case(testDescription: "1.0 cut", archive: form10("9", "3\n0\n3\n"), size: 9, isNoted: true),
    Case(testDescription: "1.0 without room", archive: form10("9", "", data: data), size: 9, isNoted: true),
    Case(
      testDescription: "1.0 cut at the end", archive: form10("9", String(repeating: "1", count: 512), data: []),
      size: 9,
      isNoted: true, content: []),
    Case(
      testDescription: "1x.0", archive: form10("515", "", data: data, major: "1x"), size: 515, isNoted: true),

    Case(
      testDescription: "old", archive: old(octal(9), [(octal(6), octal(3))]), size: 9, isNoted: false,
      filled: [0, 0, 0, 0, 0, 0, 1, 2, 3]),
    Case(
      testDescription: "old continued",
      archive: old(octal(90), (0..<5).map { (octal(10 * $0), octal($0 < 2 ? 0 : 1)) }), size: 90, isNoted: false,
      filled: (0..<90).map { [20: 1, 30: 2, 40: 3][$0] ?? 0 }),
    Case(testDescription: "old at 2^62", archive: old(octal(9), [(binary(huge), octal(3))]), size: 9, isNoted: true),
    Case(testDescription: "old of 2^62", archive: old(octal(9), [(octal(0), binary(huge))]), size: 9, isNoted: true),
    Case(
      testDescription: "old overflow", archive: old(octal(9), [(binary(.max), binary(.max))]), size: 9, isNoted: true),
    Case(
      testDescription: "old continued at 2^62",
      archive: old(octal(9), (0..<5).map { (binary(huge + $0), octal(1)) }), size: 9, isNoted: true),
    Case(
      testDescription: "old negative offset", archive: old(octal(9), [(binary(-1), octal(3))]), size: 9, isNoted: true),
    Case(
      testDescription: "old negative length", archive: old(octal(9), [(octal(6), binary(-3))]), size: 9, isNoted: true),
    Case(
      testDescription: "old beyond 2^63",
      archive: old(octal(9), [([0x80, 1] + [UInt8](repeating: 0, count: 10), octal(3))]), size: 9, isNoted: true),
    Case(
      testDescription: "old no number", archive: old(octal(9), [(Array("1x".utf8), octal(3))]), size: 9, isNoted: true),
    Case(
      testDescription: "old size 2^63-1", archive: old(binary(.max), [(octal(0), octal(3))]), size: clamped,
      isNoted: true),
    Case(
      testDescription: "old negative size", archive: old(binary(-9), [(octal(0), octal(3))]), size: 3, isNoted: true),
    Case(testDescription: "old size no number", archive: old([0x39], [(octal(0), octal(3))]), size: 3, isNoted: true),
  ]

  @Test(arguments: cases) func aMapIsNoReasonToStop(_ test: Case) throws {
    for options in [ArchiveOptions(), ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256)] {
      let outcome = read(test.archive, options: options)
      #expect(outcome.error == nil)
      #expect(outcome.items.map(\.text) == ["s", "next"])
      let entry = try #require(outcome.items.first)
      #expect(entry.entry.isSparse)
      #expect(entry.entry.size == test.size)
      #expect(entry.entry.dataSize == entry.content.count)
      #expect(entry.content == test.content)
      #expect(entry.entry.isMapped == !test.isNoted)
      #expect(entry.filled == test.filled ?? test.content)
      #expect(outcome.summary?.notes == (test.isNoted ? [.sparseFile(offset: 0)] : []))
    }
  }

  /// What stands for all entries says nothing of how one of them is stored.
  @Test func aMapForAllEntriesIsLetAlone() {
    var writer = TarWriter()
    writer.addRecords([("GNU.sparse.size", "9"), ("GNU.sparse.map", "6,3"), ("mtime", "7")], isGlobal: true)
    writer.add("a", content: Self.data)
    writer.add("b", content: Self.data)
    let outcome = read(writer.finished)
    #expect(outcome.summary?.notes == [])
    #expect(outcome.items.map(\.entry.isSparse) == [false, false])
    #expect(outcome.items.map(\.entry.modified) == [TarTime(seconds: 7), TarTime(seconds: 7)])
    #expect(outcome.items.map(\.content) == [Self.data, Self.data])
  }

  @Test func partsHaveALimitInEveryForm() {
    var options = ArchiveOptions()
    options.limits.sparseParts = 3
    let forms = [
      Self.form01("9", "0,0,1,1,2,1,3,1"), Self.form01("9", "x,0,x,1,x,1,x,1"),
      Self.form10("9", "4\n0\n0\n1\n1\n2\n1\n3\n1\n"),
      Self.form10("9", "\(Int.max)\n0\n3\n"), Self.form10("9", "99999999999999999999\n0\n3\n"),
      Self.old(Self.octal(9), (0..<4).map { (Self.octal($0), Self.octal(1)) }),
    ]
    for form in forms { #expect(read(form, options: options).error?.reason == .limit(.sparseParts(3))) }
  }
}
