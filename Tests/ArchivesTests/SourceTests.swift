@testable internal import Archives
internal import Files
internal import Foundation
internal import SourceText
internal import TestSupport
internal import Testing

@Suite struct SourceTests {
  private func file(_ bytes: [UInt8], in directory: TemporaryDirectory) throws -> RandomAccessFile {
    try directory.write(bytes, to: "blob")
    return try RandomAccessFile(opening: Path((directory.path + "/blob").utf8))
  }

  private func cut(_ path: String, to size: Int) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: UInt64(size))
    try handle.close()
  }

  @Test func aFileThatShrinksIsAnError() throws {
    let directory = try TemporaryDirectory()
    var writer = TarWriter()
    writer.add("a", content: [UInt8](repeating: 1, count: 2_000_000))
    for blob in [writer.finished, gzipStored(writer.finished)] {
      let source = ArchiveSource(try file(blob, in: directory))
      try cut(directory.path + "/blob", to: 1_000_000)
      let error = read(source).error
      #expect(error?.reason == .shrunk)
      #expect(error?.compressedOffset == 1_000_000)
    }
  }

  @Test func aPartBeyondTheFileIsAnError() throws {
    let directory = try TemporaryDirectory()
    let file = try file([1, 2, 3], in: directory)
    #expect(read(ArchiveSource(file, offset: 2, count: 600)).error?.reason == .shrunk)
    #expect(read(ArchiveSource(file, offset: .max, count: .max)).error?.reason == .shrunk)
  }

  @Test func partsOfAFileAreReadByThemselves() throws {
    let directory = try TemporaryDirectory()
    var inner = TarWriter()
    inner.add("inner", content: Array("text".utf8))
    let layers = [inner.finished, gzipStored(inner.finished)]
    var outer = TarWriter()
    for (index, layer) in layers.enumerated() { outer.add("layer\(index)", content: layer) }
    let file = try file(outer.finished, in: directory)
    let index = try TarIndex(ArchiveSource(file), limits: ArchiveLimits())
    #expect(index.entries.map(\.size) == layers.map(\.count))
    for entry in index.entries {
      let outcome = read(ArchiveSource(file, offset: entry.offset, count: entry.size))
      #expect(outcome.items.map(\.content) == [Array("text".utf8)])
    }
  }

  @Test func anIndexNeedsAPlainArchive() {
    let blob = gzipStored([UInt8](repeating: 0, count: 1024))
    #expect(throws: ArchiveError(.compressedIndex(.gzip), compressed: 0)) {
      try TarIndex(ArchiveSource(blob), limits: ArchiveLimits())
    }
  }

  @Test func aPipeIsRefused() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/pipe"
    #expect(try run(["mkfifo", path], in: directory.path).status == 0)
    #expect(throws: FileError(path: Path(path.utf8), reason: .notRegular(.pipe))) {
      _ = try RandomAccessFile(opening: Path(path.utf8))
    }
  }

  /// Skipping reads nothing of the data, so an index of a file that is nearly all hole is quick.
  @Test func hugeDataArePassedOver() throws {
    let directory = try TemporaryDirectory()
    var writer = TarWriter()
    let size = 6 << 30
    writer.add(TarWriter.Header("big".utf8, size: size))
    let file = directory.path + "/blob"
    try directory.write(writer.bytes, to: "blob")
    var end = TarWriter()
    end.add("small", content: [1])
    try cut(file, to: 512 + size)
    let handle = try #require(FileHandle(forWritingAtPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(end.finished))
    try handle.close()
    let index = try TarIndex(ArchiveSource(RandomAccessFile(opening: Path(file.utf8))), limits: ArchiveLimits())
    #expect(index.entries.map(\.size) == [size, 1])
    #expect(index.entries.last?.offset == size + 1024)
  }
}
