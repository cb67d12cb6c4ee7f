internal import Foundation

/// A directory for one test, removed with all it holds when the value goes.
public final class TemporaryDirectory: Sendable {
  /// Where it is, without a trailing slash.
  public let path: String

  /// Creates an empty directory with a name of its own.
  public init() throws {
    path = NSTemporaryDirectory() + "cachepolicy-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file at a path relative to the directory, and the directories that lead to it.
  public func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file at a path relative to the directory, and the directories that lead to it.
  public func write(_ bytes: [UInt8], to name: String) throws {
    let file = path + "/" + name
    let parent = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
  }

  /// The bytes of a file in the directory.
  public func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }
}

extension TemporaryDirectory {
  /// Where it is, with every link in the path resolved.
  public var resolvedPath: String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }
}
