internal import Bytecode
internal import BytecodeReading
internal import Facts
internal import Glibc
internal import SourceText
internal import TestSupport
internal import Testing

@Suite("Bytecode in directories on disk")
struct FileTreeTests {
  private static let header: [UInt8] = [0xA7, 0x0D, 0x0D, 0x0A]
  private static let name: Path = "pkg/__pycache__/a.cpython-311.pyc"

  private func survey(
    _ directory: TemporaryDirectory, _ files: [Path] = [Self.name], links: FileTree.Links = .withinRoot,
    user: FileUser? = nil
  ) -> BytecodeSurvey {
    BytecodeSurvey(
      of: files, in: FileTree(root: Path(directory.path.utf8), links: links),
      interpreters: Interpreters([CacheTag("cpython-311".utf8)].compactMap(\.self)), user: user)
  }

  @Test("an absolute link to a source starts at the root of a root file system, and at the system's elsewhere")
  func absoluteLinks() throws {
    let directory = try TemporaryDirectory()
    try directory.write("x = 1\n", to: "etc/real.py")
    try directory.write(Self.header, to: Self.name.description)
    try directory.link("pkg/a.py", to: "/etc/real.py")
    #expect(survey(directory).facts.map(\.judgement.verdict) == [.corruptHeader])
    #expect(survey(directory, links: .asTheyStand).facts.map(\.judgement.verdict) == [.orphan])
  }

  @Test(
    "links that climb, circle or end nowhere lead to no source",
    arguments: ["../../../../../../etc/passwd.py", "a.py", "none.py", "loop/loop/a.py"])
  func badLinks(target: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.header, to: Self.name.description)
    try directory.link("pkg/loop", to: "loop")
    try directory.link("pkg/a.py", to: target)
    let survey = survey(directory)
    #expect(survey.facts.map(\.judgement.verdict) == [.orphan])
    #expect(survey.errors.isEmpty)
  }

  @Test("a link out of a root file system stays in it")
  func climbing() throws {
    let directory = try TemporaryDirectory()
    try directory.write("x = 1\n", to: "real.py")
    try directory.write(Self.header, to: Self.name.description)
    try directory.link("pkg/a.py", to: "../../../../real.py")
    #expect(survey(directory).facts.map(\.judgement.verdict) == [.corruptHeader])
  }

  @Test("directories that are links are followed within the root")
  func linkedDirectories() throws {
    let directory = try TemporaryDirectory()
    try directory.write("x = 1\n", to: "usr/lib/pkg/a.py")
    try directory.write(Self.header, to: "usr/lib/pkg/__pycache__/a.cpython-311.pyc")
    try directory.link("lib", to: "/usr/lib")
    let survey = survey(directory, ["lib/pkg/__pycache__/a.cpython-311.pyc"])
    #expect(survey.facts.map(\.judgement.verdict) == [.corruptHeader])
  }

  @Test("pipes and directories with the names of bytecode or sources are never opened")
  func pipes() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.header, to: Self.name.description)
    try directory.system("mkfifo", "pkg/a.py")
    try directory.system("mkfifo", "pkg/__pycache__/b.cpython-311.pyc")
    try directory.system("mkdir", "pkg/__pycache__/c.cpython-311.pyc")
    let names = ["a", "b", "c"].map { Path("pkg/__pycache__/\($0).cpython-311.pyc".utf8) }
    let survey = survey(directory, names)
    #expect(survey.facts.map(\.path) == [Self.name])
    #expect(survey.facts.map(\.judgement.verdict) == [.orphan])
    #expect(survey.errors.isEmpty)
  }

  @Test("a file that cannot be read is an error that leaves the rest")
  func unreadable() throws {
    let directory = try TemporaryDirectory()
    try directory.write("x = 1\n", to: "pkg/a.py")
    try directory.write("x = 1\n", to: "pkg/b.py")
    try directory.write(Self.header, to: Self.name.description)
    let closed: Path = "pkg/__pycache__/b.cpython-311.pyc"
    try directory.write(Self.header, to: closed.description)
    try directory.system("chmod", "0", closed.description)
    let survey = survey(directory, [Self.name, closed])
    #expect(survey.facts.first?.path == Self.name)
    if geteuid() == 0 {
      #expect(survey.errors.isEmpty)
    } else {
      #expect(survey.errors.map(\.path) == [closed])
      #expect(survey.errors.map(\.explanation) == ["permission denied"])
    }
  }

  @Test(
    "who may read is told by mode and owner, and by the directories on the way",
    arguments: [
      (0o644, 0o755, true), (0o600, 0o755, false), (0o640, 0o755, false), (0o644, 0o700, false), (0o604, 0o751, true),
    ])
  func users(mode: UInt32, directoryMode: UInt32, isReadable: Bool) throws {
    let directory = try TemporaryDirectory()
    try directory.write("x = 1\n", to: "pkg/a.py")
    try directory.write(Self.header, to: Self.name.description)
    try directory.system("chmod", "755", ".")
    try directory.system("chmod", String(directoryMode, radix: 8), "pkg/__pycache__")
    try directory.system("chmod", String(mode, radix: 8), Self.name.description)
    let stranger = FileUser(user: 54_321, groups: [54_321])
    #expect(survey(directory, user: stranger).facts.map(\.isUnreadable) == [!isReadable])
    #expect(survey(directory, user: FileUser(user: 0, groups: [0])).facts.map(\.isUnreadable) == [false])
    #expect(survey(directory, user: FileUser(user: geteuid(), groups: [])).facts.map(\.isUnreadable) == [false])
    #expect(survey(directory).facts.map(\.isUnreadable) == [nil])
  }

  @Test("a source that is a larger file than is read is an error that names the limit")
  func largeSource() throws {
    let directory = try TemporaryDirectory()
    // A checked hash, so that the source has to be read.
    try directory.write(Self.header + [3, 0, 0, 0] + [UInt8](repeating: 7, count: 8), to: Self.name.description)
    try directory.write("", to: "pkg/a.py")
    try directory.system("truncate", "-s", String(FileTree.sizeLimit + 1), "pkg/a.py")
    let survey = survey(directory)
    #expect(survey.facts.isEmpty)
    #expect(survey.errors.map(\.explanation) == ["is larger than 256 MiB, the limit for bytecode and sources"])
  }

  @Test("many modules in one directory are told apart by their neighbours")
  func neighbours() throws {
    let directory = try TemporaryDirectory()
    var files: [Path] = []
    for number in 0..<200 {
      try directory.write("x = 1\n", to: "m\(number).py")
      let file = "__pycache__/m\(number).cpython-311.pyc"
      try directory.write(Self.header, to: file)
      files.append(Path(file.utf8))
    }
    try directory.write("", to: "m1/__init__.py")
    try directory.write("", to: "m2/other.py")
    try directory.write("", to: "m3.so")
    try directory.write("", to: "m4.abi3.so")
    try directory.write("", to: "m5.cpython-38.so")
    let facts = survey(directory, files).facts
    let shadowed = facts.filter { $0.judgement.verdict == .shadowed }.map {
      String(decoding: $0.name.module, as: UTF8.self)
    }
    #expect(shadowed == ["m1", "m3", "m4"])
    #expect(facts.filter { $0.judgement.verdict == .corruptHeader }.count == 197)
  }
}

extension TemporaryDirectory {
  /// Makes a symbolic link.
  fileprivate func link(_ name: String, to target: String) throws {
    try system("ln", "-s", "--", target, name)
  }

  /// Runs a program in the directory, which has to succeed.
  fileprivate func system(_ words: String...) throws {
    let result = try run(words, in: path)
    try #require(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
  }
}
