import IgnoreFiles
import SourceText
import TestSupport
import Testing

@Suite("Rules that could go, and rules that do nothing")
struct RedundantRulesTests {
  @Test("taking one redundant rule away changes no verdict")
  func removal() {
    let globs = [
      "a", "b", "a/", "/a", "**/a", "*.pyc", "*.py[cod]", "x.pyc", "a/b", "a/*", "a/x.pyc", "*", "/*", "?", "[ab]",
      "/b/", "a/**", "**/a/b", "**/*.pyc", "\\a", "*.p*",
    ]
    let names = ["a", "b", "x.pyc", "x.pyo", ".pyc"]
    var random = SeededGenerator(seed: 7)
    var removed = 0
    for _ in 0..<400 {
      let lines = (0..<Int.random(in: 2...7, using: &random)).map { _ in
        (Int.random(in: 0..<4, using: &random) == 0 ? "!" : "") + (globs.randomElement(using: &random) ?? "a")
      }
      let file = GitIgnoreFile(Array(lines.joined(separator: "\n").utf8))
      for redundant in file.redundantRules {
        removed += 1
        var fewer = lines
        fewer.remove(at: redundant.rule.line - 1)
        let before = GitIgnoreJudge(single: file)
        let after = GitIgnoreJudge(single: GitIgnoreFile(Array(fewer.joined(separator: "\n").utf8)))
        for first in names {
          for path in [first] + names.map({ first + "/" + $0 }) + names.map({ "b/a/" + $0 }) {
            for isDirectory in [false, true] {
              let old = before.decide(Path(path.utf8), isDirectory: isDirectory)?.isIgnored ?? false
              let new = after.decide(Path(path.utf8), isDirectory: isDirectory)?.isIgnored ?? false
              #expect(old == new, "\(lines) without line \(redundant.rule.line): \(path)")
            }
          }
        }
      }
    }
    #expect(removed > 100)
  }

  @Test("five thousand rules are compared soon")
  func many() {
    let lines = (0..<5_000).map { $0 % 4 == 0 ? "*.e\($0)" : "directory/name\($0)" }
    let file = GitIgnoreFile(Array(lines.joined(separator: "\n").utf8))
    let time = ContinuousClock().measure { #expect(file.redundantRules.isEmpty) }
    #expect(time < .seconds(30))
  }

  @Test(
    "why a pattern never matches",
    arguments: [
      ("/", NeverMatching.Reason.empty), ("!", .empty), ("[a", .unclosedClass), ("[[:no:]]", .unknownClassName),
      ("x/[/]", .emptyClass), ("a\\", .trailingBackslash), ("./a", .dotPart), ("a//b", .emptyPart),
      ("a\t", .trailingWhitespace), (" a", .leadingWhitespace), ("a # b", .commentTail), ("{a,b}", .braces),
    ])
  func neverMatching(_ pattern: String, _ reason: NeverMatching.Reason) {
    let file = GitIgnoreFile(Array(pattern.utf8))
    #expect(file.rules.first?.neverMatching?.reason == reason)
  }

  @Test("a dead negation is found, and its repair brings the path back")
  func deadNegation() throws {
    let text = Array("a/\n!a/keep\n".utf8)
    let fact = try #require(GitIgnoreFile(text).deadNegations(in: .root, above: []).first)
    let repair = try #require(fact.repair)
    #expect(fact.rule.line == 2)
    var bytes = text
    bytes.replaceSubrange(repair.range.indices, with: repair.replacement)
    let judge = GitIgnoreJudge(single: GitIgnoreFile(bytes))
    #expect(judge.decide(Path("a/keep".utf8), isDirectory: false)?.isIgnored == false)
    #expect(judge.decide(Path("a/other".utf8), isDirectory: false)?.isIgnored == true)
    // The pattern speaks of the directory that the negation names, and of no other of its name.
    #expect(judge.decide(Path("b/a/other".utf8), isDirectory: false) == nil)
  }
}
