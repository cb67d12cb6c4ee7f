import Images
import JSON
import SourceText

/// Holds the readers of images' documents to what they promise for any bytes at all.
func checkImageDocuments(_ bytes: [UInt8]) {
  let name = DocumentName.file("document.json")
  let index = read(bytes) { () throws(ImageError) in try ImageIndex(bytes, name: name) }
  let manifest = read(bytes) { () throws(ImageError) in try ImageManifest(bytes, name: name) }
  let configuration = read(bytes) { () throws(ImageError) in try ImageConfiguration(bytes, name: name) }
  let saved = read(bytes) { () throws(ImageError) in try SavedImageList(bytes, name: name) }
  demand(index == nil || manifest == nil, "one document is an index and a manifest")
  for descriptor in index?.manifests ?? [] { check(descriptor) }
  for descriptor in manifest.map({ $0.layers + [$0.configuration] }) ?? [] { check(descriptor) }
  for image in saved?.images ?? [] {
    for path in image.layers + [image.configuration] { check(path) }
    for (diffID, source) in image.sources {
      check(diffID)
      check(source)
    }
  }
  if let configuration { check(configuration) }
  checkStep(String(decoding: bytes, as: UTF8.self))
  checkSearch(bytes)
}

/// What a reader gives; an error is checked, and so is that nothing is accepted that is not strict JSON.
private func read<Document>(_ bytes: [UInt8], _ body: () throws(ImageError) -> Document) -> Document? {
  do throws(ImageError) {
    let document = try body()
    demand((try? JSONReader(depthLimit: 64).read(bytes)) != nil, "a document is accepted that is not JSON")
    return document
  } catch {
    check(error)
    if let offset = error.offset { demand((0...bytes.count).contains(offset), "an error is outside of the document") }
    return nil
  }
}

private func check(_ error: ImageError) {
  demand(!error.description.unicodeScalars.contains(where: isControl), "an error holds what a terminal obeys")
  demand(error.description.utf8.count < 100_000, "an error is longer than anybody reads")
}

private func check(_ descriptor: BlobDescriptor) {
  demand(descriptor.size >= 0, "a size is below zero")
  check(descriptor.digest)
}

private func check(_ digest: ContentDigest) {
  demand(ContentDigest(digest.description) == digest, "\(digest) is not read again")
  demand(digest.blobPath.components.count == 3, "\(digest) leads to another directory")
  check(digest.blobPath)
}

private func check(_ path: Path) {
  demand(!path.isRoot && path.bytes.first != UInt8(ascii: "/"), "\(path) is no path within the archive")
  demand(!path.components.contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) }, "\(path) leads up")
}

private func check(_ configuration: ImageConfiguration) {
  for diffID in configuration.diffIDs { check(diffID) }
  for layers in [0, 1, configuration.diffIDs.count] {
    let history = BuildHistory(configuration.history, layerCount: layers)
    demand(history.steps.count == configuration.history.count, "a step of the history is lost")
    demand(history.stepOfLayer.count == layers, "a layer is not asked after")
    demand(history.matches == (history.layerSteps == layers), "the history matches by chance")
    demand((history.baseLayers ?? 0) <= layers, "the base image has more layers than the image")
    let known = history.stepOfLayer.compactMap { $0 }
    demand(known == known.sorted() && Set(known).count == known.count, "steps are out of order")
    demand(known.allSatisfy { !configuration.history[$0].isEmptyLayer }, "an empty step makes a layer")
  }
}

private func checkStep(_ text: String) {
  let step = BuildStep(createdBy: text)
  demand(text.contains(step.text) || step.text.isEmpty, "a step has a text that nobody wrote")
  demand(step.shell == nil || step.keyword == "RUN", "a shell runs without RUN")
}

/// Takes the bytes for the index and for the list of an archive whose blobs all are the bytes again.
private func checkSearch(_ bytes: [UInt8]) {
  let reader = ImageReader(
    EchoStore(bytes: bytes), choice: ImageChoice(platform: .all, verifies: false))
  for form in [reader.layout, reader.savedArchive] {
    do throws(ImageError) {
      let set = try form()
      for image in set.images {
        demand(image.layers.count == image.configuration.diffIDs.count, "an image has other layers than it says")
      }
      for error in set.errors { check(error) }
    } catch {
      check(error)
    }
  }
}

/// Any path leads to the same bytes.
private struct EchoStore: BlobStore {
  let bytes: [UInt8]

  func size(of path: Path) throws(BlobStoreError) -> Int? { content(path).count }

  func read(_ path: Path, limit: Int) throws(BlobStoreError) -> [UInt8] { content(path) }

  private func content(_ path: Path) -> [UInt8] {
    path == "oci-layout" ? Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8) : bytes
  }
}
