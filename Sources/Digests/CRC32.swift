internal import CInstructions

/// The checksum of gzip and xz (CRC-32 of ISO 3309, RFC 1952 section 8), in pieces.
///
/// Two ways lead to it. Where the processor multiplies without carry, blocks are folded with that: some 20 times
/// faster than tables, which would take a third of the time of inflating. Elsewhere, and for what is left over,
/// sixteen tables take 16 bytes in a step.
public struct CRC32: Sendable {
  /// The checksum of all bytes so far.
  public var value: UInt32 { ~state }

  private var state: UInt32 = ~0
  private let folds: Bool

  /// Begins a checksum.
  public init() {
    self.init(folds: Self.canFold)
  }

  /// Begins a checksum; without `folds`, tables do all of it.
  init(folds: Bool) {
    self.folds = folds
  }

  /// Whether the processor multiplies without carry.
  static let canFold = instructions_can_fold_crc32() != 0

  /// Table n gives what a byte does to the state n bytes later.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// Takes further bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var rest = unsafe bytes
    let blocks = rest.count / 64
    if folds, blocks > 0, let start = rest.baseAddress {
      unsafe takeFolded { before, folded in
        unsafe instructions_fold_crc32(before, start.assumingMemoryBound(to: UInt8.self), blocks, folded)
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[(blocks * 64)...])
    }
    unsafe takeByTables(rest)
  }

  /// Takes further bytes.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// Takes bytes that `fold` turns, with the state before them, into 16 bytes with the same checksum.
  mutating func takeFolded(_ fold: (UInt32, UnsafeMutablePointer<UInt8>?) -> Void) {
    var folded = [16 of UInt8](repeating: 0)
    var span = folded.mutableSpan
    let before = state
    unsafe span.withUnsafeMutableBufferPointer { unsafe fold(before, $0.baseAddress) }
    state = 0
    unsafe folded.span.withUnsafeBytes { unsafe takeByTables($0) }
  }

  private mutating func takeByTables(_ bytes: UnsafeRawBufferPointer) {
    var state = self.state
    unsafe Self.tables.withUnsafeBufferPointer { tables in
      var index = 0
      while index &+ 16 <= bytes.count {
        let first = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ UInt64(state)
        let second = unsafe bytes.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self).littleEndian
        state = unsafe Self.step(first, tables, 8) ^ Self.step(second, tables, 0)
        index &+= 16
      }
      while index < bytes.count {
        state = unsafe state >> 8 ^ tables[Int((state ^ UInt32(bytes[index])) & 0xFF)]
        index &+= 1
      }
    }
    self.state = state
  }

  /// What eight bytes do to the state, with `later` more bytes after them.
  @inline(__always)
  private static func step(_ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>, _ later: Int) -> UInt32 {
    var result: UInt32 = 0
    for byte in 0..<8 {
      let index = Int(truncatingIfNeeded: word >> UInt64(8 * byte) & 0xFF)
      result ^= unsafe tables[(later + 7 - byte) << 8 + index]
    }
    return result
  }
}
