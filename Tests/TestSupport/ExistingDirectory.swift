internal import Foundation

/// A directory that belongs to the tests, such as one of expected texts.
public struct ExistingDirectory: Sendable {
  /// Where it is, without a trailing slash.
  public let path: String

  /// Creates the value for the directory at `path`.
  public init(path: String) {
    self.path = path
  }

  /// The names of what it holds, sorted.
  public func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// The bytes of a file in it.
  public func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }

  /// Writes a file in it.
  public func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }
}

/// The value of an environment variable of the test run.
public func environmentVariable(_ name: String) -> String? {
  ProcessInfo.processInfo.environment[name]
}
