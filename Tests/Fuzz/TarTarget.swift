import Archives
import CZlib
import Digests

/// Reads bytes as a tar archive in several ways, which must all tell the same.
///
/// The checksums of headers are made right first, since hardly any is found by chance. A block counts as a header
/// where it bears the magic word.
func checkTar(_ bytes: [UInt8]) {
  guard let first = bytes.first else { return }
  let archive = repaired(Array(bytes.dropFirst()))
  // What is compressed is the other target's.
  if (try? Compression(of: ArchiveSource(archive))) != Compression.none { return }
  let whole = Reading(archive)
  demand(whole.end >= 0 && whole.openEntries <= (whole.failure == nil ? 0 : 1), "entries do not end")

  let pieces = Reading(archive, readSize: Int(first) + 1)
  demand(pieces.entries == whole.entries && pieces.failure?.reason == whole.failure?.reason, "small pieces differ")

  let skipping = Reading(archive, reads: false)
  demand(skipping.entries.map(\.name) == whole.entries.map(\.name), "other entries where data are passed over")
  demand(
    skipping.failure?.reason == whole.failure?.reason,
    "\(String(describing: skipping.failure)) where data are passed over")

  if archive.isEmpty { return }
  let stored = Reading(gzip(archive), readSize: Int(first) + 100)
  demand(stored.entries == whole.entries, "other entries in gzip")
  demand(stored.failure?.reason == whole.failure?.reason, "\(String(describing: stored.failure)) in gzip")
}

/// All that was told of an archive.
private struct Reading: TarVisitor {
  struct Entry: Equatable {
    var kind: TarEntryKind
    var size: Int
    var dataSize: Int
    var mode: UInt32
    var modified: TarTime
    var start: Int
    var name: [UInt8]
    var link: [UInt8]
    var content: [UInt8] = []
    var isMapped = false
    /// Where holes were told, and how many bytes they have.
    var holes: [[Int]] = []
  }

  private(set) var entries: [Entry] = []
  private(set) var end = 0
  private(set) var openEntries = 0
  private(set) var failure: ArchiveError?
  private var reads = true

  init(_ bytes: [UInt8], readSize: Int = 1 << 18, reads: Bool = true) {
    self.reads = reads
    var options = ArchiveOptions()
    options.readSize = readSize
    // Passing over is only possible where no digest wants the bytes.
    if reads { options.archiveDigest = .sha256 }
    options.limits.entries = 2000
    do throws(ArchiveError) {
      let summary = try readTar(ArchiveSource(bytes), options: options, into: &self)
      demand(summary.entries == entries.count, "another number of entries")
    } catch {
      failure = error
      demand(
        (error.uncompressedOffset ?? 0) >= 0 && (error.compressedOffset ?? 0) >= 0, "an error has no place: \(error)")
    }
  }

  mutating func begin(_ entry: TarEntry, name: Span<UInt8>, link: Span<UInt8>) -> TarContent {
    demand(openEntries == 0, "an entry begins within another")
    demand(entry.start.offset >= end && entry.dataOffset > entry.start.offset, "entries overlap")
    demand(entry.size >= 0 && entry.dataSize >= 0 && entry.modified.nanoseconds < 1_000_000_000, "impossible numbers")
    openEntries += 1
    entries.append(
      Entry(
        kind: entry.kind, size: entry.size, dataSize: entry.dataSize, mode: entry.mode, modified: entry.modified,
        start: entry.start.offset, name: copy(name), link: copy(link), isMapped: entry.isMapped))
    return reads ? .read : .skip
  }

  mutating func content(_ bytes: Span<UInt8>) {
    demand(openEntries == 1 && reads, "content of no entry")
    entries[entries.count - 1].content += copy(bytes)
  }

  mutating func hole(_ count: Int) {
    demand(openEntries == 1 && reads && count > 0, "a hole of no entry")
    let entry = entries[entries.count - 1]
    demand(entry.isMapped, "a hole that no map tells")
    entries[entries.count - 1].holes.append([entry.content.count, count])
  }

  mutating func end(at position: ArchivePosition) {
    demand(openEntries == 1, "an entry ends twice")
    openEntries -= 1
    demand(position.offset > end && position.blobBit >= 0, "an entry ends before it began")
    end = position.offset
    let entry = entries[entries.count - 1]
    if reads, entry.isMapped {
      demand(entry.content.count + entry.holes.reduce(0) { $0 + $1[1] } == entry.size, "holes are missing")
    }
    if reads { demand(entry.content.count == entry.dataSize || entry.kind == .hardLink, "content is missing") }
  }

  private func copy(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

private func repaired(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  let magic = Array("ustar".utf8)
  for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[(start + 257)...].starts(with: magic) {
    let sum = bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }
    let field = bytes[(start + 148)..<(start + 156)].reduce(0) { $0 + Int($1) }
    let digits = String(1 << 18 | (sum - field + 8 * 32), radix: 8).utf8.dropFirst()
    bytes.replaceSubrange((start + 148)..<(start + 156), with: Array(digits) + [0, 32])
  }
  return bytes
}

/// The bytes in gzip without compression.
private func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
  var start = 0
  repeat {
    let count = min(bytes.count - start, 0xFFFF)
    let isLast: UInt8 = start + count == bytes.count ? 1 : 0
    result += [isLast, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8 & 0xFF)]
    result += bytes[start..<(start + count)]
    start += count
  } while start < bytes.count
  let checksum = unsafe UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count)))
  for value in [checksum, UInt32(bytes.count)] {
    for shift in stride(from: UInt32(0), to: 32, by: 8) { result.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
  return result
}
