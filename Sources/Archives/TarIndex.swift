/// What stands where in a plain tar archive, such as a saved image, so that its parts can be read by their places.
public struct TarIndex: Sendable {
  /// One entry.
  public struct Entry: Sendable {
    /// The path as it is stored.
    public let name: [UInt8]
    /// The target of a link; empty for what is none.
    public let link: [UInt8]
    /// What it is.
    public let kind: TarEntryKind
    /// Where its data begin, in bytes from the start of the archive.
    public let offset: Int
    /// How many bytes of data there are.
    public let size: Int
    /// Whether the file has holes, so that its data are not its content.
    public let isSparse: Bool
  }

  /// The entries in the order of the archive.
  public let entries: [Entry]
  /// What is odd.
  public let notes: [ArchiveNote]

  /// Reads the headers of a plain archive and passes over the data.
  ///
  /// - Parameters:
  ///   - source: the archive.
  ///   - limits: how much is read; the entries are kept, so a smaller number of them than usual is wise.
  /// - Throws: what makes the archive unreadable; for a compressed one, that it cannot be read by places.
  public init(_ source: ArchiveSource, limits: ArchiveLimits) throws(ArchiveError) {
    var options = ArchiveOptions()
    options.limits = limits
    let compression = try Compression(of: source)
    guard compression == .none else { throw ArchiveError(.compressedIndex(compression), compressed: 0) }
    var collector = Collector()
    let summary = try readTar(source, options: options, into: &collector)
    entries = collector.entries
    notes = summary.notes
  }

  private struct Collector: TarVisitor {
    var entries: [Entry] = []

    mutating func begin(_ entry: TarEntry, name: Span<UInt8>, link: Span<UInt8>) -> TarContent {
      entries.append(
        Entry(
          name: copy(name), link: copy(link), kind: entry.kind, offset: entry.dataOffset, size: entry.dataSize,
          isSparse: entry.isSparse))
      return .skip
    }

    mutating func content(_ bytes: Span<UInt8>) {}

    mutating func end(at position: ArchivePosition) {}

    private func copy(_ bytes: Span<UInt8>) -> [UInt8] {
      unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }
  }
}
