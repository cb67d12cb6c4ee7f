/// How many bytes at the start of a blob ``mayBeArchive(startingWith:)`` looks at.
public let archiveStartLength = TarBlock.size

/// Whether a blob that begins so may be an archive, as far as its first bytes can tell.
///
/// It is compressed in a way that is known, or begins with a header of tar whose checksum matches, or with the block of
/// zeros that ends an archive without entries.
///
/// - Parameter start: the first ``archiveStartLength`` bytes, or all that there are.
/// - Returns: false for what is certainly none.
public func mayBeArchive(startingWith start: [UInt8]) -> Bool {
  if Compression(ofBlobStartingWith: start) != .none { return true }
  guard start.count >= TarBlock.size else { return false }
  let sums = TarBlock.sums(start.span.extracting(first: TarBlock.size))
  return sums.isZero || sums.checksumMatches
}
