internal import Glibc

/// What a name in a directory stands for.
public enum FileKind: UInt8, Sendable, Hashable {
  /// An ordinary file.
  case regular
  /// A directory.
  case directory
  /// A symbolic link; what it leads to is another question.
  case symbolicLink
  /// A named pipe, which blocks whoever opens it carelessly.
  case pipe
  /// A socket.
  case socket
  /// A device.
  case device
  /// Something that this program has no word for.
  case unknown

  /// The kind that the mode of a file (`st_mode`) tells.
  init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .directory
    case S_IFLNK: self = .symbolicLink
    case S_IFIFO: self = .pipe
    case S_IFSOCK: self = .socket
    case S_IFCHR, S_IFBLK: self = .device
    default: self = .unknown
    }
  }

  /// The kind that a directory entry (`d_type`) tells; nil where the file system does not say.
  init?(entryType: UInt8) {
    switch entryType {
    case 0: return nil
    case 1: self = .pipe
    case 2, 6: self = .device
    case 4: self = .directory
    case 8: self = .regular
    case 10: self = .symbolicLink
    case 12: self = .socket
    default: self = .unknown
    }
  }

  /// The kind in words, with its article.
  public var words: String {
    switch self {
    case .regular: "a file"
    case .directory: "a directory"
    case .symbolicLink: "a symbolic link"
    case .pipe: "a named pipe"
    case .socket: "a socket"
    case .device: "a device"
    case .unknown: "no ordinary file"
    }
  }
}
