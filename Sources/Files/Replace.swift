internal import CSystem
internal import Glibc
public import SourceText

/// Puts `new` in the place of the file at `path`, which must still hold the bytes that were read.
///
/// The new content is written to a temporary file beside, synced, given the old permissions and owner,
/// and renamed over: at any moment the file is either old or new. A file that changed since it was read
/// is left alone. Where `path` leads through symbolic links, the file that they lead to is replaced,
/// provided that it lies in `root`.
public func replaceFile(
  at path: Path, in root: Path, expecting old: [UInt8], with new: [UInt8]
) throws(FileError) {
  let place = try Place(of: path, in: root)
  let status = try place.confirm(old)
  let temporary = try TemporaryFile(in: place.directory, path: path, permissions: 0o600)
  do throws(FileError) {
    try temporary.fill(with: new)
    try temporary.keep(status)
    guard try place.confirm(old).identity == status.identity else {
      throw FileError(path: path, reason: .changed)
    }
    try temporary.renameOver(place.name)
  } catch {
    temporary.remove()
    throw error
  }
  place.sync()
}

/// Writes a file that does not exist yet, readable by all as far as the user's mask allows.
///
/// What has appeared at `path` in the meantime is left alone. The directory must exist and lie in `root`.
public func createFile(at path: Path, in root: Path, with bytes: [UInt8]) throws(FileError) {
  let parent = try resolvedPath(path.parent)
  let place = try Place(directory: parent, name: Array(path.name), path: path, root: root)
  let temporary = try TemporaryFile(in: place.directory, path: path, permissions: 0o644)
  do throws(FileError) {
    try temporary.fill(with: bytes)
    try temporary.rename(to: place.name)
  } catch {
    temporary.remove()
    throw error
  }
  place.sync()
}

/// Where a file is written: an open directory that was reached through no link, and a name in it.
private struct Place: ~Copyable {
  let directory: Descriptor
  let name: [UInt8]
  let path: Path

  /// The place that `path` leads to, its links resolved.
  init(of path: Path, in root: Path) throws(FileError) {
    let resolved = try resolvedPath(path)
    try self.init(directory: resolved.parent, name: Array(resolved.name), path: path, root: root)
  }

  /// The place of `name` in a directory whose path holds no link.
  ///
  /// The directory is opened part by part below the root, so that a link which appears meanwhile is refused.
  init(directory: Path, name: [UInt8], path: Path, root: Path) throws(FileError) {
    let resolvedRoot = try resolvedPath(root)
    guard let below = directory.relative(to: resolvedRoot), !name.isEmpty else {
      throw FileError(path: path, reason: .outside(root))
    }
    var opened = try Descriptor.directory(at: resolvedRoot)
    for part in below.components {
      opened = try opened.directory(named: part, path: path)
    }
    self.directory = opened
    self.name = name
    self.path = path
  }

  /// Checks that the file still holds these bytes, and tells its owner and permissions.
  func confirm(_ old: [UInt8]) throws(FileError) -> FileStatus {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let number = directory.number
    let descriptor: Descriptor
    do {
      descriptor = Descriptor(try call(Path(name)) { Int(unsafe openat(number, $0, flags)) })
    } catch {
      // What was read and is now gone, or is now a link, has changed.
      let isGone = error.reason == .missing || error.reason == .linkLoop
      throw FileError(path: path, reason: isGone ? .changed : error.reason)
    }
    let status = try descriptor.status(path: path)
    guard status.kind == .regular else { throw FileError(path: path, reason: .notRegular(status.kind)) }
    guard status.size == old.count,
      try contents(of: descriptor, size: status.size, path: path, limit: Int.max) == old
    else { throw FileError(path: path, reason: .changed) }
    return status
  }

  /// Makes the new name last; what is written is complete without it, so a failure is no error.
  func sync() {
    _ = fsync(directory.number)
  }
}

/// Writes a file that the user names, in place of what may be there; pipes and devices are written to.
///
/// This is for output that is asked for, such as a report: an ordinary file is emptied first.
public func writeFile(_ bytes: [UInt8], at path: Path) throws(FileError) {
  let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC
  let descriptor = Descriptor(try call(path) { Int(unsafe open($0, flags, 0o666)) })
  let number = descriptor.number
  var offset = 0
  while offset < bytes.count {
    let written = unsafe bytes[offset...].withUnsafeBytes { rest in
      uninterrupted { unsafe write(number, rest.baseAddress, rest.count) }
    }
    guard written >= 0 else { throw FileError(path: path, code: errno) }
    offset += written
  }
}
