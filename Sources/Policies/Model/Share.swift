/// A share of a whole, such as 1%.
public struct Share: Hashable, Sendable {
  /// The share in millionths.
  public let millionths: Int

  /// Creates a share of so many millionths.
  public init(millionths: Int) {
    self.millionths = millionths
  }

  /// Reads a share: a number with at most four decimals and `%`, from 0% to 100%.
  init?(_ text: String) {
    guard text.utf8.last == UInt8(ascii: "%"), let value = decimal(text.utf8.dropLast(), places: 4),
      value <= 1_000_000
    else { return nil }
    millionths = value
  }

  /// Whether `part` is a greater share of `whole`; of nothing, anything is.
  public func isExceeded(by part: Int, of whole: Int) -> Bool {
    let left = part.multipliedFullWidth(by: 1_000_000)
    let right = whole.multipliedFullWidth(by: millionths)
    return (left.high, left.low) > (right.high, right.low)
  }
}

extension Share: CustomStringConvertible {
  /// The share as a policy writes it.
  public var description: String {
    var digits = String(millionths % 10_000)
    digits = String(repeating: "0", count: 4 - digits.utf8.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "\(millionths / 10_000)" + (digits.isEmpty ? "" : ".\(digits)") + "%"
  }
}

/// The bytes that a text such as `50MiB`, `1.5GB` or `4096` stands for; nil where it is no size, or none that fits.
///
/// Units with an `i` are powers of 1024, those without are powers of 1000, as IEC 80000-13 has them.
public func byteSize(_ text: String) -> Int? {
  let number = text.utf8.prefix { $0 == UInt8(ascii: ".") || $0 >= 0x30 && $0 <= 0x39 }
  let units = ["": 0, "B": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4]
  var unit = text.utf8.dropFirst(number.count)
  if unit.last == UInt8(ascii: "B"), unit.count > 1 { unit = unit.dropLast() }
  let isBinary = unit.last == UInt8(ascii: "i")
  if isBinary { unit = unit.dropLast() }
  guard let power = units[String(decoding: unit, as: UTF8.self)], !isBinary || power > 0,
    var value = decimal(number, places: 3)
  else { return nil }
  // Without a unit there is nothing that a part of could be meant.
  if power == 0, number.contains(UInt8(ascii: ".")) { return nil }
  for _ in 0..<power {
    let (product, overflows) = value.multipliedReportingOverflow(by: isBinary ? 1024 : 1000)
    if overflows { return nil }
    value = product
  }
  return value / 1000
}

/// A number in decimal digits as a count of its last decimal place; nil where it is none, or has more places.
private func decimal(_ text: some Swift.Collection<UInt8>, places: Int) -> Int? {
  let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }), parts.count == 1 || parts[1].count <= places,
    parts[0].count <= 15
  else { return nil }
  let decimals = parts.count == 1 ? [] : Array(parts[1])
  let digits = Array(parts[0]) + decimals + Array(repeating: 0x30, count: places - decimals.count)
  guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
  return Int(String(decoding: digits, as: UTF8.self))
}
