internal import IgnoreFiles
internal import Files
internal import Glibc
internal import Repositories
internal import SourceText
internal import TestSupport
internal import Testing

/// Keeps the paths that a walk showed.
private struct Recorder: TreeVisitor {
  typealias Rules = GitRules
  var directories: [Path] = []
  var ignored: Set<Path> = []
  var repositories: [Path] = []
  var files: [Path] = []
  var errors: [FileError] = []

  mutating func visit(_ directory: VisitedDirectory<GitRules>) {
    directories.append(directory.path)
    for entry in directory.listing.entries where directory.isIgnored(entry) {
      ignored.insert(directory.path(of: entry))
    }
  }
  mutating func found(_ file: GitRules.File, in directory: Path) { files.append(directory) }
  mutating func found(repository path: Path, decision: GitRules.Decision?) { repositories.append(path) }
  mutating func failed(_ error: FileError) { errors.append(error) }
}

@Suite struct TreeWalkTests {
  let directory: TemporaryDirectory
  var root: Path { Path(directory.path.utf8) }

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func walk(from start: Path = .root) -> Recorder {
    var recorder = Recorder()
    var walk = TreeWalk<Recorder>(root: root, rules: GitRules(GitIgnoreStack(), ignoresCase: false))
    walk.run(&recorder, from: start)
    return recorder
  }

  @Test func ignoredDirectoriesAndLinksAreNotEntered() throws {
    for name in ["a/b/c", "build/x", "a/build/y", "kept/z"] { try directory.write("", to: name) }
    try directory.write("build/\n", to: ".gitignore")
    try directory.write("c\n", to: "a/b/.gitignore")
    #expect(unsafe symlink("..", directory.path + "/a/loop") == 0)
    let seen = walk()
    #expect(Set(seen.directories) == ["", "a", "a/b", "kept"])
    #expect(seen.ignored == ["build", "a/build", "a/b/c"])
    #expect(seen.files == ["", "a/b"])
    #expect(seen.errors.isEmpty)
  }

  @Test func aWalkFromADirectoryKnowsTheRulesAboveIt() throws {
    try directory.write("", to: "a/b/c")
    try directory.write("c\n", to: ".gitignore")
    #expect(walk(from: "a/b").ignored == ["a/b/c"])
    #expect(walk(from: "a/b").directories == ["a/b"])
    try directory.write("b/\n", to: "a/.gitignore")
    try directory.write("!c\n", to: "a/b/.gitignore")
    let seen = walk(from: "a/b")
    #expect(seen.ignored == ["a/b/c", "a/b/.gitignore"])
    #expect(seen.files == ["", "a"])
    #expect(walk(from: "a/none").errors.map(\.reason) == [.missing])
    #expect(unsafe symlink("a", directory.path + "/link") == 0)
    #expect(walk(from: "link/b").errors.count == 1)
  }

  @Test func whatCannotBeReadIsToldAndTheWalkGoesOn() throws {
    try directory.write("", to: "a/x")
    try directory.write("", to: "b/x")
    #expect(unsafe mkfifo(directory.path + "/a/.gitignore", 0o600) == 0)
    let errors = walk().errors
    #expect(errors == [FileError(path: root.appending("a/.gitignore"), reason: .notRegular(.pipe))])
    #expect(Set(walk().directories) == ["", "a", "b"])
    // Root may read everything, so there is nothing to see.
    guard getuid() != 0 else { return }
    #expect(unsafe chmod(directory.path + "/b", 0) == 0)
    #expect(walk().errors.contains(FileError(path: root.appending("b"), reason: .permission)))
    #expect(unsafe chmod(directory.path + "/b", 0o700) == 0)
  }

  @Test func anIgnoreFileThatIsTooLargeCountsAsEmptyAndIsTold() throws {
    try directory.write("", to: "x")
    let file = unsafe open(directory.path + "/.gitignore", O_CREAT | O_RDWR, 0o600)
    #expect(ftruncate(file, 1 << 30) == 0)
    close(file)
    #expect(walk().errors.map(\.reason) == [.tooLarge(limit: Repository.ignoreFileSizeLimit)])
  }

  @Test func nestedRepositoriesAreNotEntered() throws {
    _ = try run(["git", "init", "-q", "inner"], in: directory.path)
    try directory.write("", to: "inner/x")
    try directory.write("", to: "no-repository/.git/x")
    try directory.write("text", to: "no-link/.git")
    let seen = walk()
    #expect(seen.repositories == ["inner"])
    #expect(Set(seen.directories) == ["", "no-repository", "no-link"])
  }

  @Test func depthHasALimit() throws {
    let deep = (1...210).map { _ in "d" }.joined(separator: "/")
    try directory.write("", to: deep + "/x")
    let seen = walk()
    #expect(seen.directories.count == TreeWalk<Recorder>.depthLimit + 1)
    #expect(seen.errors.map(\.reason) == [.tooDeep(limit: TreeWalk<Recorder>.depthLimit)])
  }
}
