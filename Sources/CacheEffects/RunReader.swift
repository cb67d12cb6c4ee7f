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
  var removers: [ShellInvocation] = []
  var switches: [SwitchUse] = []
  /// What commands remove of which not all is known, the last ones.
  var doubtful: [DoubtfulRemoval] = []
  /// The ways at whose end the script fails.
  let failing: Set<ShellBranch>
  var needs: [CacheNeed] = []

  init(
    commands: [ToolCommand], environment: Environment, home: (path: [UInt8], isCertain: Bool)?, mounts: [MountPlace],
    state: StageState, instruction: Int, escape: UInt8, isComplete: Bool, failing: Set<ShellBranch>,
    catalogue: KindTable
  ) {
    self.failing = failing
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
      noteUser(command)
      let tool = catalogue.tool(command.name)
      noteSwitches(number, command, tool)
      if let isModern = YarnGeneration.isModern(after: command) { state.yarnIsModern = isModern }
      if !tool.needed.isEmpty { need(number, command, tool.needed) }
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
      case nil:
        writes[index].keptOut = removal(of: writes[index]).map { .removal(command: $0) }
        if writes[index].stays, mayBeRemoved(writes[index]) { writes[index].doubt = .removal }
      case .mount(_, isCache: true)?: writes[index].emptiedBy = removal(of: writes[index])
      default: continue
      }
    }
    settleBranches()
  }

  // MARK: Writing

  private mutating func write(_ number: Int, _ command: ToolCommand, _ kinds: [CacheKind]) {
    for kind in kinds {
      guard let layer = kind.layer else { continue }
      guard let match = match(kind, command) else { continue }
      let found = place(of: kind, command)
      var write = CacheWrite(
        kind: kind, command: number, place: found.place, isCertain: match == .yes && !command.invocation.isPerhaps)
      write.otherPlaces = found.others
      write.doubt = found.doubt
      judge(&write, layer, command)
      writes.append(write)
    }
  }

  /// Whether a command writes a kind; nil where it does not.
  private func match(_ kind: CacheKind, _ command: ToolCommand) -> FormMatch? {
    var match = command.matches(kind) { value($0, command) }
    if state.yarnIsModern, command.name == "yarn" {
      match = YarnGeneration.match(kind, match) { command.matches($0) { value($0, command) } }
    }
    return match == .no ? nil : match
  }

  /// Notes what a command needs of what earlier RUNs have left, unless one of this RUN has fetched it anew.
  private mutating func need(_ number: Int, _ command: ToolCommand, _ kinds: [CacheKind]) {
    for kind in kinds where !needs.contains(where: { $0.kind == kind }) {
      let isFetched = writes.contains { write in
        guard write.kind == kind else { return false }
        switch write.keptOut {
        case .flag, .variable, .setting: return false
        case .mount, .removal, .base, .outside, nil: return true
        }
      }
      if isFetched { continue }
      let isNeed = kind.layer?.needers.contains { form in command.matches(form) { value($0, command) } != .no } ?? false
      if isNeed { needs.append(CacheNeed(kind: kind, command: number)) }
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
    // It removes what lies in a mount, too.
    if layer.removedBy == "docker-clean", state.dockerClean == true {
      write.keptOut = .base("docker-clean")
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
      if state.dockerClean == nil { write.doubt = .baseRemoval }
    }
    if write.doubt == nil, !write.kind.disable.flags.isEmpty, command.mayHaveMoreOptions { write.doubt = .word }
    if write.doubt == nil, let (path, instruction) = configuration(layer.files) ?? configuration(layer.files, command) {
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
      guard let place = command.index(of: flag.flag) else { continue }
      // Of two flags that contradict each other the last one counts.
      if flag.undoneBy.contains(where: { command.index(of: $0).map { $0 > place } ?? false }) { continue }
      return flag.flag
    }
    return nil
  }

  private func longOptions(_ command: ToolCommand) -> [String] {
    catalogue.tool(command.name).kinds.flatMap { $0.writtenBy.flatMap(\.options) }
  }

  private mutating func variables(_ write: inout CacheWrite, _ command: ToolCommand) {
    let undoing = write.kind.disable.flags.lazy.filter { $0.command == command.name }.flatMap(\.undoneBy)
    if undoing.contains(where: { command.has($0) }) { return }
    for variable in write.kind.disable.environment {
      if variable.ignoredWith.contains(where: { command.has($0) }) { continue }
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
        if variable.ignoredWith.contains(where: { command.has($0) }) { continue }
        guard case .value(let value) = value(variable.name, command) else { continue }
        let writing = match ?? command.matches(kind) { self.value($0, command) }
        match = writing
        switches.append(
          SwitchUse(
            kind: kind, variable: variable, value: value, origin: origin(of: variable.name, command),
            reading: variable.judge(String(decoding: value, as: UTF8.self), python: state.python), command: number,
            isInScript: command.invocation.scope.sets(variable.name), writing: writing))
      }
    }
  }

  func value(_ name: String, _ command: ToolCommand) -> VariableValue {
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
      guard Self.takes(mount), let target = mount.real else { return false }
      guard let place = write.place else { return false }
      if mount.covers(write) { return true }
      if let parts = write.kind.layer?.parts, !parts.isEmpty {
        let paths = parts.map { place.path + [UInt8(ascii: "/")] + Array($0.utf8) }
        let isCovered = paths.allSatisfy { path in
          mounts.contains { Self.takes($0) && $0.real.map { isWithin(path, $0) } ?? false }
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
  static func takes(_ mount: MountPlace) -> Bool { ["cache", "tmpfs", "bind"].contains(mount.type) }

  /// Whether a path may lie in the home of who runs a command: that of root is nobody else's.
  func mayBeHome(of command: ToolCommand, _ path: [UInt8]) -> Bool {
    isRoot(command) != false || !isWithin(path, Array("/root".utf8))
  }

  /// Whether a target looks like the place, or a directory above it, in another home.
  func hasSameEnd(_ place: [UInt8], _ target: [UInt8]) -> Bool {
    guard let home, isWithin(place, home.path), target.count > 1 else { return false }
    let rest = place.dropFirst(home.path.count + 1).split(separator: UInt8(ascii: "/"))
    let names = target.split(separator: UInt8(ascii: "/"))
    return (1...max(rest.count, 1)).contains { count in
      count <= rest.count && names.count > count
        && names.suffix(count).elementsEqual(rest.prefix(count)) { $0.elementsEqual($1) }
    }
  }

  /// A configuration file that may turn the writing off, and that is in the image by an earlier instruction.
  func configuration(_ files: [String]) -> (String, Int)? {
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

  /// A configuration file that a variable names.
  private func configuration(_ files: [String], _ command: ToolCommand) -> (String, Int)? {
    guard !files.isEmpty, let names = Self.configurations[command.name] else { return nil }
    for name in names {
      guard case .value(let path) = value(name, command), !path.isEmpty, !path.elementsEqual("/dev/null".utf8) else {
        continue
      }
      return (String(decoding: path, as: UTF8.self), origin(of: name, command)?.instruction ?? instruction)
    }
    return nil
  }

  /// The variables that name a configuration file, by tool, from the manuals of pip, npm, uv and apt.
  private static let configurations: [String: [String]] = [
    "apt": ["APT_CONFIG"], "apt-get": ["APT_CONFIG"],
    "npm": ["NPM_CONFIG_USERCONFIG", "npm_config_userconfig", "NPM_CONFIG_GLOBALCONFIG", "npm_config_globalconfig"],
    "pip": ["PIP_CONFIG_FILE"], "uv": ["UV_CONFIG_FILE"],
  ]

  func resolved(_ path: [UInt8], isHome: Bool) -> [UInt8]? {
    if !isHome { return environment.absolute(path) }
    return home.map { $0.path + path.dropFirst() }
  }

}
