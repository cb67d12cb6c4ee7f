import Foundation
import TestSupport
import Testing

@Suite("Hostile input to commands")
struct HostileTests {
  /// Runs `check` and tells how long it took.
  private func timed(
    _ sandbox: CommandSandbox, _ arguments: [String] = ["check"], status: Set<Int>, names: String = "",
    seconds: Double = 2, location: SourceLocation = #_sourceLocation
  ) throws {
    let start = ContinuousClock.now
    let result = try sandbox.cachepolicy(arguments)
    let elapsed = ContinuousClock.now - start
    let words = String(result.all.prefix(2000))
    #expect(status.contains(result.status), "\(words)", sourceLocation: location)
    #expect(names.isEmpty || result.errorText.contains(names), "\(words)", sourceLocation: location)
    #expect(elapsed < .seconds(seconds), "\(elapsed) \(words)", sourceLocation: location)
    #expect(result.output.count + result.errors.count < 200_000, "the answer is long", sourceLocation: location)
    expectClean(result, location: location)
  }

  /// No control character but line ends reaches a terminal.
  private func expectClean(_ result: ProcessResult, location: SourceLocation = #_sourceLocation) {
    let raw = (result.output + result.errors).filter { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F }
    #expect(raw.isEmpty, "\(result.all)", sourceLocation: location)
  }

  @Test("deeply nested policies")
  func brackets() throws {
    for text in [
      "version: 1\ncaches: " + String(repeating: "[", count: 200_000),
      String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000),
      String(repeating: "{a: ", count: 200_000), String(repeating: "- ", count: 200_000),
      "version: 1\n" + String(repeating: "? ", count: 100_000),
    ] {
      let sandbox = try CommandSandbox([".cachepolicy.yaml": text])
      for arguments in [["check"], ["policy", "check"], ["fix"]] {
        try timed(sandbox, arguments, status: [2], names: ".cachepolicy.yaml")
      }
    }
  }

  @Test("large policies, and ones that are no text")
  func policies() throws {
    for text in [
      String(repeating: "# comment\n", count: 200_000), "version: 1\0\n", "\u{1B}[31mred\n", "version: 1\nx\u{1B}: 1\n",
    ] {
      try timed(try CommandSandbox([".cachepolicy.yaml": text]), status: [2], names: ".cachepolicy.yaml")
    }
    let many = "version: 1\nrules:\n" + (0..<20_000).map { "  x\($0): error\n" }.joined()
    try timed(try CommandSandbox([".cachepolicy.yaml": many]), status: [2], names: ".cachepolicy.yaml")
  }

  @Test(
    "sparse files of a gigabyte",
    arguments: [".gitignore", ".dockerignore", "Dockerfile", ".cachepolicy.yaml", "sub/.gitignore"])
  func sparse(name: String) throws {
    let sandbox = try CommandSandbox(ExitCodeTests.clean)
    try sandbox.directory.write("", to: name)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: sandbox.path + "/" + name))
    try handle.truncate(atOffset: 1 << 30)
    try handle.close()
    try timed(sandbox, status: [2, 3], names: name)
    try timed(sandbox, ["fix"], status: [2, 3], names: name)
    if name == ".gitignore" { try timed(sandbox, ["why", "x"], status: [3], names: name) }
    if name == ".dockerignore" { try timed(sandbox, ["why", "--docker", "x"], status: [2, 3], names: name) }
  }

  @Test(
    "pipes where files are expected",
    arguments: [".gitignore", "Dockerfile", ".dockerignore", ".cachepolicy.yaml", "main.py"])
  func pipes(name: String) throws {
    let sandbox = try CommandSandbox(ExitCodeTests.clean.filter { $0.key != name })
    _ = try run(["mkfifo", name], in: sandbox.path)
    let status: Set<Int> = name == "main.py" ? [0] : [0, 2, 3]
    for arguments in [
      ["check"], ["fix"], ["facts"], ["check", "--staged"], ["why", "x"], ["turn", "off", "python.bytecode"],
    ] {
      try timed(sandbox, arguments, status: arguments[0] == "why" ? [1, 3] : status)
    }
    if name != "main.py" {
      try timed(sandbox, ["check", name], status: [2, 3], names: name)
    }
    if name == ".gitignore" || name == "Dockerfile" { try timed(sandbox, status: [3], names: name) }
  }

  @Test("links in a loop")
  func loops() throws {
    let sandbox = try CommandSandbox(ExitCodeTests.clean.filter { $0.key != ".gitignore" })
    try sandbox.link("a", to: "b")
    try sandbox.link("b", to: "a")
    try sandbox.link("here", to: ".")
    try sandbox.link(".gitignore", to: ".gitignore")
    try sandbox.link("Dockerfile.loop", to: "Dockerfile.loop")
    try sandbox.link(".dockerignore", to: "a")
    try timed(sandbox, status: [0, 3])
    try timed(sandbox, ["fix"], status: [0, 3])
    try timed(sandbox, ["check", "a"], status: [3], names: "a")
    try timed(sandbox, ["check", "here"], status: [0, 3])
    try timed(sandbox, ["why", "a/x"], status: [1])
  }

  @Test(
    "what a link outside of the repository leads to is not shown",
    arguments: ["Dockerfile", ".dockerignore", ".cachepolicy.yaml", "compose.yaml", ".gitignore"])
  func leaks(name: String) throws {
    let outside = try CommandSandbox(["secret": "FROM marker\nENV PYTHONDONTWRITEBYTECODE=\nCMD [\"python\"]\n"])
    let sandbox = try CommandSandbox(ExitCodeTests.clean.filter { $0.key != name })
    try sandbox.link(name, to: outside.path + "/secret")
    for arguments in [["check", "--verbose"], ["check", name], ["facts", name], ["fix", "--unsafe", "--diff"]] {
      let result = try sandbox.cachepolicy(arguments)
      #expect(!result.all.contains("marker"), "\(arguments) \(result.all)")
      // Git reads no link of this name, which is a finding; and facts need no policy.
      if name != ".gitignore" && !(name == ".cachepolicy.yaml" && arguments[0] == "facts") {
        #expect([2, 3].contains(result.status) && result.errorText.contains(name), "\(arguments) \(result.all)")
        #expect(result.errorText.contains("leads out of"), "\(arguments) \(result.all)")
      }
    }
  }

  private static let evil = "\u{1B}]0;owned\u{7}\u{1B}[31m\nforged:1:1 error\r\u{9B}x\u{7F}"

  @Test("names with escape sequences and line breaks are never printed as they are")
  func names() throws {
    let evil = Self.evil
    let files = [
      evil + "/__pycache__/m.cpython-312.pyc": "x", evil + "/m.py": "x = 1\n", evil + "/.gitignore": "x\nx\n",
      evil + "/Dockerfile": "FROM python:3.12\nENV PYTHONDONTWRITEBYTECODE=\nCMD [\"python\"]\n",
      evil + "/.dockerignore": "[\n", evil + ".Dockerfile": "FROM\n",
    ]
    let sandbox = try CommandSandbox(files)
    for arguments in [
      ["check"], ["check", "--verbose", "--show-files", "--statistics"], ["check", "--format", "concise"],
      ["fix", "--diff"],
      ["check", evil], ["check", evil + "/missing"], ["facts"], ["check", "--color", "never", evil + "/Dockerfile"],
      ["turn", "off", "python.bytecode", "--diff"], ["turn", "off", evil], ["turn", evil, "python.bytecode"],
      ["why", evil + "/x"],
      ["explain", evil], [evil], ["check", "--" + evil], ["check", "--select", evil], ["check", "--today", evil],
      ["check", "--profile", evil], ["check", "--format", evil], ["check", "--policy", evil],
      ["check", "--fail-on", evil],
      ["check", "--exclude", evil], ["check", "--target", evil], ["policy", "check", evil], ["policy", "show", evil],
      ["policy", evil], ["why", "--docker", "--context", evil, "x"],
      ["why", "--docker", "--context", evil + "/no", "x"],
      ["check", "-", "--stdin-filename", evil], ["check", "oci:" + evil], ["rules", "--format", evil], ["fix"],
    ] {
      let result = try sandbox.cachepolicy(arguments)
      // A patch and the lines of why are for programs; they quote as git does, so that nothing is raw there either.
      expectClean(result)
      #expect(!result.all.contains("\u{9B}"), "\(arguments) \(result.all)")
      #expect(!result.all.split(separator: "\n").contains { $0.hasPrefix("forged") }, "\(arguments) \(result.all)")
    }
    let outside = try CommandSandbox([evil + "/a": ""], isRepository: false)
    expectClean(try outside.cachepolicy(["why", "x"], in: evil))
    expectClean(try outside.cachepolicy(["check"], in: evil))
  }

  @Test("texts with escape sequences are never printed as they are")
  func texts() throws {
    let sandbox = try CommandSandbox([
      "Dockerfile":
        "FROM python:3.12 AS a\u{1B}[31mb\nENV PYTHONDONTWRITEBYTECODE=\u{1B}[31m\nFOO\u{1B}[2J x\nCMD [\"python\"]\n",
      ".gitignore": "a\u{1B}[31m\na\u{1B}[31m\n/x/\u{7}\n!/x/\u{7}/y\u{1B}\n", ".dockerignore": "[\u{1B}[31m\n",
    ])
    for arguments in [
      ["check", "--verbose"], ["check", "--format", "concise"], ["fix", "--select", "CP3"], ["facts"],
      ["policy", "show"],
    ] {
      expectClean(try sandbox.cachepolicy(arguments))
    }
  }

  @Test("an index that ends early names the file and the place")
  func indexCut() throws {
    for version in ["2", "3", "4"] {
      let sandbox = try CommandSandbox(ExitCodeTests.committed)
      try sandbox.git("update-index", "--index-version", version)
      let index = try sandbox.directory.read(".git/index")
      for length in stride(from: 0, to: index.count, by: max(1, index.count / 40)) {
        try sandbox.directory.write(Array(index[..<length]), to: ".git/index")
        let result = try sandbox.cachepolicy("check")
        // Git, too, takes an empty index for none.
        #expect(result.status == 3 || length == 0, "\(version) \(length) \(result.all)")
        #expect(result.status == 0 || result.errorText.contains(".git/index"), "\(version) \(length) \(result.all)")
        #expect(result.status == 0 || result.errorText.contains { $0.isNumber }, "\(version) \(length) \(result.all)")
        #expect(try sandbox.directory.read(".git/index").count == length)
      }
      for position in stride(from: 0, to: index.count, by: max(1, index.count / 40)) {
        var broken = index
        broken[position] ^= 0xFF
        try sandbox.directory.write(broken, to: ".git/index")
        let result = try sandbox.cachepolicy("check")
        #expect([0, 1, 3].contains(result.status), "\(version) \(position) \(result.all)")
        expectClean(result)
      }
    }
  }

  @Test("what cannot be read is told, and does not stop the rest")
  func unreadable() throws {
    let sandbox = try CommandSandbox(
      ExitCodeTests.committed.merging(["sub/Dockerfile": "FROM x\n", "locked/x": ""]) { $1 })
    try sandbox.setMode(0, of: "sub/Dockerfile")
    try sandbox.setMode(0, of: "locked")
    defer { try? sandbox.setMode(0o755, of: "locked") }
    let result = try sandbox.cachepolicy("check")
    #expect(result.text.contains("CP101"), "\(result.all)")
    // The superuser can read everything.
    if FileManager.default.isReadableFile(atPath: sandbox.path + "/sub/Dockerfile") { return }
    #expect(result.status == 3, "\(result.all)")
    #expect(result.errorText.contains("sub/Dockerfile") && result.errorText.contains("locked"), "\(result.all)")
  }

  @Test("a deep tree is examined, one deeper than the limit in part", arguments: [150, 300])
  func deepTree(levels: Int) throws {
    let sandbox = try CommandSandbox(ExitCodeTests.clean)
    let deep = String(repeating: "d/", count: levels)
    try sandbox.directory.write("x\nx\n", to: deep + ".gitignore")
    try sandbox.directory.write("x", to: deep + "__pycache__/m.cpython-312.pyc")
    try sandbox.directory.write("x = 1\n", to: deep + "m.py")
    try sandbox.git("add", "-f", "-A")
    let result = try sandbox.cachepolicy("check", "--verbose")
    #expect(result.status == (levels < 200 ? 1 : 3), "\(result.all)")
    #expect(levels < 200 || result.errorText.contains("more than 200 directories deep"), "\(result.all)")
    #expect(result.text.contains("CP101") && result.text.contains("CP203"), "\(result.all)")
    try timed(sandbox, ["why", deep + "x"], status: [0])
    try timed(sandbox, ["fix"], status: [levels < 200 ? 0 : 3])
    #expect(try sandbox.directory.read(deep + ".gitignore") == Array("x\n".utf8))
  }

  @Test("a Dockerfile of twenty megabytes")
  func largeDockerfile() throws {
    let lines = String(repeating: "RUN python -c 'print(1)' && echo done\n", count: 20 * 27_000)
    let sandbox = try CommandSandbox([
      "Dockerfile": "FROM python:3.12\n" + lines, ".gitignore": "__pycache__/\n*.py[cod]\n",
    ])
    try timed(sandbox, ["check", "Dockerfile"], status: [0, 3], seconds: 15)
  }

  @Test("NUL bytes in files")
  func nullBytes() throws {
    let sandbox = try CommandSandbox([
      "Dockerfile": "FROM python:3.12\0\nENV A=\0\nCMD [\"python\"]\n\0", ".gitignore": "a\0b\n\0\n*\0\n",
      ".dockerignore": "a\0b\n\0\n", "compose.yaml": "services:\0\n",
    ])
    for arguments in [["check", "--verbose"], ["fix"], ["facts"], ["turn", "off", "python.bytecode"], ["why", "a"]] {
      let result = try sandbox.cachepolicy(arguments)
      #expect([0, 1, 3].contains(result.status), "\(arguments) \(result.all)")
      if arguments != ["facts"] { expectClean(result) }
    }
  }
}
