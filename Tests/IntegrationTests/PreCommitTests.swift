import TestSupport
import Testing

@Suite("Hooks of pre-commit", .enabled(if: isIntegration), .serialized)
struct PreCommitTests {
  private static let clean = [
    "Dockerfile": "FROM python:3.12-slim\nCOPY . /app\nCMD [\"python\", \"/app/main.py\"]\n",
    ".gitignore": "__pycache__/\n*.py[cod]\n",
    "main.py": "print(1)\n",
  ]

  /// Runs one hook of this checkout on all files, with the built program first on PATH.
  private func hook(_ name: String, in repository: SampleRepository) throws -> ProcessResult {
    let program = try builtProgram("cachepolicy")
    let folder = program.split(separator: "/").dropLast().joined(separator: "/")
    return try run(
      ["pre-commit", "try-repo", checkout, name, "--all-files", "--verbose", "--color", "never"],
      in: repository.directory.path,
      environment: [
        "PATH": "/\(folder):" + (environmentVariable("PATH") ?? ""),
        "PRE_COMMIT_HOME": repository.directory.path + "/.git/pre-commit-home",
      ])
  }

  @Test("pre-commit accepts the manifest")
  func manifest() throws {
    let result = try run(["pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"], in: checkout)
    #expect(result.status == 0, said(result))
  }

  @Test(
    "a clean repository passes every hook",
    arguments: ["cachepolicy-system", "cachepolicy-fix-system", "cachepolicy-committed-system"])
  func clean(name: String) throws {
    let result = try hook(name, in: try SampleRepository(Self.clean))
    #expect(result.status == 0, said(result))
    #expect(result.text.contains("Passed"), said(result))
  }

  @Test("a committed cache stops the commit")
  func committed() throws {
    let repository = try SampleRepository(
      Self.clean.merging(["pkg/__pycache__/main.cpython-312.pyc": "x", "pkg/main.py": "x = 1\n"]) { $1 })
    let result = try hook("cachepolicy-committed-system", in: repository)
    #expect(result.status == 1, said(result))
    #expect(result.text.contains("CP101"), said(result))
  }

  @Test("a wrong switch in a Dockerfile is reported with its line")
  func dockerfile() throws {
    let repository = try SampleRepository(
      Self.clean.merging(
        ["Dockerfile": "FROM python:3.12-slim\nENV PYTHONDONTWRITEBYTECODE=\nCMD [\"python\", \"/app/main.py\"]\n"]
      ) { $1 })
    let result = try hook("cachepolicy-system", in: repository)
    #expect(result.status == 1, said(result))
    #expect(result.text.contains("Dockerfile:2:") && result.text.contains("CP302"), said(result))
  }

  @Test("the fixing hook changes the file, fails once, and then passes")
  func fixes() throws {
    let repository = try SampleRepository(Self.clean.merging([".dockerignore": "__pycache__\n.git\n"]) { $1 })
    let first = try hook("cachepolicy-fix-system", in: repository)
    #expect(first.status == 1 && first.text.contains("files were modified by this hook"), said(first))
    let text = String(decoding: try repository.directory.read(".dockerignore"), as: UTF8.self)
    #expect(text.contains("**/__pycache__\n"))
    let second = try hook("cachepolicy-fix-system", in: repository)
    #expect(second.status == 0, said(second))
  }
}
