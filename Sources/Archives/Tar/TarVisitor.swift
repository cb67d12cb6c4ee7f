/// What is to be done with the data of an entry.
public enum TarContent: Sendable {
  /// They are passed over.
  case skip
  /// They are handed on in pieces.
  case read
}

/// Takes the entries of an archive as they come.
///
/// For each entry `begin` is called, then `content` for each piece of data if `begin` asked for them, and `hole` for
/// each hole between them, then `end`.
public protocol TarVisitor {
  /// An entry begins.
  ///
  /// - Parameters:
  ///   - entry: what the headers say.
  ///   - name: the path as it is stored, also with `./`, `/` or `..`; never valid beyond the call.
  ///   - link: the target of a link; empty for what is none.
  /// - Returns: what to do with its data.
  mutating func begin(_ entry: TarEntry, name: Span<UInt8>, link: Span<UInt8>) -> TarContent

  /// Data of the entry, in order.
  mutating func content(_ bytes: Span<UInt8>)

  /// A hole of a sparse file: so many bytes of zero, one at least, which the archive leaves out.
  ///
  /// Holes are told where ``TarEntry/isMapped`` says so; they may be far larger than what could be read.
  mutating func hole(_ count: Int)

  /// The entry ends, padding included; the next one begins here.
  mutating func end(at position: ArchivePosition)
}

extension TarVisitor {
  /// Passes over a hole.
  public mutating func hole(_ count: Int) {}
}
