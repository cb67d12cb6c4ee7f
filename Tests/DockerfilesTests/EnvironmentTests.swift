import SourceText
import Dockerfiles
import Testing

/// What holds at the end of each stage of a file.
private func final(_ text: String, base: KnownBase? = nil) -> [Environment] {
  StageEnvironments(dockerfile(text)) { $0 == "acme/base" ? base : nil }.final
}

private func text(_ bytes: [UInt8]?) -> String? {
  bytes.map { String(decoding: $0, as: UTF8.self) }
}

private func user(_ environment: Environment) -> String? {
  guard case .value(let user) = environment.user else { return nil }
  return text(user)
}

private func home(_ environment: Environment) -> String? {
  environment.home().map { (text($0.path) ?? "") + ($0.isCertain ? "" : "?") }
}

private func shell(_ environment: Environment) -> [String]? {
  environment.shell?.map { String(decoding: $0, as: UTF8.self) }
}

@Suite("User, home, directory and shell")
struct EnvironmentTests {
  @Test(
    "a user is root by name, by number and where none is named",
    arguments: [
      ("", "root", true), ("USER 0", "0", true), ("USER 0:0", "0:0", true), ("USER root:root", "root:root", true),
      ("USER root:adm", "root:adm", true), ("USER 00", "00", true), ("USER :5", ":5", true),
      ("USER $NONE", "root", true), ("USER app", "app", false), ("USER 1000:0", "1000:0", false),
      ("USER app:root", "app:root", false), ("USER rooty", "rooty", false), ("ENV X=app\nUSER $X", "app", false),
      ("ARG X=7\nUSER \"${X}\":8", "7:8", false), ("USER app\nUSER root", "root", true),
      ("USER a b", "a b", false), ("ARG X\nUSER $X", nil, nil), ("USER ${", nil, nil),
    ] as [(String, String?, Bool?)])
  func users(_ instructions: String, _ name: String?, _ isRoot: Bool?) {
    let environment = final("FROM debian\n\(instructions)\n")[0]
    #expect(user(environment) == name && environment.isRoot == isRoot)
    if name == nil { #expect(environment.user == .unknown) }
  }

  @Test("the user of an image that nobody described is not known until USER names one")
  func unknownUser() {
    let stages = final("FROM acme/base AS a\nFROM a AS b\nUSER app\nFROM b\nUSER 0\n")
    #expect(stages.map(user) == [nil, "app", "0"] && stages.map(\.isRoot) == [nil, false, true])
    #expect(final("FROM acme/base\n", base: KnownBase(user: Array("app".utf8))).map(user) == ["app"])
    #expect(final("FROM acme/base\n", base: KnownBase(user: nil)).map(\.isRoot) == [nil])
  }

  @Test(
    "the home is HOME, else that of the user",
    arguments: [
      ("", "/root"), ("USER 0:0", "/root"), ("USER app", "/home/app?"), ("USER app:staff", "/home/app?"),
      ("USER 1000", nil), ("USER ../x", nil), ("ARG X\nUSER $X", nil), ("ENV HOME=/srv\nUSER app", "/srv"),
      ("ENV HOME=/srv\nUSER 1000", "/srv"), ("ENV HOME=", "/root"), ("ENV HOME=x", nil), ("ARG X\nENV HOME=$X", nil),
      ("ARG HOME=/build", "/build"), ("ENV X=1\nENV HOME=/h$X", "/h1"),
    ] as [(String, String?)])
  func homes(_ instructions: String, _ expected: String?) {
    #expect(home(final("FROM debian\n\(instructions)\n")[0]) == expected)
  }

  @Test(
    "nothing is certain about the home in an image that nobody described",
    arguments: [
      ("", "/root?"), ("USER root", "/root?"), ("USER app", "/home/app?"), ("USER 1", nil), ("ARG X\nUSER $X", nil),
      ("ENV HOME=/srv", "/srv"),
    ] as [(String, String?)])
  func unknownHomes(_ instructions: String, _ expected: String?) {
    #expect(home(final("FROM acme/base\n\(instructions)\n")[0]) == expected)
  }

  @Test("a described image tells the homes of its users")
  func baseHomes() {
    let base = KnownBase(user: Array("app:app".utf8), homes: ["app": "/srv/app"])
    #expect(final("FROM acme/base\nFROM acme/base\nUSER root\n", base: base).map(home) == ["/srv/app", "/root"])
    let other = KnownBase(environment: ["HOME": Array("/x".utf8)])
    #expect(final("FROM acme/base\nUSER root\n", base: other).map(home) == ["/x"])
    #expect(final("FROM scratch\n").map(home) == ["/root?"])
  }

  @Test(
    "a relative WORKDIR is joined to the one before",
    arguments: [
      ("", "/"), ("WORKDIR /app", "/app"), ("WORKDIR app", "/app"), ("WORKDIR /a\nWORKDIR b\nWORKDIR c/", "/a/b/c"),
      ("WORKDIR /a/b\nWORKDIR ..", "/a"), ("WORKDIR /a\nWORKDIR ../../../x", "/x"), ("WORKDIR //a/./b//", "/a/b"),
      ("WORKDIR \"/a b\"", "/a b"), ("WORKDIR /a b", "/a b"), ("ENV X=/x\nWORKDIR $X/y", "/x/y"),
      ("WORKDIR /a\nWORKDIR $NONE", "/a"), ("ARG X\nWORKDIR /a/$X", nil), ("ARG X\nWORKDIR $X\nWORKDIR b", nil),
      ("ARG X\nWORKDIR $X\nWORKDIR /b", "/b"), ("WORKDIR /a\nENV X=1\nWORKDIR '$X'", "/a/$X"),
    ] as [(String, String?)])
  func directories(_ instructions: String, _ expected: String?) {
    #expect(text(final("FROM debian\n\(instructions)\n")[0].workingDirectory) == expected)
  }

  @Test("where an image that nobody described starts is not known")
  func unknownDirectory() {
    let stages = final("FROM acme/base\nWORKDIR a\nFROM acme/base AS b\nWORKDIR /a\nFROM b\nWORKDIR b\n")
    #expect(stages.map { text($0.workingDirectory) } == [nil, "/a", "/a/b"])
    let base = KnownBase(workingDirectory: Array("/srv".utf8))
    #expect(text(final("FROM acme/base\nWORKDIR a\n", base: base)[0].workingDirectory) == "/srv/a")
    #expect(text(final("FROM scratch\nWORKDIR a\n")[0].workingDirectory) == "/a")
  }

  @Test("a directory longer than Linux allows is not known")
  func longDirectory() {
    let lines = String(repeating: "WORKDIR abcdefg\n", count: 512)
    #expect(final("FROM debian\n\(lines)")[0].workingDirectory?.count == 4_096)
    #expect(final("FROM debian\n\(lines)WORKDIR a\n")[0].workingDirectory == nil)
    #expect(text(final("FROM debian\n\(lines)WORKDIR a\nWORKDIR /b\n")[0].workingDirectory) == "/b")
  }

  @Test(
    "SHELL counts for what follows, if it is a shell of POSIX",
    arguments: [
      ("", ["/bin/sh", "-c"]),
      ("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]", ["/bin/bash", "-o", "pipefail", "-c"]),
      ("SHELL [\"cmd\", \"/S\", \"/C\"]", nil), ("SHELL [\"pwsh\", \"-c\"]", nil), ("SHELL []", ["/bin/sh", "-c"]),
      ("SHELL [\"pwsh\"]\nSHELL [\"ash\", \"-c\"]", ["ash", "-c"]), ("SHELL bash -c", ["/bin/sh", "-c"]),
      ("ENV X=1\nSHELL [\"sh\", \"$X\"]", ["sh", "$X"]),
    ] as [(String, [String]?)])
  func shells(_ instructions: String, _ expected: [String]?) {
    #expect(shell(final("FROM acme/base\n\(instructions)\n")[0]) == expected)
  }

  @Test("a stage has what the stage that it starts from had at its end")
  func inherited() {
    let stages = final(
      """
      FROM debian AS a
      SHELL ["bash", "-c"]
      WORKDIR /a
      USER app
      FROM a AS b
      WORKDIR b
      FROM debian
      FROM b
      """)
    #expect(stages.map { text($0.workingDirectory) } == ["/a", "/a/b", "/", "/a/b"])
    #expect(stages.map(user) == ["app", "app", "root", "app"])
    #expect(stages.map { shell($0)?.first } == ["bash", "bash", "/bin/sh", "bash"])
  }

  @Test("an instruction is shown what holds before it")
  func before() {
    var seen: [String] = []
    let file = dockerfile("FROM debian\nUSER app\nWORKDIR /a\nSHELL [\"bash\"]\nRUN x\n")
    _ = StageEnvironments(
      file,
      visit: { _, environment in
        seen.append(
          "\(user(environment) ?? "") \(text(environment.workingDirectory) ?? "") \(shell(environment)?.count ?? 0)")
      })
    #expect(seen == ["root / 2", "root / 2", "app / 2", "app /a 2", "app /a 1"])
  }

  @Test("ONBUILD counts in the stage that starts there, once, before its own instructions")
  func onbuild() {
    let stages = final(
      """
      FROM debian AS a
      ONBUILD ENV X=x
      ONBUILD USER $X
      ONBUILD WORKDIR sub
      ONBUILD SHELL ["bash", "-c"]
      WORKDIR /a
      FROM a AS b
      WORKDIR own
      FROM b
      """)
    #expect(stages.map(user) == ["root", "x", "x"])
    #expect(stages.map { text($0.workingDirectory) } == ["/a", "/a/sub/own", "/a/sub/own"])
    #expect(stages.map { shell($0)?.first } == ["/bin/sh", "bash", "bash"])
  }

  @Test(
    "of images for Windows neither directory nor shell nor home is told",
    arguments: ["mcr.microsoft.com/windows/nanoserver:ltsc2022", "python:3.13-windowsservercore", "golang:nanoserver"])
  func windows(_ image: String) {
    let environment = final("FROM \(image)\nWORKDIR /a\nSHELL [\"bash\", \"-c\"]\n")[0]
    #expect(environment.workingDirectory == nil && environment.shell == nil && environment.home() == nil)
    #expect(environment.isRoot == nil)
  }

  @Test("what grows without measure is not known")
  func growth() {
    let lines = String(repeating: "ENV A=$A$A\n", count: 100)
    let environment = final("FROM debian\nENV A=x\n\(lines)ENV B=${A:-x} C=\"$A\"\n")[0]
    #expect(environment["A"] == .unknown && environment["B"] == .unknown && environment["C"] == .unknown)
    let replaced = final(
      "FROM debian\nENV A=\(String(repeating: "x", count: 600))\n\(String(repeating: "ENV A=${A//x/$A}\n", count: 3))")
    #expect(replaced[0]["A"] == .unknown)
  }
}
