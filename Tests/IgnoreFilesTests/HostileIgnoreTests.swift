import IgnoreFiles
import SourceText
import TestSupport
import Testing

/// Files and paths that were written to break a reader.
@Suite("Hostile ignore files")
struct HostileIgnoreTests {
  private func judge(_ text: String) -> GitIgnoreJudge { GitIgnoreJudge(single: GitIgnoreFile(Array(text.utf8))) }

  @Test("a pattern longer than any path costs nothing", .timeLimit(.minutes(1)))
  func longPatterns() {
    for part in ["*a", "a*", "?*", "[ab]*", "**/"] {
      let judge = judge(String(repeating: part, count: 70_000) + "q\n")
      for index in 0..<100 {
        let decision = judge.decide(Path("aaaa/aaaaaaaaaaaaaaaaaaaaaaaa\(index)".utf8), isDirectory: false)
        #expect(decision == nil)
      }
    }
  }

  @Test("stars without end decide in bounded time", .timeLimit(.minutes(1)))
  func manyStars() {
    let judge = judge(String(repeating: "a*", count: 100) + "b\n/" + String(repeating: "**/a/", count: 60) + "b\n")
    #expect(judge.decide(Path(String(repeating: "a", count: 250).utf8), isDirectory: false) == nil)
    #expect(judge.decide(Path(String(repeating: "a/", count: 1000).utf8), isDirectory: true) == nil)
    #expect(judge.decide(Path((String(repeating: "a/", count: 80) + "b").utf8), isDirectory: false)?.line == 2)
  }

  @Test("a hundred thousand patterns, each asked", .timeLimit(.minutes(1)))
  func manyPatterns() {
    let judge = judge((0..<100_000).map { "name\($0)x" }.joined(separator: "\n"))
    #expect(judge.decide("a/name99999x", isDirectory: false)?.line == 100_000)
    #expect(judge.decide("a/name1x", isDirectory: false)?.line == 2)
    #expect(judge.decide("a/name100000x", isDirectory: false) == nil)
  }

  @Test("a file above git's limit has no rules")
  func largeFile() {
    let text = Array("x\n".utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: GitIgnoreFile.sizeLimit)
    #expect(GitIgnoreFile(text).rules.isEmpty)
  }

  @Test("paths that no repository has are answered", arguments: ["/", "/a/b", "//x", "a//b", "a/./b"] as [Path])
  func oddPaths(_ path: Path) {
    #expect(judge("x\n").decide(path, isDirectory: false)?.isIgnored == (path == "//x" ? true : nil))
  }

  @Test("a path of many parts is refused, and many deep paths cost bounded memory", .timeLimit(.minutes(1)))
  func deepPaths() {
    let judge = judge("x\n")
    #expect(judge.decide(Path((String(repeating: "a/", count: 60_000) + "x").utf8), isDirectory: false) == nil)
    for index in 0..<40 {
      let deep = "d\(index)/" + String(repeating: "a/", count: 1000) + "x"
      #expect(judge.decide(Path(deep.utf8), isDirectory: false)?.line == 1)
    }
  }
}

/// Differences that are easily missed.
@Suite("Corners of the ignore languages")
struct IgnoreCornerTests {
  @Test("an escaped slash after two stars needs a directory in their place")
  func escapedSlash() {
    let judge = GitIgnoreJudge(single: GitIgnoreFile(Array("a/**\\/b\n**\\/c\n".utf8)))
    #expect(judge.decide("a/b", isDirectory: false) == nil)
    #expect(judge.decide("a/x/b", isDirectory: false)?.line == 1)
    #expect(judge.decide("a/x/y/b", isDirectory: false)?.line == 1)
    #expect(judge.decide("c", isDirectory: false) == nil)
    #expect(judge.decide("x/c", isDirectory: false)?.line == 2)
  }

  @Test("two stars in a name cross slashes in Docker's language, also behind `**/`")
  func dockerStars() throws {
    let inner = try DockerIgnoreFile(Array("**/x**y\n".utf8))
    #expect(inner.decide("xay", isDirectory: false) == nil)
    #expect(inner.decide("q/xa/b/y", isDirectory: false)?.isIgnored == true)
    #expect(inner.decide("xy", isDirectory: false)?.isIgnored == true)
    // The exception is first looked at below `ab`, since nothing excludes `ab` itself.
    let last = try DockerIgnoreFile(Array("ab/*\n!**/a**\n".utf8))
    #expect(last.decide("ab/c", isDirectory: false)?.isIgnored == false)
  }

  @Test("a star is not rewritten for a dead negation")
  func deadNegationUnderStar() throws {
    func facts(_ text: String) -> [DeadNegationFact] {
      GitIgnoreFile(Array(text.utf8)).deadNegations(in: .root, above: [])
    }
    let star = try #require(facts("*\n!src/main.c\n").first)
    #expect(star.repair == nil)
    let directory = try #require(facts("build*/\n!build/keep\n").first?.repair)
    #expect(directory.replacement == Array("build*/*".utf8))
    let name = try #require(facts("build\n!build/keep\n").first?.repair)
    #expect(name.replacement == Array("build/*".utf8))
  }

  @Test("what covers only where case counts is not redundant")
  func coverageWithoutCase() {
    #expect(GitIgnoreFile(Array("[F]oo\nFoo\n".utf8)).redundantRules.isEmpty)
    #expect(GitIgnoreFile(Array("*.py[cod]\n*.pyc\n".utf8)).redundantRules.map(\.rule.line) == [2])
    #expect(GitIgnoreFile(Array("x\na/x/\n".utf8)).redundantRules.map(\.rule.line) == [2])
    #expect(GitIgnoreFile(Array("x/\nx\n".utf8)).redundantRules.map(\.rule.line) == [1])
    #expect(GitIgnoreFile(Array("x\n!y\nx\n".utf8)).redundantRules.map(\.rule.line) == [1])
  }
}
