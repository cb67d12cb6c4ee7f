internal import CSystem
internal import Glibc
internal import SourceText

/// A file under construction, beside the one whose place it will take.
///
/// It is locked (`flock`) while its process lives, so that another run can tell a leftover from a file
/// that is being written, whatever became of process numbers.
struct TemporaryFile: ~Copyable {
  /// What the name of each begins with.
  static let prefix = Array(".cachepolicy-".utf8)
  /// What the name of each ends with.
  static let suffix = Array(".tmp".utf8)

  private let descriptor: Descriptor
  private let directory: Int32
  private let name: Path
  /// The file to be, for errors.
  private let path: Path

  /// Creates an empty one with a name of its own.
  init(in directory: borrowing Descriptor, path: Path, permissions: mode_t) throws(FileError) {
    let number = directory.number
    // A name is lost when another run takes the file for a leftover before it is locked.
    for _ in 0..<100 {
      let random = UInt64.random(in: .min ... .max)
      let name = Path(Self.prefix + Array(String(random, radix: 36).utf8) + Self.suffix)
      let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let opened: Descriptor
      do {
        opened = Descriptor(try call(name) { Int(unsafe openat(number, $0, flags, permissions)) })
      } catch  where error.reason == .exists {
        continue
      } catch {
        throw FileError(path: path, reason: error.reason)
      }
      guard Self.lock(opened) else { continue }
      self.descriptor = opened
      self.directory = number
      self.name = name
      self.path = path
      return
    }
    throw FileError(path: path, reason: .exists)
  }

  /// Locks the file; false where another run holds it or has removed its name.
  private static func lock(_ descriptor: borrowing Descriptor) -> Bool {
    // A file system without locks has no other run that could hold one.
    if flock(descriptor.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return false }
    var status = stat()
    return unsafe fstat(descriptor.number, &status) == 0 && status.st_nlink > 0
  }

  /// Writes the content and makes it last.
  func fill(with bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let number = descriptor.number
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return uninterrupted { unsafe write(number, rest.baseAddress, rest.count) }
      }
      guard count > 0 else { throw FileError(path: path, code: count < 0 ? errno : EIO) }
      written += count
    }
    guard fsync(descriptor.number) == 0 else { throw FileError(path: path, code: errno) }
  }

  /// Takes over the owner, the group and the permissions of the old file.
  func keep(_ old: FileStatus) throws(FileError) {
    let own = try descriptor.status(path: path)
    if own.owner != old.owner || own.group != old.group {
      guard fchown(descriptor.number, old.owner, old.group) == 0 else {
        throw FileError(path: path, reason: .ownership)
      }
    }
    // After the owner, since a change of owner takes the set-id bits away.
    guard fchmod(descriptor.number, mode_t(old.permissions)) == 0 else {
      throw FileError(path: path, code: errno)
    }
  }

  /// Takes the place of the file `newName`.
  func renameOver(_ newName: [UInt8]) throws(FileError) {
    try unsafe rename(newName) { unsafe renameat(directory, $0, directory, $1) }
  }

  /// Takes the name, unless something else has it.
  func rename(to newName: [UInt8]) throws(FileError) {
    try unsafe rename(newName) { old, new in
      if unsafe system_rename_without_replacing(directory, old, new) == 0 { return 0 }
      guard errno == EINVAL || errno == ENOSYS else { return -1 }
      // The file system knows no such renaming; a link does not replace anything either.
      guard unsafe linkat(directory, old, directory, new, 0) == 0 else { return -1 }
      return unsafe unlinkat(directory, old, 0)
    }
  }

  /// Calls the system with both names as it wants them.
  private func rename(
    _ newName: [UInt8], _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  ) throws(FileError) {
    do {
      try call(Path(newName)) { new in
        (try? call(name) { old in unsafe Int(body(old, new)) }) ?? -1
      }
    } catch {
      throw FileError(path: path, reason: error.reason)
    }
  }

  /// Removes the file.
  func remove() {
    _ = try? call(name) { Int(unsafe unlinkat(directory, $0, 0)) }
  }
}
