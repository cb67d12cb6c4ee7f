public import Files
public import SourceText

/// Why a repository, or a part of it, could not be read.
public enum RepositoryError: Error, Sendable, Hashable {
  /// A file of it could not be read.
  case file(FileError)
  /// There is no work tree: the repository is bare.
  case bare(Path)
  /// The place lies in the directory where git keeps its own files.
  case insideGitDirectory(Path)
  /// A `.git` file does not lead to a repository; the reason is in words.
  case invalidLink(Path, reason: String)
  /// A line of a configuration file is not in git's form.
  case configuration(Path, line: Int, reason: String)
  /// The index is damaged, or of a kind that is not read.
  case index(Path, offset: Int, reason: String)
}

extension RepositoryError: CustomStringConvertible {
  /// The file, the place in it and the reason, safe to print.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .bare(let path): "\(path): is a bare repository; only a work tree can be examined"
    case .insideGitDirectory(let path): "\(path): lies in git's own directory; examine the work tree instead"
    case .invalidLink(let path, let reason): "\(path): \(reason)"
    case .configuration(let path, let line, let reason): "\(path):\(line): \(reason)"
    case .index(let path, let offset, let reason): "\(path): \(reason) (byte \(offset))"
    }
  }
}
