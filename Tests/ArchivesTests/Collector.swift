@testable import Archives

/// Keeps all that a reader tells.
struct Collector: TarVisitor {
  struct Item: Equatable {
    var entry: TarEntry
    var name: [UInt8]
    var link: [UInt8]
    var content: [UInt8] = []
    /// The content with the holes, where these are told and not too large to be kept.
    var filled: [UInt8] = []
    var end: ArchivePosition?

    var text: String { String(decoding: name, as: UTF8.self) }
  }

  var items: [Item] = []
  /// Whether the content is asked for.
  var reads = true

  mutating func begin(_ entry: TarEntry, name: Span<UInt8>, link: Span<UInt8>) -> TarContent {
    items.append(Item(entry: entry, name: copy(name), link: copy(link)))
    return reads ? .read : .skip
  }

  mutating func content(_ bytes: Span<UInt8>) {
    items[items.count - 1].content += copy(bytes)
    items[items.count - 1].filled += copy(bytes)
  }

  mutating func hole(_ count: Int) {
    items[items.count - 1].filled += [UInt8](repeating: 0, count: count)
  }

  mutating func end(at position: ArchivePosition) {
    items[items.count - 1].end = position
  }

  private func copy(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

/// What a blob held, or why it could not be read.
enum Outcome {
  case read([Collector.Item], ArchiveSummary)
  case failed(ArchiveError, [Collector.Item])

  var items: [Collector.Item] {
    switch self {
    case .read(let items, _), .failed(_, let items): items
    }
  }

  var summary: ArchiveSummary? {
    if case .read(_, let summary) = self { summary } else { nil }
  }

  var error: ArchiveError? {
    if case .failed(let error, _) = self { error } else { nil }
  }
}

/// Reads an archive in memory.
func read(_ blob: [UInt8], options: ArchiveOptions = ArchiveOptions(), reads: Bool = true) -> Outcome {
  read(ArchiveSource(blob), options: options, reads: reads)
}

/// Reads an archive.
func read(_ source: ArchiveSource, options: ArchiveOptions = ArchiveOptions(), reads: Bool = true) -> Outcome {
  var collector = Collector(reads: reads)
  do throws(ArchiveError) {
    let summary = try readTar(source, options: options, into: &collector)
    return .read(collector.items, summary)
  } catch {
    return .failed(error, collector.items)
  }
}

/// Decompresses a blob with reads of so many bytes.
func inflate(
  _ blob: [UInt8], readSize: Int = BlobInput.size
) -> (bytes: [UInt8], summary: ArchiveSummary?, error: ArchiveError?) {
  var options = ArchiveOptions()
  options.readSize = readSize
  var bytes: [UInt8] = []
  do throws(ArchiveError) {
    let summary = try decompress(ArchiveSource(blob), options: options) { piece in
      unsafe piece.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
    return (bytes, summary, nil)
  } catch {
    return (bytes, nil, error)
  }
}
