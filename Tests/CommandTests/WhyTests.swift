import Foundation
import JSON
import TestSupport
import Testing

@Suite("why, beside git check-ignore")
struct WhyTests {
  /// Puts the sources of a recorded layout on disk, and its personal excludes beside it.
  private func sandbox(of layout: VectorValue) throws -> CommandSandbox {
    let sandbox = try CommandSandbox()
    for (name, value) in layout["files"].members { try sandbox.directory.write(value.bytes ?? [], to: name) }
    if let bytes = layout["infoExclude"].bytes { try sandbox.directory.write(bytes, to: ".git/info/exclude") }
    if let bytes = layout["globalExclude"].bytes {
      try sandbox.directory.write(bytes, to: ".git/personal")
      try sandbox.git("config", "core.excludesFile", sandbox.path + "/.git/personal")
    }
    try sandbox.git("config", "core.ignoreCase", layout["ignoreCase"].isTrue ? "true" : "false")
    return sandbox
  }

  /// The expected fields of one path.
  private func fields(_ check: VectorValue, _ path: [UInt8], in sandbox: CommandSandbox) -> [UInt8] {
    guard let source = check["source"].text else { return [0, 0, 0] + path + [0] }
    let name = source == "<global>" ? sandbox.path + "/.git/personal" : source
    return Array(name.utf8) + [0] + Array("\(check["line"].number ?? 0)".utf8) + [0] + (check["pattern"].bytes ?? [])
      + [0] + path + [0]
  }

  @Test("recorded layouts: the fields are those of git check-ignore -v -n -z")
  func recordedLayouts() throws {
    let layouts = try vectors("../IgnoreFilesTests/Vectors/gitignore.jsonl")
    let step = environmentVariable("CACHEPOLICY_ALL_LAYOUTS") == nil ? 6 : 1
    var judgedLikeGit = 0
    for layout in stride(from: 0, to: layouts.count, by: step).map({ layouts[$0] }) {
      let id = layout["id"].text ?? "?"
      let sandbox = try sandbox(of: layout)
      var input: [UInt8] = []
      var expected: [UInt8] = []
      for check in layout["checks"].elements {
        guard var path = check["path"].bytes else { continue }
        if check["dir"].isTrue { path.append(UInt8(ascii: "/")) }
        input += path + [0]
        expected += fields(check, path, in: sandbox)
      }
      let answer = try sandbox.cachepolicy(["why", "--stdin", "-z"], input: input)
      #expect(answer.output == expected, "\(id)\n\(answer.all)")
      let isIgnored = layout["checks"].elements.contains { $0["ignored"].isTrue }
      #expect(answer.status == (isIgnored ? 0 : 1), "\(id)")
      // The git at hand may be older than the language that is recorded.
      let judge = try run(
        ["git", "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"], in: sandbox.path, input: input)
      if judge.output == expected {
        judgedLikeGit += 1
        // For git, a path that a negation takes back counts too; for us it is not ignored.
        #expect(judge.status == 0 || answer.status == 1, "\(id)")
        let lines = try lineForms(of: input, in: sandbox)
        #expect(lines.ours == lines.gits, "\(id)")
      }
    }
    #expect(judgedLikeGit > layouts.count / step / 2)
  }

  /// The line forms, ours and git's, of paths that a list without NUL can hold.
  private func lineForms(of input: [UInt8], in sandbox: CommandSandbox) throws -> (ours: String, gits: String) {
    let paths = input.split(separator: 0).filter { !$0.contains(0x0A) && !$0.contains(0x0D) && $0.first != 0x22 }
    let lines = Array(paths.joined(separator: [0x0A])) + [0x0A]
    let ours = try sandbox.cachepolicy(["why", "--stdin"], input: lines)
    let gits = try run(["git", "check-ignore", "--no-index", "-v", "-n", "--stdin"], in: sandbox.path, input: lines)
    return (ours.text, gits.text)
  }

  private static let layout = [
    ".gitignore": "*.pyc\n!keep.pyc\n/build/\n", "a/.gitignore": "# first\nlocal*\n!local.keep\n",
    "a/b/.gitignore": "\\#x\n", "ü ö/.gitignore": "*.tmp\n",
  ]

  private static let names = [
    "x.pyc", "keep.pyc", "build/", "build/x", "build", "a/local", "a/local.keep", "a/b/local/x", "a/b/#x",
    "a\tb.pyc", "a\u{1}b.pyc", "quote\"d.pyc", "back\\slash.pyc", "ü ö/x.tmp", "nothing", "a//local", "./x.pyc",
    "a/../x.pyc", "line\nbreak.pyc", "cr\rmiddle.pyc", "del\u{7F}.pyc", "blank end ", "-dash.pyc",
  ]

  /// Our answer beside git's.
  private func expectSame(
    _ sandbox: CommandSandbox, _ options: [String], in folder: String = "", input: [UInt8],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let ours = try sandbox.cachepolicy(["why"] + options, in: folder, input: input)
    let gits = try run(
      ["git", "check-ignore", "--no-index", "-v", "-n"] + options,
      in: folder.isEmpty ? sandbox.path : sandbox.path + "/" + folder, input: input)
    #expect(ours.text == gits.text, "ours: \(ours.all)\ngit's: \(gits.all)", sourceLocation: location)
    #expect(ours.output == gits.output, sourceLocation: location)
    #expect(ours.status == gits.status, sourceLocation: location)
  }

  @Test("odd names are quoted as git quotes them, and read as git reads them")
  func quoting() throws {
    let sandbox = try CommandSandbox(Self.layout)
    let invalid: [UInt8] = [0x66, 0xFF, 0x2E, 0x70, 0x79, 0x63]
    let null = Array(Self.names.joined(separator: "\0").utf8) + [0] + invalid + [0]
    try expectSame(sandbox, ["--stdin", "-z"], input: null)
    let lines = Self.names.filter { !$0.contains("\n") }.map { $0 + "\n" }.joined()
    try expectSame(sandbox, ["--stdin"], input: Array(lines.utf8) + invalid + [0x0A])
    try expectSame(sandbox, ["--stdin"], input: Array("\"a\\tb.pyc\"\n\"\\303\\274 \\303\\266/x.tmp\"\n".utf8))
    try expectSame(sandbox, ["--stdin"], input: Array("x.pyc\r\ny.pyc".utf8))
    try expectSame(sandbox, ["x.pyc", "a/local", "nothing"], input: [])
    try expectSame(sandbox, ["nothing"], input: [])
    try expectSame(sandbox, ["--", "-dash.pyc"], input: [])
  }

  @Test("from a subdirectory", arguments: ["a", "a/b"])
  func subdirectory(folder: String) throws {
    let sandbox = try CommandSandbox(Self.layout)
    let names = ["x.pyc", "../build/x", "local", "local.keep", "b/#x", "#x", "../keep.pyc", "nothing"]
    let paths = folder == "a" ? names : names + ["../../build/"]
    try expectSame(sandbox, ["--stdin", "-z"], in: folder, input: Array(paths.joined(separator: "\0").utf8))
    try expectSame(sandbox, ["--stdin"], in: folder, input: Array(paths.joined(separator: "\n").utf8))
  }

  @Test("a personal file named absolutely, relatively or below home is named as git names it")
  func personal() throws {
    let sandbox = try CommandSandbox(Self.layout)
    try sandbox.directory.write("personal\n", to: "mine")
    for value in [sandbox.path + "/mine", "mine", "./mine", "~/mine"] {
      try sandbox.git("config", "core.excludesFile", value)
      for folder in ["", "a"] {
        let environment = ["HOME": sandbox.path]
        let ours = try sandbox.cachepolicy(["why", "personal"], in: folder, environment: environment)
        let gits = try run(
          ["git", "check-ignore", "--no-index", "-v", "-n", "personal"], in: sandbox.path + "/" + folder,
          environment: environment)
        #expect(ours.text == gits.text, "\(value) from '\(folder)'")
        #expect(ours.status == gits.status, "\(value) from '\(folder)'")
      }
    }
  }

  @Test("the exclude file of the repository")
  func infoExclude() throws {
    let sandbox = try CommandSandbox(Self.layout)
    try sandbox.directory.write("private\n", to: ".git/info/exclude")
    try expectSame(sandbox, ["private", "a/private"], input: [])
    try expectSame(sandbox, ["private", "b/private"], in: "a", input: [])
  }

  @Test("recorded Dockerignore files: the verdicts")
  func docker() throws {
    let entries = try vectors("../IgnoreFilesTests/Vectors/dockerignore.jsonl")
    for entry in stride(from: 0, to: entries.count, by: 12).map({ entries[$0] }) {
      let id = entry["id"].text ?? "?"
      let sandbox = try CommandSandbox(isRepository: false)
      try sandbox.directory.write(entry["content"].bytes ?? [], to: ".dockerignore")
      var input: [UInt8] = []
      for check in entry["checks"].elements {
        input += (check["path"].bytes ?? []) + (check["dir"].isTrue ? [UInt8(ascii: "/")] : []) + [0]
      }
      if entry["error"].exists || entry["matchError"].exists { input = [0x78, 0] }
      let answer = try sandbox.cachepolicy(["why", "--docker", "--stdin", "-z", "--format", "json"], input: input)
      if entry["error"].exists || entry["matchError"].exists {
        #expect(answer.status >= 2, "\(id) \(answer.all)")
        continue
      }
      let paths = try #require(try JSONReader().read(answer.output)["paths"]?.array)
      let verdicts = paths.map { $0["ignored"]?.bool }
      #expect(verdicts == entry["checks"].elements.map { $0["excluded"].isTrue }, "\(id)")
      let isExcluded = entry["checks"].elements.contains { $0["excluded"].isTrue }
      #expect(answer.status == (isExcluded ? 0 : 1), "\(id)")
    }
  }

  @Test("Docker's ignore file: the Dockerfile's own one comes first; another context")
  func dockerSources() throws {
    let sandbox = try CommandSandbox(
      [
        ".dockerignore": "a\n", "Dockerfile": "FROM x\n", "other.Dockerfile": "FROM x\n",
        "other.Dockerfile.dockerignore": "b\n", "sub/.dockerignore": "c\n",
      ], isRepository: false)
    #expect(try sandbox.cachepolicy("why", "--docker", "a").text == ".dockerignore:1:a\ta\n")
    let own = try sandbox.cachepolicy("why", "--docker", "--file", "other.Dockerfile", "a", "b")
    #expect(own.text == "::\ta\nother.Dockerfile.dockerignore:1:b\tb\n")
    let context = try sandbox.cachepolicy("why", "--docker", "--context", "sub", "sub/c", "sub/a")
    #expect(context.text == ".dockerignore:1:c\tsub/c\n::\tsub/a\n", "\(context.all)")
  }

  @Test("exit codes")
  func codes() throws {
    let outside = try CommandSandbox(isRepository: false)
    #expect(try outside.cachepolicy("why", "x").status == 2)
    let sandbox = try CommandSandbox(Self.layout)
    #expect(try sandbox.cachepolicy("why").status == 2)
    #expect(try sandbox.cachepolicy("why", "--stdin", "x").status == 2)
    #expect(try sandbox.cachepolicy("why", "--context", ".", "x").status == 2)
    #expect(try sandbox.cachepolicy("why", "x.pyc").status == 0)
    #expect(try sandbox.cachepolicy("why", "keep.pyc").status == 1)
    #expect(try sandbox.cachepolicy("why", "nothing").status == 1)
    #expect(try sandbox.cachepolicy("why", "../outside").status == 3)
  }
}
