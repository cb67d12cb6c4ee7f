internal import SourceText

extension ImageSearch {
  /// Assembles the image of a manifest.
  mutating func image(_ candidate: ImageCandidate) throws(ImageError) -> Image {
    let bytes = try blob(candidate.descriptor, limit: ImageLimits.manifestSize)
    let manifest = try ImageManifest(bytes, name: candidate.name, mediaType: candidate.descriptor.mediaType)
    guard manifest.isImage else {
      throw ImageError(.notAnImage(manifest.configuration.mediaType), in: candidate.name)
    }
    let name = DocumentName.blob(manifest.configuration.digest)
    let document = try blob(manifest.configuration, limit: ImageLimits.configurationSize)
    let configuration = try ImageConfiguration(document, name: name)
    try check(configuration, layers: manifest.layers.count, name)
    var assembly = ImageAssembly()
    for (descriptor, diffID) in zip(manifest.layers, configuration.diffIDs) {
      assembly.add(descriptor, diffID, in: self)
    }
    return assembly.image(
      candidate.name, tags: candidate.tags, configuration, fallback: candidate.platform)
  }

  /// Assembles an image of a saved archive.
  mutating func image(_ saved: SavedImageList.SavedImage) throws(ImageError) -> Image {
    let name = DocumentName.file(saved.configuration)
    guard let document = try file(saved.configuration, limit: ImageLimits.configurationSize) else {
      throw ImageError(.missing, in: name)
    }
    if let digest = Self.digest(in: saved.configuration) { try verify(document, digest, name) }
    let configuration = try ImageConfiguration(document, name: name)
    try check(configuration, layers: saved.layers.count, name)
    var assembly = ImageAssembly()
    for (path, diffID) in zip(saved.layers, configuration.diffIDs) {
      assembly.add(path, diffID, source: saved.sources[diffID], digest: Self.blobDigest(path), in: self)
    }
    return assembly.image(name, tags: saved.tags, configuration, fallback: nil)
  }

  private func check(_ configuration: ImageConfiguration, layers: Int, _ name: DocumentName) throws(ImageError) {
    if configuration.platform.system == "windows" { throw ImageError(.unsupportedSystem("windows"), in: name) }
    guard layers == configuration.diffIDs.count else {
      throw ImageError(.layerCount(layers: layers, diffIDs: configuration.diffIDs.count), in: name)
    }
  }

  /// The digest that the path of a blob is made of.
  private static func blobDigest(_ path: Path) -> ContentDigest? {
    let parts = path.components.map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 3, parts[0] == "blobs" else { return nil }
    return ContentDigest("\(parts[1]):\(parts[2])")
  }

  /// The digest that the path of a configuration is made of: a blob's, or `HEX.json`.
  private static func digest(in path: Path) -> ContentDigest? {
    if let digest = blobDigest(path) { return digest }
    let name = String(decoding: path.name, as: UTF8.self)
    return name.hasSuffix(".json") ? ContentDigest("sha256:" + name.dropLast(".json".count)) : nil
  }
}

/// An image while its layers are put together.
struct ImageAssembly {
  private var layers: [LayerDescriptor] = []
  private var notes: [ImageNote] = []
  private var errors: [ImageError] = []

  /// Adds a layer of a manifest.
  mutating func add(_ descriptor: BlobDescriptor, _ diffID: ContentDigest, in search: ImageSearch<some BlobStore>) {
    let kind = MediaType.layer(descriptor.mediaType)
    if kind == nil { notes.append(.skippedType(descriptor.digest, descriptor.mediaType)) }
    let path = descriptor.digest.blobPath
    let state =
      kind == nil
      ? .skipped
      : state(
        path, .blob(descriptor.digest), expected: descriptor.size, isForeign: kind?.isForeign ?? false,
        descriptor.digest, search
      ).state
    layers.append(
      LayerDescriptor(
        digest: descriptor.digest, diffID: diffID, size: descriptor.size, mediaType: descriptor.mediaType, source: path,
        state: state))
  }

  /// Adds a layer of a saved archive.
  mutating func add(
    _ path: Path, _ diffID: ContentDigest, source: BlobDescriptor?, digest: ContentDigest?,
    in search: ImageSearch<some BlobStore>
  ) {
    // What the list says of a layer holds for the file only where it speaks of the same bytes.
    let own = source?.digest == digest ? source : nil
    let isForeign = source.flatMap { MediaType.layer($0.mediaType)?.isForeign } ?? false
    let (state, size) = state(path, .file(path), expected: own?.size, isForeign: isForeign, digest ?? diffID, search)
    layers.append(
      LayerDescriptor(
        digest: digest, diffID: diffID, size: size, mediaType: own?.mediaType, source: path, state: state))
  }

  /// The image with all that was added.
  func image(
    _ document: DocumentName, tags: [String], _ configuration: ImageConfiguration, fallback: Platform?
  ) -> Image {
    let history = BuildHistory(configuration.history, layerCount: layers.count)
    let mismatch = ImageNote.historyMismatch(steps: history.layerSteps, layers: layers.count)
    let platform = configuration.platform.system.isEmpty ? fallback : nil
    return Image(
      document: document, tags: tags, platform: platform ?? configuration.platform, configuration: configuration,
      layers: layers, history: history, notes: notes + (history.matches ? [] : [mismatch]), errors: errors)
  }

  private mutating func state(
    _ path: Path, _ name: DocumentName, expected: Int?, isForeign: Bool, _ digest: ContentDigest,
    _ search: ImageSearch<some BlobStore>
  ) -> (state: LayerDescriptor.State, size: Int?) {
    do throws(ImageError) {
      guard let size = try search.size(of: path, name) else {
        if isForeign {
          notes.append(.absentLayer(digest))
          return (.absent, expected)
        }
        throw ImageError(.missing, in: name)
      }
      if let expected, expected != size {
        throw ImageError(.sizeMismatch(expected: expected, actual: size), in: name)
      }
      return (.present, size)
    } catch {
      errors.append(error.about(layer: layers.count))
      return (.failed, expected)
    }
  }
}
