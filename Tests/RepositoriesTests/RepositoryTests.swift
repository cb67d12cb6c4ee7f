internal import Files
internal import Glibc
internal import Repositories
internal import SourceText
internal import TestSupport
internal import Testing

@Suite struct RepositoryTests {
  private func find(_ path: Path, _ environment: UserEnvironment = UserEnvironment()) throws(RepositoryError)
    -> Repository?
  {
    try Repository.find(from: path, environment: environment)
  }

  @Test func theNearestRepositoryIsFound() throws {
    let sample = try Sample()
    try sample.directory.write("", to: "a/b/file")
    try sample.directory.write("", to: "a/.git/not-a-repository")
    let root = try resolvedPath(sample.root)
    for start in ["", "a", "a/b", "a/b/file"] {
      let found = try #require(try find(sample.root.appending(start)))
      #expect(found.root == root)
      #expect(found.gitDirectory == root.appending(".git"))
      #expect(found.commonDirectory == found.gitDirectory)
    }
    let outside = try TemporaryDirectory()
    #expect(try find(Path(outside.path.utf8)) == nil)
    #expect(throws: RepositoryError.self) { try find(sample.root.appending("none")) }
  }

  @Test func linkedWorkTreesAndSubmodules() throws {
    let sample = try Sample()
    try sample.git(["commit", "-q", "--allow-empty", "-m", "x"])
    try sample.git(["worktree", "add", "-q", "linked"])
    let root = try resolvedPath(sample.root)
    let linked = try #require(try find(sample.root.appending("linked")))
    #expect(linked.root == root.appending("linked"))
    #expect(linked.gitDirectory == root.appending(".git/worktrees/linked"))
    #expect(linked.commonDirectory == root.appending(".git"))
    #expect(linked.infoExcludePath == root.appending(".git/info/exclude"))
    let other = try Sample()
    try other.git(["commit", "-q", "--allow-empty", "-m", "x"])
    try sample.git(["submodule", "--quiet", "add", other.directory.path, "module"])
    let module = try #require(try find(sample.root.appending("module")))
    #expect(module.root == root.appending("module"))
    #expect(module.gitDirectory == root.appending(".git/modules/module"))
    #expect(isRepositoryRoot(root.appending("module")))
  }

  @Test func whatHasNoWorkTreeIsSaid() throws {
    let sample = try Sample(["--bare"])
    #expect(throws: RepositoryError.bare(try resolvedPath(sample.root))) { try find(sample.root) }
    let other = try Sample()
    let hooks = try resolvedPath(other.root).appending(".git/hooks")
    #expect(throws: RepositoryError.insideGitDirectory(hooks)) { try find(hooks) }
    try other.directory.write("gitdir: nowhere\n", to: "sub/.git")
    #expect(throws: RepositoryError.self) { try find(other.root.appending("sub")) }
    try other.directory.write("something else\n", to: "sub/.git")
    #expect(throws: RepositoryError.self) { try find(other.root.appending("sub")) }
    #expect(!isRepositoryRoot(other.root.appending("sub")))
  }

  @Test func settingsComeFromTheUserToo() throws {
    let sample = try Sample()
    let home = try TemporaryDirectory()
    let homePath = Path(home.path.utf8)
    #expect(
      try find(sample.root, UserEnvironment(home: homePath))?.personalExcludePath
        == homePath.appending(".config/git/ignore"))
    let xdg = UserEnvironment(home: homePath, configurationHome: "/xdg")
    #expect(try find(sample.root, xdg)?.personalExcludePath == "/xdg/git/ignore")
    try home.write("[core]\n\texcludesFile = ~/mine\n[include]\n\tpath = more\n", to: ".gitconfig")
    try home.write("[core]\n\tignoreCase\n", to: "more")
    try home.write("*.swp\n", to: "mine")
    let found = try #require(try find(sample.root, UserEnvironment(home: homePath)))
    #expect(found.personalExcludePath == homePath.appending("mine"))
    #expect(found.ignoresCase)
    #expect(try found.readPersonalExclude() == Array("*.swp\n".utf8))
    try sample.git(["config", "core.ignoreCase", "false"])
    try sample.git(["config", "core.excludesFile", "/dev/null"])
    let own = try #require(try find(sample.root, UserEnvironment(home: homePath)))
    #expect(!own.ignoresCase)
    #expect(try own.readPersonalExclude() == nil)
    try home.write("[include]\n\tpath = .gitconfig\n", to: ".gitconfig")
    #expect(throws: RepositoryError.self) { try find(sample.root, UserEnvironment(home: homePath)) }
    let replaced = UserEnvironment(home: homePath, globalConfiguration: "/dev/null")
    #expect(throws: Never.self) { try find(sample.root, replaced) }
  }

  @Test func aWorkTreeElsewhereAndSettingsOfOneWorkTree() throws {
    let sample = try Sample()
    let place = try TemporaryDirectory()
    try sample.git(["config", "core.worktree", place.path])
    #expect(try find(sample.root)?.root == (try resolvedPath(Path(place.path.utf8))))
    let other = try Sample()
    try other.git(["config", "extensions.worktreeConfig", "true"])
    try other.git(["config", "--worktree", "core.ignoreCase", "yes"])
    #expect(try find(other.root)?.ignoresCase == true)
  }
}

@Suite struct GitConfigurationTests {
  /// The settings as `git config --list -z` prints them.
  private func printed(_ configuration: GitConfiguration) -> [[UInt8]] {
    configuration.settings.map { setting in
      let dot = [UInt8(ascii: ".")]
      let section =
        setting.section + (setting.section.isEmpty ? [] : dot)
        + (setting.subsection.isEmpty ? [] : setting.subsection + dot)
      return section + setting.name + (setting.value.map { [UInt8(ascii: "\n")] + $0 } ?? [])
    }
  }

  @Test(arguments: [
    "", "[a]\n", "[a]b=c\n", "[a]\nb\n", "[a] b = c ; d\n", "[A]\nB = C\n", "\u{FEFF}[a]\nb = c\n",
    "[a \"B c\"]\nd = e\n", "[a \"x\\\"y\\\\z\\q\"]\nd = e\n", "[a.B]\nc = d\n", "[a]\r\nb = c\r\n[d]\r\ne\r\n",
    "[a]\nb = \" c \" d  \n", "[a]\nb = c\\\n  d\n", "[a]\nb = \"c # d\" # e\n", "[a]\nb = c\\td\\ne\\\\f\\\"g\n",
    "[a]\nb =\n", "[a]\nb = \"\"\n", "# x\n; y\n[a]\nb-c9 = 1\n", "[a]\nb = c  d   e\n", "[a]\nb=c", "[a]\nb = 'c'\n",
    "[a]\nb = \\\n\n", "[a]b=c\n[d]e=f", "[a] # x\nb = c", "[a]\nb = c\\\n", "[a]\nb ; x\n", "[a]\n  b  =  c  \n",
    "b = c\n", "[a\n", "[a]\nb = \"c\n", "[a]\nb = \\q\n", "[a]\n9 = b\n", "[a]\nb c\n", "[a \"b\n\"]\n", "[a \"b]\n",
    "[a \"b\" ]\n", "[a]\nb = c\\", "[]\na = b\n", "[a_b]\nc = d\n", "[a]\nb_c = d\n", "=\n", "[a]]\n",
  ])
  func filesReadAsGitReadsThem(text: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write(text, to: "config")
    let git = try run(["git", "config", "--file", "config", "--list", "-z"], in: directory.path)
    let settings = try? GitConfiguration(Array(text.utf8), path: "config")
    #expect((settings != nil) == (git.status == 0), "\(String(decoding: git.errors, as: UTF8.self))")
    if let settings { #expect(printed(settings) == git.output.split(separator: 0).map(Array.init)) }
  }

  @Test func damageIsAnErrorWithALine() {
    #expect(
      throws: RepositoryError.configuration(
        "c", line: 2, reason: "git knows only the escapes \\\\, \\\", \\n, \\t and \\b")
    ) {
      try GitConfiguration(Array("[a]\nb = \\q".utf8), path: "c")
    }
    var random = SeededGenerator(seed: 3)
    let letters = Array("[]\"\\ab=\n\r \t#;.9\u{FEFF}".utf8) + [0, 0xFF]
    for _ in 0..<5000 {
      let bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in letters.randomElement(using: &random) ?? 0 }
      _ = try? GitConfiguration(Array("[a]\nb=".utf8) + bytes, path: "c")
    }
  }
}
