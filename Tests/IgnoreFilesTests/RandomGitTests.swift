import IgnoreFiles
import SourceText
import TestSupport
import Testing

@Suite("Git's ignore language, as the installed git judges")
struct RandomGitTests {
  @Test("random layouts get git's verdict, file, line and pattern")
  func layouts() throws {
    let count = environmentVariable("CACHEPOLICY_RANDOM").flatMap { Int($0) } ?? 40
    for seed in 0..<count { try compare(seed: UInt64(seed)) }
  }

  private func compare(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let root = try TemporaryDirectory()
    let ignoresCase = Int.random(in: 0..<4, using: &random) == 0
    #expect(try run(["git", "init", "-q"], in: root.path).status == 0)
    for setting in [
      ["core.ignoreCase", ignoresCase ? "true" : "false"], ["core.excludesFile", root.path + "/.git/personal"],
    ] {
      #expect(try run(["git", "config"] + setting, in: root.path).status == 0)
    }

    var directories: Set<[UInt8]> = []
    for _ in 0..<6 {
      var path: [UInt8] = []
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        path += (path.isEmpty ? [] : [UInt8(ascii: "/")]) + Self.pick(["a", "b", "cache", "Foo"], &random)
        directories.insert(path)
      }
    }
    for directory in directories.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      try root.write("", to: String(decoding: directory, as: UTF8.self) + "/.keep")
    }
    var files: [Path: GitIgnoreFile] = [:]
    func write(_ name: String) throws -> GitIgnoreFile {
      let bytes = Self.file(&random)
      try root.write(bytes, to: name)
      return GitIgnoreFile(bytes, ignoreCase: ignoresCase)
    }
    files[.root] = try write(".gitignore")
    for directory in directories.sorted(by: { $0.lexicographicallyPrecedes($1) }).prefix(2) {
      files[Path(directory)] = try write(String(decoding: directory, as: UTF8.self) + "/.gitignore")
    }
    let exclude = try write(".git/info/exclude")
    let personal = try write(".git/personal")
    let known = files
    let judge = GitIgnoreJudge(GitIgnoreStack(infoExclude: exclude, personal: personal)) { known[$0] }

    var paths = Array(directories)
    for _ in 0..<40 {
      let parent = directories.randomElement(using: &random) ?? []
      let name = Self.pick(["a.pyc", "b", "x y", "foo", "Foo", "cache", "a ", "#x", "!b", "[a]", "d\\e", "1"], &random)
      let path = Bool.random(using: &random) ? name : parent + [UInt8(ascii: "/")] + name
      paths.append(Int.random(in: 0..<8, using: &random) == 0 ? path + [0xFF] : path)
    }
    paths.sort { $0.lexicographicallyPrecedes($1) }
    let answer = try run(
      ["git", "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"], in: root.path,
      input: paths.flatMap { $0 + [0] })
    let fields = answer.output.split(separator: 0, omittingEmptySubsequences: false)
    try #require(fields.count == paths.count * 4 + 1, "seed \(seed)")
    for (index, path) in paths.enumerated() {
      let decision = judge.decide(Path(path), isDirectory: directories.contains(path))
      let source =
        switch decision?.source {
        case .file(let file): file.description
        case .infoExclude: ".git/info/exclude"
        case .personal: root.path + "/.git/personal"
        case nil: ""
        }
      let place: Comment = "seed \(seed), \(String(decoding: path, as: UTF8.self))"
      #expect(String(decoding: fields[index * 4], as: UTF8.self) == source, place)
      #expect(String(decoding: fields[index * 4 + 1], as: UTF8.self) == (decision.map { "\($0.line)" } ?? ""), place)
      #expect(Array(fields[index * 4 + 2]) == decision?.pattern ?? [], place)
    }
  }

  private static func pick(_ texts: [String], _ random: inout SeededGenerator) -> [UInt8] {
    Array((texts.randomElement(using: &random) ?? "").utf8)
  }

  /// The bytes of an ignore file.
  private static func file(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = Int.random(in: 0..<10, using: &random) == 0 ? [0xEF, 0xBB, 0xBF] : []
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      bytes += pick(["", "", "", "!", "#", " "], &random)
      bytes += pick(["", "", "", "/", "**/"], &random)
      for part in 0..<Int.random(in: 1...3, using: &random) {
        if part > 0 { bytes += pick(["/", "/", "/", "/**/", "/**/", "\\/", "/**\\/", "//"], &random) }
        bytes += pick(
          [
            "a", "b", "cache", "Foo", "foo", "*", "?", "*.pyc", "[a-c]", "[!a]*", "[^b]", "[[:alpha:]]", "f*",
            "[[:upper:]]oo", "[[:no:]]", "[b", "\\a", "\\#x", "\\!b", "\\[a]", "d\\\\e", "x y", "[]a]", "[F]oo", "a\\ ",
          ], &random)
        if Int.random(in: 0..<20, using: &random) == 0 { bytes.append(0xFF) }
      }
      bytes += pick(["", "", "", "/", "/*", "/**"], &random)
      bytes += pick(["", "", "", " ", "  ", "\t", "\r", " \r", "\r\r", "\0x"], &random)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}
