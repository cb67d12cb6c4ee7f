internal import SourceText

/// Assembles images from the documents in a store: an image layout of the OCI, or what `docker save` wrote.
public struct ImageReader<Store: BlobStore> {
  private let store: Store
  private let choice: ImageChoice

  /// Creates a reader of the chosen images in a store.
  public init(_ store: Store, choice: ImageChoice = ImageChoice()) {
    self.store = store
    self.choice = choice
  }

  /// How images are laid out in a store.
  public enum Form: Sendable, Hashable {
    /// As an image layout of the OCI.
    case layout
    /// As `docker save` writes them.
    case savedArchive
  }

  /// The form that the files in the store show; nil where they are no image, but perhaps a layer or a file system.
  ///
  /// A directory with both is a layout, an archive with both a saved one.
  ///
  /// - Throws: ``ImageError`` where the store cannot tell what it holds.
  public func form(isDirectory: Bool) throws(ImageError) -> Form? {
    let search = ImageSearch(store: store, choice: choice)
    let mark = try search.size(of: "oci-layout", .file("oci-layout"))
    let index = try search.size(of: "index.json", .file("index.json"))
    let list = try search.size(of: "manifest.json", .file("manifest.json"))
    if mark != nil, index != nil, isDirectory || list == nil { return .layout }
    return list == nil ? nil : .savedArchive
  }

  /// The chosen images of an image layout.
  ///
  /// - Throws: ``ImageError`` where no image can be assembled, or none can be chosen.
  public func layout() throws(ImageError) -> ImageSet {
    var search = ImageSearch(store: store, choice: choice)
    return try search.layout()
  }

  /// The chosen images of a saved archive.
  ///
  /// Its own list comes first, since the layouts that Docker 25.0.0 added beside it had no layers, or in a wrong order
  /// (moby#47065); where there is no list or an empty one, the archive is read as a layout.
  ///
  /// - Throws: ``ImageError`` where no image can be assembled, or none can be chosen.
  public func savedArchive() throws(ImageError) -> ImageSet {
    var search = ImageSearch(store: store, choice: choice)
    return try search.savedArchive()
  }
}

/// One search for images: what it has read, and what it noted on the way.
struct ImageSearch<Store: BlobStore> {
  let store: Store
  let choice: ImageChoice
  var documents = 0
  var notes: [ImageNote] = []
  var errors: [ImageError] = []

  init(store: Store, choice: ImageChoice) {
    self.store = store
    self.choice = choice
  }

  func size(of path: Path, _ name: DocumentName) throws(ImageError) -> Int? {
    do throws(BlobStoreError) {
      return try store.size(of: path)
    } catch {
      throw Self.error(error, name)
    }
  }

  /// The bytes of a document in a file; nil where there is none.
  mutating func file(_ path: Path, limit: Int) throws(ImageError) -> [UInt8]? {
    let name = DocumentName.file(path)
    guard let size = try size(of: path, name) else { return nil }
    return try read(path, name, size: size, limit: limit)
  }

  /// The bytes of a blob that a descriptor speaks of: of its size, and with its digest.
  mutating func blob(_ descriptor: BlobDescriptor, limit: Int) throws(ImageError) -> [UInt8] {
    let name = DocumentName.blob(descriptor.digest)
    let path = descriptor.digest.blobPath
    guard let size = try size(of: path, name) else { throw ImageError(.missing, in: name) }
    guard size == descriptor.size else {
      throw ImageError(.sizeMismatch(expected: descriptor.size, actual: size), in: name)
    }
    let bytes = try read(path, name, size: size, limit: limit)
    try verify(bytes, descriptor.digest, name)
    return bytes
  }

  mutating func verify(_ bytes: [UInt8], _ digest: ContentDigest, _ name: DocumentName) throws(ImageError) {
    guard choice.verifies else { return }
    switch digest.matches(bytes) {
    case true?: break
    case false?: throw ImageError(.digestMismatch, in: name)
    case nil: notes.append(.unverifiable(digest))
    }
  }

  private mutating func read(
    _ path: Path, _ name: DocumentName, size: Int, limit: Int
  ) throws(ImageError) -> [UInt8] {
    guard size <= limit else { throw ImageError(.tooLarge(limit: limit), in: name) }
    documents += 1
    guard documents <= ImageLimits.documentCount else {
      throw ImageError(.tooManyDocuments(limit: ImageLimits.documentCount), in: nil)
    }
    let bytes: [UInt8]
    do throws(BlobStoreError) {
      bytes = try store.read(path, limit: limit)
    } catch {
      throw Self.error(error, name)
    }
    guard bytes.count == size else { throw ImageError(.sizeMismatch(expected: size, actual: bytes.count), in: name) }
    return bytes
  }

  private static func error(_ error: BlobStoreError, _ name: DocumentName) -> ImageError {
    switch error {
    case .missing: ImageError(.missing, in: name)
    case .tooLarge(let limit): ImageError(.tooLarge(limit: limit), in: name)
    case .unreadable(let reason): ImageError(.unreadable(reason), in: name)
    }
  }
}
