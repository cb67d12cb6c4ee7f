/// A script in the language of POSIX shells, read and never run.
///
/// Everything that bash and busybox add to it and that Dockerfiles use is known too. No text is refused: a command
/// that is not understood is ``ShellNode/Kind/unknown``, and the rest is still read.
///
/// Where shells read the same text differently, it is read as bash does: `$'…'` is one word, `((…))` is arithmetic, and
/// `&>` sends both outputs to a file. A here-document whose last line is missing, which shells take with a warning or
/// none, counts as not understood.
public struct ShellScript: Sendable {
  /// How deep commands may be nested; what lies deeper is not understood.
  public static let depthLimit = 60

  /// The text.
  public let bytes: [UInt8]
  /// The commands.
  public let sequence: ShellSequence
  /// Whether all of the text was understood.
  public let isComplete: Bool

  /// Reads a script; it takes time in proportion to its length.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var reader = ShellReader(bytes)
    sequence = reader.script()
    isComplete = reader.isComplete
  }
}
