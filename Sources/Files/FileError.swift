internal import Glibc
public import SourceText

/// Why a file could not be read or written.
public struct FileError: Error, Sendable, Hashable {
  /// The reason, for programs.
  public enum Reason: Sendable, Hashable {
    /// Nothing of that name is there.
    case missing
    /// The user may not.
    case permission
    /// An ordinary file was wanted, and this is none.
    case notRegular(FileKind)
    /// A directory was wanted, and this is none.
    case notDirectory
    /// It is larger than what is read of such a file.
    case tooLarge(limit: Int)
    /// The directory holds more entries than the limit.
    case tooManyEntries(limit: Int)
    /// The directory lies deeper than the limit.
    case tooDeep(limit: Int)
    /// The path holds a NUL byte, or is too long for the system.
    case invalidPath
    /// Symbolic links lead in a circle.
    case linkLoop
    /// It changed since it was read, so it was left alone.
    case changed
    /// Something of that name has appeared, so nothing was written.
    case exists
    /// Its links lead out of the directory that may be written.
    case outside(Path)
    /// Its owner cannot be kept.
    case ownership
    /// Whatever else the system said.
    case system(code: Int32)
  }

  /// Which file.
  public let path: Path
  /// Why.
  public let reason: Reason

  /// Creates an error.
  public init(path: Path, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// The error that the system's number (`errno`) stands for.
  public init(path: Path, code: Int32) {
    self.path = path
    reason =
      switch code {
      case ENOENT: .missing
      case EACCES, EPERM: .permission
      case ENOTDIR: .notDirectory
      case EISDIR: .notRegular(.directory)
      case ENAMETOOLONG: .invalidPath
      case ELOOP: .linkLoop
      case EEXIST: .exists
      default: .system(code: code)
      }
  }

  /// The reason in words, without the path.
  public var explanation: String {
    switch reason {
    case .missing: "no such file or directory"
    case .permission: "permission denied"
    case .notRegular(let kind): "is \(kind.words), not an ordinary file"
    case .notDirectory: "is not a directory, or a part of its path is none"
    case .tooLarge(let limit): "is larger than \(sizeInWords(limit)), the limit for such a file"
    case .tooManyEntries(let limit): "holds more than \(limit) entries, the limit for a directory"
    case .tooDeep(let limit): "lies more than \(limit) directories deep, the limit for a walk"
    case .invalidPath: "is no valid path: it holds a NUL byte or is too long"
    case .linkLoop: "is a symbolic link that leads in a circle"
    case .changed: "changed since it was read; it was left alone"
    case .exists: "exists by now; it was left alone"
    case .outside(let root): "leads out of \(root); it was left alone"
    case .ownership: "belongs to somebody else, and that could not be kept; it was left alone"
    case .system(let code): unsafe String(cString: strerror(code))
    }
  }
}

extension FileError: CustomStringConvertible {
  /// The path and the reason, safe to print.
  public var description: String { "\(path): \(explanation)" }
}

/// A limit as a person would write it: `100 MiB`, or bytes where it is no round number.
public func sizeInWords(_ size: Int) -> String {
  let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
  for (shift, unit) in units where size >= 1 << shift && size & ((1 << shift) - 1) == 0 {
    return "\(size >> shift) \(unit)"
  }
  return "\(size) bytes"
}
