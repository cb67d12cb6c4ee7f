@testable internal import Archives
internal import Digests
internal import TestSupport
internal import Testing

/// Frames made by hand, of blocks that are not compressed, and frames of the program where it is installed.
@Suite struct ZstdTests {
  private static let mark: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  /// A frame of raw blocks (RFC 8878, section 3.1.1), with its size in 4 bytes.
  private func frame(_ bytes: [UInt8]) -> [UInt8] {
    var result = Self.mark + [0xA0] + littleEndian(UInt32(bytes.count))
    var start = 0
    repeat {
      let count = min(bytes.count - start, 1 << 16)
      let isLast = start + count == bytes.count
      result += littleEndian(UInt32(count << 3 | (isLast ? 1 : 0))).prefix(3)
      result += bytes[start..<(start + count)]
      start += count
    } while start < bytes.count
    return result
  }

  private let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]

  @Test(arguments: [1, 3, 1000, 1 << 18]) func framesFollowEachOther(readSize: Int) {
    let first = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    let blob = skippable + frame(first) + skippable + frame([]) + frame(Array("end".utf8)) + skippable
    let ours = inflate(blob, readSize: readSize)
    #expect(ours.error == nil)
    #expect(ours.bytes == first + Array("end".utf8))
    #expect(ours.summary?.compression == .zstd)
  }

  @Test func everyTruncationIsAnError() {
    let blob = frame(Array("hello".utf8))
    for count in 4..<blob.count {
      #expect(inflate(Array(blob[..<count])).error == ArchiveError(.truncatedStream(.zstd), compressed: count))
    }
  }

  @Test(arguments: [1, 1 << 18]) func whatFollowsIsNoted(readSize: Int) {
    let blob = frame(Array("hello".utf8))
    let tails: [([UInt8], ArchiveNote)] = [
      ([0], .trailingZeros(offset: blob.count, count: 1)),
      ([UInt8](repeating: 0, count: 5000), .trailingZeros(offset: blob.count, count: 5000)),
      ([0x28], .trailingGarbage(offset: blob.count, count: 1)),
      (Array("garbage".utf8), .trailingGarbage(offset: blob.count, count: 7)),
      // A frame behind what is none is none either.
      ([0] + blob, .trailingGarbage(offset: blob.count, count: blob.count + 1)),
    ]
    for (tail, note) in tails {
      let ours = inflate(blob + tail, readSize: readSize)
      #expect(ours.bytes == Array("hello".utf8))
      #expect(ours.summary?.notes == [note])
    }
    #expect(inflate(skippable + [7]).summary?.notes == [.trailingGarbage(offset: skippable.count, count: 1)])
    #expect(inflate(blob + blob[..<6]).error?.reason == .truncatedStream(.zstd))
  }

  @Test func whatFollowsCountsForTheDigest() {
    var writer = TarWriter()
    writer.add("a")
    let blob = frame(writer.finished) + [1, 2, 3]
    let outcome = read(blob, options: ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256))
    #expect(outcome.summary?.blobDigest == digest(.sha256, of: blob))
    #expect(outcome.summary?.archiveDigest == digest(.sha256, of: writer.finished))
  }

  @Test func windowsHaveALimit() {
    // A frame whose window is 2^28 bytes, one raw block of one byte.
    let blob = Self.mark + [0x00, 0x90, 0x09, 0, 0, 7]
    #expect(inflate(blob).error?.reason == .limit(.zstdWindow(1 << 27)))
    var options = ArchiveOptions()
    options.limits.zstdWindow = 1 << 28
    var bytes: [UInt8] = []
    _ = try? decompress(ArchiveSource(blob), options: options) { bytes.append($0[0]) }
    #expect(bytes == [7])
  }

  @Test func dictionariesAreNamed() {
    let blob = Self.mark + [0x21, 0x01, 0x01, 0x09, 0, 0, 7]
    #expect(inflate(blob).error?.reason == .zstdDictionary)
  }

  @Test func damageIsAnError() {
    let blob = Self.mark + [0x20, 0x01, 0xFF, 0xFF, 0xFF, 0, 0]
    guard case .zstd? = inflate(blob).error?.reason else {
      Issue.record("\(String(describing: inflate(blob).error))")
      return
    }
  }

  @Test func checksumsAreVerified() {
    var blob = Self.mark + [0x24, 0x01, 0x09, 0, 0, 7] + [0, 0, 0, 0]
    guard case .zstd? = inflate(blob).error?.reason else {
      Issue.record("a wrong checksum is accepted")
      return
    }
    // The low half of XXH64 of the byte 7.
    blob.removeLast(4)
    #expect(inflate(blob).error?.reason == .truncatedStream(.zstd))
  }

  @Test func archivesInZstd() {
    var writer = TarWriter()
    for index in 0..<50 { writer.add("file\(index)", content: [UInt8](repeating: 1, count: index * 300)) }
    let blob = frame(writer.finished)
    let outcome = read(blob, options: ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256))
    #expect(outcome.items.map(\.content.count) == (0..<50).map { $0 * 300 })
    #expect(outcome.summary?.archiveDigest == digest(.sha256, of: writer.finished))
    #expect(outcome.summary?.blobDigest == digest(.sha256, of: blob))
    for (item, next) in zip(outcome.items, outcome.items.dropFirst()) {
      #expect(item.end == next.entry.start)
      #expect(item.entry.start.blobBit <= next.entry.start.blobBit)
    }
  }
}
