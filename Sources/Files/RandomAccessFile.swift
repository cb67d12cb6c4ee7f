internal import Glibc
public import SourceText

/// An ordinary file that is open for reading at any place, from any thread.
public final class RandomAccessFile: Sendable {
  /// The path that it was opened by, for errors.
  public let path: Path
  /// How many bytes it held when it was opened.
  public let size: Int
  /// Which file it is.
  public let identity: FileIdentity
  private let descriptor: Descriptor

  /// Opens an ordinary file; whatever else bears the name is refused, and a pipe is not waited for.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - followLinks: whether the last part of the path may be a symbolic link.
  /// - Throws: why it cannot be opened.
  public convenience init(opening path: Path, followLinks: Bool = true) throws(FileError) {
    let file = try openFile(at: path, from: AT_FDCWD, path: path, followLinks: followLinks)
    self.init(file, path: path)
  }

  /// Opens an ordinary file that lies in an open directory, never through a symbolic link.
  ///
  /// - Parameters:
  ///   - name: its name there.
  ///   - directory: the directory.
  ///   - path: what errors call it.
  /// - Throws: why it cannot be opened.
  public convenience init(
    named name: some Collection<UInt8>, in directory: borrowing Descriptor, path: Path
  ) throws(FileError) {
    let file = try openFile(at: Path(name), from: directory.number, path: path, followLinks: false)
    self.init(file, path: path)
  }

  init(_ file: consuming OpenedFile, path: Path) {
    self.path = path
    size = file.status.size
    identity = file.status.identity
    descriptor = file.takeDescriptor()
  }

  /// Reads bytes from `offset` on, and tells how many; fewer than asked for only where the file ends.
  ///
  /// - Parameters:
  ///   - buffer: where the bytes go; as many are asked for as it has room for.
  ///   - offset: where the first of them stands in the file.
  /// - Returns: how many bytes were read.
  /// - Throws: what the system said.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    var count = 0
    while count < buffer.count {
      let start = unsafe buffer.baseAddress.map { unsafe $0 + count }
      let answer = uninterrupted { unsafe pread(descriptor.number, start, buffer.count - count, offset + count) }
      guard answer >= 0 else { throw FileError(path: path, code: errno) }
      if answer == 0 { break }
      count += answer
    }
    return count
  }

  /// Whether the file has an extended attribute.
  public func hasAttribute(_ name: StaticString) -> Bool { descriptor.attribute(name) != nil }
  /// At most `count` bytes from `offset` on; fewer only where the file ends.
  ///
  /// - Parameters:
  ///   - count: how many bytes are wanted.
  ///   - offset: where the first of them stands in the file.
  /// - Returns: the bytes; none where the file ends before.
  /// - Throws: what the system said.
  public func read(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(FileError) {
        filled = try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        filled = 0
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
