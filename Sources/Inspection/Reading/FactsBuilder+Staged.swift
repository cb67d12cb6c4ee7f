internal import Digests
internal import Files
internal import Repositories
internal import SourceText

extension FactsBuilder {
  /// The examined files that are tracked and whose content is not that of their entry in the index.
  func unstaged(_ examined: [Path]) -> [Path] {
    guard let index = reading.index, let repository = workspace.repository else { return [] }
    return examined.filter { path in
      guard let entry = index.entry(at: path.bytes), entry.kind == .file || entry.kind == .executable else {
        return false
      }
      let place = workspace.root.appending(path.bytes)
      guard let bytes = try? readFile(at: place, limit: 1 << 28, followLinks: false) else { return true }
      if UInt32(truncatingIfNeeded: bytes.count) != entry.size && entry.size != 0 { return true }
      return !gitBlobID(repository.objectFormat, of: bytes).elementsEqual(index.id(of: entry))
    }
  }
}
