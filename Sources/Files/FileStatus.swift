internal import Glibc
public import SourceText

/// What the file system knows about a file (`stat`).
public struct FileStatus: Sendable, Hashable {
  /// What it is.
  public let kind: FileKind
  /// How many bytes it holds.
  public let size: Int
  /// Its permission bits, the set-id bits and the sticky bit among them.
  public let permissions: UInt32
  /// The user who owns it.
  public let owner: UInt32
  /// The group it belongs to.
  public let group: UInt32
  /// Which file it is: its device and its number there.
  public let identity: FileIdentity
  /// When its content was changed: whole seconds since 1970, rounded down.
  public let modifiedSeconds: Int64
  /// The nanoseconds after them: 0 to 999,999,999.
  public let modifiedNanoseconds: Int32

  init(_ status: stat) {
    kind = FileKind(mode: status.st_mode)
    size = Int(status.st_size)
    permissions = UInt32(status.st_mode) & 0o7777
    owner = UInt32(status.st_uid)
    group = UInt32(status.st_gid)
    identity = FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    modifiedSeconds = Int64(status.st_mtim.tv_sec)
    modifiedNanoseconds = Int32(truncatingIfNeeded: status.st_mtim.tv_nsec)
  }
}

/// Which file a name leads to, whatever its path.
public struct FileIdentity: Sendable, Hashable {
  /// The file system.
  public let device: UInt64
  /// The file's number in it.
  public let number: UInt64
}

/// What the file system knows about the file at `path`.
///
/// A symbolic link is looked at itself unless `followLinks` says otherwise.
public func fileStatus(at path: Path, followLinks: Bool = false) throws(FileError) -> FileStatus {
  var status = stat()
  let flags = followLinks ? 0 : AT_SYMLINK_NOFOLLOW
  try call(path) { Int(unsafe fstatat(AT_FDCWD, $0, &status, flags)) }
  return FileStatus(status)
}

/// The path with every symbolic link in it resolved (`realpath`).
public func resolvedPath(_ path: Path) throws(FileError) -> Path {
  var resolved: [UInt8] = []
  try call(path) { name -> Int in
    guard let text = unsafe realpath(name, nil) else { return -1 }
    defer { unsafe free(text) }
    resolved = unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    return 0
  }
  return Path(resolved)
}

/// The text that the symbolic link at `path` holds.
public func linkTarget(at path: Path) throws(FileError) -> [UInt8] {
  // Linux allows no longer one; a longer answer would be cut, and so would fail to lead anywhere.
  var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
  let count = try call(path) { name -> Int in
    unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
      guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
      return unsafe readlink(name, start, bytes.count)
    }
  }
  return Array(buffer[..<count])
}

/// The working directory.
public func workingDirectory() throws(FileError) -> Path {
  try resolvedPath(".")
}
