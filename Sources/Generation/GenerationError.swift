/// A source file that cannot be turned into Swift.
public struct GenerationError: Error, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The line, from 1, where it is known.
  public let line: Int?
  /// What is wrong.
  public let message: String

  /// The error as compilers print theirs.
  public var description: String {
    path + (line.map { ":\($0)" } ?? "") + ": " + message
  }
}

/// A file that is read or written, with its path from the package's root.
public struct TextFile: Hashable, Sendable {
  /// The path from the package's root.
  public let path: String
  /// What it holds.
  public let bytes: [UInt8]

  /// Creates a file.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  init(path: String, _ text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// The last part of the path without its suffix.
  var stem: String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.prefix { $0 != "." })
  }
}
