internal import CSystem
internal import Glibc
public import SourceText

/// A temporary file without a name, written from its start and then read at any place.
///
/// It lies in `TMPDIR`, else in `/var/tmp`, else in `/tmp`, and is gone when its process is, however that ends.
public struct SpoolFile: ~Copyable {
  private let descriptor: Descriptor
  private let path: Path
  private let limit: Int
  /// How many bytes it holds.
  public private(set) var size = 0

  /// Creates an empty file.
  ///
  /// - Parameters:
  ///   - limit: how many bytes it may hold.
  ///   - path: what errors call it.
  /// - Throws: why no directory takes it.
  public init(limit: Int, path: Path) throws(FileError) {
    self.limit = limit
    self.path = path
    let named = unsafe getenv("TMPDIR").map { unsafe Path(String(cString: $0).utf8) }
    var failure = FileError(path: path, reason: .missing)
    for directory in [named, "/var/tmp", "/tmp"].compactMap({ $0 }) where !directory.isRoot {
      do {
        descriptor = try Self.open(in: directory)
        return
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private static func open(in directory: Path) throws(FileError) -> Descriptor {
    let flags = O_RDWR | O_CLOEXEC | O_DIRECTORY
    if let number = try? call(directory, { Int(unsafe system_open_unnamed(AT_FDCWD, $0, flags)) }) {
      return Descriptor(number)
    }
    // A file system that knows no files without names: the name is taken away at once.
    var template = directory.appending("cachepolicy-XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
    let number = unsafe template.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let start = buffer.baseAddress else { return -1 }
      return unsafe mkstemp(start)
    }
    guard number >= 0 else { throw FileError(path: directory, code: errno) }
    _ = unsafe unlink(template)
    return Descriptor(Int(number))
  }

  /// Writes bytes behind those that are there.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count <= limit - size else { throw FileError(path: path, reason: .tooLarge(limit: limit)) }
    var written = 0
    while written < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
      let number = descriptor.number
      let count = uninterrupted { unsafe write(number, rest.baseAddress, rest.count) }
      guard count > 0 else { throw FileError(path: path, code: count < 0 ? errno : EIO) }
      written += count
    }
    size += written
  }

  /// Writes all that an open descriptor gives, such as standard input.
  public mutating func append(contentsOf number: Int32) throws(FileError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { unsafe buffer.deallocate() }
    while true {
      let count = uninterrupted { unsafe read(number, buffer.baseAddress, buffer.count) }
      guard count >= 0 else { throw FileError(path: path, code: errno) }
      if count == 0 { return }
      try unsafe append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// The first bytes that an open descriptor gives, at most `count`: fewer only where it gives no more.
  ///
  /// What is wanted of the rest is read from the descriptor afterwards.
  ///
  /// - Parameters:
  ///   - number: the descriptor, such as standard input; it may be a pipe, which gives bytes as they come.
  ///   - count: how many bytes are wanted.
  ///   - path: what errors call it.
  /// - Returns: the bytes.
  /// - Throws: why the descriptor cannot be read.
  public static func start(of number: Int32, count: Int, path: Path) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let answer = unsafe bytes.withUnsafeMutableBytes { buffer in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        return uninterrupted { unsafe read(number, rest.baseAddress, rest.count) }
      }
      guard answer >= 0 else { throw FileError(path: path, code: errno) }
      if answer == 0 { break }
      filled += answer
    }
    return Array(bytes.prefix(filled))
  }

  /// The file, to be read.
  public consuming func finish() throws(FileError) -> RandomAccessFile {
    let status = try descriptor.status(path: path)
    let path = path
    return RandomAccessFile(OpenedFile(descriptor: descriptor, status: status), path: path)
  }
}
