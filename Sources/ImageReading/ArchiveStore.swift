internal import Archives
internal import Files
internal import Images
internal import SourceText

/// The files of a plain archive, read where they stand in it.
///
/// Entries come in any order. Links within the archive are followed, as `docker save` of old and skopeo's
/// `docker-archive` have them; a path that two entries claim is refused, since tools differ in which of them counts.
struct ArchiveStore: LayerStore {
  private enum Content: Sendable {
    case file(offset: Int, size: Int)
    case link(Path)
    case outside
    case sparse
    case other
    case ambiguous
  }

  private let archive: ArchiveSource
  private let file: RandomAccessFile
  private var contents: [Path: Content] = [:]
  /// What it is by its names.
  private(set) var signs = ArchiveSigns()

  /// Reads the headers of an archive.
  ///
  /// - Parameters:
  ///   - file: the archive, which is not compressed.
  ///   - limits: how much is read.
  /// - Throws: what makes the archive unreadable, and where.
  init(_ file: RandomAccessFile, limits: ReadingLimits) throws(ArchiveError) {
    self.file = file
    archive = ArchiveSource(file)
    var inner = limits.archive
    inner.entries = min(inner.entries, limits.outerEntries)
    for entry in try TarIndex(archive, limits: inner).entries {
      signs.note(entry.kind, entry.name.span)
      guard let path = Self.place(of: entry.name[...], in: .root), !path.isRoot else { continue }
      if entry.kind == .directory { continue }
      contents[path] = contents[path] == nil ? Self.content(entry, path) : .ambiguous
    }
  }

  private static func content(_ entry: TarIndex.Entry, _ path: Path) -> Content {
    switch entry.kind {
    case .regular: entry.isSparse ? .sparse : .file(offset: entry.offset, size: entry.size)
    case .hardLink: place(of: entry.link[...], in: .root).map { .link($0) } ?? .outside
    case .symbolicLink:
      entry.link.first == UInt8(ascii: "/")
        ? .outside : place(of: entry.link[...], in: path.parent).map { .link($0) } ?? .outside
    default: .other
    }
  }

  /// The path in the archive that a name leads to from a directory; nil where it leads out.
  private static func place(of name: ArraySlice<UInt8>, in directory: Path) -> Path? {
    var parts = directory.components
    for part in name.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      guard part.elementsEqual("..".utf8) else {
        parts.append(part)
        continue
      }
      if parts.popLast() == nil { return nil }
    }
    return Path(Array(parts.joined(separator: [UInt8(ascii: "/")])))
  }

  func size(of path: Path) throws(BlobStoreError) -> Int? { try find(path)?.size }

  func read(_ path: Path, limit: Int) throws(BlobStoreError) -> [UInt8] {
    guard let (offset, size) = try find(path) else { throw .missing }
    return try readAll(file, offset: offset, count: size, limit: limit)
  }

  func source(of path: Path) throws(BlobStoreError) -> ArchiveSource {
    guard let (offset, size) = try find(path) else { throw .missing }
    return ArchiveSource(file, offset: offset, count: size)
  }

  private func find(_ path: Path) throws(BlobStoreError) -> (offset: Int, size: Int)? {
    var path = path
    for _ in 0...ReadingLimits.linkHops {
      switch contents[path] {
      case nil: return nil
      case .file(let offset, let size): return (offset, size)
      case .link(let target): path = target
      case .outside: throw .unreadable("a link leads out of the archive; it is not followed")
      case .sparse: throw .unreadable("it is stored with holes; write the archive without --sparse")
      case .other: throw .unreadable("it is no ordinary file")
      case .ambiguous: throw .unreadable("it stands twice in the archive, and tools differ in which one counts")
      }
    }
    throw .unreadable(
      "links lead in a circle, or through more than \(ReadingLimits.linkHops), the limit; it cannot be raised")
  }
}
