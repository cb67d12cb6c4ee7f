internal import Foundation
import IgnoreFiles
import SourceText
import TestSupport
import Testing

/// Random layouts, judged by git and by us.
///
/// Two stars glued to a literal beginning are left out: what they mean depends on git's version.
@Suite("Git's ignore language, against git itself")
struct GitComparisonTests {
  /// How many layouts are tried; `CACHEPOLICY_RANDOM` asks for more.
  static let layouts = ProcessInfo.processInfo.environment["CACHEPOLICY_RANDOM"].flatMap(Int.init) ?? 40
  static let seed = ProcessInfo.processInfo.environment["CACHEPOLICY_SEED"].flatMap(UInt64.init) ?? 20_261_125

  @Test("verdict, file, line and pattern are git's")
  func agreement() throws {
    var checks = 0
    for number in 0..<Self.layouts {
      checks += try compare(seed: Self.seed &+ UInt64(number))
    }
    #expect(checks > Self.layouts * 10)
  }

  private func compare(seed: UInt64) throws -> Int {
    let layout = Layout(seed: seed)
    let directory = try TemporaryDirectory()
    _ = try run(["git", "init", "-q"], in: directory.path)
    for path in layout.directories {
      try FileManager.default.createDirectory(
        atPath: directory.path + "/" + String(decoding: path.bytes, as: UTF8.self), withIntermediateDirectories: true)
    }
    for (place, text) in layout.files {
      try directory.write(text, to: String(decoding: place.appending(".gitignore").bytes, as: UTF8.self))
    }
    try directory.write(layout.infoExclude, to: ".git/info/exclude")
    try directory.write(layout.personal, to: ".git/personal")
    let paths = layout.paths
    let answer = try run(
      [
        "git", "-c", "core.ignoreCase=\(layout.ignoresCase)", "-c", "core.excludesFile=.git/personal", "check-ignore",
        "--no-index", "-v", "-n", "-z", "--stdin",
      ], in: directory.path, input: Array(paths.map { $0.path.bytes }.joined(separator: [0])) + [0])
    let fields = answer.output.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
    #expect(fields.count == paths.count * 4 + 1, "seed \(seed): \(answer.errors)")
    guard fields.count == paths.count * 4 + 1 else { return 0 }
    let files = layout.files.mapValues { GitIgnoreFile($0, ignoreCase: layout.ignoresCase) }
    let stack = GitIgnoreStack(
      infoExclude: GitIgnoreFile(layout.infoExclude, ignoreCase: layout.ignoresCase),
      personal: GitIgnoreFile(layout.personal, ignoreCase: layout.ignoresCase))
    let judge = GitIgnoreJudge(stack) { files[$0] }
    for (index, item) in paths.enumerated() {
      let decision = judge.decide(item.path, isDirectory: item.isDirectory)
      let ours = decision.map { [name(of: $0.source), Array("\($0.line)".utf8), $0.pattern] } ?? [[], [], []]
      let theirs = Array(fields[(index * 4)..<(index * 4 + 3)])
      #expect(
        ours == theirs,
        "seed \(seed), \(item.path): ours \(ours.map { printable($0) }), git \(theirs.map { printable($0) })")
    }
    return paths.count
  }

  private func name(of source: IgnoreDecision.Source) -> [UInt8] {
    switch source {
    case .file(let path): path.bytes
    case .infoExclude: Array(".git/info/exclude".utf8)
    case .personal: Array(".git/personal".utf8)
    }
  }
}

/// A small work tree with ignore files.
private struct Layout {
  private(set) var directories: [Path] = []
  private(set) var files: [Path: [UInt8]] = [:]
  private(set) var infoExclude: [UInt8] = []
  private(set) var personal: [UInt8] = []
  private(set) var paths: [(path: Path, isDirectory: Bool)] = []
  let ignoresCase: Bool
  private var random: SeededGenerator

  private static let directoryNames = ["a", "b", "ab", "cache", "foo.d"]
  private static let fileNames: [[UInt8]] =
    [
      "c", "x.pyc", "X.PYC", "Foo", "foo", "abc", "a-b", "a b", "x ", "#x", "!x", "a[b", "b]", "a\\b", "x\ty", "-", "ä",
      "x\u{B}",
    ]
    .map { Array($0.utf8) } + [[0x78, 0xFF], [0xE4]]
  private static let pieces = [
    "a", "b", "ab", "c", "foo", "Foo", "cache", "x", ".pyc", ".", "*", "?", "*", "[ab]", "[!a]", "[^x]", "[a-c]",
    "[c-a]",
    "[]]", "[!]a]", "[a-]", "[-a]", "[[:alpha:]]", "[[:space:]]", "[[:upper:]]", "[[:punct:]]", "[[:nope:]]", "[[:a]",
    "[a", "\\a", "\\F", "\\*", "\\ ", " ", "#", "!", "-", "[\\]]", "[a\\-c]", "[A-Z]", "[F]", "ä", "\\", "[/a]",
    "[a-c-e]",
  ]

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    ignoresCase = Int.random(in: 0..<3, using: &random) == 0
    for _ in 0..<4 {
      var path = Path.root
      for _ in 0...Int.random(in: 0..<3, using: &random) { path = path.appending(pick(Self.directoryNames)) }
      while !path.isRoot, !directories.contains(path) {
        directories.append(path)
        path = path.parent
      }
    }
    for directory in [.root] + directories where directory.isRoot || Bool.random(using: &random) {
      files[directory] = text()
    }
    infoExclude = Bool.random(using: &random) ? text() : []
    personal = Bool.random(using: &random) ? text() : []
    paths = directories.map { ($0, true) }
    for directory in [.root] + directories {
      for _ in 0..<6 { paths.append((directory.appending(pick(Self.fileNames)), false)) }
    }
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  private mutating func text() -> [UInt8] {
    var text: [UInt8] = Int.random(in: 0..<10, using: &random) == 0 ? [0xEF, 0xBB, 0xBF] : []
    for _ in 0..<Int.random(in: 1..<8, using: &random) {
      text += pattern()
      text += pick(["\n", "\n", "\n", "\n", "\r\n", " \n", "\t\n", "\r\r\n", "\\ \n", "\n\n", "\0x\n"]).utf8
    }
    if Bool.random(using: &random) { text += pattern() }
    return text
  }

  private mutating func pattern() -> [UInt8] {
    var pattern: [UInt8] = Array(pick(["", "", "", "", "!", "!", "/", "!/", "#", " "]).utf8)
    for part in 0..<pick([1, 1, 1, 2, 2, 3]) {
      if part > 0 { pattern += pick(["/", "/", "/", "/", "\\/", "//"]).utf8 }
      if Int.random(in: 0..<6, using: &random) == 0 {
        // Only as a whole part, and with no literal before it that it could be glued to.
        if pattern.isEmpty || pattern.last == UInt8(ascii: "/") || pattern.last == UInt8(ascii: "!") {
          pattern += pick(["**", "***"]).utf8
        }
        continue
      }
      if Int.random(in: 0..<12, using: &random) == 0 {
        pattern += pick(Self.fileNames)
        continue
      }
      for _ in 0..<pick([1, 1, 2, 3]) {
        let piece = pick(Self.pieces)
        if pattern.last == UInt8(ascii: "*") && piece.first == "*" { continue }
        pattern += piece.utf8
      }
    }
    return pattern + Array(pick(["", "", "", "/"]).utf8)
  }
}
