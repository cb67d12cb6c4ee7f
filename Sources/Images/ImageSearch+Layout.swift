internal import JSON
internal import SourceText

/// An image that an index lists.
struct ImageCandidate {
  let descriptor: BlobDescriptor
  var tags: [String]
  /// What it runs on, by the descriptor or by the configuration; nil where neither says so.
  var platform: Platform?

  var name: DocumentName { .blob(descriptor.digest) }
}

extension ImageSearch {
  /// The chosen images of an image layout.
  mutating func layout() throws(ImageError) -> ImageSet {
    guard let version = try file("oci-layout", limit: ImageLimits.manifestSize),
      let bytes = try file("index.json", limit: ImageLimits.manifestSize)
    else {
      let list = try size(of: "manifest.json", .file("manifest.json"))
      throw ImageError(list == nil ? .noImage : .savedArchive, in: nil)
    }
    let document = try ImageDocument(version, name: .file("oci-layout"), limit: ImageLimits.manifestSize)
    let known = try document.requiredString("imageLayoutVersion", of: try document.object())
    guard known == "1.0.0" else { throw document.error(.layoutVersion(known), at: document.root["imageLayoutVersion"]) }
    let index = try ImageIndex(bytes, name: .file("index.json"))
    var candidates: [ImageCandidate] = []
    var visited: Set<ContentDigest> = []
    for descriptor in try tagged(index.manifests) {
      try collect(descriptor, tags: descriptor.tags, depth: 1, &visited, &candidates)
    }
    return try choose(candidates)
  }

  /// The descriptors with the chosen tag, or all where none is needed.
  private func tagged(_ descriptors: [BlobDescriptor]) throws(ImageError) -> [BlobDescriptor] {
    let images = descriptors.filter { !$0.isAttestation }
    let names = images.map { $0.tags.first ?? $0.digest.description }
    let known = names.enumerated().filter { !names[..<$0.offset].contains($0.element) }.map(\.element)
    if let tag = choice.tag {
      let found = images.filter { image in
        image.digest.description == tag || image.tags.contains { ImageChoice.isTag(tag, of: $0) }
      }
      guard !found.isEmpty else { throw ImageError(.unknownTag(tag, known: known), in: .file("index.json")) }
      return found
    }
    let tags = Set(images.compactMap(\.tags.first))
    if tags.count > 1, Set(images.map(\.digest)).count > 1 {
      throw ImageError(.tagNeeded(known: known), in: .file("index.json"))
    }
    return images
  }

  /// Collects the images that a descriptor leads to.
  private mutating func collect(
    _ descriptor: BlobDescriptor, tags: [String], depth: Int, _ visited: inout Set<ContentDigest>,
    _ candidates: inout [ImageCandidate]
  ) throws(ImageError) {
    if descriptor.isAttestation { return }
    if MediaType.manifests.contains(descriptor.mediaType) {
      if let known = candidates.firstIndex(where: { $0.descriptor.digest == descriptor.digest }) {
        candidates[known].tags += tags.filter { !candidates[known].tags.contains($0) }
      } else {
        guard candidates.count < ImageLimits.documentCount else {
          throw ImageError(.tooManyDocuments(limit: ImageLimits.documentCount), in: nil)
        }
        candidates.append(ImageCandidate(descriptor: descriptor, tags: tags, platform: descriptor.platform))
      }
      return
    }
    if MediaType.isSchema1(descriptor.mediaType) {
      errors.append(ImageError(.schema1, in: .blob(descriptor.digest)))
      return
    }
    guard MediaType.indexes.contains(descriptor.mediaType) else {
      notes.append(.skippedType(descriptor.digest, descriptor.mediaType))
      return
    }
    guard depth <= ImageLimits.indexDepth else {
      throw ImageError(.tooDeep(limit: ImageLimits.indexDepth), in: .blob(descriptor.digest))
    }
    guard visited.insert(descriptor.digest).inserted else {
      notes.append(.repeatedIndex(descriptor.digest))
      return
    }
    guard
      let index = try attempt({ (search) throws(ImageError) in
        let bytes = try search.blob(descriptor, limit: ImageLimits.manifestSize)
        return try ImageIndex(bytes, name: .blob(descriptor.digest), mediaType: descriptor.mediaType)
      })
    else { return }
    for inner in index.manifests {
      try collect(inner, tags: tags, depth: depth + 1, &visited, &candidates)
    }
  }

  /// Does what may fail without the rest: what is missing is noted, for it need not be there, and all else an error.
  ///
  /// The limit of documents ends the search.
  mutating func attempt<Result>(
    _ body: (inout Self) throws(ImageError) -> Result
  ) throws(ImageError) -> Result? {
    do throws(ImageError) {
      return try body(&self)
    } catch {
      switch (error.reason, error.document) {
      case (.tooManyDocuments, _): throw error
      case (.missing, .blob(let digest)?): notes.append(.absentDocument(digest))
      default: errors.append(error)
      }
      return nil
    }
  }

  /// Chooses among the images by platform, and assembles them.
  mutating func choose(_ candidates: [ImageCandidate]) throws(ImageError) -> ImageSet {
    var present: [ImageCandidate] = []
    for var candidate in candidates {
      guard try size(of: candidate.descriptor.digest.blobPath, candidate.name) != nil else {
        // It is an error only where it is the one that is asked for.
        if case .only(let wanted) = choice.platform, candidate.platform.map(wanted.matches) == true {
          throw ImageError(.missing, in: candidate.name)
        }
        notes.append(.absentDocument(candidate.descriptor.digest))
        continue
      }
      if candidate.platform?.system.isEmpty ?? true {
        guard let platform = try platform(of: candidate) else { continue }
        candidate.platform = platform
      }
      present.append(candidate)
    }
    guard let first = present.first else { throw nothingFound(candidates) }
    let chosen: [ImageCandidate]
    switch choice.platform {
    case .all: chosen = present
    case .only(let wanted): chosen = try one(of: present, wanted)
    case .automatic(let host): chosen = present.count == 1 ? [first] : try one(of: present, host)
    }
    var images: [Image] = []
    for candidate in chosen {
      if chosen.count == 1 {
        images.append(try image(candidate))
      } else if let image = try attempt({ (search) throws(ImageError) in try search.image(candidate) }) {
        images.append(image)
      }
    }
    guard !images.isEmpty else { throw errors.first ?? ImageError(.missing, in: chosen.first?.name) }
    return ImageSet(images: images, notes: notes, errors: errors)
  }

  /// Why there is no image at all.
  private func nothingFound(_ candidates: [ImageCandidate]) -> ImageError {
    if let error = errors.first { return error }
    for case .skippedArtifact(let digest, let type) in notes { return ImageError(.notAnImage(type), in: .blob(digest)) }
    for case .absentDocument(let digest) in notes { return ImageError(.missing, in: .blob(digest)) }
    return ImageError(.emptyIndex, in: .file("index.json"))
  }

  /// The first image for a platform.
  private func one(of candidates: [ImageCandidate], _ wanted: Platform) throws(ImageError) -> [ImageCandidate] {
    if let found = candidates.first(where: { $0.platform.map(wanted.matches) ?? false }) { return [found] }
    var known: [String] = []
    for case let platform? in candidates.map({ $0.platform?.description }) where !known.contains(platform) {
      known.append(platform)
    }
    throw ImageError(.unknownPlatform(wanted.description, known: known), in: nil)
  }

  /// What an image runs on by its configuration; nil where it is no image or cannot be read.
  private mutating func platform(of candidate: ImageCandidate) throws(ImageError) -> Platform? {
    let found = try attempt { (search) throws(ImageError) -> Platform? in
      let bytes = try search.blob(candidate.descriptor, limit: ImageLimits.manifestSize)
      let manifest = try ImageManifest(bytes, name: candidate.name, mediaType: candidate.descriptor.mediaType)
      guard manifest.isImage else {
        search.notes.append(.skippedArtifact(candidate.descriptor.digest, manifest.configuration.mediaType))
        return nil
      }
      let name = DocumentName.blob(manifest.configuration.digest)
      let configuration = try search.blob(manifest.configuration, limit: ImageLimits.configurationSize)
      return try ImageConfiguration(configuration, name: name).platform
    }
    return found ?? nil
  }
}
