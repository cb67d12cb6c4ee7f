import Archives
import Facts
import ImageReading
import Images
import SourceText
import TestSupport
import Testing

/// The rows on compression and tar: a bad layer between two good ones, which are examined all the same.
@Suite("Hostile layers")
struct HostileLayerTests {
  private static let first = TestLayer(["a": "1"])
  private static let last = TestLayer(["c": "3"])
  private static let good = TestLayer(["b": "22"])

  private func read(_ layer: TestLayer, _ change: (inout ReadingOptions) -> Void = { _ in }) throws -> ReadingResult {
    try TemporaryDirectory().examine(TestImage([Self.first, layer, Self.last]), change)
  }

  /// Reads a layer that is refused, and gives the error.
  private func refusal(
    _ layer: TestLayer, _ change: (inout ReadingOptions) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try read(layer, change)
    #expect(result.listing == ["a 1", "c 1"], sourceLocation: sourceLocation)
    #expect(result.images.first?.facts.layers.map(\.isRead) == [true, false, true], sourceLocation: sourceLocation)
    #expect(result.message.hasPrefix("oci:"), sourceLocation: sourceLocation)
    #expect(result.message.contains("layer 1 (\(layer.digest)): "), sourceLocation: sourceLocation)
    return result.message
  }

  private static func layer(_ blob: [UInt8], type: String = "+gzip") -> TestLayer {
    TestLayer(good.archive, blob: blob, type: type)
  }

  @Test(
    "a compressed stream that is cut off or damaged",
    arguments: ["cut", "checksum", "trailer", "xz", "cut xz", "bzip2", "cut bzip2"])
  func compression(case name: String) throws {
    var blob = Self.good.blob
    let words: String
    switch name {
    case "cut":
      blob.removeLast(700)
      words = "truncated: the gzip stream does not end, at byte \(blob.count)"
    case "checksum":
      blob[blob.count - 8] ^= 1
      words = "its checksum (CRC-32) does not match"
    case "trailer":
      blob.removeLast(8)
      words = "truncated"
    case "xz":
      blob = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + blob
      words = "damaged xz stream"
    case "bzip2":
      blob = Array("BZh9".utf8) + blob
      words = "damaged bzip2 stream"
    default:
      let form = try #require(PythonCompression(rawValue: String(name.dropFirst(4))))
      blob = try form.compress(Self.good.archive).dropLast(5)
      words = "truncated: the \(form) stream does not end, at byte \(blob.count)"
    }
    let message = try refusal(Self.layer(blob))
    #expect(message.contains(words) && message.contains("at byte"), "\(message)")
  }

  @Test(
    "odd compression that can be read",
    arguments: [
      ("garbage", "2 bytes follow"), ("zeros", "2 NUL bytes follow"), ("members", ""), ("plain", ""), ("zstd", ""),
      ("frames", ""), ("nothing", ""), ("xz", ""), ("bzip2", ""),
      ("garbage behind zstd", "3 bytes follow the compressed stream"),
    ])
  func oddCompression(name: String, note: String) throws {
    let (archive, right) = (Self.good.archive, Self.good.blob)
    let half = archive.count / 2
    let layer =
      switch name {
      case "garbage": Self.layer(right + [7, 7])
      case "zeros": Self.layer(right + [0, 0])
      case "members": Self.layer(gzipStored(Array(archive[..<half])) + gzipStored(Array(archive[half...])))
      case "plain": Self.layer(archive)
      case "zstd": Self.layer(zstdStored(archive))
      case "frames":
        Self.layer(
          [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9] + zstdStored(Array(archive[..<half]))
            + zstdStored(Array(archive[half...])), type: "+zstd")
      case "nothing": TestLayer([], blob: [])
      case "garbage behind zstd": Self.layer(zstdStored(archive) + [7, 7, 7], type: "+zstd")
      default: Self.layer(try #require(PythonCompression(rawValue: name)).compress(archive))
      }
    let result = try read(layer)
    #expect(result.messages == [])
    #expect(result.listing == (name == "nothing" ? ["a 1", "c 1"] : ["a 1", "b 2", "c 1"]))
    let facts = try #require(result.images.first?.facts.layers[1])
    #expect(facts.wrongMediaType == (["plain", "zstd", "xz", "bzip2"].contains(name) ? layer.mediaType : nil))
    #expect(facts.notes.isEmpty != ["garbage", "zeros", "garbage behind zstd"].contains(name))
    if !facts.notes.isEmpty { #expect(facts.notes.first?.contains(note) == true) }
    let compressions = [
      "plain": "none", "nothing": "none", "zstd": "zstd", "frames": "zstd", "garbage behind zstd": "zstd", "xz": "xz",
      "bzip2": "bzip2",
    ]
    #expect(facts.compression == compressions[name] ?? "gzip")
  }

  /// The entries of the rows on tar, with the words of the error.
  private static let archives: [(name: String, archive: [UInt8], words: String)] = {
    func header(_ size: [UInt8], type: Character = "0") -> [UInt8] {
      var header = TarWriter.Header("f".utf8, type: type)
      header.patches = [(124, size)]
      return header.block + [UInt8](repeating: 0, count: 512)
    }
    func records(_ records: [UInt8], global: Bool = false) -> [UInt8] {
      var writer = TarWriter()
      writer.addRecords(records, isGlobal: global)
      writer.add("f", content: [1])
      return writer.finished
    }
    var cut = TarWriter()
    cut.add("f", content: [UInt8](repeating: 1, count: 2000))
    var broken = TarWriter()
    broken.add("f", content: [1])
    broken.add("g", content: [1])
    var checksum = broken.finished
    checksum[1024 + 150] ^= 1
    let huge = [UInt8](repeating: 0, count: (2 << 20) + 512)
    var long = TarWriter()
    long.add(TarWriter.Header("l".utf8, type: "L", size: huge.count), content: huge)
    return [
      ("text", Array(#"{"schemaVersion": 2}"#.utf8) + [UInt8](repeating: 32, count: 600), "not a tar"),
      ("cut", Array(cut.bytes.prefix(1500)), "truncated"), ("checksum", checksum, "checksum"),
      ("8 GiB", header(Array("77777777777\0".utf8)), "truncated"),
      ("2^63-1", header([0x80, 0, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7)), "truncated"),
      ("negative", header([UInt8](repeating: 0xFF, count: 12)), "size is no valid number"),
      ("long name", long.finished, "larger than 1048576 bytes, the limit"),
      ("long record", records(paxRecord("path", huge + huge)), "larger than 1048576 bytes, the limit"),
      ("record length", records(Array("99 path=x\n".utf8)), "malformed extended header"),
      ("pax size -5", records(paxRecord("size", Array("-5".utf8))), "size is no valid number"),
    ]
  }()

  @Test("an archive that is refused with its offset", arguments: archives.map(\.name)) func tar(name: String) throws {
    let (_, archive, words) = try #require(Self.archives.first { $0.name == name })
    let message = try refusal(TestLayer(archive))
    #expect(message.contains(words) && message.contains("byte"), "\(message)")
  }

  @Test("odd archives that can be read", arguments: ["no end", "after the end", "pax size", "empty"])
  func oddTar(name: String) throws {
    var writer = TarWriter()
    if name == "pax size" {
      writer.addRecords([("size", "2")])
      var header = TarWriter.Header("b".utf8, size: 0)
      header.patches = []
      writer.add(header, content: [2, 2])
    } else if name != "empty" {
      writer.add("b", content: [2, 2])
    }
    let end = [UInt8](repeating: 9, count: 512)
    let archive = name == "no end" ? writer.bytes : writer.finished + (name == "after the end" ? end : [])
    let result = try read(TestLayer(archive))
    #expect(result.messages == [])
    #expect(result.listing == (name == "empty" ? ["a 1", "c 1"] : ["a 1", "b 2", "c 1"]))
    #expect(result.images.first?.facts.layers[1].archiveBytes == archive.count)
  }

  @Test("a sparse file counts the bytes that the archive holds, however large it claims to be") func sparse() throws {
    var writer = TarWriter()
    writer.addRecords([
      ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "huge"),
      ("GNU.sparse.realsize", "9223372036854775807"),
    ])
    let map = Array("1\n0\n3\n".utf8) + [UInt8](repeating: 0, count: 506)
    writer.add("GNUSparseFile.0/huge", content: map + [1, 2, 3])
    let result = try read(TestLayer(writer.finished))
    #expect(result.messages == [])
    #expect(result.images.first?.facts.union.totals.shipped.bytes == 5)
    #expect(result.layerNotes.contains { $0.contains("sparse") })
  }

  @Test("limits of layers are named", arguments: ["entries", "size", "depth"]) func limits(name: String) throws {
    let layer = TestLayer { writer in
      for number in 0..<20 { writer.add("d/d/\(number)", content: [1]) }
    }
    let message = try refusal(layer) { options in
      switch name {
      case "entries": options.limits.archive.entries = 10
      case "size": options.limits.archive.uncompressedSize = 4096
      default: options.limits.archive.pathDepth = 1
      }
    }
    #expect(message.contains("the limit"), "\(message)")
  }

  @Test(
    "many zeros in a small blob is streamed", .enabled(if: (try? run(["gzip", "--version"], in: "/"))?.status == 0))
  func bomb() throws {
    let directory = try TemporaryDirectory()
    // Less here, so that the test ends soon without optimisation; nothing but time depends on it.
    let script = "truncate -s 64M zeros && tar --format=ustar -cf - zeros | gzip -1 > image.tgz"
    #expect(try run(["sh", "-ec", script], in: directory.path).status == 0)
    let result = try directory.examine("layer:image.tgz")
    #expect(result.messages == [])
    #expect(result.images.first?.facts.union.totals.shipped.bytes == 64 << 20)
    #expect(result.layerNotes.contains { $0.contains("times larger") })
    let capped = try directory.examine("layer:image.tgz") { $0.limits.archive.ratio = 100 }
    #expect(capped.message.contains("more than 100 times larger, the limit"))
  }

  @Test("200,000 empty entries, and a path 2,000 directories deep") func many() throws {
    // Only the number in the name differs from header to header, and with it the checksum, which patches stand for.
    var archive: [UInt8] = []
    archive.reserveCapacity(200_000 * 512 + 1024)
    var block = TarWriter.Header("000000".utf8).block
    let sum = Int(String(decoding: block[148..<154], as: UTF8.self), radix: 8) ?? 0
    for number in 0..<200_000 {
      let digits = Array(String(1_000_000 + number).utf8.dropFirst())
      block.replaceSubrange(0..<6, with: digits)
      let octal = String(0o1_000_000 + sum + digits.reduce(0) { $0 + Int($1) } - 6 * 48, radix: 8).utf8.dropFirst()
      block.replaceSubrange(148..<154, with: octal)
      archive += block
    }
    archive += [UInt8](repeating: 0, count: 1024)
    let directory = try TemporaryDirectory()
    try directory.write(archive, to: "layer")
    let result = try directory.examine("layer:layer")
    #expect(result.messages == [] && result.listing.count == 200_000)
    var deep = TarWriter()
    deep.addRecords([("path", String(repeating: "d/", count: 2000) + "f")])
    deep.add("x", content: [1])
    #expect(try read(TestLayer(deep.finished)).listing.count == 2003)
  }
}
