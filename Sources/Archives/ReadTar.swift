/// What reading an archive has told beside its entries.
public struct ArchiveSummary: Sendable, Hashable {
  /// How the blob is compressed.
  public let compression: Compression
  /// How many bytes the blob has.
  public let blobSize: Int
  /// How many bytes the uncompressed archive has, with whatever follows its end.
  public let archiveSize: Int
  /// The digest of the blob, where one was asked for.
  public let blobDigest: [UInt8]?
  /// The digest of the uncompressed archive, where one was asked for.
  public let archiveDigest: [UInt8]?
  /// How many entries there are.
  public let entries: Int
  /// How many bytes of data the entries have, as the archive holds them.
  public let dataSize: Int
  /// Whether the archive ends with the two blocks of zeros that the format wants.
  public let hasTerminator: Bool
  /// What is odd.
  public let notes: [ArchiveNote]
  /// How many more notes there would be.
  public let uncountedNotes: Int
}

/// Reads a tar archive, plain or compressed, from its first byte to its last.
///
/// A blob of no bytes is an archive without entries. What follows the end of the archive still counts for the digests.
///
/// - Parameters:
///   - source: the blob.
///   - options: what is wanted beside the entries.
///   - visitor: takes the entries as they come, also those before an error.
/// - Returns: sizes, digests and notes.
/// - Throws: what makes the archive unreadable, and where.
public func readTar<Visitor: TarVisitor>(
  _ source: ArchiveSource, options: ArchiveOptions = ArchiveOptions(), into visitor: inout Visitor
) throws(ArchiveError) -> ArchiveSummary {
  var stream = try UncompressedStream.open(source, options: options)
  var reader = TarReader(limits: options.limits)
  do throws(ArchiveError) {
    while true {
      if stream.canSkip {
        // No digest wants the bytes that nobody else wants.
        if reader.hasTerminator { break }
        let count = reader.skippable
        if count >= UncompressedStream.worthSkipping {
          guard stream.skip(count) else { throw ArchiveError(.truncatedTar, uncompressed: stream.blobSize) }
          reader.skipped(count, stream, &visitor)
          continue
        }
      }
      let bytes = try unsafe stream.next(by: reader.remaining)
      if unsafe bytes.isEmpty { break }
      try unsafe reader.take(bytes, of: stream, &visitor)
    }
    if source.count > 0 { try reader.finish(stream, &visitor) }
  } catch {
    var error = error
    if error.compressedOffset == nil { error.compressedOffset = stream.blobOffset }
    throw error
  }
  return summary(of: stream, reader, options)
}

private func summary(
  of stream: borrowing UncompressedStream, _ reader: TarReader, _ options: ArchiveOptions
) -> ArchiveSummary {
  var notes = stream.notes(options)
  notes += reader.notes
  return ArchiveSummary(
    compression: stream.compression, blobSize: stream.blobSize, archiveSize: stream.archiveSize,
    blobDigest: stream.blobDigest, archiveDigest: stream.archiveDigest, entries: reader.entries,
    dataSize: reader.dataSize, hasTerminator: reader.hasTerminator, notes: notes,
    uncountedNotes: reader.uncountedNotes)
}

/// Decompresses a blob whatever it holds, as for an image that was saved and compressed.
///
/// - Parameters:
///   - source: the blob.
///   - options: the digests and limits that are wanted.
///   - body: takes the bytes in order; they are there only during the call.
/// - Returns: sizes, digests and notes; there are no entries.
/// - Throws: what makes the blob unreadable, and where.
public func decompress(
  _ source: ArchiveSource, options: ArchiveOptions = ArchiveOptions(), into body: (Span<UInt8>) -> Void
) throws(ArchiveError) -> ArchiveSummary {
  var stream = try UncompressedStream.open(source, options: options)
  while true {
    let bytes = try unsafe stream.next(by: .max)
    if unsafe bytes.isEmpty { break }
    unsafe body(bytes.bindMemory(to: UInt8.self).span)
  }
  return summary(of: stream, TarReader(limits: options.limits), options)
}
