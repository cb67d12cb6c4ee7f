internal import SourceText

extension ImageSearch {
  /// The chosen images of a saved archive.
  mutating func savedArchive() throws(ImageError) -> ImageSet {
    let list = try file("manifest.json", limit: ImageLimits.manifestSize)
    let saved = try list.map { (bytes) throws(ImageError) in try SavedImageList(bytes).images } ?? []
    if saved.isEmpty {
      let index = try size(of: "index.json", .file("index.json"))
      let isLayout = try size(of: "oci-layout", .file("oci-layout")) != nil && index != nil
      if list != nil, !isLayout { throw ImageError(.emptyIndex, in: .file("manifest.json")) }
      if index != nil { return try layout() }
      let names = try size(of: "repositories", .file("repositories"))
      throw ImageError(names == nil ? .noImage : .oldArchive, in: nil)
    }
    return try choose(try tagged(merged(saved)))
  }

  /// The images, each once; one that is listed under several names has all of them.
  private func merged(_ saved: [SavedImageList.SavedImage]) -> [SavedImageList.SavedImage] {
    var images: [SavedImageList.SavedImage] = []
    var places: [Path: Int] = [:]
    for image in saved {
      guard let place = places[image.configuration], images[place].layers == image.layers else {
        places[image.configuration] = images.count
        images.append(image)
        continue
      }
      images[place].tags += image.tags.filter { !images[place].tags.contains($0) }
    }
    return images
  }

  private func tagged(_ images: [SavedImageList.SavedImage]) throws(ImageError) -> [SavedImageList.SavedImage] {
    let name = DocumentName.file("manifest.json")
    let known = images.flatMap { $0.tags.isEmpty ? [$0.configuration.description] : $0.tags }
    if let tag = choice.tag {
      let found = images.filter { $0.tags.contains { ImageChoice.isTag(tag, of: $0) } }
      guard !found.isEmpty else { throw ImageError(.unknownTag(tag, known: known), in: name) }
      return found
    }
    // Images of one name are those of its platforms.
    if images.count > 1, Set(images.map(\.tags.first)).count > 1 || images[0].tags.isEmpty {
      throw ImageError(.tagNeeded(known: known), in: name)
    }
    return images
  }

  private mutating func choose(_ saved: [SavedImageList.SavedImage]) throws(ImageError) -> ImageSet {
    var images: [Image] = []
    for image in saved {
      if saved.count == 1 {
        images.append(try self.image(image))
      } else if let image = try attempt({ (search) throws(ImageError) in try search.image(image) }) {
        images.append(image)
      }
    }
    let wanted: Platform
    switch choice.platform {
    case .all: return ImageSet(images: images, notes: notes, errors: errors)
    case .only(let platform): wanted = platform
    case .automatic(let host):
      if images.count == 1 { return ImageSet(images: images, notes: notes, errors: errors) }
      wanted = host
    }
    guard let found = images.first(where: { wanted.matches($0.platform) }) else {
      if images.isEmpty, let error = errors.first { throw error }
      let known = images.map(\.platform.description)
      throw ImageError(.unknownPlatform(wanted.description, known: known), in: .file("manifest.json"))
    }
    return ImageSet(images: [found], notes: notes, errors: errors)
  }
}
