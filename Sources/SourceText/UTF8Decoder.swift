/// Walks bytes as UTF-8, one code point or one wrong byte at a time.
///
/// A byte that begins no valid sequence counts as one character by itself, so that every file has
/// columns, whatever it holds.
public struct UTF8Decoder {
  /// What stands next in the bytes.
  public enum Piece: Equatable, Sendable {
    /// A code point.
    case scalar(Unicode.Scalar)
    /// A byte that is part of no code point.
    case invalid(UInt8)
  }

  private let bytes: [UInt8]
  /// The offset of the next byte.
  public private(set) var offset: Int
  private let end: Int

  /// Creates a decoder over all of `bytes`.
  public init(_ bytes: [UInt8]) {
    self.init(bytes, in: ByteRange(0, bytes.count))
  }

  /// Creates a decoder over a part of `bytes`.
  public init(_ bytes: [UInt8], in range: ByteRange) {
    self.bytes = bytes
    offset = range.lower
    end = range.upper
  }

  /// The next piece, or nil at the end.
  public mutating func next() -> Piece? {
    guard offset < end else { return nil }
    let first = bytes[offset]
    if first < 0x80 {
      offset += 1
      return .scalar(Unicode.Scalar(first))
    }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
    if length > 1, first < 0xF5, offset + length <= end {
      var value = UInt32(first) & (0x7F >> UInt32(length))
      var valid = true
      for index in 1..<length {
        let byte = bytes[offset + index]
        valid = valid && byte & 0xC0 == 0x80
        value = value << 6 | UInt32(byte & 0x3F)
      }
      let shortest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
      if valid, value >= shortest, let scalar = Unicode.Scalar(value) {
        offset += length
        return .scalar(scalar)
      }
    }
    offset += 1
    return .invalid(first)
  }
}
