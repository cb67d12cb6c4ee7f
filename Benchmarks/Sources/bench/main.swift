import Glibc

// Measures the static binary, named by the first argument, against the programs that the goals name.
// `bench BINARY [PACKAGES]`: a smaller number of packages makes a smaller tree, for a quick look.

guard CommandLine.arguments.count > 1 else {
  print("usage: bench BINARY [PACKAGES]")
  exit(2)
}
let binary = realpath(CommandLine.arguments[1], nil).map { String(cString: $0) } ?? CommandLine.arguments[1]
let packages = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 2000 : 2000
let here = getcwd(nil, 0).map { String(cString: $0) } ?? "."
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
// A run that failed is fast for the wrong reason.
goals.check("check ends with 0 or 1", walk.statuses("cachepolicy check").isSubset(of: [0, 1]))
goals.check("check Dockerfile ends with 0 or 1", start.statuses("cachepolicy check Dockerfile").isSubset(of: [0, 1]))
goals.check("--version ends with 0", start.statuses("cachepolicy --version") == [0])
exit(goals.missed == 0 ? 0 : 1)
