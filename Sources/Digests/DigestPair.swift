internal import CCrypto
internal import CInstructions

extension Digest {
  private static let canPair = instructions_can_pair_sha256() != 0

  /// Lets two digests take further input at once, which is faster than one after the other.
  ///
  /// The instructions for SHA-256 wait for each other, so that half of the processor's time is free for a second
  /// stream. Other algorithms and other processors take one input after the other.
  ///
  /// - Parameters:
  ///   - first: a digest.
  ///   - left: its input.
  ///   - second: another digest.
  ///   - right: the input of that one.
  public static func update(
    _ first: inout Digest, _ left: Span<UInt8>, _ second: inout Digest, _ right: Span<UInt8>
  ) {
    var (leftStart, rightStart) = (0, 0)
    if canPair, first.algorithm == .sha256, second.algorithm == .sha256 {
      leftStart = first.fillBlock(left)
      rightStart = second.fillBlock(right)
      let blocks = min(left.count - leftStart, right.count - rightStart) / 64
      if blocks > 0 {
        unsafe first.take(left.extracting(leftStart...), second: &second, right.extracting(rightStart...), blocks) {
          unsafe instructions_pair_sha256($0, $1, $2, $3, blocks)
        }
        leftStart += blocks * 64
        rightStart += blocks * 64
      }
    }
    first.update(left.extracting(leftStart...))
    second.update(right.extracting(rightStart...))
  }

  /// Lets two digests take further input at once, and a checksum the input of the first.
  ///
  /// Where the processor has the instructions, the checksum costs nothing: it is taken while the digests wait.
  ///
  /// - Parameters:
  ///   - first: a digest.
  ///   - left: its input, and that of the checksum.
  ///   - checksum: a checksum.
  ///   - second: another digest.
  ///   - right: the input of that one.
  public static func update(
    _ first: inout Digest, _ left: Span<UInt8>, checksum: inout CRC32, _ second: inout Digest, _ right: Span<UInt8>
  ) {
    guard canPair, first.algorithm == .sha256, second.algorithm == .sha256 else {
      checksum.update(left)
      update(&first, left, &second, right)
      return
    }
    var (leftStart, rightStart) = (first.fillBlock(left), second.fillBlock(right))
    checksum.update(left.extracting(..<leftStart))
    let blocks = min(left.count - leftStart, right.count - rightStart) / 64
    if blocks > 0 {
      let (left, right) = (left.extracting(leftStart...), right.extracting(rightStart...))
      unsafe checksum.takeFolded { before, folded in
        unsafe first.take(left, second: &second, right, blocks) { words, left, others, right in
          unsafe instructions_pair_sha256_and_crc32(words, left, others, right, blocks, before, folded)
        }
      }
      leftStart += blocks * 64
      rightStart += blocks * 64
    }
    first.update(left.extracting(leftStart...), checksum: &checksum)
    second.update(right.extracting(rightStart...))
  }

  /// Takes further input, and lets a checksum take it, too.
  public mutating func update(_ bytes: Span<UInt8>, checksum: inout CRC32) {
    guard Self.canPair, algorithm == .sha256 else {
      checksum.update(bytes)
      update(bytes)
      return
    }
    var start = fillBlock(bytes)
    checksum.update(bytes.extracting(..<start))
    let blocks = (bytes.count - start) / 64
    if blocks > 0 {
      let rest = bytes.extracting(start...)
      unsafe checksum.takeFolded { before, folded in
        unsafe take(rest, blocks) { words, bytes in
          unsafe instructions_sha256_and_crc32(words, bytes, blocks, before, folded)
        }
      }
      start += blocks * 64
    }
    let rest = bytes.extracting(start...)
    checksum.update(rest)
    update(rest)
  }

  /// Takes so much input that the digest stands between two blocks, if there is so much; tells how much.
  private mutating func fillBlock(_ bytes: Span<UInt8>) -> Int {
    let pending = Int(sha256.num)
    let count = pending == 0 ? 0 : min(64 - pending, bytes.count)
    if count > 0 { update(bytes.extracting(..<count)) }
    return count
  }

  /// Takes whole blocks past libcrypto, by instructions that change the words of the state.
  private mutating func take(
    _ bytes: Span<UInt8>, _ blocks: Int, by instructions: (UnsafeMutablePointer<UInt32>?, UnsafePointer<UInt8>?) -> Void
  ) {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe withUnsafeMutableBytes(of: &sha256.h) { words in
        unsafe instructions(words.assumingMemoryBound(to: UInt32.self).baseAddress, bytes.baseAddress)
      }
    }
    count(blocks)
  }

  /// Takes whole blocks past libcrypto, and as many into a second digest.
  private mutating func take(
    _ left: Span<UInt8>, second: inout Digest, _ right: Span<UInt8>, _ blocks: Int,
    by instructions: (
      UnsafeMutablePointer<UInt32>?, UnsafePointer<UInt8>?, UnsafeMutablePointer<UInt32>?, UnsafePointer<UInt8>?
    ) -> Void
  ) {
    unsafe take(left, blocks) { words, left in
      unsafe second.take(right, blocks) { others, right in unsafe instructions(words, left, others, right) }
    }
  }

  /// Counts blocks that were taken past libcrypto, in bits and two words as it does.
  private mutating func count(_ blocks: Int) {
    let bits = UInt64(sha256.Nh) << 32 | UInt64(sha256.Nl)
    let sum = bits &+ UInt64(blocks) &* 512
    sha256.Nl = UInt32(truncatingIfNeeded: sum)
    sha256.Nh = UInt32(truncatingIfNeeded: sum >> 32)
  }
}
