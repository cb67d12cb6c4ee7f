internal import Archives
internal import Files
internal import SourceText

/// Puts all of standard input into a temporary file without a name.
///
/// What cannot be an archive is refused by its first bytes, before more of it is read.
///
/// - Parameters:
///   - number: the descriptor of standard input.
///   - limit: how many bytes there may be.
/// - Returns: the file.
/// - Throws: why it could not be read or kept; that there was nothing, or what is no archive.
func spool(standardInput number: Int32, limit: Int) throws(ReadingError.Reason) -> RandomAccessFile {
  let start = try reading { () throws(FileError) in
    try SpoolFile.start(of: number, count: archiveStartLength, path: "-")
  }
  if start.isEmpty { throw .emptyInput }
  guard mayBeArchive(startingWith: start) else { throw .inputIsNoArchive }
  return try spooling(limit) { () throws(FileError) in
    var spool = try SpoolFile(limit: limit, path: "-")
    try unsafe start.span.bytes.withUnsafeBytes { bytes throws(FileError) in try unsafe spool.append(bytes) }
    try spool.append(contentsOf: number)
    return try spool.finish()
  }
}

/// Decompresses an archive into a temporary file without a name, so that its parts can be read by their places.
///
/// - Parameters:
///   - file: the compressed archive.
///   - limits: how much is read, and put into the file.
/// - Returns: the file.
/// - Throws: what makes the archive unreadable, or why the file could not be written.
func spool(decompressed file: RandomAccessFile, limits: ReadingLimits) throws(ReadingError.Reason) -> RandomAccessFile {
  var options = ArchiveOptions()
  options.limits = limits.archive
  options.limits.uncompressedSize = min(limits.archive.uncompressedSize, limits.spooledSize)
  var full: FileError?
  var damage: ArchiveError?
  let spooled = try spooling(limits.spooledSize) { () throws(FileError) in
    var spool = try SpoolFile(limit: limits.spooledSize, path: file.path)
    do throws(ArchiveError) {
      _ = try decompress(ArchiveSource(file), options: options) { bytes in
        guard full == nil else { return }
        unsafe bytes.withUnsafeBytes { bytes in
          do throws(FileError) {
            try unsafe spool.append(bytes)
          } catch {
            full = error
          }
        }
      }
    } catch {
      damage = error
    }
    return try spool.finish()
  }
  // A full disk is what a person can do something about, and what follows from it is not.
  if let full { throw reason(full, limit: limits.spooledSize) }
  if let damage {
    if damage.reason == .limit(.uncompressedSize(limits.spooledSize)) { throw .limit(.spooledSize, limits.spooledSize) }
    throw .archive(damage)
  }
  return spooled
}

/// Runs what fills a temporary file, and turns its error into a reason.
private func spooling(
  _ limit: Int, _ body: () throws(FileError) -> RandomAccessFile
) throws(ReadingError.Reason) -> RandomAccessFile {
  do throws(FileError) {
    return try body()
  } catch {
    throw reason(error, limit: limit)
  }
}

private func reason(_ error: FileError, limit: Int) -> ReadingError.Reason {
  error.reason == .tooLarge(limit: limit) ? .limit(.spooledSize, limit) : .file(error)
}
