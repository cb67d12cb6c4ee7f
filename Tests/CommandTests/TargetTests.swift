import JSON
import TestSupport
import Testing

@Suite("Targets of check")
struct TargetTests {
  private static let wrong = "FROM python:3.12\nENV PYTHONDONTWRITEBYTECODE=\nCMD [\"python\"]\n"

  private static let files = ExitCodeTests.committed.merging(
    [
      ".gitignore": "__pycache__/\n*.py[cod]\nx\nx\n", "a/Dockerfile": wrong, "b/Dockerfile": wrong,
      "b/.gitignore": "y\ny\n",
    ]
  ) { $1 }

  @Test("a file is examined alone")
  func file() throws {
    let sandbox = try CommandSandbox(Self.files)
    #expect(places(try sandbox.report(["check", "a/Dockerfile"])) == ["a/Dockerfile"])
    #expect(places(try sandbox.report(["check", ".gitignore"])) == [".gitignore"])
    #expect(places(try sandbox.report(["check", "Dockerfile"], in: "a")) == ["a/Dockerfile"])
    #expect(codes(try sandbox.report(["check", "main.py"])) == [])
    let committed = try sandbox.report(["check", "pkg/__pycache__/main.cpython-312.pyc"])
    #expect(codes(committed) == ["CP101"] || codes(committed) == [])
  }

  @Test("directories and files together; each finding once")
  func several() throws {
    let sandbox = try CommandSandbox(Self.files)
    #expect(places(try sandbox.report(["check", "a", "b"])) == ["a/Dockerfile", "b/Dockerfile", "b/.gitignore"])
    let twice = try sandbox.report(["check", "b", "b/Dockerfile", "./b/", sandbox.path + "/b"])
    #expect(codes(twice).sorted() == codes(try sandbox.report(["check", "b"])).sorted())
    let whole = try sandbox.report(["check", "."])
    #expect(codes(try sandbox.report(["check", "..", "."], in: "a")).sorted() == codes(whole).sorted())
  }

  @Test("targets in two repositories, and outside of any")
  func repositories() throws {
    let first = try CommandSandbox(Self.files)
    let second = try CommandSandbox(ExitCodeTests.committed)
    let report = try first.report(["check", "a", second.path])
    #expect(codes(report).contains("CP101") && codes(report).contains("CP302"))
    #expect(report["targets"]?.array?.count == 2)
    let outside = try CommandSandbox(Self.files, isRepository: false)
    let result = try outside.report(["check"])
    #expect(!codes(result).contains("CP101") && codes(result).contains("CP302"))
    let result2 = try outside.cachepolicy("check", "a/Dockerfile")
    #expect(result2.status == 1 && result2.text.contains("CP302"), "\(result2.all)")
    let fixed = try outside.cachepolicy("fix", "b/.gitignore")
    #expect(fixed.status == 0, "\(fixed.all)")
    #expect(try outside.directory.read("b/.gitignore") == Array("y\n".utf8))
    #expect(try outside.directory.read(".gitignore") == Array("__pycache__/\n*.py[cod]\nx\nx\n".utf8))
  }

  @Test("standard input under a name")
  func standardInput() throws {
    let sandbox = try CommandSandbox(Self.files)
    let input = Array(Self.wrong.utf8)
    let result = try sandbox.cachepolicy(["check", "-", "--stdin-filename", "new/Dockerfile"], input: input)
    #expect([1, 3].contains(result.status), "\(result.all)")
    let here = try sandbox.cachepolicy(["check", "-", "--stdin-filename", "Dockerfile"], input: input)
    #expect(here.status == 1 && here.text.contains("Dockerfile:2:") && here.text.contains("CP302"), "\(here.all)")
    let other = try sandbox.report(["check", "-", "--stdin-filename", "a/Dockerfile.new"], input: input)
    #expect(places(other) == ["a/Dockerfile.new"])
    let clean = try sandbox.cachepolicy(
      ["check", "-", "--stdin-filename", "a/Dockerfile"], input: Array("FROM x\n".utf8))
    #expect(clean.status == 0, "\(clean.all)")
    let ignores = try sandbox.report(["check", "-", "--stdin-filename", ".gitignore"], input: Array("a\na\n".utf8))
    #expect(codes(ignores).contains("CP203"))
    let outside = try CommandSandbox(isRepository: false)
    #expect(try outside.cachepolicy(["check", "-", "--stdin-filename", "Dockerfile"], input: input).status == 1)
    #expect(try sandbox.cachepolicy(["check", "-", "--stdin-filename", "main.py"], input: input).status == 2)
  }

  @Test("a directory of a saved image is an image, and a web project with a manifest is none")
  func unpacked() throws {
    let sandbox = try CommandSandbox([
      "web/manifest.json": #"{"name": "app", "icons": []}"#, "web/Dockerfile": Self.wrong,
      "image/manifest.json": #"[{"Config": "c.json", "Layers": []}]"#,
      "image/c.json": #"{"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": []}}"#,
    ])
    #expect(places(try sandbox.report(["check", "web"])) == ["web/Dockerfile"])
    let facts = try sandbox.cachepolicy("facts", "image", "--platform", "all")
    #expect(facts.status == 0 && facts.text.contains(#""kind": "image""#), "\(facts.all)")
  }

  @Test("standard input that is no archive ends the command before it has given all")
  func endlessInput() throws {
    let sandbox = try CommandSandbox()
    let program = try builtProgram("cachepolicy")
    let endless = try run(["sh", "-c", "yes | timeout 20 \(program) check -"], in: sandbox.path)
    #expect(endless.status == 3, "\(endless.all)")
    #expect(endless.errorText.contains("-: not a tar archive, at byte 0"), "\(endless.all)")
    #expect(endless.errorText.contains("--stdin-filename NAME"), "\(endless.all)")
    var writer = TarWriter()
    writer.add("a")
    try sandbox.directory.write(writer.finished, to: "layer.tar")
    // A pipe that gives a byte before the rest.
    let slow = "{ head -c 1 layer.tar; sleep 0.1; tail -c +2 layer.tar; } | timeout 20 \(program) check -"
    let piped = try run(["sh", "-c", slow], in: sandbox.path)
    #expect(piped.status == 0, "\(piped.all)")
  }

  @Test("--staged takes paths from the index")
  func staged() throws {
    let sandbox = try CommandSandbox(Self.files)
    try sandbox.directory.write(Self.wrong, to: "untracked/Dockerfile")
    let report = try sandbox.report(["check", "--staged"])
    #expect(codes(report).contains("CP101") && codes(report).contains("CP302"))
    #expect(!places(report).contains("untracked/Dockerfile"))
    #expect(!codes(report).contains("CP005"))
    #expect(places(try sandbox.report(["check"])).contains("untracked/Dockerfile"))
    try sandbox.directory.write(Self.wrong + "RUN true\n", to: "a/Dockerfile")
    let changed = try sandbox.report(["check", "--staged"])
    let named = (changed["findings"]?.array ?? []).filter { $0["code"]?.string == "CP005" }
    #expect(named.compactMap { $0["place"]?["path"]?.string } == ["a/Dockerfile"])
    // As many bytes, other ones.
    try sandbox.directory.write(Self.wrong.replacing("python:3.12", with: "python:3.13"), to: "a/Dockerfile")
    #expect(codes(try sandbox.report(["check", "--staged"])).contains("CP005"))
    try sandbox.git("add", "a/Dockerfile")
    #expect(!codes(try sandbox.report(["check", "--staged"])).contains("CP005"))
    #expect(!codes(try sandbox.report(["check"])).contains("CP005"))
  }

  @Test("an entry that the root gets is not missing below as well")
  func nestedEntries() throws {
    let sandbox = try CommandSandbox([
      "package.json": "{}\n", ".gitignore": "x\n", "a/package.json": "{}\n", "a/.gitignore": "y\n", "b/m.py": "",
      "b/.gitignore": "z\n",
    ])
    let report = try sandbox.report(["check", "--select", "CP103"])
    #expect(places(report) == [".gitignore", "b/.gitignore"])
    #expect(try sandbox.cachepolicy("fix").status == 0)
    #expect(try sandbox.directory.read("a/.gitignore") == Array("y\n".utf8))
    #expect(try sandbox.cachepolicy("fix", "--diff").status == 0)
    #expect(places(try sandbox.report(["check", "a", "--select", "CP103"])) == [])
  }

  @Test("below a directory, the context is that of the repository")
  func context() throws {
    let sandbox = try CommandSandbox(Self.files)
    #expect(codes(try sandbox.report(["check"], in: "pkg")) == ["CP101"])
    #expect(codes(try sandbox.report(["check", "pkg"])) == ["CP101"])
    #expect(try sandbox.cachepolicy("check", "main.py").status == 0)
  }
}
