internal import Glibc
public import SourceText

/// The whole content of an ordinary file of at most `limit` bytes.
///
/// Whatever else bears the name is refused by its kind: a pipe or a device is opened without waiting
/// and never read. With `followLinks` off, a symbolic link is refused too.
public func readFile(at path: Path, limit: Int, followLinks: Bool = true) throws(FileError) -> [UInt8] {
  try readFile(at: path, from: AT_FDCWD, path: path, limit: limit, followLinks: followLinks)
}

/// The whole content of an ordinary file in an open directory, never through a symbolic link.
///
/// `path` is what an error calls the file.
public func readFile(
  named name: some Collection<UInt8>, in directory: borrowing Descriptor, path: Path, limit: Int
) throws(FileError) -> [UInt8] {
  try readFile(at: Path(name), from: directory.number, path: path, limit: limit, followLinks: false)
}

/// The first bytes of an ordinary file of any size, at most `count`; no symbolic link is followed as its last part.
public func readStart(of path: Path, count: Int) throws(FileError) -> [UInt8] {
  let file = try openFile(at: path, from: AT_FDCWD, path: path, followLinks: false)
  return try readOnce(file.descriptor, capacity: count, path: path)
}

/// Opens, checks and reads; `name` is seen from the open directory, `path` is for errors.
private func readFile(
  at name: Path, from directory: Int32, path: Path, limit: Int, followLinks: Bool
) throws(FileError) -> [UInt8] {
  let file = try openFile(at: name, from: directory, path: path, followLinks: followLinks)
  guard file.status.size <= limit else { throw FileError(path: path, reason: .tooLarge(limit: limit)) }
  return try contents(of: file.descriptor, size: file.status.size, path: path, limit: limit)
}

/// Opens an ordinary file, and refuses whatever else bears the name.
func openFile(
  at name: Path, from directory: Int32, path: Path, followLinks: Bool
) throws(FileError) -> OpenedFile {
  let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (followLinks ? 0 : O_NOFOLLOW)
  let descriptor: Descriptor
  do {
    descriptor = Descriptor(try call(name) { Int(unsafe openat(directory, $0, flags)) })
  } catch {
    throw FileError(path: path, reason: openingReason(error.reason, followLinks: followLinks))
  }
  let status = try descriptor.status(path: path)
  guard status.kind == .regular else { throw FileError(path: path, reason: .notRegular(status.kind)) }
  return OpenedFile(descriptor: descriptor, status: status)
}

/// An ordinary file that is open.
struct OpenedFile: ~Copyable {
  let descriptor: Descriptor
  let status: FileStatus

  /// The descriptor alone.
  consuming func takeDescriptor() -> Descriptor { descriptor }
}

/// What two errors of `open` mean for somebody who wants an ordinary file.
private func openingReason(_ reason: FileError.Reason, followLinks: Bool) -> FileError.Reason {
  switch reason {
  case .linkLoop where !followLinks: .notRegular(.symbolicLink)
  case .system(code: ENXIO), .system(code: ENODEV): .notRegular(.socket)
  default: reason
  }
}

/// Reads an ordinary file; links that lead to it are followed as long as they stay in `root`.
///
/// So nobody who may add a link to a directory can have files of others read and shown.
public func readFile(at path: Path, within root: Path, limit: Int) throws(FileError) -> [UInt8] {
  do throws(FileError) {
    return try readFile(at: path, limit: limit, followLinks: false)
  } catch {
    guard error.reason == .notRegular(.symbolicLink) else { throw error }
  }
  let place = try resolvedPath(path)
  let root = try resolvedPath(root)
  guard place.isWithin(root) else { throw FileError(path: path, reason: .outside(root)) }
  do throws(FileError) {
    return try readFile(at: place, limit: limit, followLinks: false)
  } catch {
    throw FileError(path: path, reason: error.reason)
  }
}

/// Reads to the end, which is not always where the size said: a file may grow or shrink meanwhile.
func contents(
  of descriptor: borrowing Descriptor, size: Int, path: Path, limit: Int
) throws(FileError) -> [UInt8] {
  var capacity = max(size, 0) + 1
  var bytes: [UInt8] = []
  while true {
    let more = try readOnce(descriptor, capacity: capacity, path: path)
    bytes = bytes.isEmpty ? more : bytes + more
    guard bytes.count <= limit else { throw FileError(path: path, reason: .tooLarge(limit: limit)) }
    if more.count < capacity { return bytes }
    capacity = max(bytes.count, 4096)
  }
}

/// Reads until the capacity is filled or the file ends.
private func readOnce(
  _ descriptor: borrowing Descriptor, capacity: Int, path: Path
) throws(FileError) -> [UInt8] {
  var failure: Int32 = 0
  let number = descriptor.number
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
    count = 0
    while count < capacity {
      let start = unsafe buffer.baseAddress.map { unsafe $0 + count }
      let answer = uninterrupted { unsafe read(number, start, capacity - count) }
      if answer < 0 { failure = errno }
      guard answer > 0 else { return }
      count += answer
    }
  }
  guard failure == 0 else { throw FileError(path: path, code: failure) }
  return bytes
}

/// All that an open descriptor gives, such as standard input; at most `limit` bytes.
public func readDescriptor(_ number: Int32, limit: Int) throws(FileError) -> [UInt8] {
  var bytes: [UInt8] = []
  var failure: Int32 = 0
  while true {
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      let start = buffer.baseAddress
      let answer = uninterrupted { unsafe read(number, start, buffer.count) }
      if answer < 0 { failure = errno }
      count = max(answer, 0)
    }
    guard failure == 0 else { throw FileError(path: "-", code: failure) }
    if piece.isEmpty { return bytes }
    guard bytes.count + piece.count <= limit else { throw FileError(path: "-", reason: .tooLarge(limit: limit)) }
    bytes += piece
  }
}
