import TestSupport
import Testing

@Suite("The patches of fix, and how it writes")
struct PatchTests {
  private static let docker =
    "FROM python:3.12\nCOPY . /app\nENV PYTHONDONTWRITEBYTECODE=0\nCMD [\"python\", \"/app/main.py\"]\n"

  static let cases: [(name: String, files: [String: String])] = [
    ("a new .gitignore", ["main.py": "print(1)\n", "package.json": "{}\n"]),
    ("CRLF", [".gitignore": "x\r\nx\r\n", "main.py": "print(1)\r\n"]),
    ("no last newline", [".gitignore": "y\nx\nx", "main.py": "print(1)\n"]),
    (
      "no last newline, and something to add",
      [".gitignore": "y", "main.py": "print(1)\n", "__pycache__/main.cpython-312.pyc": "x"]
    ),
    ("a path with blanks", ["my dir/.gitignore": "x\nx\n", "my dir/a.py": "print(1)\n"]),
    ("a path with a quote, a tab and an umlaut", ["q\"ü\t/.gitignore": "x\nx\n", "a.py": "print(1)\n"]),
    (
      "several files",
      [
        ".gitignore": "x\nx\n", "a/.gitignore": "y\n\n# why\ny\n", ".dockerignore": "__pycache__\n",
        "Dockerfile": docker, "main.py": "",
      ]
    ),
    ("a byte-order mark", [".gitignore": "\u{FEFF}x\nx\n", "main.py": "print(1)\n"]),
    ("an empty file", [".gitignore": "", "main.py": "print(1)\n", ".dockerignore": "", "Dockerfile": docker]),
  ]

  @Test("git apply gives what fix writes", arguments: cases.map(\.name))
  func apply(name: String) throws {
    let files = try #require(Self.cases.first { $0.name == name }?.files)
    // An entry for all of a repository stands at its root, outside of such a target.
    for folder in name == "a new .gitignore" ? [""] : ["", "work"] {
      let own = folder.isEmpty ? files : Dictionary(uniqueKeysWithValues: files.map { ("work/" + $0.key, $0.value) })
      let written = try CommandSandbox(own)
      let patched = try CommandSandbox(own)
      // What is in a subdirectory is asked for from the root, since git apply reads paths from where it stands.
      let target = folder.isEmpty ? "." : folder
      let options = [target, "--unsafe"]
      let diff = try patched.cachepolicy(["fix", "--diff"] + options)
      #expect(diff.status == 1, "the case must give fix something to do: \(diff.all)")
      let applied = try run(["git", "apply", "--whitespace=nowarn"], in: patched.path, input: diff.output)
      #expect(applied.status == 0, "\(diff.all)\n\(applied.all)")
      let fixed = try written.cachepolicy(["fix"] + options)
      #expect(fixed.status == 0, "\(fixed.all)")
      #expect(patched.allPaths() == written.allPaths(), "\(name)")
      for path in Set(patched.allPaths()).intersection(written.allPaths()) {
        guard let bytes = try? written.directory.read(path) else { continue }
        #expect(try patched.directory.read(path) == bytes, "\(path)\n\(diff.all)")
      }
      let again = try written.cachepolicy(["fix", "--diff"] + options)
      #expect(again.status == 0 && again.output.isEmpty, "\(again.all)")
    }
  }

  @Test("a patch made in a subdirectory applies there")
  func subdirectory() throws {
    let sandbox = try CommandSandbox(["sub/.gitignore": "x\nx\n"])
    let diff = try sandbox.cachepolicy(["fix", "--diff"], in: "sub")
    let applied = try run(["patch", "-p1"], in: sandbox.path + "/sub", input: diff.output)
    #expect(applied.status == 0, "\(diff.all) \(applied.all)")
    #expect(try sandbox.directory.read("sub/.gitignore") == Array("x\n".utf8))
  }

  @Test("the permissions of a file stay", arguments: [0o644, 0o755, 0o600, 0o664])
  func modes(mode: Int) throws {
    let sandbox = try CommandSandbox([".gitignore": "x\nx\n"])
    try sandbox.setMode(mode, of: ".gitignore")
    #expect(try sandbox.cachepolicy("fix").status == 0)
    #expect(try sandbox.directory.read(".gitignore") == Array("x\n".utf8))
    #expect(try sandbox.mode(of: ".gitignore") == mode)
  }

  @Test("a link that leads out of the tree is not followed")
  func links() throws {
    let outside = try CommandSandbox(["ignore": "x\nx\n", "docker": Self.docker], isRepository: false)
    for (name, file) in [(".gitignore", "ignore"), ("Dockerfile", "docker"), (".dockerignore", "ignore")] {
      let sandbox = try CommandSandbox(["main.py": "print(1)\n"])
      try sandbox.link(name, to: outside.path + "/" + file)
      for arguments in [["fix", "--unsafe"], ["fix", name, "--unsafe"], ["turn", "off", "python.bytecode", name]] {
        let result = try sandbox.cachepolicy(arguments)
        #expect([0, 2, 3].contains(result.status), "\(name) \(arguments) \(result.all)")
        #expect(try outside.directory.read("ignore") == Array("x\nx\n".utf8), "\(name) \(arguments)")
        #expect(try outside.directory.read("docker") == Array(Self.docker.utf8), "\(name) \(arguments)")
        #expect(outside.allPaths() == ["docker", "ignore"], "\(name) \(arguments)")
      }
    }
    let sandbox = try CommandSandbox(["main.py": "print(1)\n"])
    try sandbox.link("Dockerfile", to: outside.path + "/docker")
    let result = try sandbox.cachepolicy("turn", "off", "python.bytecode", "Dockerfile")
    #expect(result.status == 3 && result.errorText.contains("Dockerfile"), "\(result.all)")
  }

  @Test("a link within the tree keeps being a link")
  func innerLink() throws {
    let sandbox = try CommandSandbox(["real": Self.docker, "main.py": "print(1)\n"])
    try sandbox.link("Dockerfile", to: "real")
    let result = try sandbox.cachepolicy("turn", "off", "python.bytecode", "Dockerfile")
    #expect(result.status == 0, "\(result.all)")
    #expect(String(decoding: try sandbox.directory.read("real"), as: UTF8.self).contains("BYTECODE=1"), "\(result.all)")
    #expect(try run(["test", "-L", "Dockerfile"], in: sandbox.path).status == 0)
  }

  @Test("a directory that leads out of the tree is not entered")
  func directoryLink() throws {
    let outside = try CommandSandbox([".gitignore": "x\nx\n"], isRepository: false)
    let sandbox = try CommandSandbox(["main.py": "print(1)\n"])
    try sandbox.link("sub", to: outside.path)
    _ = try sandbox.cachepolicy("fix")
    #expect(try outside.directory.read(".gitignore") == Array("x\nx\n".utf8))
  }
}
