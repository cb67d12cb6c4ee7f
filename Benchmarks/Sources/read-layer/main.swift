import Archives
import Digests
import Files
import Glibc
import SourceText

// Reads layers as the product does, for `bench layers`: `read-layer list|hash|verify FILE…`.
// `list` reads the entries alone, `hash` the content of every file too, `verify` both digests besides.

/// Counts what an archive holds and hashes every file.
struct Reader: TarVisitor {
  let hashes: Bool
  private var hash = ContentHash()
  private var seen: UInt64 = 0
  private(set) var bytes = 0

  init(hashes: Bool) {
    self.hashes = hashes
  }

  /// All hashes together, so that none can be left out.
  var sum: UInt64 { seen }

  mutating func begin(_ entry: TarEntry, name: Span<UInt8>, link: Span<UInt8>) -> TarContent {
    bytes += entry.dataSize
    guard hashes, entry.dataSize > 0 else { return .skip }
    hash = ContentHash()
    return .read
  }

  mutating func content(_ bytes: Span<UInt8>) {
    hash.update(bytes)
  }

  mutating func end(at position: ArchivePosition) {
    if hashes { seen ^= hash.finish().low }
  }
}

let modes = ["list", "hash", "verify"]
guard CommandLine.arguments.count > 2, modes.contains(CommandLine.arguments[1]) else {
  print("usage: read-layer list|hash|verify FILE…")
  exit(2)
}
let mode = CommandLine.arguments[1]
let options =
  mode == "verify" ? ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256) : ArchiveOptions()
for name in CommandLine.arguments.dropFirst(2) {
  var reader = Reader(hashes: mode != "list")
  do {
    let file = try RandomAccessFile(opening: Path(name.utf8))
    let summary = try readTar(ArchiveSource(file), options: options, into: &reader)
    let digest = summary.archiveDigest.map { hexadecimal($0) } ?? "-"
    print("\(name): \(summary.entries) entries, \(reader.bytes) bytes, \(reader.sum), \(digest)")
  } catch {
    print("\(name): \(error)")
    exit(1)
  }
}
