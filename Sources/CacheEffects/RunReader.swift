internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText

/// Works out what the commands of one RUN write, and what of it stays.
struct RunReader {
  /// How many writes of one RUN are followed, the first ones.
  static let effectLimit = 1_000
  /// How many removals of one RUN are followed, the last ones.
  static let removalLimit = 200

  let commands: [ToolCommand]
  let environment: Environment
  let home: (path: [UInt8], isCertain: Bool)?
  let mounts: [MountPlace]
  var state: StageState
  let instruction: Int
  let escape: UInt8
  let isComplete: Bool
  let catalogue: KindTable
  var writes: [CacheWrite] = []
  var removals: [Removal] = []
  /// The command of each removal.
  private var removers: [ShellInvocation] = []
  var switches: [SwitchUse] = []

  init(
    commands: [ToolCommand], environment: Environment, home: (path: [UInt8], isCertain: Bool)?, mounts: [MountPlace],
    state: StageState, instruction: Int, escape: UInt8, isComplete: Bool,
    catalogue: KindTable
  ) {
    self.commands = commands
    self.environment = environment
    self.home = home
    self.mounts = mounts
    self.state = state
    self.instruction = instruction
    self.escape = escape
    self.isComplete = isComplete
    self.catalogue = catalogue
  }

  mutating func read() {
    for (number, command) in commands.enumerated() {
      if command.hasOutputs { noteOutputs(command) }
      let tool = catalogue.tool(command.name)
      noteSwitches(number, command, tool)
      versions(command)
      if !tool.kinds.isEmpty {
        if writes.count < Self.effectLimit { write(number, command, tool.kinds) }
        setting(command, tool)
      }
      removal(number, command, tool)
    }
    if removals.count > Self.removalLimit { removals.removeFirst(removals.count - Self.removalLimit) }
    removers = removals.map { commands[$0.command].invocation }
    for index in writes.indices {
      switch writes[index].keptOut {
      case nil: writes[index].keptOut = removal(of: writes[index]).map { .removal(command: $0) }
      case .mount(_, isCache: true)?: writes[index].emptiedBy = removal(of: writes[index])
      default: continue
      }
    }
  }

  // MARK: Writing

  private mutating func write(_ number: Int, _ command: ToolCommand, _ kinds: [CacheKind]) {
    for kind in kinds {
      guard let layer = kind.layer else { continue }
      guard let match = match(kind, command) else { continue }
      var write = CacheWrite(
        kind: kind, command: number, place: isMoved(kind, command) ? nil : place(of: kind, command),
        isCertain: match == .yes && !command.invocation.isPerhaps)
      judge(&write, layer, command)
      writes.append(write)
    }
  }

  /// Whether a command writes a kind; nil where it does not.
  private func match(_ kind: CacheKind, _ command: ToolCommand) -> FormMatch? {
    var match = command.matches(kind)
    if state.yarnIsModern, command.name == "yarn" {
      // The two Yarns share their name, and most of their commands.
      if kind.id == "js.yarn-classic" { return nil }
      if kind.id == "js.yarn-berry", match == .no, let classic = Catalogue.kind("js.yarn-classic") {
        match = command.matches(classic)
      }
    }
    return match == .no ? nil : match
  }

  /// Whether Bundler puts the gems, and what it keeps beside them, elsewhere than by default.
  private func isMoved(_ kind: CacheKind, _ command: ToolCommand) -> Bool {
    kind.id == "ruby.bundle-gems"
      && (state.bundleIsMoved || command.has("--path") || command.has("--deployment"))
  }

  /// Takes in a command that decides what a later one of the same tool is or does.
  private mutating func versions(_ command: ToolCommand) {
    func word(_ index: Int) -> [UInt8]? { index < command.arguments.count ? command.arguments[index].value : nil }
    switch command.name {
    case "yarn":
      guard command.subcommand(["set version"], skipping: []) != nil, let version = command.arguments.last?.value else {
        return
      }
      state.yarnIsModern = !version.starts(with: "1".utf8) && !version.elementsEqual("classic".utf8)
    case "corepack":
      for argument in command.arguments {
        guard let value = argument.value, value.starts(with: "yarn@".utf8), value.count > 5 else { continue }
        state.yarnIsModern = value[5] != UInt8(ascii: "1") && !value.dropFirst(5).elementsEqual("classic".utf8)
      }
    case "bundle":
      guard word(0)?.elementsEqual("config".utf8) ?? false else { return }
      let names = command.arguments.dropFirst().compactMap(\.value)
      if names.contains(where: { $0.elementsEqual("path".utf8) || $0.elementsEqual("deployment".utf8) }) {
        state.bundleIsMoved = true
      }
    default: return
    }
  }

  /// Decides what keeps a cache out while it is written.
  private mutating func judge(_ write: inout CacheWrite, _ layer: LayerTraces, _ command: ToolCommand) {
    if command.invocation.isPerhaps { write.doubt = .branch }
    if let flag = flag(write.kind.disable.flags, command) {
      write.keptOut = .flag(flag)
      return
    }
    variables(&write, command)
    if write.keptOut != nil || write.refused != nil { return }
    if let setting = state.settings[write.kind.id], setting.reading == .on {
      write.keptOut = .setting(write.kind.id, instruction: setting.instruction)
      return
    }
    if let mount = mount(over: write) {
      write.keptOut = .mount(flag: mount.flag, isCache: mount.type == "cache")
      return
    }
    if let path = write.place?.path, ["/dev", "/proc", "/sys"].contains(where: { isWithin(path, Array($0.utf8)) }) {
      write.keptOut = .outside
      return
    }
    if layer.removedBy == "docker-clean" {
      switch state.dockerClean {
      case true?:
        write.keptOut = .base("docker-clean")
        return
      case nil: write.doubt = .baseRemoval
      case false?: break
      }
    }
    if write.doubt == nil, !write.kind.disable.flags.isEmpty, command.mayHaveMoreOptions { write.doubt = .word }
    if write.doubt == nil, let (path, instruction) = configuration(layer.files) {
      write.doubt = .file(path, instruction: instruction)
    }
  }

  /// The flag with which the command writes nothing.
  private func flag(_ flags: [FlagSwitch], _ command: ToolCommand) -> String? {
    for flag in flags where flag.action == .add && flag.command == command.name && flag.value == nil {
      if !flag.after.isEmpty, command.subcommand(flag.after, skipping: []) == nil,
        command.subcommand(flag.after, skipping: longOptions(command)) == nil
      {
        continue
      }
      if command.has(flag.flag) { return flag.flag }
    }
    return nil
  }

  private func longOptions(_ command: ToolCommand) -> [String] {
    catalogue.tool(command.name).kinds.flatMap { $0.writtenBy.flatMap(\.options) }
  }

  private mutating func variables(_ write: inout CacheWrite, _ command: ToolCommand) {
    for variable in write.kind.disable.environment {
      if let only = variable.only, only != command.name { continue }
      switch value(variable.name, command) {
      case .unset: continue
      case .unknown:
        if variable.effect != .full { continue }
        let isSetHere = environment.variables[variable.name] != nil || environment.arguments[variable.name] != nil
        write.doubt = isSetHere || !environment.mayInheritMore ? .variable(variable.name) : .base
      case .value(let value):
        let reading = variable.judge(String(decoding: value, as: UTF8.self), python: state.python)
        switch (variable.effect, reading) {
        case (.full, .on): write.keptOut = .variable(variable.name, origin(of: variable.name, command))
        case (.full, .fails), (.forbidden, .fails): write.refused = variable.name
        case (.full, .unknown), (.full, .dependsOnVersion): write.doubt = .variable(variable.name)
        default: continue
        }
      }
    }
  }

  /// Notes how the switches of the kinds that a tool may write stand at a command, whatever it does.
  private mutating func noteSwitches(_ number: Int, _ command: ToolCommand, _ tool: ToolKinds) {
    var kinds = tool.switched
    if let interpreter = command.interpreter {
      kinds += catalogue.tool(interpreter).switched.filter { !kinds.contains($0) }
    }
    for kind in kinds where switches.count < Self.effectLimit {
      var match: FormMatch?
      for variable in kind.disable.environment where variable.only == nil || variable.only == command.name {
        guard case .value(let value) = value(variable.name, command) else { continue }
        let writing = match ?? command.matches(kind)
        match = writing
        switches.append(
          SwitchUse(
            kind: kind, variable: variable, value: value, origin: origin(of: variable.name, command),
            reading: variable.judge(String(decoding: value, as: UTF8.self), python: state.python), command: number,
            isInScript: command.invocation.scope.sets(variable.name), writing: writing))
      }
    }
  }

  private func value(_ name: String, _ command: ToolCommand) -> VariableValue {
    command.invocation.scope.value(name) { name in
      if name == "HOME" { return home.map { .value($0.path) } ?? .unknown }
      return environment.value(atBuild: name)
    }
  }

  /// Where the Dockerfile sets a variable, unless the script does.
  private func origin(of name: String, _ command: ToolCommand) -> VariableOrigin? {
    if command.invocation.scope.sets(name) { return nil }
    return environment.variables[name]?.origin ?? environment.arguments[name]?.origin
  }

  private func mount(over write: CacheWrite) -> MountPlace? {
    mounts.first { mount in
      guard Self.takes(mount), let target = mount.target else { return false }
      guard let place = write.place else { return false }
      if mount.covers(write) { return true }
      if let parts = write.kind.layer?.parts, !parts.isEmpty {
        let paths = parts.map { place.path + [UInt8(ascii: "/")] + Array($0.utf8) }
        let isCovered = paths.allSatisfy { path in
          mounts.contains { Self.takes($0) && $0.target.map { isWithin(path, $0) } ?? false }
        }
        if isCovered, paths.contains(where: { isWithin($0, target) }) { return true }
      }
      // Nobody but root lives in /root.
      if isWithin(target, Array("/root".utf8)), environment.isRoot == false { return false }
      // The home is a guess: a mount on the same place in another home is taken for the right one.
      return !place.isCertain && mayBeHome(of: commands[write.command], target) && hasSameEnd(place.path, target)
    }
  }

  /// Whether what is written below a mount goes there.
  private static func takes(_ mount: MountPlace) -> Bool { ["cache", "tmpfs", "bind"].contains(mount.type) }

  /// Whether a path may lie in the home of who runs a command: that of root is nobody else's.
  private func mayBeHome(of command: ToolCommand, _ path: [UInt8]) -> Bool {
    isRoot(command) != false || !isWithin(path, Array("/root".utf8))
  }

  /// Whether a target looks like the place, or a directory above it, in another home.
  private func hasSameEnd(_ place: [UInt8], _ target: [UInt8]) -> Bool {
    guard let home, isWithin(place, home.path), target.count > 1 else { return false }
    let rest = place.dropFirst(home.path.count + 1).split(separator: UInt8(ascii: "/"))
    let names = target.split(separator: UInt8(ascii: "/"))
    return (1...max(rest.count, 1)).contains { count in
      count <= rest.count && names.count > count
        && names.suffix(count).elementsEqual(rest.prefix(count)) { $0.elementsEqual($1) }
    }
  }

  /// A configuration file that may turn the writing off, and that is in the image by an earlier instruction.
  private func configuration(_ files: [String]) -> (String, Int)? {
    for name in files {
      let bytes = Array(name.utf8)
      if name.hasPrefix("/") || name.hasPrefix("~") {
        guard let path = resolved(bytes, isHome: name.hasPrefix("~")) else { continue }
        if let instruction = state.files[path] { return (name, instruction) }
      } else if let hit = state.files.filter({
        $0.key.suffix(bytes.count + 1).elementsEqual([UInt8(ascii: "/")] + bytes)
      })
      .map(\.value).min() {
        return (name, hit)
      }
    }
    return nil
  }

  private func resolved(_ path: [UInt8], isHome: Bool) -> [UInt8]? {
    if !isHome { return environment.absolute(path) }
    return home.map { $0.path + path.dropFirst() }
  }

  // MARK: Places

  /// Where a command writes a cache.
  private func place(of kind: CacheKind, _ command: ToolCommand) -> CachePlace? {
    // Where there is a directory /etc/apk/cache, which a mount makes, apk uses that one.
    if kind.id == "os.apk", mounts.contains(where: { $0.target?.elementsEqual("/etc/apk/cache".utf8) ?? false }) {
      return CachePlace(path: Array("/etc/apk/cache".utf8), isCertain: true)
    }
    for flag in kind.relocate.flags where flag.action == .add && flag.command == command.name {
      guard let value = command.value(of: flag.flag) else { continue }
      guard case .value(let path) = value, !path.isEmpty else { return nil }
      return absolute(path, command).map { CachePlace(path: $0, isCertain: true) }
    }
    if kind.id == "os.dnf", state.dnfIsFive {
      return CachePlace(path: Array("/var/cache/libdnf5".utf8), isCertain: true)
    }
    var isCertain = true
    for place in kind.layer?.places ?? [] {
      if place.isForRoot {
        switch isRoot(command) {
        case true?: break
        case false?: continue
        case nil: isCertain = false
        }
      }
      guard let variable = place.variable else {
        guard let path = absolute(Array(place.path.utf8), command, isHome: place.path.hasPrefix("~")) else {
          return nil
        }
        let isSure = !place.path.hasPrefix("~") || isHomeCertain(command)
        return CachePlace(path: path, isCertain: isCertain && isSure)
      }
      switch value(variable, command) {
      case .unset: continue
      case .value(let path):
        if path.isEmpty { continue }
        guard let path = absolute(path, command) else { return nil }
        let below = place.below.isEmpty ? [] : [UInt8(ascii: "/")] + Array(place.below.utf8)
        return CachePlace(path: path + below, isCertain: true)
      case .unknown:
        // A base that is not known hardly ever moves a cache; what the file itself leaves open may do so.
        guard environment.mayInheritMore, environment.variables[variable] == nil, environment.arguments[variable] == nil
        else {
          return nil
        }
        isCertain = false
      }
    }
    return nil
  }

  private func isRoot(_ command: ToolCommand) -> Bool? {
    switch command.invocation.user {
    case .same: environment.isRoot
    case .named(let name): name.elementsEqual("root".utf8) || name.elementsEqual("0".utf8)
    case .unknown: nil
    }
  }

  private func isHomeCertain(_ command: ToolCommand) -> Bool {
    switch command.invocation.user {
    case .same: home?.isCertain ?? false
    case .named(let name): name.elementsEqual("root".utf8)
    case .unknown: false
    }
  }

  private func home(of command: ToolCommand) -> [UInt8]? {
    switch command.invocation.user {
    case .same:
      if case .value(let path) = value("HOME", command), path.first == UInt8(ascii: "/") { return path }
      return home?.path
    case .named(let name):
      if name.elementsEqual("root".utf8) || name.elementsEqual("0".utf8) { return Array("/root".utf8) }
      return Array("/home/".utf8) + name
    case .unknown: return nil
    }
  }

  /// An absolute path without a slash at its end, for one that a command is given.
  private func absolute(_ path: [UInt8], _ command: ToolCommand, isHome: Bool = false) -> [UInt8]? {
    var path = path
    if isHome {
      guard let home = home(of: command) else { return nil }
      path = home + path.dropFirst()
    }
    if path.first != UInt8(ascii: "/") {
      switch command.invocation.directory {
      case .same: break
      case .path(let directory):
        var start = directory
        if directory.first == UInt8(ascii: "~") {
          guard let home = home(of: command) else { return nil }
          start = home + directory.dropFirst()
        }
        path = start + [UInt8(ascii: "/")] + path
      case .unknown: return nil
      }
    }
    return environment.absolute(path)
  }

  // MARK: Settings

  /// Takes in a command whose effect lasts, such as `pip config set`.
  private mutating func setting(_ command: ToolCommand, _ tool: ToolKinds) {
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

  // MARK: Removing

  private mutating func removal(_ number: Int, _ command: ToolCommand, _ tool: ToolKinds) {
    switch command.name {
    case "rm", "rmdir", "unlink":
      for argument in command.arguments where argument.value?.first != UInt8(ascii: "-") {
        remove(argument, number, command)
      }
    case "find": find(number, command)
    case "sed", "mv", "cp", "tee", "install", "ln":
      noteFiles(command)
      return
    case "echo", "printf": return
    default: break
    }
    if tool.cleaned.isEmpty { return }
    let kinds = tool.cleaned.filter { kind in
      kind.layer?.cleaners.contains { command.matches($0) == .yes } ?? false
    }
    if !kinds.isEmpty { removals.append(Removal(command: number, path: nil, kinds: kinds)) }
  }

  /// Notes the files that a command writes, which a tool may read as its configuration.
  private mutating func noteFiles(_ command: ToolCommand) {
    let names = command.arguments.filter { $0.value?.first != UInt8(ascii: "-") }
    let written = command.name == "tee" || command.name == "sed" ? names[...] : names.suffix(1)
    for name in written {
      guard let value = name.value, let path = absolute(value, command, isHome: name.isHome) else { continue }
      note(path)
      guard command.name != "tee", names.count > 1, let source = names.first?.value else { continue }
      note(path + [UInt8(ascii: "/")] + (source.split(separator: UInt8(ascii: "/")).last ?? []))
    }
  }

  /// Notes where the output of a command goes, unless it is plain text without a word of caches.
  private mutating func noteOutputs(_ command: ToolCommand) {
    let texts: [[UInt8]?]
    switch command.name {
    case "echo", "printf": texts = command.arguments.map(\.value)
    case "cat" where command.invocation.input != nil: texts = [command.invocation.input]
    default: texts = [nil]
    }
    let isHarmless = texts.allSatisfy { text in
      text.map { !String(decoding: $0, as: UTF8.self).lowercased().contains("cache") } ?? false
    }
    if isHarmless { return }
    for file in command.invocation.outputs {
      if let value = file.value, let path = absolute(value, command, isHome: file.isHome) { note(path) }
    }
  }

  private mutating func note(_ path: [UInt8]) {
    if state.files.count < StageState.fileLimit { state.files[path] = instruction }
  }

  private mutating func remove(_ argument: ShellArgument, _ number: Int, _ command: ToolCommand) {
    if let value = argument.value {
      // A wildcard in quotes is the name of a file that is not there.
      if !argument.isPattern, value.contains(where: { "*?[".utf8.contains($0) }) { return }
      guard let path = absolute(value, command, isHome: argument.isHome) else { return }
      removals.append(Removal(command: number, path: path, kinds: []))
      if removes(path, Array("/etc/apt/apt.conf.d/docker-clean".utf8)) { state.dockerClean = false }
    } else if let words = argument.output {
      let words = words.map { String(decoding: $0, as: UTF8.self) }
      let below = String(decoding: argument.suffix, as: UTF8.self)
      var kinds: [CacheKind] = []
      for printer in printers where printer.words == words {
        guard below == printer.below || below == printer.below + "/*" else { continue }
        if let kind = Catalogue.kind(printer.kind) { kinds.append(kind) }
      }
      if !kinds.isEmpty { removals.append(Removal(command: number, path: nil, kinds: kinds)) }
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
      case "-xdev", "-depth", "-mount", "-print": continue
      case "-delete": removesAll = true
      case "-exec", "-execdir":
        isExec = true
        removesAll = rest.contains { $0.isText("rm") || $0.isText("/bin/rm") }
      default: return
      }
    }
    guard removesAll else { return }
    for root in roots {
      guard let value = root.value, let path = absolute(value, command, isHome: root.isHome) else { continue }
      removals.append(Removal(command: number, path: path + Array("/*".utf8), kinds: []))
    }
  }

  /// The command that removes what was written, after it and in every run that writes it.
  private func removal(of write: CacheWrite) -> Int? {
    let writer = commands[write.command].invocation
    let later = removals.indices.lazy.filter {
      removals[$0].command > write.command && removers[$0].runs(whenever: writer)
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

/// A command that prints a directory, and where below it a kind lies.
private struct Printer {
  let words: [String]
  let below: String
  let kind: String

  init(_ words: String, below: String = "", _ kind: String) {
    self.words = words.split(separator: " ").map(String.init)
    self.below = below
    self.kind = kind
  }
}

private let printers = [
  Printer("pip cache dir", "python.pip"), Printer("pip3 cache dir", "python.pip"),
  Printer("python -m pip cache dir", "python.pip"), Printer("python3 -m pip cache dir", "python.pip"),
  Printer("uv cache dir", "python.uv"), Printer("npm config get cache", "js.npm"),
  Printer("npm config get cache", below: "/_cacache", "js.npm"), Printer("yarn cache dir", "js.yarn-classic"),
  Printer("go env GOCACHE", "go.build"), Printer("go env GOMODCACHE", "go.mod"),
  Printer("go env GOPATH", below: "/pkg", "go.mod"), Printer("go env GOPATH", below: "/pkg/mod", "go.mod"),
  Printer("poetry config cache-dir", "python.poetry"), Printer("composer config cache-dir", "php.composer"),
  Printer("pnpm store path", "js.pnpm-store"), Printer("gem env gemdir", below: "/cache", "ruby.gem-cache"),
]

/// What the catalogue knows of one tool.
final class ToolKinds {
  /// A command whose effect lasts: the words behind the tool's name, and the value that turns the kind off.
  struct Setting {
    let kind: CacheKind
    let words: [Substring]
    let value: Substring
  }

  /// The kinds that it writes and that layers are judged by.
  let kinds: [CacheKind]
  /// The kinds that it writes and that have a variable for it.
  let switched: [CacheKind]
  /// The kinds that it removes.
  let cleaned: [CacheKind]
  /// Its commands that turn off for good what it writes.
  let settings: [Setting]

  init(_ tool: String) {
    let written = Catalogue.kinds(writtenBy: tool)
    kinds = written.filter { $0.layer != nil }
    switched = written.filter { !$0.disable.environment.isEmpty }
    cleaned = Catalogue.kinds(removedBy: tool)
    settings = kinds.flatMap { kind in
      kind.disable.flags.compactMap { flag in
        let words = flag.command.split(separator: " ")
        guard flag.action == .run, let last = words.last, words.count > 1, words[0].elementsEqual(tool) else {
          return nil
        }
        return Setting(kind: kind, words: Array(words[1..<(words.count - 1)]), value: last)
      }
    }
  }
}

/// The tools of one file, looked up once.
final class KindTable {
  private var tools: [String: ToolKinds] = [:]

  /// What the catalogue knows of a tool.
  func tool(_ name: String) -> ToolKinds {
    if let known = tools[name] { return known }
    let kinds = ToolKinds(name)
    if tools.count < RunReader.effectLimit { tools[name] = kinds }
    return kinds
  }
}
