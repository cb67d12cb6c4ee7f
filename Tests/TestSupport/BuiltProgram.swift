internal import Foundation

/// The path of a program that was built together with the running tests.
///
/// CACHEPOLICY_BINARY in the environment names another one, such as the static binary.
public func builtProgram(_ name: String) throws -> String {
  if let path = environmentVariable("CACHEPOLICY_BINARY") { return path }
  // The test runner lies beside the programs, whatever the build folder is called.
  let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  let runner = URL(fileURLWithPath: link ?? CommandLine.arguments[0])
  let path = runner.deletingLastPathComponent().appendingPathComponent(name).path
  guard FileManager.default.isExecutableFile(atPath: path) else { throw MissingProgram(path: path) }
  return path
}

/// A program that the tests need and the build has not made.
public struct MissingProgram: Error, CustomStringConvertible {
  /// Where it should be.
  public let path: String

  /// What is missing, in words.
  public var description: String { "\(path) is missing; build the product first" }
}
