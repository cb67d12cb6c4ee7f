/// A number of bytes in words for people: `512 bytes`, `1.5 KiB`, `70.1 MiB`.
///
/// Units are powers of 1024, with one decimal, rounded to the nearest.
public func byteCount(_ bytes: Int) -> String {
  if abs(bytes) < 1024 { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
  let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  var size = 1024
  var unit = 0
  var tenths = tenths(of: bytes, size)
  while tenths >= 10_240, unit + 1 < units.count {
    unit += 1
    size *= 1024
    tenths = SourceText.tenths(of: bytes, size)
  }
  return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}

/// How many tenths of a unit there are.
private func tenths(of bytes: Int, _ size: Int) -> Int {
  let (whole, rest) = bytes.magnitude.quotientAndRemainder(dividingBy: UInt(size))
  // The rest is below one unit, of which ten are below what an integer holds; of the largest, a hundredth is enough.
  let part = size > 1 << 56 ? rest / (UInt(size) / 10) : (rest * 10 + UInt(size) / 2) / UInt(size)
  return Int(whole * 10 + part)
}
