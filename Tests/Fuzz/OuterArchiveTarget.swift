import Archives
import Facts
import Glibc
import ImageReading
import Images
import SourceText

/// The file that takes each input, since a target is a file.
private let place = Path("/dev/shm/cachepolicy-fuzz-\(getpid())".utf8)

/// Holds the reading of an archive that may be a saved image, a layout or a layer to what it promises for any bytes.
func checkOuterArchive(_ bytes: [UInt8]) {
  guard write(bytes) else { return }
  var options = ReadingOptions()
  options.verifies = false
  options.platform = .all
  options.limits.archive.uncompressedSize = 64 << 20
  options.limits.spooledSize = 16 << 20
  for target in [ImageTarget.archive(place, tag: nil), .savedArchive(place, tag: nil), .layer(place)] {
    let result = readImages(target, options: options)
    for error in result.errors {
      demand(!error.description.unicodeScalars.contains(where: isControl), "an error holds what a terminal obeys")
      demand(error.description.utf8.count < 100_000, "an error is longer than anybody reads")
    }
    for image in result.images { check(image) }
    demand(!result.images.isEmpty || !result.errors.isEmpty, "nothing is read, and nothing is said of it")
  }
}

private func check(_ image: ReadImage) {
  let union = image.facts.union
  demand(image.facts.layers.count == union.layerCount, "layers are lost")
  demand(image.bytecode.count == union.layerCount, "the bytecode of a layer is lost")
  let totals = union.totals
  var sum = 0
  for fate in CopyFate.allCases { sum += totals[fate].bytes }
  demand(sum == totals.shipped.bytes, "the ledgers do not add up")
  let cached = image.facts.caches.shares.reduce(0) { $0 + $1.amount.bytes }
  demand(cached <= totals.shipped.bytes, "there are more bytes of caches than of files")
  union.merged.walk { path, item in
    demand(!path.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }, "a path leads up")
    if let scan = image.scan(of: item) {
      demand(scan.header.count <= 16, "a header is too long")
    }
    return .enter
  }
}

private func write(_ bytes: [UInt8]) -> Bool {
  let path = place.bytes.map { CChar(bitPattern: $0) } + [0]
  let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard file >= 0 else { return false }
  defer { close(file) }
  return unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) } == bytes.count
}
