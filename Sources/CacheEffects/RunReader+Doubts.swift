internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText

/// What a command removes of which not all is known.
struct DoubtfulRemoval {
  /// The command, by its number.
  let command: Int
  /// How the path begins, as far as that is known; empty where it may be any.
  let beginning: [UInt8]
  /// How it ends, as far as that is known, without wildcards that stand for all that is in it.
  let ending: [UInt8]

  /// Whether it may be a path, or a directory above it.
  func mayBe(_ place: [UInt8]) -> Bool {
    guard place.starts(with: beginning) || beginning.starts(with: place) else { return false }
    if ending.isEmpty || ending.contains(where: { "*?[".utf8.contains($0) }) { return true }
    var directory = place[...]
    while !directory.isEmpty {
      if directory.suffix(ending.count).elementsEqual(ending) { return true }
      directory = directory[..<(directory.lastIndex(of: UInt8(ascii: "/")) ?? directory.startIndex)]
    }
    return false
  }
}

extension RunReader {
  // MARK: Removals that may be

  /// Takes in an argument of a removal whose text is not known.
  mutating func doubt(_ argument: ShellArgument, _ number: Int, _ command: ToolCommand, isRecursive: Bool = false) {
    guard isRecursive || command.has("-r") || command.has("-R") || command.has("--recursive") else { return }
    var ending = argument.suffix
    while ending.suffix(2).elementsEqual("/*".utf8) { ending.removeLast(2) }
    if ending.last == UInt8(ascii: "/") { ending.removeLast() }
    var beginning = argument.prefix
    if !beginning.isEmpty {
      guard let path = absolute(beginning, command, isHome: argument.isHome) else { return }
      beginning = path.count == 1 ? [] : path
    }
    doubt(DoubtfulRemoval(command: number, beginning: beginning, ending: ending))
  }

  mutating func doubt(_ removal: DoubtfulRemoval) {
    if doubtful.count >= Self.removalLimit { doubtful.removeFirst() }
    doubtful.append(removal)
  }

  /// Whether a program is there to clean up, as far as its name tells.
  func isCleaner(_ command: ToolCommand) -> Bool {
    var name = command.invocation.name ?? []
    if name.count <= 4, name.suffix(2).elementsEqual("sh".utf8),
      ["sh", "bash", "dash", "ash"].contains(where: { name.elementsEqual($0.utf8) })
    {
      guard let script = command.arguments.first(where: { $0.value?.first != UInt8(ascii: "-") })?.value else {
        return false
      }
      name = script.split(separator: UInt8(ascii: "/")).last ?? []
    }
    // These two remove bytecode alone.
    if name.count > 64 || name.elementsEqual("py3clean".utf8) || name.elementsEqual("pyclean".utf8) { return false }
    return Self.cleanerWords.contains { contains(name, ignoringCase: $0) }
  }

  /// What the names of programs that clean up have in them.
  private static let cleanerWords = ["clean", "purge", "prune", "minimize", "slim"].map { Array($0.utf8) }

  /// Whether a command runs in every run in which another does, where a test for a directory that holds what was
  /// written lets it run.
  func runs(_ remover: ShellInvocation, whenever writer: ShellInvocation, of write: CacheWrite) -> Bool {
    if remover.runs(whenever: writer) { return true }
    guard !remover.isBackground, let place = write.place?.path else { return false }
    let branches = remover.branches.filter { branch in !(branch.existing.map { isWithin(place, $0) } ?? false) }
    return branches.count < remover.branches.count && branches.elementsEqual(writer.branches.prefix(branches.count))
  }

  /// Whether a later command may remove what was written, and nothing writes it anew after that.
  func mayBeRemoved(_ write: CacheWrite) -> Bool {
    switch write.doubt {
    case nil, .base?, .branch?: break
    default: return false
    }
    let writer = commands[write.command].invocation
    func isPossible(_ number: Int) -> Bool {
      // What runs after a failure says nothing of a run without one.
      let invocation = commands[number].invocation
      return number > write.command && !invocation.isExclusive(of: writer)
        && !invocation.branches.contains { $0.isRescue && !writer.branches.contains($0) }
    }
    var last = removals.last { isPossible($0.command) && $0.clears(write) }?.command
    if let place = write.place?.path, let other = doubtful.last(where: { isPossible($0.command) && $0.mayBe(place) }) {
      last = max(last ?? 0, other.command)
    }
    guard let last else { return false }
    let remover = commands[last].invocation
    return !writes.contains { again in
      again.command > last && again.kind == write.kind && again.place == write.place
        && commands[again.command].invocation.runs(whenever: remover)
    }
  }

  // MARK: Ways through the script

  /// Takes the doubt from what is written on every way through the script.
  mutating func settleBranches() {
    let waiting = writes.indices.filter { writes[$0].stays && writes[$0].doubt == .branch }
    if waiting.count < 2 && failing.isEmpty { return }
    struct Key: Hashable {
      let kind: String
      let place: CachePlace?
    }
    for (_, group) in Dictionary(
      grouping: waiting, by: { Key(kind: writes[$0].kind.id, place: writes[$0].place) })
    where covers(group.map { commands[writes[$0].command].invocation.branches[...] }) {
      for index in group { writes[index].doubt = nil }
    }
  }

  /// Whether one of these ways is taken in every run that succeeds.
  private func covers(_ ways: [ArraySlice<ShellBranch>]) -> Bool {
    if ways.contains(where: \.isEmpty) { return true }
    var forks: [Int: [ArraySlice<ShellBranch>]] = [:]
    for way in ways { if let first = way.first, first.ways > 0 { forks[first.fork, default: []].append(way) } }
    return forks.contains { fork, ways in
      guard let count = ways.first?.first?.ways else { return false }
      return (0..<count).allSatisfy { arm in
        if failing.contains(ShellBranch(fork: fork, arm: arm)) { return true }
        let taken = ways.filter { $0.first?.arm == arm }.map { $0.dropFirst() }
        return !taken.isEmpty && covers(taken)
      }
    }
  }

  // MARK: Users

  /// Notes the home of a user that a command makes.
  mutating func noteUser(_ command: ToolCommand) {
    switch command.name {
    case "useradd", "adduser", "usermod": break
    default: return
    }
    if command.invocation.isPerhaps || state.homes.count >= StageState.fileLimit { return }
    let isAdduser = command.name == "adduser"
    let valued: Set<String> =
      isAdduser
      ? [
        "-h", "-g", "-s", "-G", "-u", "-k", "--home", "--shell", "--uid", "--gid", "--ingroup", "--gecos", "--conf",
        "--firstuid", "--lastuid", "--comment",
      ]
      : [
        "-b", "--base-dir", "-c", "--comment", "-d", "--home-dir", "--home", "-e", "--expiredate", "-f", "--inactive",
        "-g", "--gid", "-G", "--groups", "-k", "--skel", "-K", "--key", "-l", "--login", "-p", "--password", "-s",
        "--shell", "-u", "--uid", "-Z", "--selinux-user", "-R", "--root", "-P", "--prefix",
      ]
    // With useradd, `-l` takes no value.
    let names = positional(command, valued: command.name == "useradd" ? valued.subtracting(["-l", "--login"]) : valued)
    guard let name = isAdduser ? names.first : names.last, let name else { return }
    let options = isAdduser ? ["--home", "-h"] : ["-d", "--home-dir", "--home"]
    var home: [UInt8]?
    if let given = options.lazy.compactMap({ command.value(of: $0) }).first {
      guard case .value(let path) = given, path.first == UInt8(ascii: "/") else { return }
      home = environment.absolute(path)
    } else if command.name == "useradd" || isAdduser && !command.has("--system") {
      var base = Array("/home".utf8)
      if let given = command.value(of: "-b") ?? command.value(of: "--base-dir") {
        guard case .value(let path) = given else { return }
        base = path
      }
      home = environment.absolute(base + [UInt8(ascii: "/")] + name)
    }
    guard let home else { return }
    state.homes[String(decoding: name, as: UTF8.self)] = home
    if case .value(let number)? = command.value(of: "-u") ?? command.value(of: "--uid") {
      state.homes[String(decoding: number, as: UTF8.self)] = home
    }
  }

  /// The arguments that are neither options nor their values; nil for each that is not known.
  private func positional(_ command: ToolCommand, valued: Set<String>) -> [[UInt8]?] {
    var found: [[UInt8]?] = []
    var skipsNext = false
    for argument in command.arguments {
      if skipsNext {
        skipsNext = false
      } else if let text = argument.value, text.first == UInt8(ascii: "-"), text.count > 1 {
        // In a cluster such as `-rmd`, the last letter may have a value.
        let last = text[1] == UInt8(ascii: "-") ? text : [UInt8(ascii: "-"), text[text.count - 1]]
        skipsNext = valued.contains(String(decoding: last, as: UTF8.self))
      } else {
        found.append(argument.value)
      }
    }
    return found
  }
}

extension ShellInvocation {
  /// Whether no run has both commands, as far as the ways of one fork tell.
  func isExclusive(of other: ShellInvocation) -> Bool {
    zip(branches, other.branches).first { $0 != $1 }.map { $0.fork == $1.fork } ?? false
  }
}
