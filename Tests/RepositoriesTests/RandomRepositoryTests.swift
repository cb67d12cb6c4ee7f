internal import Repositories
internal import SourceText
internal import TestSupport
internal import Testing

/// Trees of few names, so that rules, tracked paths and directories meet often; git is the judge.
@Suite struct RandomRepositoryTests {
  private static let names = ["a", "b", "cache", "x.pyc", "y.log", "keep"]
  private static let patterns = [
    "a", "b/", "cache/", "/a", "/cache/", "*.pyc", "!x.pyc", "*.log", "!keep", "a/b", "a/*", "!a/keep", "**/b", "?",
    "cache/*", "!cache/keep", "*", "!*/",
  ]

  private func path(_ random: inout SeededGenerator) -> String {
    let depth = Int.random(in: 1...4, using: &random)
    return (0..<depth).map { _ in Self.names.randomElement(using: &random) ?? "a" }.joined(separator: "/")
  }

  private func rules(_ random: inout SeededGenerator) -> String {
    let count = Int.random(in: 1...4, using: &random)
    return (0..<count).map { _ in (Self.patterns.randomElement(using: &random) ?? "a") + "\n" }.joined()
  }

  private func build(_ random: inout SeededGenerator) throws -> Sample {
    let sample = try Sample()
    var tracked: [String] = []
    for _ in 0..<20 {
      let path = path(&random)
      // Some paths are directories already, or lead through files; those are left out.
      guard (try? sample.directory.write("", to: path)) != nil else { continue }
      if Int.random(in: 0..<3, using: &random) == 0 { tracked.append(path) }
    }
    try sample.directory.write(rules(&random), to: ".gitignore")
    for _ in 0..<2 { try? sample.directory.write(rules(&random), to: path(&random) + "/.gitignore") }
    try sample.directory.write(rules(&random), to: ".git/info/exclude")
    for path in tracked { try sample.git(["add", "-f", "--", path]) }
    return sample
  }

  @Test(arguments: 0..<25 as Range<UInt64>)
  func gitListsTheSame(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sample = try build(&random)
    let lists = try GitLists(try sample.repository)
    func git(_ options: [String]) throws -> [[UInt8]] {
      try sample.git(["ls-files", "--exclude-standard", "-z"] + options).split(separator: 0).map(Array.init)
    }
    #expect(lists.trackedIgnored.map(\.bytes) == (try git(["-ci"])))
    #expect(lists.others(ignored: false) == (try git(["-o"])))
    #expect(lists.others(ignored: true) == (try git(["-oi"])))
    let status = String(decoding: try sample.git(["status", "--porcelain", "--ignored"]), as: UTF8.self)
    #expect(try lists.status() == status.split(separator: "\n").map(String.init))
  }
}
