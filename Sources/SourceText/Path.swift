/// A path as bytes, its parts separated by `/`.
///
/// The file systems that are examined know no encoding, so neither does this type: two paths are
/// equal when their bytes are. A path relative to a repository or an image has no leading slash.
public struct Path: Hashable, Sendable {
  /// The bytes, without a trailing slash.
  public let bytes: [UInt8]

  /// Creates a path from its bytes; trailing slashes are dropped, except from the root's.
  @inlinable
  public init(_ bytes: some Sequence<UInt8>) {
    var bytes = Array(bytes)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    self.bytes = bytes
  }

  /// The empty path: the directory that relative paths start from.
  public static let root = Path([])

  /// Feeds the bytes to a hasher at once; an array would feed them one by one.
  public func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }

  /// Whether this is the directory that relative paths start from.
  @inlinable
  public var isRoot: Bool { bytes.isEmpty }

  /// The last part, or nothing for the empty path.
  public var name: ArraySlice<UInt8> {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
    return bytes[(slash + 1)...]
  }

  /// The path of the directory that holds this one; the empty path for a single part.
  public var parent: Path {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return .root }
    return Path(slash == 0 ? bytes[...0] : bytes[..<slash])
  }

  /// The parts from the first to the last.
  public var components: [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "/"))
  }

  /// The path of `name` in this directory.
  @inlinable
  public func appending(_ name: some Sequence<UInt8>) -> Path {
    isRoot ? Path(name) : Path(bytes + [UInt8(ascii: "/")] + name)
  }

  /// The path of `name` in this directory.
  public func appending(_ name: String) -> Path {
    appending(name.utf8)
  }

  /// Whether this is `directory` itself or lies below it.
  public func isWithin(_ directory: Path) -> Bool {
    if directory.isRoot { return true }
    guard bytes.starts(with: directory.bytes) else { return false }
    return bytes.count == directory.bytes.count || bytes[directory.bytes.count] == UInt8(ascii: "/")
      || directory.bytes.last == UInt8(ascii: "/")
  }

  /// The path as seen from `directory`, or nil where it does not lie within.
  public func relative(to directory: Path) -> Path? {
    guard isWithin(directory) else { return nil }
    return Path(bytes[directory.bytes.count...].drop { $0 == UInt8(ascii: "/") })
  }
}

extension Path: Comparable {
  /// Orders paths by their bytes, as git's index does.
  public static func < (left: Path, right: Path) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension Path: ExpressibleByStringLiteral {
  /// Creates a path from text in the program.
  public init(stringLiteral text: String) {
    self.init(text.utf8)
  }
}

extension Path: CustomStringConvertible {
  /// The path in a form that is safe to print.
  public var description: String { printable(bytes) }
}
