@testable internal import Archives
internal import Digests
internal import TestSupport
internal import Testing

/// The rows of wrong and strange archives that every reader must survive.
@Suite struct HostileTarTests {
  private static let mebibyte = 1 << 20

  /// An archive of one header with patches, and what stands behind it.
  private static func patched(_ patches: [(offset: Int, bytes: [UInt8])], after: [UInt8] = []) -> [UInt8] {
    var writer = TarWriter()
    var header = TarWriter.Header("f".utf8)
    header.patches = patches
    writer.add(header, content: after)
    return writer.finished
  }

  private static func records(_ records: [UInt8]) -> [UInt8] {
    var writer = TarWriter()
    writer.addRecords(records)
    writer.add("f")
    return writer.finished
  }

  /// A size of base 256.
  private static func binary(_ value: Int) -> [UInt8] {
    [value < 0 ? 0xFF : 0x80] + [UInt8](repeating: value < 0 ? 0xFF : 0, count: 3)
      + littleEndian(value).reversed()
  }

  private static let wrong: [(name: String, bytes: [UInt8], reason: ArchiveError.Reason, offset: Int)] = {
    var cases: [(String, [UInt8], ArchiveError.Reason, Int)] = []
    var whole = TarWriter()
    whole.add("a", content: [UInt8](repeating: 1, count: 1000))
    cases.append(("truncated inside a file", Array(whole.bytes[..<900]), .truncatedTar, 900))
    cases.append(("truncated inside a header", whole.bytes + [UInt8](whole.bytes[..<100]), .truncatedTar, 1636))
    var checksum = whole.bytes + whole.bytes
    checksum[1536] ^= 1
    cases.append(("bad checksum", checksum, .headerChecksum, 1536))
    cases.append(("JSON text", Array("{\"layers\": []}".utf8), .notTar, 0))
    cases.append(("long text", [UInt8](repeating: UInt8(ascii: "x"), count: 4096), .notTar, 0))
    let eight = Array("77777777777\0".utf8)
    cases.append(("octal size of 8 GiB", patched([(124, eight)]), .truncatedTar, 1536))
    cases.append(("largest size", patched([(124, binary(.max))]), .truncatedTar, 1536))
    cases.append(("negative size", patched([(124, binary(-1))]), .number(.size), 0))
    cases.append(("most negative size", patched([(124, binary(.min))]), .number(.size), 0))
    cases.append(
      ("size beyond 63 bits", patched([(124, [0x80, 1] + [UInt8](repeating: 0, count: 10))]), .number(.size), 0))
    cases.append(("size that is no number", patched([(124, Array("12x4\0".utf8))]), .number(.size), 0))
    for type in ["L", "K", "x", "g"] {
      var long = TarWriter()
      long.add("././@LongLink", type: Character(type), content: [UInt8](repeating: 97, count: 2 * mebibyte))
      long.add("f")
      cases.append(("header of type \(type) of 2 MiB", long.finished, .limit(.recordSize(mebibyte)), 0))
    }
    var chain = TarWriter()
    for _ in 0..<3 { chain.add("L", type: "L", content: [UInt8](repeating: 97, count: mebibyte / 2)) }
    cases.append(("a chain of long names", chain.finished, .limit(.recordSize(mebibyte)), mebibyte / 2 + 512))
    var path = TarWriter()
    path.add("L", type: "L", content: [UInt8](repeating: 97, count: 65537))
    path.add("f")
    cases.append(("path beyond the limit", path.finished, .limit(.pathLength(65536)), 66560))
    var deep = TarWriter()
    deep.addRecords([("path", String(repeating: "d/", count: 5000))])
    deep.add("f")
    cases.append(("path too deep", deep.finished, .limit(.pathDepth(4096)), 10752))
    for (name, text) in [
      ("length too large", "99 path=a\n"), ("length too small", "5 path=a\n"), ("no length", " path=a\n"),
      ("no key", "6 =a1\n"), ("no equals sign", "9 pathaa\n"), ("no newline", "10 path=ab"), ("length 0", "0 a=b\n"),
      ("NUL in a path", "10 path=\0\n"), ("a huge length", "99999999999999999999999 path=a\n"),
      ("NUL behind the records", "9 path=a\n\0\0\0"),
    ] {
      cases.append(("pax: \(name)", records(Array(text.utf8)), .records, 512))
    }
    var global = TarWriter()
    global.addRecords(Array("9 path=a\n\0\0\0".utf8), isGlobal: true)
    cases.append(("malformed global header", global.finished, .records, 512))
    for (text, reason) in [
      ("size", ArchiveError.Reason.number(.size)), ("uid", .number(.uid)), ("gid", .number(.gid)),
      ("mtime", .number(.mtime)),
    ] {
      for value in ["-5x", "9223372036854775808", "1e3", "0x10"] {
        cases.append(("pax \(text)=\(value)", records(paxRecord(text, Array(value.utf8))), reason, 512))
      }
    }
    cases.append(("pax size -5", records(paxRecord("size", Array("-5".utf8))), .number(.size), 512))
    var pending = TarWriter()
    pending.addRecords([("path", "a")])
    cases.append(("header before the end", pending.finished, .headerWithoutEntry, 1024))
    cases.append(("header before the end of the file", pending.bytes, .headerWithoutEntry, 1024))
    var zero = TarWriter()
    zero.add("a")
    zero.addRaw([UInt8](repeating: 0, count: 512))
    zero.add("b")
    cases.append(("lone block of zeros", zero.finished, .loneZeroBlock, 1024))
    return cases
  }()

  @Test(arguments: wrong.indices) func isRefusedWithItsPlace(index: Int) {
    let (name, bytes, reason, offset) = Self.wrong[index]
    for readSize in [1 << 18, 7] {
      var options = ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256)
      options.readSize = readSize
      let error = read(bytes, options: options).error
      #expect(error?.reason == reason, "\(name)")
      #expect(error?.uncompressedOffset == offset, "\(name)")
    }
    // The same in gzip, and where data are passed over.
    #expect(read(gzipStored(bytes)).error?.reason == reason, "\(name), in gzip")
    #expect(read(bytes, reads: false).error?.reason == reason, "\(name), passed over")
  }

  @Test func endsWithoutTerminator() throws {
    var writer = TarWriter()
    writer.add("a", content: [1, 2, 3])
    let outcome = read(writer.bytes)
    #expect(outcome.items.map(\.text) == ["a"])
    #expect(outcome.summary?.hasTerminator == false)
    #expect(read(writer.bytes + [UInt8](repeating: 0, count: 512)).summary?.entries == 1)
  }

  @Test func endsWithoutPadding() {
    var writer = TarWriter()
    writer.add("a", content: [1, 2, 3])
    let outcome = read(Array(writer.bytes[..<515]))
    #expect(outcome.items.map(\.content) == [[1, 2, 3]])
    #expect(outcome.items.last?.end != nil)
    #expect(outcome.summary?.notes == [.missingPadding])
  }

  @Test func emptyArchives() {
    #expect(read([]).summary?.entries == 0)
    #expect(read([UInt8](repeating: 0, count: 1024)).summary?.hasTerminator == true)
    #expect(read(gzipStored([])).summary?.hasTerminator == false)
    #expect(read(gzipStored([UInt8](repeating: 0, count: 1024))).summary?.entries == 0)
  }

  @Test func whatFollowsTheEndCountsForTheDigests() {
    var writer = TarWriter()
    writer.add("a")
    let options = ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha512)
    let short = read(writer.finished, options: options).summary
    let long = read(writer.finished + [1, 2, 3], options: options).summary
    #expect(long?.entries == 1)
    #expect(long?.archiveSize == 1539)
    #expect(long?.blobDigest != short?.blobDigest)
    #expect(long?.archiveDigest != short?.archiveDigest)
  }

  @Test func recordsOverrideTheHeader() {
    var writer = TarWriter()
    writer.addRecords([
      ("path", "long/ä"), ("size", "5"), ("mtime", "-1.25"), ("uid", "4000000"), ("gid", "7"),
      ("SCHILY.xattr.trusted.overlay.opaque", "y"), ("LIBARCHIVE.xattr.user.overlay.opaque", "eA=="),
      ("MSWINDOWS.rawsd", "x"), ("SCHILY.xattr.user.overlay.metacopy", ""),
    ])
    writer.add(TarWriter.Header("short".utf8), content: Array("hello".utf8))
    writer.add("next")
    let items = read(writer.finished).items
    #expect(items.map(\.text) == ["long/ä", "next"])
    let entry = items[0].entry
    #expect(items[0].content == Array("hello".utf8))
    #expect((entry.size, entry.uid, entry.gid) == (5, 4_000_000, 7))
    #expect(entry.modified == TarTime(seconds: -2, nanoseconds: 750_000_000))
    #expect(entry.overlay == [.opaque, .holdsWhiteouts, .metadataOnly])
    #expect(items[1].entry.overlay == [])
  }

  @Test func globalRecordsHoldUntilWithdrawn() {
    var writer = TarWriter()
    writer.addRecords([("mtime", "7"), ("comment", "x")], isGlobal: true)
    writer.add("a")
    writer.addRecords([("mtime", "8.5")])
    writer.add("b")
    writer.add("c")
    writer.addRecords([("mtime", "")])
    writer.add("d", modified: 3)
    let times = read(writer.finished).items.map(\.entry.modified)
    #expect(
      times == [.init(seconds: 7), .init(seconds: 8, nanoseconds: 500_000_000), .init(seconds: 7), .init(seconds: 3)])
  }

  @Test(arguments: ["1", "2", "3", "4", "5", "6"]) func linksAndDevicesHaveNoData(type: String) {
    var writer = TarWriter()
    writer.add("a", type: Character(type), link: "b")
    writer.add(TarWriter.Header("c".utf8, type: Character(type), size: 512))
    writer.add("d")
    let outcome = read(writer.finished)
    #expect(outcome.items.map(\.text) == ["a", "c", "d"])
    #expect(outcome.items.allSatisfy { $0.entry.size == 0 && $0.content.isEmpty })
    #expect(outcome.summary?.notes == [])
  }

  @Test func dataOfAHardLinkArePassedOver() {
    var writer = TarWriter()
    writer.add("a", type: "1", content: [UInt8](repeating: 7, count: 700), link: "b")
    writer.add("c", content: [1])
    writer.add("d", type: "1", content: [UInt8](repeating: 7, count: 100), link: "b")
    let outcome = read(writer.finished)
    #expect(outcome.items.map(\.text) == ["a", "c", "d"])
    #expect(outcome.items.map(\.content) == [[], [1], []])
    #expect(outcome.summary?.notes == [.linkWithData(offset: 0), .linkWithData(offset: 2560)])
  }

  @Test func sparseFilesAreNeverExpanded() {
    var writer = TarWriter()
    writer.addRecords([
      ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"),
      ("GNU.sparse.realsize", "\(Int.max)"),
    ])
    var map = Array("1\n100\n3\n".utf8)
    map += [UInt8](repeating: 0, count: 512 - map.count)
    writer.add("GNUSparseFile.1/s", content: map + [1, 2, 3])
    writer.add("next")
    let outcome = read(writer.finished)
    #expect(outcome.items.map(\.text) == ["s", "next"])
    #expect(outcome.items[0].content == [1, 2, 3])
    #expect(outcome.items[0].entry.size == ArchiveLimits.sparseFileSize)
    #expect(outcome.summary?.notes == [.sparseFile(offset: 0)])
  }

  @Test func endlessMapsOfSparseFilesHitTheLimit() {
    var writer = TarWriter()
    var header = TarWriter.Header("s".utf8, type: "S")
    header.patches = [(482, [1]), (483, Array("00000001000\0".utf8))]
    writer.add(header)
    var block = [UInt8](repeating: UInt8(ascii: "0"), count: 504) + [1, 0, 0, 0, 0, 0, 0, 0]
    for index in stride(from: 11, to: 504, by: 12) { block[index] = 0 }
    for _ in 0..<6 { writer.addRaw(block) }
    var options = ArchiveOptions()
    options.limits.sparseParts = 100
    #expect(read(writer.finished, options: options).error?.reason == .limit(.sparseParts(100)))
  }

  @Test func limitsAreNamed() {
    var writer = TarWriter()
    for index in 0..<10 { writer.add("f\(index)") }
    var options = ArchiveOptions()
    options.limits.entries = 9
    #expect(read(writer.finished, options: options).error?.reason == .limit(.entries(9)))
    options = ArchiveOptions()
    options.limits.uncompressedSize = 4096
    #expect(read(gzipStored(writer.finished), options: options).error?.reason == .limit(.uncompressedSize(4096)))
    #expect(ArchiveError(.limit(.entries(9)), compressed: 3).description.contains("9 entries, the limit, at byte 3"))
  }

  @Test func aDeepPathIsNoTrouble() {
    var writer = TarWriter()
    let path = String(repeating: "d/", count: 2000) + "f"
    writer.addRecords([("path", path)])
    writer.add("f")
    #expect(read(writer.finished).items.map(\.text) == [path])
  }

  @Test func oldDirectoriesAndSignedChecksums() {
    var writer = TarWriter()
    var old = TarWriter.Header("d/".utf8)
    old.type = 0
    old.magic = []
    writer.add(old)
    let header = TarWriter.Header("ä".utf8)
    var block = header.block
    for index in 148..<156 { block[index] = UInt8(ascii: " ") }
    let sum = block.reduce(0) { $0 + Int(Int8(bitPattern: $1)) }
    let digits = Array(String(sum, radix: 8).utf8)
    block.replaceSubrange(148..<(148 + digits.count), with: digits)
    block[148 + digits.count] = 0
    writer.addRaw(block)
    let items = read(writer.finished).items
    #expect(items.map(\.text) == ["d/", "ä"])
    #expect(items.map(\.entry.kind) == [.directory, .regular])
  }

  @Test func timesBeforeAndFarAfter() {
    var writer = TarWriter()
    for value in [-1, -(1 << 40), 1 << 34, 1 << 50] {
      var header = TarWriter.Header("f".utf8)
      header.patches = [(136, Self.binary(value))]
      writer.add(header)
    }
    #expect(read(writer.finished).items.map(\.entry.modified.seconds) == [-1, -(1 << 40), 1 << 34, 1 << 50])
  }

  @Test func wrongNumbersThatDoNotMatterAreNoted() {
    let outcome = read(Self.patched([(100, Array("zzz".utf8)), (108, Array("9".utf8)), (136, Array("-1".utf8))]))
    #expect(outcome.items.map(\.entry.mode) == [0])
    #expect(
      outcome.summary?.notes == [.number(.mode, offset: 0), .number(.uid, offset: 0), .number(.mtime, offset: 0)])
  }
}
