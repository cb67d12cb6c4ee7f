import Glibc

// Measures the static binary, named by the first argument, against the programs that the goals name.
// `bench BINARY [PACKAGES]`: a smaller number of packages makes a smaller tree, for a quick look.
// `bench images BINARY` measures the check of an image alone; as root, where the programs that make one are installed.
// `bench layers READER` measures `read-layer` against what only decompresses.
// CACHEPOLICY_DOCKERFILES names a directory of real Dockerfiles; without it, or without hadolint, that part is skipped.

guard CommandLine.arguments.count > 1 else {
  print("usage: bench BINARY [PACKAGES] | bench images BINARY | bench layers READER")
  exit(2)
}
let here = getcwd(nil, 0).map { String(cString: $0) } ?? "."
if CommandLine.arguments.count > 2, CommandLine.arguments[1] == "layers" {
  let reader = realpath(CommandLine.arguments[2], nil).map { String(cString: $0) } ?? CommandLine.arguments[2]
  do {
    let goals = try measureLayers(reader: reader, in: "\(here)/.build-bench/layers")
    exit(goals.missed == 0 ? 0 : 1)
  } catch {
    print("bench: \(error)")
    exit(3)
  }
}
if CommandLine.arguments.count > 2, CommandLine.arguments[1] == "images" {
  let binary = realpath(CommandLine.arguments[2], nil).map { String(cString: $0) } ?? CommandLine.arguments[2]
  var goals = Goals()
  measureImages(binary: binary, in: here, goals: &goals)
  exit(goals.missed == 0 ? 0 : 1)
}
let binary = realpath(CommandLine.arguments[1], nil).map { String(cString: $0) } ?? CommandLine.arguments[1]
let packages = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 2000 : 2000
let tree = Tree(packages: packages, path: "\(here)/.build-bench/tree\(packages)")
// Git's settings of this machine would change what git does.
setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1)
setenv("GIT_CONFIG_NOSYSTEM", "1", 1)
unsetenv("CI")

do {
  try tree.prepare()
} catch {
  print("bench: \(error)")
  exit(3)
}

var goals = Goals()

var walk = Contest()
walk.add("cachepolicy check", [binary, "check", "."])
walk.add("git ls-files -o", ["git", "ls-files", "-o", "--exclude-standard"])
walk.add("git ls-files -c", ["git", "ls-files", "-c"])
if isInstalled("rg") { walk.add("rg --files", ["rg", "--files", "--hidden", "-j1"]) }
let finder = ["fd", "fdfind"].first(where: isInstalled)
if let finder { walk.add("fd", [finder, "--hidden", "--type", "f", "-j1"]) }
walk.run(rounds: 7, in: tree.path)
printTable("a repository of \(packages * 102) files, \(packages * 11) directories", walk)

var start = Contest()
start.add("cachepolicy --version", [binary, "--version"])
start.add("cachepolicy check Dockerfile", [binary, "check", "Dockerfile"])
start.add("true", ["true"])
if isInstalled("ruff") { start.add("ruff --version", ["ruff", "--version"]) }
let lone = "\(here)/.build-bench/lone"
do {
  try makeDirectories(lone)
  try command(["cp", "\(tree.path)/Dockerfile", lone], in: here)
  try command(["git", "init", "-q"], in: lone)
} catch {
  print("bench: \(error)")
  exit(3)
}
start.run(rounds: 41, in: lone)
printTable("start, and one Dockerfile through the hook", start)

var runs = Contest()
runs.add("no RUN", [binary, "check", "none/Dockerfile"])
runs.add("64 KB", [binary, "check", "64KB/Dockerfile"])
runs.add("256 KB", [binary, "check", "256KB/Dockerfile"])
runs.add("1 MB", [binary, "check", "1MB/Dockerfile"])
runs.add("100,000 short commands", [binary, "check", "short/Dockerfile"])
let long = "\(here)/.build-bench/runs"
do {
  for run in [
    LongRun(name: "none", text: "FROM python:3.12-slim\n"), .chain("64KB", size: 64 << 10),
    .chain("256KB", size: 256 << 10), .chain("1MB", size: 1 << 20), .short("short", commands: 100_000),
  ] { try run.prepare(in: long) }
} catch {
  print("bench: \(error)")
  exit(3)
}
runs.run(rounds: 7, in: long)
printTable("one Dockerfile with a long RUN", runs)

var lint = Contest()
if let source = getenv("CACHEPOLICY_DOCKERFILES").map({ String(cString: $0) }), isInstalled("hadolint") {
  do {
    let corpus = try Corpus(from: source, to: "\(here)/.build-bench/corpus")
    lint.add("cachepolicy check", [binary, "check"] + corpus.files)
    lint.add("hadolint", ["hadolint"] + corpus.files)
    lint.run(rounds: 3, in: corpus.directory)
    printTable("\(corpus.files.count) Dockerfiles, \(corpus.count) of them different", lint)
  } catch {
    print("bench: \(error)")
    exit(3)
  }
} else {
  print("\nskipped: the comparison with hadolint needs it, and CACHEPOLICY_DOCKERFILES with real Dockerfiles")
}

print("\ngoals")
let git = walk.time("git ls-files -o").flatMap { other in walk.time("git ls-files -c").map { other + $0 } }
goals.check("check of the repository, against both git ls-files", walk.time("cachepolicy check"), atMost: git, "ms CPU")
goals.check("its memory", Double(walk.memory("cachepolicy check")) / 1_000_000, atMost: 150, "MB")
goals.check("check Dockerfile", start.time("cachepolicy check Dockerfile"), atMost: 5, "ms CPU")
goals.check("--version", start.time("cachepolicy --version"), atMost: 3, "ms CPU")
if isInstalled("ruff") {
  goals.check(
    "--version, against ruff's", start.time("cachepolicy --version"), atMost: start.time("ruff --version"), "ms CPU")
}
goals.check("a RUN of 1 MB", runs.time("1 MB"), atMost: 200, "ms CPU")
goals.check("a RUN of 100,000 commands", runs.time("100,000 short commands"), atMost: 200, "ms CPU")
// Half as much again is left to chance; what grows with the square would take sixteen times as long.
let begin = runs.time("no RUN") ?? 0
goals.check(
  "a RUN of 1 MB, against four of 256 KB", runs.time("1 MB").map { $0 - begin },
  atMost: runs.time("256 KB").map { ($0 - begin) * 4 * 1.5 }, "ms CPU")
goals.check(
  "\(Corpus.size) Dockerfiles, against a hundredth of hadolint", lint.time("cachepolicy check"),
  atMost: lint.time("hadolint").map { $0 / 100 }, "ms CPU")
// A run that failed is fast for the wrong reason.
goals.check("check ends with 0 or 1", walk.statuses("cachepolicy check").isSubset(of: [0, 1]))
goals.check("check Dockerfile ends with 0 or 1", start.statuses("cachepolicy check Dockerfile").isSubset(of: [0, 1]))
for name in runs.names {
  goals.check("check of a RUN (\(name)) ends with 0 or 1", runs.statuses(name).isSubset(of: [0, 1]))
}
for name in lint.names { goals.check("\(name) ends with 0 or 1", lint.statuses(name).isSubset(of: [0, 1])) }
goals.check("--version ends with 0", start.statuses("cachepolicy --version") == [0])
measureImages(binary: binary, in: here, goals: &goals)
exit(goals.missed == 0 ? 0 : 1)
