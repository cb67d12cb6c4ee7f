internal import Archives
internal import Files
internal import Images
internal import SourceText

/// The files of a directory, which nothing leads out of.
///
/// Every directory on the way is opened from the one above it and no link is followed by the system. Links that stay in
/// the directory, as an unpacked archive of skopeo's has them, are followed here.
struct DirectoryStore: LayerStore {
  let root: Path

  init(_ root: Path) {
    self.root = root
  }

  func size(of path: Path) throws(BlobStoreError) -> Int? {
    do throws(BlobStoreError) {
      return try open(path).size
    } catch {
      if error == .missing { return nil }
      throw error
    }
  }

  func read(_ path: Path, limit: Int) throws(BlobStoreError) -> [UInt8] {
    let file = try open(path)
    return try readAll(file, count: file.size, limit: limit)
  }

  func source(of path: Path) throws(BlobStoreError) -> ArchiveSource { ArchiveSource(try open(path)) }

  /// Opens an ordinary file; a pipe is not waited for, and a device not touched beyond that.
  private func open(_ path: Path) throws(BlobStoreError) -> RandomAccessFile {
    let place = try resolve(path)
    do throws(FileError) {
      var directory = try Descriptor.directory(at: root)
      for name in place.components.dropLast() { directory = try directory.directory(named: name, path: place) }
      return try RandomAccessFile(named: place.name, in: directory, path: root.appending(place.bytes))
    } catch {
      throw Self.error(error)
    }
  }

  /// The place that a path leads to through links, each of which must stay in the directory.
  private func resolve(_ path: Path) throws(BlobStoreError) -> Path {
    var pending = path.components.reversed().map(Array.init)
    var place = Path.root
    var hops = 0
    while let name = pending.popLast() {
      if name == Array(".".utf8) { continue }
      if name == Array("..".utf8) {
        guard !place.isRoot else { throw .unreadable("a symbolic link leads out of the directory; it is not followed") }
        place = place.parent
        continue
      }
      let next = place.appending(name)
      guard let target = try link(at: root.appending(next.bytes)) else {
        place = next
        continue
      }
      hops += 1
      guard hops <= ReadingLimits.linkHops else {
        throw .unreadable(
          "links lead in a circle, or through more than \(ReadingLimits.linkHops), the limit; it cannot be raised")
      }
      guard target.first != UInt8(ascii: "/") else {
        throw .unreadable("a symbolic link leads out of the directory; it is not followed")
      }
      pending += target.split(separator: UInt8(ascii: "/")).reversed().map(Array.init)
    }
    return place
  }

  /// Where a symbolic link leads; nil for what is none.
  private func link(at path: Path) throws(BlobStoreError) -> [UInt8]? {
    do throws(FileError) {
      return try fileStatus(at: path).kind == .symbolicLink ? try linkTarget(at: path) : nil
    } catch {
      throw Self.error(error)
    }
  }

  private static func error(_ error: FileError) -> BlobStoreError {
    switch error.reason {
    case .missing, .notDirectory: .missing
    case .notRegular(let kind): .unreadable("it is \(kind.words), not an ordinary file")
    default: .unreadable(error.explanation)
    }
  }
}
