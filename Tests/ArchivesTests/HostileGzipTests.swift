@testable internal import Archives
internal import TestSupport
internal import Testing

/// Wrong and strange gzip streams, each with what must be said of it and where.
@Suite struct HostileGzipTests {
  private let hello = gzipStored(Array("hello".utf8))

  @Test func everyTruncationIsAnError() {
    let stream = gzipStored((0..<200).map { UInt8($0) })
    for count in 2..<stream.count {
      let error = inflate(Array(stream[..<count])).error
      #expect(error?.reason == .truncatedStream(.gzip))
      #expect(error?.compressedOffset == count)
    }
  }

  @Test func wrongTrailers() {
    var checksum = hello
    checksum[hello.count - 8] ^= 1
    #expect(inflate(checksum).error == ArchiveError(.gzipChecksum, compressed: hello.count - 8))
    var length = hello
    length[hello.count - 1] ^= 1
    #expect(inflate(length).error == ArchiveError(.gzipLength, compressed: hello.count - 4))
  }

  @Test(arguments: [(2, 7, ArchiveError.GzipField.method), (3, 0x20, .flags), (3, 0x80, .flags)])
  func wrongHeaders(offset: Int, value: UInt8, field: ArchiveError.GzipField) {
    var stream = hello
    stream[offset] = value
    #expect(inflate(stream).error == ArchiveError(.gzipHeader(field), compressed: offset))
  }

  /// The length of a stored block stands twice, and each bit of both counts.
  @Test(arguments: 0..<32) func lengthsOfStoredBlocks(bit: Int) {
    var stream = hello
    stream[11 + bit / 8] ^= 1 << UInt8(bit % 8)
    #expect(inflate(stream).error?.reason == .deflate(.storedLength))
  }

  @Test func headerChecksum() {
    var stream = hello
    stream[3] = 2
    let sum = UInt16(truncatingIfNeeded: crc32(Array(stream[..<10])))
    stream.insert(contentsOf: littleEndian(sum), at: 10)
    #expect(inflate(stream).bytes == Array("hello".utf8))
    stream[10] ^= 1
    #expect(inflate(stream).error == ArchiveError(.gzipHeader(.checksum), compressed: 10))
  }

  @Test func whatFollowsIsNoted() {
    let zeros = inflate(hello + [0, 0, 0])
    #expect(zeros.bytes == Array("hello".utf8))
    #expect(zeros.summary?.notes == [.trailingZeros(offset: hello.count, count: 3)])
    let garbage = inflate(hello + Array("garbage".utf8))
    #expect(garbage.bytes == Array("hello".utf8))
    #expect(garbage.summary?.notes == [.trailingGarbage(offset: hello.count, count: 7)])
    #expect(inflate(hello + hello).bytes == Array("hellohello".utf8))
    #expect(inflate(hello + hello[..<12]).error?.reason == .truncatedStream(.gzip))
  }

  @Test(arguments: [
    ([0x06, 0, 0, 0], ArchiveError.DeflateFault.blockType),
    ([0x01, 1, 0, 1, 0], .storedLength),
    // 288 symbols have a code; more symbols than there are.
    ([0xFD, 0xFF, 0, 0, 0, 0], .code),
    // A match of the fixed code before any output.
    ([0x03 | 0x00, 0x02, 0, 0], .distance),
  ])
  func wrongBlocks(body: [UInt8], fault: ArchiveError.DeflateFault) {
    let stream = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + body + [UInt8](repeating: 0, count: 64)
    #expect(inflate(stream).error?.reason == .deflate(fault))
  }

  @Test func otherCompressionThanSaidIsNoted() {
    var options = ArchiveOptions()
    options.saidCompression = .gzip
    var writer = TarWriter()
    writer.add("a")
    let outcome = read(writer.finished, options: options)
    #expect(outcome.summary?.notes == [.compressionDiffers(said: .gzip, found: .none)])
    #expect(read([], options: options).summary?.notes == [])
  }

  @Test func zerosStayWithinTheLimits() throws {
    let directory = try TemporaryDirectory()
    let script =
      "import sys,zlib; c=zlib.compressobj(9,8,31); w=sys.stdout.buffer.write; z=bytes(1<<20)\n"
      + "for _ in range(64): w(c.compress(z))\nw(c.flush())"
    let bomb = try run(["python3", "-c", script], in: directory.path).output
    var count = 0
    let summary = try decompress(ArchiveSource(bomb)) { count += $0.count }
    #expect(count == 64 << 20)
    #expect(summary.notes == [.ratio(summary.archiveSize / summary.blobSize)])
    var options = ArchiveOptions()
    options.limits.ratio = 500
    #expect(throws: ArchiveError.self) { try decompress(ArchiveSource(bomb), options: options) { _ in } }
    // An archive of zeros has ended after two blocks; the rest only counts.
    #expect(read(bomb).summary?.archiveSize == 64 << 20)
  }
}
