internal import CSystem
internal import Glibc
public import SourceText

/// An open file or directory, closed when the value goes.
public struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  init(_ number: Int) {
    self.number = Int32(truncatingIfNeeded: number)
  }

  deinit {
    // Closing is not tried again after a signal: on Linux the descriptor is gone by then.
    _ = close(number)
  }

  /// Opens a directory; a symbolic link as its last part is refused unless `followLinks`.
  public static func directory(at path: Path, followLinks: Bool = true) throws(FileError) -> Descriptor {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followLinks ? 0 : O_NOFOLLOW)
    return Descriptor(try call(path) { Int(unsafe openat(AT_FDCWD, $0, flags)) })
  }

  /// Opens a directory that lies in this one, never through a symbolic link; `path` is for the error.
  public func directory(named name: some Collection<UInt8>, path: Path) throws(FileError) -> Descriptor {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    do {
      return Descriptor(try call(Path(name)) { Int(unsafe openat(number, $0, flags)) })
    } catch {
      throw FileError(path: path, reason: error.reason)
    }
  }

  /// What the file system knows about what is open here.
  public func status(path: Path) throws(FileError) -> FileStatus {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw FileError(path: path, code: errno) }
    return FileStatus(status)
  }

  /// Whether the directory holds an entry `name`, and what it is; nil where there is none.
  public func kind(ofEntry name: some Collection<UInt8>) -> FileKind? {
    var status = stat()
    let found = try? call(Path(name)) { Int(unsafe fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW)) }
    return found == nil ? nil : FileKind(mode: status.st_mode)
  }

  /// What the file system knows about an entry of the directory; a link is looked at itself.
  ///
  /// `path` is what an error calls it.
  public func status(ofEntry name: some Collection<UInt8>, path: Path) throws(FileError) -> FileStatus {
    var status = stat()
    do {
      try call(Path(name)) { Int(unsafe fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW)) }
    } catch {
      throw FileError(path: path, reason: error.reason)
    }
    return FileStatus(status)
  }

  /// The text of a symbolic link in the directory; `path` is for the error.
  public func linkTarget(ofEntry name: some Collection<UInt8>, path: Path) throws(FileError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    do {
      let count = try call(Path(name)) { name -> Int in
        unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
          guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
          return unsafe readlinkat(number, name, start, bytes.count)
        }
      }
      return Array(buffer[..<count])
    } catch {
      throw FileError(path: path, reason: error.reason)
    }
  }

  /// The first byte of an extended attribute, or 0 where its value is empty; nil where there is none.
  public func attribute(_ name: StaticString) -> UInt8? {
    var value: UInt8 = 0
    let pointer = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    let length = unsafe system_fgetxattr(number, pointer, &value, 1)
    // What is longer than there is room for is refused, and is there all the same.
    return length >= 0 || errno == ERANGE ? value : nil
  }
}
