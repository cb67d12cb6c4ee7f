@testable internal import Archives
internal import Digests
internal import Files
internal import Foundation
internal import SourceText
internal import TestSupport
internal import Testing

/// Holds the reader of tar to Python's tarfile, over archives that tarfile, GNU tar and bsdtar have made.
@Suite struct TarJudgeTests {
  private let directory: TemporaryDirectory
  private let archives: [String]
  private let lists: [[String]]

  init() throws {
    directory = try TemporaryDirectory()
    let file = #filePath
    let script = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) + "/Judges/tar.py"
    let made = try run(["python3", script, "make", directory.path], in: directory.path)
    try #require(made.status == 0, "\(String(decoding: made.errors, as: UTF8.self))")
    archives = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    let listed = try run(["python3", script, "list"] + archives, in: directory.path)
    try #require(listed.status == 0, "\(String(decoding: listed.errors, as: UTF8.self))")
    lists = listed.text.split(separator: "\n\n").map { $0.split(separator: "\n").map(String.init) }
    try #require(lists.count == archives.count && archives.count >= 12 + 17)
  }

  @Test func agreesWithTarfile() throws {
    for (archive, expected) in zip(archives, lists) {
      let bytes = try directory.read(archive)
      for readSize in [1 << 18, 100] {
        var options = ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256)
        options.readSize = readSize
        let outcome = read(bytes, options: options)
        #expect(outcome.error == nil, "\(archive)")
        #expect(outcome.items.map(line) == expected, "\(archive)")
        #expect(outcome.summary?.blobDigest == digest(.sha256, of: bytes))
        #expect(outcome.summary?.archiveDigest == digest(.sha256, of: bytes))
        #expect(outcome.summary?.hasTerminator == true)
        #expect(outcome.summary?.notes == [], "\(archive)")
      }
    }
  }

  @Test func compressionChangesNothing() throws {
    for archive in archives where !archive.contains("seed") {
      let bytes = try directory.read(archive)
      let plain = read(bytes).items
      let gzip = try run(["gzip", "-c"], in: directory.path, input: bytes).output
      var options = ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256)
      options.readSize = 10_000
      let outcome = read(gzip, options: options)
      #expect(outcome.items.map(line) == plain.map(line), "\(archive)")
      #expect(outcome.summary?.blobDigest == digest(.sha256, of: gzip))
      #expect(outcome.summary?.archiveDigest == digest(.sha256, of: bytes))
      // The shares of the entries follow each other without a gap.
      for (item, next) in zip(outcome.items, outcome.items.dropFirst()) {
        #expect(item.end == next.entry.start)
        #expect(item.entry.start.blobBit <= next.entry.start.blobBit)
      }
      #expect(outcome.items.last?.end.map { $0.blobBit <= gzip.count * 8 } == true)
    }
  }

  @Test func theIndexFindsTheData() throws {
    for archive in archives {
      let file = try RandomAccessFile(opening: Path((directory.path + "/" + archive).utf8))
      let index = try TarIndex(ArchiveSource(file), limits: ArchiveLimits())
      let items = read(try directory.read(archive)).items
      #expect(index.entries.map(\.name) == items.map(\.name), "\(archive)")
      for (entry, item) in zip(index.entries, items) {
        #expect(entry.size == item.content.count)
        let part = ArchiveSource(file, offset: entry.offset, count: entry.size)
        var content: [UInt8] = []
        _ = try decompress(part) { piece in
          unsafe piece.withUnsafeBufferPointer { unsafe content.append(contentsOf: $0) }
        }
        #expect(content == item.content)
      }
    }
  }

  /// An entry as the script lists it.
  private func line(_ item: Collector.Item) -> String {
    let entry = item.entry
    let kind =
      switch entry.kind {
      case .regular: "0"
      case .hardLink: "1"
      case .symbolicLink: "2"
      case .characterDevice: "3"
      case .blockDevice: "4"
      case .directory: "5"
      case .pipe: "6"
      case .other(let letter): String(UnicodeScalar(letter))
      }
    var name = item.name
    if entry.kind == .directory, name.last == UInt8(ascii: "/") { name.removeLast() }
    return [
      hexadecimal(name), kind, "\(entry.size)", "\(entry.mode)", "\(entry.uid)", "\(entry.gid)", text(entry.modified),
      hexadecimal(item.link), entry.isSparse ? "1" : "0", entry.kind == .regular ? "\(checksum(item.content))" : "0",
    ].joined(separator: "\t")
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32()
    unsafe bytes.withUnsafeBytes { unsafe checksum.update($0) }
    return checksum.value
  }

  /// A time as pax writes it: without zeros at its end.
  private func text(_ time: TarTime) -> String {
    guard time.nanoseconds > 0 else { return "\(time.seconds)" }
    let isNegative = time.seconds < 0
    let seconds = isNegative ? -time.seconds - 1 : time.seconds
    let nanoseconds = isNegative ? 1_000_000_000 - time.nanoseconds : time.nanoseconds
    var digits = String(String(1_000_000_000 + nanoseconds).dropFirst())
    while digits.last == "0" { digits.removeLast() }
    return "\(isNegative ? "-" : "")\(seconds).\(digits)"
  }
}
