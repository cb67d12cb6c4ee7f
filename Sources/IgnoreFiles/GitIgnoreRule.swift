public import SourceText

/// One pattern of an ignore file in git's language.
public struct GitIgnoreRule: Sendable, Hashable {
  /// The line, from 1.
  public let line: Int
  /// The bytes of the pattern in the file, with its `!` and its trailing slash.
  public let range: ByteRange
  /// The pattern as git prints it.
  public let pattern: [UInt8]
  /// Whether it takes back what an earlier one ignores.
  public let isNegated: Bool
  /// Whether it speaks of directories alone.
  public let isDirectoryOnly: Bool
  /// Whether it is matched against the whole path, because it holds a slash; else against the last name.
  public let isPath: Bool
  /// The glob that is matched: without `!`, trailing and leading slash.
  public let glob: [UInt8]

  /// Parses a pattern; `bytes` is a line without its end and without trailing spaces.
  init(_ bytes: ArraySlice<UInt8>, line: Int, range: ByteRange) {
    self.line = line
    self.range = range
    pattern = Array(bytes)
    var rest = bytes
    isNegated = rest.first == UInt8(ascii: "!")
    if isNegated { rest = rest.dropFirst() }
    isDirectoryOnly = rest.last == UInt8(ascii: "/")
    if isDirectoryOnly { rest = rest.dropLast() }
    isPath = rest.contains(UInt8(ascii: "/"))
    if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
    glob = Array(rest)
  }

  /// Whether nothing is left to match, as of `/` or `!`.
  var isEmpty: Bool { glob.isEmpty }
}
