internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText

extension RunReader {
  /// Takes in a command whose effect lasts, such as `pip config set`.
  mutating func setting(_ command: ToolCommand, _ tool: ToolKinds) {
    if !tool.moves.isEmpty { move(command, tool.moves) }
    if tool.settings.isEmpty { return }
    let given = command.arguments.filter { $0.value?.first != UInt8(ascii: "-") }
    for setting in tool.settings {
      guard given.count == setting.words.count + 1,
        zip(given, setting.words).allSatisfy({ $0.value?.elementsEqual($1.utf8) ?? false }),
        let value = given.last?.value
      else { continue }
      let text = String(decoding: value, as: UTF8.self)
      let variable = setting.kind.disable.environment.first { $0.effect == .full }
      let reading = variable?.judge(text) ?? (text == setting.value ? .on : .off)
      state.settings[setting.kind.id] = (command.invocation.isPerhaps ? .unknown : reading, instruction)
    }
  }

  /// Takes in a command that moves a cache for good, such as `npm config set cache /c`.
  private mutating func move(_ command: ToolCommand, _ moves: [ToolKinds.Move]) {
    let given = command.arguments.filter { $0.value?.first != UInt8(ascii: "-") }
    for move in moves {
      guard given.count >= move.words.count,
        zip(given, move.words).allSatisfy({ $0.value?.elementsEqual($1.utf8) ?? false }),
        move.options.allSatisfy({ command.has($0) })
      else { continue }
      var path: [UInt8]?
      if let start = move.start {
        let word = given.dropFirst(move.words.count).first { argument in
          start.isEmpty || (argument.value ?? argument.prefix).starts(with: start)
        }
        guard let word else { continue }
        path = word.value.flatMap { value in
          let place = Array(value.dropFirst(start.count))
          return place.isEmpty ? nil : absolute(place, command, isHome: start.isEmpty && word.isHome)
        }
        if !move.below.isEmpty { path = path.map { $0 + [UInt8(ascii: "/")] + move.below } }
      }
      state.moves[move.kind.id] = CacheMove(
        path: path, home: home?.path, isCertain: !command.invocation.isPerhaps, text: move.text,
        instruction: instruction)
    }
  }

  // MARK: Removing

  mutating func removal(_ number: Int, _ command: ToolCommand, _ tool: ToolKinds) {
    switch command.name {
    case "rm", "rmdir", "unlink":
      for argument in command.arguments where argument.value?.first != UInt8(ascii: "-") {
        // What `xargs` gives to it is told by the command before.
        if argument.isSpread, number > 0, isFeeding(number - 1) { continue }
        remove(argument, number, command)
      }
    case "find": find(number, command)
    case "ls", "echo", "printf":
      if command.name != "ls" || command.has("-d"), isFeeding(number) {
        for argument in command.arguments where argument.value?.first != UInt8(ascii: "-") {
          remove(argument, number + 1, command)
        }
      }
      return
    case "sed", "mv", "cp", "tee", "install", "ln":
      noteFiles(command)
      return
    default: break
    }
    if tool.cleaned.isEmpty {
      if !writes.isEmpty, tool.kinds.isEmpty, isCleaner(command) {
        doubt(DoubtfulRemoval(command: number, beginning: [], ending: []))
      }
      return
    }
    let kinds = tool.cleaned.filter { kind in
      kind.layer?.cleaners.contains { form in command.matches(form) { value($0, command) } == .yes } ?? false
    }
    if !kinds.isEmpty { removals.append(Removal(command: number, path: nil, kinds: kinds)) }
  }

  /// Notes the files that a command writes, which a tool may read as its configuration.
  private mutating func noteFiles(_ command: ToolCommand) {
    let names = command.arguments.filter { $0.value?.first != UInt8(ascii: "-") }
    let written = command.name == "tee" || command.name == "sed" ? names[...] : names.suffix(1)
    if command.name == "mv", let path = names.first?.value.flatMap({ absolute($0, command) }) { touch(path) }
    for name in written {
      guard let value = name.value, let path = absolute(value, command, isHome: name.isHome) else { continue }
      note(path)
      guard command.name != "tee", names.count > 1, let source = names.first?.value else { continue }
      note(path + [UInt8(ascii: "/")] + (source.split(separator: UInt8(ascii: "/")).last ?? []))
    }
  }

  /// Notes where the output of a command goes, unless it is plain text without a word of caches.
  mutating func noteOutputs(_ command: ToolCommand) {
    let texts: [[UInt8]?]
    switch command.name {
    case "echo", "printf": texts = command.arguments.map(\.value)
    case "cat" where command.invocation.input != nil: texts = [command.invocation.input]
    default: texts = [nil]
    }
    let isHarmless = texts.allSatisfy { text in
      text.map { text in
        !Self.cacheWords.contains { contains(text[...], ignoringCase: $0) }
      } ?? false
    }
    if state.dockerClean == true {
      for file in command.invocation.outputs {
        if let path = file.value.flatMap({ absolute($0, command, isHome: file.isHome) }) { touch(path) }
      }
    }
    if isHarmless { return }
    for file in command.invocation.outputs {
      guard let value = file.value, let path = absolute(value, command, isHome: file.isHome) else { continue }
      note(path)
      if texts.allSatisfy({ $0 != nil }), state.writtenFiles.count < StageState.fileLimit {
        state.writtenFiles.insert(path)
      }
    }
  }

  /// What the settings of caches have in their names.
  private static let cacheWords = ["cache", "store", "pkgs_dirs", "localrepository", "repo.local"].map {
    Array($0.utf8)
  }

  private static let dockerClean = Array("/etc/apt/apt.conf.d/docker-clean".utf8)

  /// Whether the file `docker-clean` still says what it does in the base image, nobody knows once it is written.
  private mutating func touch(_ path: [UInt8]) {
    if state.dockerClean == true, path == Self.dockerClean { state.dockerClean = nil }
  }

  private mutating func note(_ path: [UInt8]) {
    touch(path)
    if state.files.count < StageState.fileLimit { state.files[path] = instruction }
  }

  private mutating func remove(_ argument: ShellArgument, _ number: Int, _ command: ToolCommand) {
    if let value = argument.value {
      // A wildcard in quotes is the name of a file that is not there.
      if !argument.isPattern, value.contains(where: { "*?[".utf8.contains($0) }) { return }
      guard let path = absolute(value, command, isHome: argument.isHome) else { return }
      // What is removed at a link itself is the link.
      let isLink = state.links.contains { $0.from == path }
      removals.append(Removal(command: number, path: isLink ? path : state.real(path), kinds: []))
      if removes(path, Self.dockerClean) { state.dockerClean = false }
    } else if let words = argument.output {
      let kinds = printed(words, String(decoding: argument.suffix, as: UTF8.self))
      if kinds.isEmpty {
        doubt(argument, number, command)
      } else {
        removals.append(Removal(command: number, path: nil, kinds: kinds))
      }
    } else {
      doubt(argument, number, command)
    }
  }

  /// The kinds whose place a command prints, as `pip cache dir` does; `suffix` is what follows its output in the word.
  private func printed(_ words: [[UInt8]], _ suffix: String) -> [CacheKind] {
    let arguments = words.map { ShellArgument($0, range: nil) }
    let run = ShellRun(arguments, in: []) { _ in .unset }
    guard let invocation = run.invocations.last, let command = ToolCommand(invocation) else { return [] }
    let below = suffix.hasSuffix("/*") ? suffix.dropLast(2) : suffix[...]
    let given = command.arguments.map { String(decoding: $0.value ?? [], as: UTF8.self) }
    return catalogue.tool(command.name).kinds.filter { kind in
      kind.layer?.printers.contains { printer in
        let wanted = printer.command.split(separator: " ")
        return wanted.first?.elementsEqual(command.name) ?? false
          && wanted.dropFirst().elementsEqual(given) { $0 == $1 }
          && below == (printer.below.isEmpty ? "" : "/" + printer.below)
      } ?? false
    }
  }

  /// `find` that removes all that it finds.
  private mutating func find(_ number: Int, _ command: ToolCommand) {
    let roots = command.arguments.prefix { argument in
      guard let first = argument.value?.first else { return true }
      return first != UInt8(ascii: "-") && first != UInt8(ascii: "(") && first != UInt8(ascii: "!")
    }
    let rest = command.arguments.dropFirst(roots.count)
    var removesAll = false
    var skipsNext = false
    var isExec = false
    for argument in rest {
      if skipsNext {
        skipsNext = false
        continue
      }
      guard let value = argument.value else { return }
      if isExec { continue }
      switch String(decoding: value, as: UTF8.self) {
      case "-mindepth", "-type": skipsNext = true
      case "-xdev", "-depth", "-mount", "-print", "-print0": continue
      case "-delete": removesAll = true
      case "-exec", "-execdir":
        isExec = true
        removesAll = rest.contains { $0.isText("rm") || $0.isText("/bin/rm") }
      default: return
      }
    }
    // `find … -print0 | xargs -0 rm -f`
    var number = number
    if !removesAll, !isExec, isFeeding(number) {
      removesAll = true
      number += 1
    }
    guard removesAll else { return }
    for root in roots {
      guard let value = root.value else {
        doubt(root, number, command, isRecursive: true)
        continue
      }
      guard let path = absolute(value, command, isHome: root.isHome) else { continue }
      removals.append(Removal(command: number, path: state.real(path) + Array("/*".utf8), kinds: []))
    }
  }

  /// Whether the command after this one is an `rm` that `xargs` gives its arguments.
  private func isFeeding(_ number: Int) -> Bool {
    guard ["find", "ls", "echo", "printf"].contains(commands[number].name), number + 1 < commands.count else {
      return false
    }
    let next = commands[number + 1]
    return next.name == "rm" && next.invocation.isNested && next.arguments.contains(where: \.isSpread)
  }

  /// The command that removes what was written, after it and in every run that writes it.
  func removal(of write: CacheWrite) -> Int? {
    let writer = commands[write.command].invocation
    let later = removals.indices.lazy.filter {
      removals[$0].command > write.command && runs(removers[$0], whenever: writer, of: write)
    }.map { removals[$0] }
    if let whole = later.first(where: { $0.clears(write, part: nil) }) { return whole.command }
    // As with mounts: what removes the same place in another home is taken for the right one.
    if let place = write.place, !place.isCertain {
      let whole = later.first { removal in
        guard var path = removal.path else { return false }
        if path.suffix(2).elementsEqual("/*".utf8) { path.removeLast(2) }
        return mayBeHome(of: commands[write.command], path) && hasSameEnd(place.path, path)
      }
      if let whole { return whole.command }
    }
    guard let parts = write.kind.layer?.parts, !parts.isEmpty else { return nil }
    var last = 0
    for part in parts {
      guard let removal = later.first(where: { $0.clears(write, part: part) }) else { return nil }
      last = max(last, removal.command)
    }
    return last
  }
}
