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
        pair(&first, left.extracting(leftStart...), &second, right.extracting(rightStart...), blocks)
        leftStart += blocks * 64
        rightStart += blocks * 64
      }
    }
    first.update(left.extracting(leftStart...))
    second.update(right.extracting(rightStart...))
  }

  /// Takes so much input that the digest stands between two blocks, if there is so much; tells how much.
  private mutating func fillBlock(_ bytes: Span<UInt8>) -> Int {
    let pending = Int(sha256.num)
    let count = pending == 0 ? 0 : min(64 - pending, bytes.count)
    if count > 0 { update(bytes.extracting(..<count)) }
    return count
  }

  private static func pair(
    _ first: inout Digest, _ left: Span<UInt8>, _ second: inout Digest, _ right: Span<UInt8>, _ blocks: Int
  ) {
    unsafe left.withUnsafeBufferPointer { left in
      unsafe right.withUnsafeBufferPointer { right in
        unsafe withUnsafeMutableBytes(of: &first.sha256.h) { one in
          unsafe withUnsafeMutableBytes(of: &second.sha256.h) { two in
            let words = unsafe one.assumingMemoryBound(to: UInt32.self).baseAddress
            let others = unsafe two.assumingMemoryBound(to: UInt32.self).baseAddress
            unsafe instructions_pair_sha256(words, left.baseAddress, others, right.baseAddress, blocks)
          }
        }
      }
    }
    first.count(blocks)
    second.count(blocks)
  }

  /// Counts blocks that were taken past libcrypto, in bits and two words as it does.
  private mutating func count(_ blocks: Int) {
    let bits = UInt64(sha256.Nh) << 32 | UInt64(sha256.Nl)
    let sum = bits &+ UInt64(blocks) &* 512
    sha256.Nl = UInt32(truncatingIfNeeded: sum)
    sha256.Nh = UInt32(truncatingIfNeeded: sum >> 32)
  }
}
