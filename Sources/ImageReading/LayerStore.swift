internal import Archives
internal import Files
internal import Images
internal import SourceText

/// A store whose files can be streamed as well.
protocol LayerStore: BlobStore, Sendable {
  /// The file at a path, to be streamed.
  func source(of path: Path) throws(BlobStoreError) -> ArchiveSource
}

/// The stores that there are.
enum ImageStore: LayerStore {
  case directory(DirectoryStore)
  case archive(ArchiveStore)
  case skopeo(SkopeoStore)

  func size(of path: Path) throws(BlobStoreError) -> Int? {
    switch self {
    case .directory(let store): try store.size(of: path)
    case .archive(let store): try store.size(of: path)
    case .skopeo(let store): try store.size(of: path)
    }
  }

  func read(_ path: Path, limit: Int) throws(BlobStoreError) -> [UInt8] {
    switch self {
    case .directory(let store): try store.read(path, limit: limit)
    case .archive(let store): try store.read(path, limit: limit)
    case .skopeo(let store): try store.read(path, limit: limit)
    }
  }

  func source(of path: Path) throws(BlobStoreError) -> ArchiveSource {
    switch self {
    case .directory(let store): try store.source(of: path)
    case .archive(let store): try store.source(of: path)
    case .skopeo(let store): try store.source(of: path)
    }
  }
}

/// The bytes of a part of a file, which is small enough.
func readAll(
  _ file: RandomAccessFile, offset: Int = 0, count: Int, limit: Int
) throws(BlobStoreError) -> [UInt8] {
  guard count <= limit else { throw .tooLarge(limit: limit) }
  var bytes = [UInt8](repeating: 0, count: count)
  var failure: FileError?
  var read = 0
  unsafe bytes.withUnsafeMutableBytes { buffer in
    do throws(FileError) {
      read = try unsafe file.read(into: buffer, at: offset)
    } catch {
      failure = error
    }
  }
  if let failure { throw .unreadable(failure.explanation) }
  return Array(bytes.prefix(read))
}
