public import Files

/// Where the bytes of a blob come from: a part of an open file, or memory.
///
/// A file is read piece by piece and never mapped, since a mapped file that shrinks ends the process.
public struct ArchiveSource: Sendable {
  private enum Bytes: Sendable {
    case file(RandomAccessFile)
    case memory([UInt8])
  }

  private let bytes: Bytes
  private let start: Int
  /// How many bytes the blob has.
  public let count: Int

  /// A part of a file, such as a layer in an archive; what lies beyond the file's end is missed when it is read.
  public init(_ file: RandomAccessFile, offset: Int, count: Int) {
    bytes = .file(file)
    start = max(offset, 0)
    self.count = max(count, 0)
  }

  /// A whole file.
  public init(_ file: RandomAccessFile) {
    self.init(file, offset: 0, count: file.size)
  }

  /// Bytes in memory.
  public init(_ bytes: [UInt8]) {
    self.bytes = .memory(bytes)
    start = 0
    count = bytes.count
  }

  /// Fills the buffer with the bytes from `offset` on, as many as there are.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(ArchiveError) -> Int {
    let wanted = min(buffer.count, count - offset)
    guard wanted > 0 else { return 0 }
    let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
    switch bytes {
    case .memory(let bytes):
      unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: .init(rebasing: $0[offset..<(offset + wanted)])) }
    case .file(let file):
      let (place, isTooFar) = start.addingReportingOverflow(offset)
      guard !isTooFar, !place.addingReportingOverflow(wanted).overflow else {
        throw ArchiveError(.shrunk, compressed: offset)
      }
      let read: Int
      do throws(FileError) {
        read = try unsafe file.read(into: target, at: place)
      } catch {
        throw ArchiveError(.unreadable(error), compressed: offset)
      }
      guard read == wanted else { throw ArchiveError(.shrunk, compressed: offset + read) }
    }
    return wanted
  }
}
