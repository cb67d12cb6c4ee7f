import Foundation
import JSON
import TestSupport

/// A directory in which the built program is run.
struct CommandSandbox {
  let directory: TemporaryDirectory
  private let program: String

  /// Creates the directory with these files; a repository with all of them in its index if asked.
  init(_ files: [String: String] = [:], isRepository: Bool = true) throws {
    directory = try TemporaryDirectory()
    program = try builtProgram("cachepolicy")
    for (name, text) in files { try directory.write(text, to: name) }
    if isRepository {
      try git("init", "-q")
      try git("add", "-f", "-A")
    }
  }

  var path: String { directory.path }

  /// Runs git, whose answer does not matter.
  func git(_ arguments: String...) throws {
    _ = try run(["git"] + arguments, in: path)
  }

  /// Runs the program, which is ended after twenty seconds.
  func cachepolicy(
    _ arguments: [String], in folder: String = "", input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> ProcessResult {
    try run(
      ["timeout", "20", program] + arguments, in: folder.isEmpty ? path : path + "/" + folder, input: input,
      environment: ["CI": "", "NO_COLOR": "", "SOURCE_DATE_EPOCH": ""].merging(environment) { $1 })
  }

  /// Runs the program with these words.
  func cachepolicy(_ arguments: String...) throws -> ProcessResult { try cachepolicy(arguments) }

  /// The report of a run as JSON.
  func report(_ arguments: [String], in folder: String = "", input: [UInt8] = []) throws -> JSONNode {
    try JSONReader().read(cachepolicy(arguments + ["--format", "json"], in: folder, input: input).output)
  }

  /// The paths of everything in the directory, git's own files left out.
  func allPaths() -> [String] {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return names.filter { !$0.hasPrefix(".git/") }.sorted()
  }

  /// The rights of a file.
  func mode(of name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.posixPermissions] as? Int
  }

  /// Makes a file executable, or takes its rights.
  func setMode(_ mode: Int, of name: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + name)
  }

  /// Makes a symbolic link.
  func link(_ name: String, to destination: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: destination)
  }

  /// Whether there is something of the name.
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }
}

extension ProcessResult {
  /// Both outputs and the code, for the message of a failed test.
  var all: String { "exit \(status)\n\(text)\n\(errorText)" }

  /// Standard error as text.
  var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// The codes of the findings in a report.
func codes(_ report: JSONNode) -> [String] {
  (report["findings"]?.array ?? []).compactMap { $0["code"]?.string }
}

/// The files that the findings of a report stand in.
func places(_ report: JSONNode) -> Set<String> {
  Set((report["findings"]?.array ?? []).compactMap { $0["place"]?["path"]?.string })
}
