import TestSupport
import Testing

/// The top folder of the sources.
let checkout = String(#filePath.dropLast("/Tests/IntegrationTests/Integration.swift".count))

/// Whether foreign programs are installed for the tests, as `make integration` sees to.
let isIntegration = environmentVariable("CACHEPOLICY_INTEGRATION") == "1"

/// A repository to be examined, with everything in it tracked.
struct SampleRepository {
  let directory: TemporaryDirectory

  /// Makes the repository with files of these names and texts.
  init(_ files: [String: String]) throws {
    directory = try TemporaryDirectory()
    for (name, text) in files { try directory.write(text, to: name) }
    for arguments in [["git", "init", "-q"], ["git", "add", "--all", "--force"]] {
      let result = try TestSupport.run(arguments, in: directory.path)
      try #require(result.status == 0)
    }
  }

  /// Runs the program in the repository.
  func cachepolicy(_ arguments: [String], input: [UInt8] = []) throws -> ProcessResult {
    try TestSupport.run([try builtProgram("cachepolicy")] + arguments, in: directory.path, input: input)
  }

  /// Runs a Python script of the tests in the repository.
  func python(_ script: String, _ arguments: [String] = [], input: [UInt8] = []) throws -> ProcessResult {
    try TestSupport.run(["python3", "-c", script] + arguments, in: directory.path, input: input)
  }
}

/// What a program said, for the message of a failed test.
func said(_ result: ProcessResult) -> Comment {
  Comment(rawValue: "exit \(result.status)\n\(result.text)\n\(String(decoding: result.errors, as: UTF8.self))")
}
