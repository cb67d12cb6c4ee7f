internal import Foundation

/// What a foreign program answered.
public struct ProcessResult: Sendable {
  /// Its exit code; the signal's number plus 128 where one ended it.
  public let status: Int
  /// What it printed on standard output.
  public let output: [UInt8]
  /// What it printed on standard error.
  public let errors: [UInt8]

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a program found on PATH in `directory`, and waits for it.
///
/// Git's own settings of the machine are kept out, and so is PYTHONDONTWRITEBYTECODE.
public func run(
  _ arguments: [String], in directory: String, input: [UInt8] = [], environment: [String: String] = [:]
) throws -> ProcessResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: directory)
  var variables = ProcessInfo.processInfo.environment
  variables["PYTHONDONTWRITEBYTECODE"] = nil
  variables["GIT_CONFIG_GLOBAL"] = "/dev/null"
  variables["GIT_CONFIG_NOSYSTEM"] = "1"
  variables["XDG_CONFIG_HOME"] = directory + "/.no-such-configuration"
  process.environment = variables.merging(environment) { $1 }
  let inputs = Pipe()
  let outputs = Pipe()
  let errors = Pipe()
  process.standardInput = inputs
  process.standardOutput = outputs
  process.standardError = errors
  try process.run()
  let writer = Thread {
    try? inputs.fileHandleForWriting.write(contentsOf: Data(input))
    try? inputs.fileHandleForWriting.close()
  }
  writer.start()
  let collected = Collected()
  let reader = Thread {
    collected.finish(Array(errors.fileHandleForReading.readDataToEndOfFile()))
  }
  reader.start()
  let output = Array(outputs.fileHandleForReading.readDataToEndOfFile())
  process.waitUntilExit()
  let signal = process.terminationReason == .uncaughtSignal ? 128 : 0
  return ProcessResult(
    status: Int(process.terminationStatus) + signal, output: output, errors: collected.wait())
}

/// Bytes that another thread hands over.
private final class Collected: @unchecked Sendable {
  private let condition = NSCondition()
  private var bytes: [UInt8]?

  func finish(_ bytes: [UInt8]) {
    condition.lock()
    self.bytes = bytes
    condition.signal()
    condition.unlock()
  }

  func wait() -> [UInt8] {
    condition.lock()
    defer { condition.unlock() }
    while bytes == nil { condition.wait() }
    return bytes ?? []
  }
}
