internal import Archives
internal import Files
internal import Images
internal import SourceText

/// A target that is open.
enum OpenedTarget {
  /// Something that holds images, and whether it is a layout (or else a saved archive).
  case images(ImageStore, isLayout: Bool)
  /// A lone layer that is to be read.
  case layer(ArchiveSource)
  /// A lone layer that had to be read to know that it is one.
  case readLayer(ReadLayer, ArchiveSource)
  /// The directories of layers, the lowest first.
  case trees([Path], isOverlay: Bool)
}

/// Opens targets by their form and their bytes.
struct TargetOpener {
  let options: ReadingOptions

  func open(_ target: ImageTarget) throws(ReadingError.Reason) -> OpenedTarget {
    switch target {
    case .layout(let path, _):
      let path = try directory(path, orElse: "name an archive as oci-archive:FILE, or by its path alone")
      if ImageTarget(layoutAt: path) == nil, let other = ImageTarget(directoryAt: path) { throw .otherTransport(other) }
      return .images(.directory(DirectoryStore(path)), isLayout: true)
    case .layoutArchive(let path, _): return .images(try archive(try file(path)), isLayout: true)
    case .savedArchive(let path, _):
      let status = try reading { () throws(FileError) in try fileStatus(at: path, followLinks: true) }
      if status.kind == .directory { return .images(.directory(DirectoryStore(path)), isLayout: false) }
      return .images(try archive(try file(path)), isLayout: false)
    case .directory(let path):
      let path = try directory(path, orElse: "name an archive by its path alone")
      if let other = ImageTarget(unpackedAt: path) { throw .otherTransport(other) }
      do throws(ImageError) {
        return .images(.skopeo(try SkopeoStore(path)), isLayout: true)
      } catch {
        if error.reason == .missing, let other = ImageTarget(layoutAt: path) { throw .otherTransport(other) }
        throw .image(error)
      }
    case .rootFileSystem(let path):
      let path = try directory(path, orElse: "name a layer as layer:FILE, an archive of an image by its path alone")
      if let overlay = try OverlayDirectory(path) { return .trees(overlay.layers, isOverlay: true) }
      return .trees([path], isOverlay: false)
    case .layer(let path): return .layer(ArchiveSource(try file(path)))
    case .archive(let path, _): return try detect(try file(path))
    case .standardInput:
      return try detect(try spool(standardInput: options.standardInput, limit: options.limits.spooledSize))
    }
  }

  private func file(_ path: Path) throws(ReadingError.Reason) -> RandomAccessFile {
    let status = try? fileStatus(at: path, followLinks: true)
    if status?.kind == .directory, let other = ImageTarget(directoryAt: path) { throw .otherTransport(other) }
    return try reading { () throws(FileError) in try RandomAccessFile(opening: path) }
  }

  /// A directory that a person names; for a file, what to write.
  private func directory(_ path: Path, orElse advice: String) throws(ReadingError.Reason) -> Path {
    let status = try reading { () throws(FileError) in try fileStatus(at: path, followLinks: true) }
    if status.kind == .regular { throw .notDirectory(advice) }
    guard status.kind == .directory else { throw .file(FileError(path: path, reason: .notDirectory)) }
    return path
  }

  /// The store that an archive is, decompressed where it is compressed.
  private func archive(_ file: RandomAccessFile) throws(ReadingError.Reason) -> ImageStore {
    let isPlain: Bool
    do throws(ArchiveError) {
      isPlain = try Compression(of: ArchiveSource(file)) == .none
    } catch {
      throw .archive(error)
    }
    let plain = isPlain ? file : try spool(decompressed: file, limits: options.limits)
    let store: ArchiveStore
    do throws(ArchiveError) {
      store = try ArchiveStore(plain, limits: options.limits)
    } catch {
      // The smaller of two limits holds for the entries of such an archive.
      let limit = options.limits.outerEntries
      throw error.reason == .limit(.entries(limit)) ? .limit(.outerEntries, limit) : .archive(error)
    }
    try refusePacked(store.signs)
    return .archive(store)
  }

  /// Refuses an archive of a directory that is an image, where it is not read in this form.
  private func refusePacked(_ signs: ArchiveSigns) throws(ReadingError.Reason) {
    if signs.isSkopeoDirectory { throw .packedSkopeoDirectory }
    if let directory = signs.packedDirectory { throw .packedDirectory(directory) }
  }

  /// Finds out what an archive holds.
  ///
  /// A plain one is looked through first, which costs little. A compressed one is read as the lone layer that it may
  /// be, and decompressed for good only when it turns out to be an image.
  private func detect(_ file: RandomAccessFile) throws(ReadingError.Reason) -> OpenedTarget {
    let source = ArchiveSource(file)
    let signs: ArchiveSigns
    var layer: ReadLayer?
    do throws(ArchiveError) {
      if try Compression(of: source) == .none {
        signs = try ArchiveSigns(of: source, limits: options.limits.archive)
      } else {
        let progress = ProgressCounter(layers: 1, total: source.count, tell: options.progress)
        let reader = LayerReader(limits: options.limits, verifies: options.verifies)
        let read = reader.read(source, report: progress.reporter(forLayer: 0))
        signs = read.signs
        layer = read
      }
    } catch {
      throw .archive(error)
    }
    if let error = layer?.error { throw error }
    // To take it for a layer would find nothing, and say nothing of it.
    try refusePacked(signs)
    if signs.isImage { return .images(try archive(file), isLayout: !signs.hasManifest) }
    return layer.map { .readLayer($0, source) } ?? .layer(source)
  }
}
