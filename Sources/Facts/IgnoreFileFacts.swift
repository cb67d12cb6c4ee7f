public import IgnoreFiles
public import SourceText

/// One of git's ignore files.
public struct GitIgnoreFacts: Sendable {
  /// Where it is.
  public let path: Path
  /// Its bytes; none where git does not read it.
  public let bytes: [UInt8]
  /// Its patterns.
  public let file: GitIgnoreFile
  /// Why git does not read it, where it does not.
  public let unread: UnreadReason?
  /// The ignore files above it that git reads, from the root down, without itself.
  public let above: [PlacedGitIgnore]

  /// Creates the fact.
  public init(path: Path, bytes: [UInt8], file: GitIgnoreFile, unread: UnreadReason?, above: [PlacedGitIgnore]) {
    self.path = path
    self.bytes = bytes
    self.file = file
    self.unread = unread
    self.above = above
  }

  /// The directory that its patterns speak of.
  public var directory: Path { path.parent }

  /// Why git passes over an ignore file.
  public enum UnreadReason: Sendable, Hashable {
    /// It is a symbolic link.
    case link
    /// It is no regular file.
    case notRegular
    /// It is larger than git reads.
    case tooLarge
  }
}

/// An ignore file and where it stands.
public struct PlacedGitIgnore: Sendable {
  /// Where it is.
  public let path: Path
  /// Its patterns.
  public let file: GitIgnoreFile

  /// Creates the value.
  public init(path: Path, file: GitIgnoreFile) {
    self.path = path
    self.file = file
  }
}

/// One of Docker's ignore files.
public struct DockerIgnoreFacts: Sendable {
  /// Where it is.
  public let path: Path
  /// Its bytes.
  public let bytes: [UInt8]
  /// Its patterns, or why a build with it fails.
  public let file: Result<DockerIgnoreFile, DockerIgnoreError>
  /// The directory that its patterns are relative to; nil where that is unknown.
  public let context: Path?
  /// The Dockerfile that it alone belongs to, where its name says so.
  public let dockerfile: Path?

  /// Creates the fact.
  public init(
    path: Path, bytes: [UInt8], file: Result<DockerIgnoreFile, DockerIgnoreError>, context: Path?, dockerfile: Path?
  ) {
    self.path = path
    self.bytes = bytes
    self.file = file
    self.context = context
    self.dockerfile = dockerfile
  }
}
