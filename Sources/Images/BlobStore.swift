public import SourceText

/// Where the documents and layers of an image lie: a directory, an archive, or values in a test.
///
/// Paths are relative to the root of the layout or of the archive and have no `..` in them. A store follows no link out
/// of itself; links within an archive it may follow, with a guard against circles.
public protocol BlobStore {
  /// The size in bytes of the regular file at a path, or nil where nothing is there.
  func size(of path: Path) throws(BlobStoreError) -> Int?

  /// The bytes of the file at a path, which exists; `limit` is how many it may have.
  func read(_ path: Path, limit: Int) throws(BlobStoreError) -> [UInt8]
}

/// Why a store cannot give a file.
public enum BlobStoreError: Error, Sendable, Hashable {
  /// There is no such file.
  case missing
  /// The file is larger than it may be.
  case tooLarge(limit: Int)
  /// It is no regular file, or reading fails; the reason in words.
  case unreadable(String)
}
