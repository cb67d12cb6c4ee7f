import IgnoreFiles
import SourceText
import TestSupport
import Testing

@Suite("What can be said of ignore patterns without any path")
struct AnalysisTests {
  private func rule(_ text: String) throws -> GitIgnoreRule {
    try #require(GitIgnoreFile(Array(text.utf8)).rules.first)
  }

  @Test(
    "patterns that match nothing, and what was probably meant",
    arguments: [
      ("/", NeverMatching.Reason.empty, [String]()), ("!", .empty, []), ("[a", .unclosedClass, []),
      ("x[[:foo:]]", .unknownClassName, []), ("a/[/]", .emptyClass, []), ("a\\", .trailingBackslash, []),
      ("./x", .dotPart, ["/x"]), ("!./x/y/", .dotPart, ["!x/y/"]), ("../x", .dotPart, []), ("x/.", .dotPart, ["/x"]),
      ("a//b", .emptyPart, ["a/b"]), ("x\t", .trailingWhitespace, ["x"]), ("x\u{A0}", .trailingWhitespace, ["x"]),
      (" x", .leadingWhitespace, ["x"]), ("x # c", .commentTail, ["x"]), ("!x\t#c", .commentTail, ["!x"]),
      ("*.{o,a}", .braces, ["*.o", "*.a"]),
    ])
  func never(text: String, reason: NeverMatching.Reason, replacements: [String]) throws {
    let never = try rule(text).neverMatching
    #expect(never?.reason == reason)
    #expect(never?.replacements.map { String(decoding: $0, as: UTF8.self) } == replacements)
  }

  @Test(
    "patterns that match something",
    arguments: ["x", "/x", "x/", "a/b", "[]]", "[!a]", "a\\ ", "{x}", "x#y", "**/.env", "#"])
  func fine(text: String) {
    for rule in GitIgnoreFile(Array(text.utf8)).rules { #expect(rule.neverMatching == nil) }
  }

  @Test("a negation below an excluded directory is dead, and `dir/*` revives it")
  func deadNegation() throws {
    let file = GitIgnoreFile(Array("build/\n!build/keep\n!other/keep\n".utf8))
    let dead = file.deadNegations(in: .root, above: [])
    #expect(dead.map(\.rule.line) == [2])
    #expect(dead.first?.excludedBy.line == 1)
    #expect(dead.first?.repair?.replacement == Array("build/*".utf8))
  }

  @Test("an ignore file above can make a negation dead, and a later one too")
  func deadBelow() {
    let above = GitIgnoreFile(Array("out/\n".utf8))
    let file = GitIgnoreFile(Array("!out/x\n!tmp/y\ntmp\n".utf8))
    let dead = file.deadNegations(in: "sub", above: [(directory: .root, file: above)])
    #expect(dead.map(\.rule.line) == [1, 2])
    #expect(dead.allSatisfy { $0.repair == nil })
  }

  @Test("removing a redundant rule changes no verdict", arguments: 0..<300 as Range<UInt64>)
  func redundancy(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "a", "b", "*.c", "x.c", "*.[cd]", "a/b", "/a", "**/b", "b/", "*", "x.*", "a/*", "!a", "!*.c", "!b/", "!/x.c",
    ]
    let lines = (0..<Int.random(in: 2...8, using: &random)).map { _ in parts.randomElement(using: &random) ?? "a" }
    let file = GitIgnoreFile(Array(lines.joined(separator: "\n").utf8))
    let names = ["a", "b", "x.c", "x.d", "y"]
    for redundant in file.redundantRules {
      var left = lines
      left.remove(at: redundant.rule.line - 1)
      let before = GitIgnoreJudge(single: file)
      let after = GitIgnoreJudge(single: GitIgnoreFile(Array(left.joined(separator: "\n").utf8)))
      for first in names {
        for second in names + [""] {
          for third in ["", "b", "x.c"] where !(second.isEmpty && !third.isEmpty) {
            let path = Path([first, second, third].filter { !$0.isEmpty }.joined(separator: "/").utf8)
            for isDirectory in [true, false] {
              let old = before.decide(path, isDirectory: isDirectory)?.isIgnored ?? false
              let new = after.decide(path, isDirectory: isDirectory)?.isIgnored ?? false
              #expect(old == new, "\(lines) without line \(redundant.rule.line): \(path) \(isDirectory)")
            }
          }
        }
      }
    }
  }

  @Test("what is redundant, and which of two goes")
  func redundant() {
    func lines(_ text: String) -> [Int] { GitIgnoreFile(Array(text.utf8)).redundantRules.map(\.rule.line) }
    #expect(lines("*.log\nx\n*.log\n") == [3])
    #expect(lines("*.log\n!a.log\n*.log\n") == [1])
    #expect(lines("x/\nx\n") == [1])
    #expect(lines("**/x\nx\n") == [2])
    #expect(lines("*.pyc\n*.py[cod]\n") == [1])
    #expect(lines("*.py[cod]\n!a.pyc\n*.pyc\n").isEmpty)
    #expect(lines("a/b\nb\n") == [1])
    #expect(lines("b\n/b\n") == [2])
    #expect(lines("a\nb\n!a\n").isEmpty)
  }

  @Test("patterns choose paths, directories speak of what is below, and the last one decides")
  func patterns() {
    let patterns = PathPatterns(["vendor/**", "*.md", "!docs/**", "third_party/"])
    #expect(patterns.matches("vendor/x/y.c"))
    #expect(patterns.matches("a/read.md"))
    #expect(!patterns.matches("docs/read.md"))
    #expect(patterns.matches("third_party/z"))
    #expect(!patterns.matches("third_party"))
    #expect(patterns.matches("third_party", isDirectory: true))
    #expect(!PathPatterns([]).matches("x"))
  }

  @Test("a long line of stars and many patterns cost no more than their product")
  func hostile() {
    let stars = String(repeating: "*a", count: 50_000)
    let file = GitIgnoreFile(Array((stars + "\n" + (0..<50_000).map { "p\($0)/[x]?*" }.joined(separator: "\n")).utf8))
    let judge = GitIgnoreJudge(single: file)
    #expect(judge.decide(Path(String(repeating: "a", count: 200).utf8), isDirectory: false) == nil)
    #expect(judge.decide("p7/xyz", isDirectory: false)?.line == 9)
  }
}
