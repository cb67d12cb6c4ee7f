/// What is odd in an archive, although it can be read.
public enum ArchiveNote: Sendable, Hashable {
  /// NUL bytes follow the compressed stream.
  case trailingZeros(offset: Int, count: Int)
  /// Other bytes follow the compressed stream; they are not looked at.
  case trailingGarbage(offset: Int, count: Int)
  /// The blob is compressed in another way than was said.
  case compressionDiffers(said: Compression, found: Compression)
  /// The uncompressed archive is very much larger than the blob.
  case ratio(Int)
  /// The last entry's padding is missing.
  case missingPadding
  /// A number in a header is none; it was taken for 0.
  case number(ArchiveError.TarField, offset: Int)
  /// A hard link has data of its own; they were passed over.
  case linkWithData(offset: Int)
  /// The size of a sparse file, or its map, is not to be believed; the size was cut where it is too large.
  case sparseFile(offset: Int)
}
