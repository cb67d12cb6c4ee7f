internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText
internal import Versions

/// What earlier instructions of a stage have settled beside variables.
struct StageState {
  /// Settings that commands have written into configuration files, by kind.
  var settings: [String: (reading: SwitchReading, instruction: Int)] = [:]
  /// Files that COPY, ADD or a command has put into the image, by their absolute path.
  var files: [[UInt8]: Int] = [:]
  /// Whether Debian's `docker-clean` is in force; nil where that is not known.
  var dockerClean: Bool?
  /// The homes of users that commands have made, by name and by number.
  var homes: [String: [UInt8]] = [:]
  /// Whether `sh` is bash, as in images of the RPM world.
  var shIsBash = false
  /// Which programs `yum` and `dnf` are; nil where that is not known.
  var tools: PackageTools?
  /// Links of the base image that lead from the usual places of caches to others.
  var links: [(from: [UInt8], to: [UInt8])] = []
  /// Where commands have moved caches for good, by kind.
  var moves: [String: CacheMove] = [:]
  /// Files of `files` into which a command has written a word of caches.
  var writtenFiles: Set<[UInt8]> = []
  /// Whether `yarn` is version 2 or later, as the Dockerfile itself shows.
  var yarnIsModern = false
  /// The Python of the base image; nil where that is not known.
  var python: PythonVersion?
  /// The image that the stage starts from in the end, where it is there to run Python.
  var pythonBase: KnownBase?
  /// What an earlier command has told pip for good of compiling; nil where none has.
  var pipCompiles: Bool?
  /// The ENTRYPOINT and the CMD that count, by their instructions.
  var entry: Int?
  var command: Int?
  /// The HEALTHCHECK that counts, by its instruction.
  var check: Int?
  /// Whether the CMD is that of the stage above, which an ENTRYPOINT makes void.
  var inheritsCommand = false
  /// How many files are kept; of more, nothing is known.
  static let fileLimit = 1_000

  /// The path that a link of the base image leads to, for one at the link or below it.
  func real(_ path: [UInt8]) -> [UInt8] {
    for link in links where isWithin(path, link.from) { return link.to + path.dropFirst(link.from.count) }
    return path
  }
}

/// Where a command has moved a cache for good.
struct CacheMove {
  /// The absolute path; nil where it is not known.
  let path: [UInt8]?
  /// The home of who ran the command, whose tools alone may follow it.
  let home: [UInt8]?
  /// Whether the command has run.
  let isCertain: Bool
  /// The command.
  let text: String
  let instruction: Int
}

/// Goes through the instructions of a Dockerfile and collects what they write.
struct EffectsReader {
  /// How many more commands than a file has bytes are followed.
  static let freeSteps = 100_000

  let file: Dockerfile
  let graph: StageGraph
  var effects: [InstructionEffects] = []
  var sources: [SourceCopy] = []
  private let catalogue = KindTable()
  private var states: [StageState]
  private var stage = 0
  /// How many commands are followed yet in scripts of this file; beyond, scripts are not understood.
  private var stepsLeft: Int
  private var triggers: [(instruction: Int, stage: Int)] = []

  init(_ file: Dockerfile, _ graph: StageGraph) {
    self.file = file
    self.graph = graph
    stepsLeft = Self.freeSteps + file.bytes.count
    states = Array(repeating: StageState(), count: graph.stages.count)
  }

  /// Whether Debian's `docker-clean` is in force at the end of each stage.
  var dockerClean: [Bool?] { states.map(\.dockerClean) }

  /// Begins a stage.
  mutating func begin(_ stage: Int, base: KnownBase?) {
    self.stage = stage
    switch graph.stages[stage].base {
    case .stage(let parent):
      states[stage] = states[parent]
      states[stage].inheritsCommand = true
    case .image(let name):
      states[stage].tools = name.flatMap { PackageTools(image: $0) }
      states[stage].links = base?.links.map { (Array($0.key.utf8), Array($0.value.utf8)) } ?? []
      states[stage].dockerClean = base.flatMap(\.dockerClean)
      states[stage].shIsBash = base?.distribution == .redHat
      states[stage].python = base.flatMap(\.python)
      states[stage].pythonBase = base.flatMap { $0.isPython ? $0 : nil }
    }
  }

  /// Reads an instruction.
  mutating func read(_ index: Int, _ environment: Environment) {
    let instruction = file.instructions[index]
    switch instruction.keyword {
    case .run: run(index, instruction.flags, environment, isTrigger: false)
    case .copy, .add:
      copy(index, environment)
      source(index, environment)
    case .cmd:
      states[stage].command = index
      states[stage].inheritsCommand = false
    case .entrypoint:
      states[stage].entry = index
      if states[stage].inheritsCommand { states[stage].command = nil }
    // HEALTHCHECK NONE has no command.
    case .healthcheck: states[stage].check = file.command(of: instruction) == nil ? nil : index
    case .onbuild:
      if case .onbuild(let inner) = instruction.arguments, inner.keyword == .run { triggers.append((index, stage)) }
    default: return
    }
  }

  /// Reads the RUNs that wait for images built from this one: they see all of their stage.
  mutating func readTriggers(_ environments: StageEnvironments) {
    let states = states
    for (index, stage) in triggers {
      guard case .onbuild(let inner) = file.instructions[index].arguments else { continue }
      self.stage = stage
      run(
        index, inner.flags, environments.beforeTriggers[index] ?? environments.final[stage], isTrigger: true)
    }
    self.states = states
  }

  /// How many bytes of ENTRYPOINTs and CMDs of stages above are read anew for the stages that have them from there.
  private static let inheritedStartLimit = 1 << 20

  /// What the containers of each stage start: the program of ENTRYPOINT, else that of CMD, with what the image sets.
  mutating func readStarts(_ environments: StageEnvironments) -> [InstructionEffects] {
    readRunning(environments) { $0.entry ?? $0.command }
  }

  /// Reads the HEALTHCHECK that each stage's image has.
  mutating func readChecks(_ environments: StageEnvironments) -> [InstructionEffects] {
    readRunning(environments) { $0.check }
  }

  /// Reads an instruction of each stage that runs in a container.
  private mutating func readRunning(
    _ environments: StageEnvironments, _ instruction: (StageState) -> Int?
  ) -> [InstructionEffects] {
    var starts: [InstructionEffects] = []
    var inherited = 0
    for stage in graph.stages.indices {
      guard let index = instruction(states[stage]) else { continue }
      if !graph.stages[stage].instructions.contains(index) {
        inherited += file.instructions[index].text.bytes.count
        if inherited > Self.inheritedStartLimit { continue }
      }
      self.stage = stage
      let state = states[stage]
      let count = effects.count
      run(index, [], environments.final[stage].running, isTrigger: false)
      starts += effects[count...]
      effects.removeSubrange(count...)
      states[stage] = state
    }
    return starts
  }

  // MARK: Files

  private mutating func copy(_ index: Int, _ environment: Environment) {
    guard case .words(let words) = file.instructions[index].arguments, words.count >= 2, let last = words.last else {
      return
    }
    let text = file.instructions[index].text
    guard let target = expand(text[last], escape: file.escape, lookup: environment.value(atBuild:)),
      let directory = environment.absolute(target)
    else { return }
    for word in words.dropLast() {
      let name = text[word].split(separator: UInt8(ascii: "/")).last ?? []
      // A file may keep its name or get that of the target.
      note(directory, index)
      note(directory + [UInt8(ascii: "/")] + name, index)
      if YarnGeneration.isModern(copying: text[word]) { states[stage].yarnIsModern = true }
    }
  }

  /// Takes in what an instruction brings from the build context.
  private mutating func source(_ index: Int, _ environment: Environment) {
    let instruction = file.instructions[index]
    if instruction.flag("from") != nil || sources.count >= StageState.fileLimit { return }
    let words: [ArraySlice<UInt8>]
    switch instruction.arguments {
    case .words(let ranges): words = ranges.map { instruction.text[$0] }
    case .json(let strings): words = strings.map { $0.text[...] }
    default: return
    }
    guard words.count >= 2, let last = words.last else { return }
    let destination = expand(last, escape: file.escape, lookup: environment.value(atBuild:))
    sources.append(
      SourceCopy(
        instruction: index, stage: stage,
        names: words.dropLast().map { expand($0, escape: file.escape, lookup: environment.value(atBuild:)) },
        destination: destination.flatMap { environment.absolute($0) },
        isIntoDirectory: words.count > 2 || last.last == UInt8(ascii: "/") || last.elementsEqual(".".utf8)))
  }

  private mutating func note(_ path: [UInt8], _ instruction: Int) {
    if states[stage].files.count < StageState.fileLimit { states[stage].files[path] = instruction }
  }

  // MARK: RUN

  private mutating func run(_ index: Int, _ flags: [Flag], _ environment: Environment, isTrigger: Bool) {
    guard let command = file.command(of: file.instructions[index]) else { return }
    let home = home(environment)
    let inherited: (String) -> VariableValue = { name in
      if name == "HOME" { return home.map { .value($0.path) } ?? .unknown }
      return environment.value(atBuild: name)
    }
    let text: LogicalText
    var script: ShellScript?
    let run: ShellRun
    switch command {
    case .script(let logical):
      guard let shell = environment.shell else { return }
      text = logical
      let read = ShellScript(logical.bytes)
      script = read
      run = ShellRun(
        read, isBash: isBash(shell), stopsOnError: shell.dropFirst().contains { isErrorFlag($0) },
        stepLimit: stepsLeft, inherited: inherited)
    case .words(let words, let logical):
      text = logical
      run = ShellRun(
        words.map { ShellArgument($0.text, range: $0.range) }, in: logical.bytes, inherited: inherited)
    case .foreign: return
    }
    stepsLeft = max(0, stepsLeft - run.steps)
    var reader = RunReader(
      commands: run.invocations.compactMap { ToolCommand($0) }, environment: environment, home: home,
      mounts: mounts(flags, environment), state: states[stage], instruction: index, escape: file.escape,
      isComplete: run.isComplete, failing: run.failing, catalogue: catalogue)
    reader.read()
    states[stage] = reader.state
    var bytecode = BytecodeReader(
      commands: reader.commands, environment: environment, home: home?.path, pythonBase: states[stage].pythonBase,
      pipCompiles: states[stage].pipCompiles)
    bytecode.read()
    states[stage].pipCompiles = bytecode.pipCompiles
    effects.append(
      InstructionEffects(
        instruction: index, stage: stage, text: text, script: script, isComplete: run.isComplete,
        stopsOnError: run.stopsOnError, isTrigger: isTrigger, isRoot: environment.isRoot, commands: reader.commands,
        namesAllCommands: reader.commands.count == run.invocations.count,
        mounts: reader.mounts,
        writes: reader.writes, removals: reader.removals, needs: reader.needs, switches: reader.switches,
        bytecode: bytecode.effects))
  }

  /// The home that a RUN has; what an earlier one has made of a user is known.
  private func home(_ environment: Environment) -> (path: [UInt8], isCertain: Bool)? {
    if environment.variables["HOME"] == nil, environment.arguments["HOME"] == nil,
      case .value(let user) = environment.user,
      let known = states[stage].homes[String(decoding: user.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)]
    {
      return (known, !environment.mayInheritMore)
    }
    return environment.home()
  }

  /// Whether a shell is bash, which `sh` is in images of the RPM world, too.
  private func isBash(_ shell: [[UInt8]]) -> Bool {
    guard let name = shell.first?.split(separator: UInt8(ascii: "/")).last else { return false }
    return name.elementsEqual("bash".utf8) || name.elementsEqual("_dockerfile_shell.sh".utf8)
      || name.elementsEqual("sh".utf8) && states[stage].shIsBash
  }

  /// Whether an argument of a shell makes it stop at the first command that fails.
  private func isErrorFlag(_ argument: [UInt8]) -> Bool {
    argument.first == UInt8(ascii: "-") && argument.count > 1 && argument[1] != UInt8(ascii: "-")
      && argument.contains(UInt8(ascii: "e")) || argument.elementsEqual("errexit".utf8)
  }

  private func mounts(_ flags: [Flag], _ environment: Environment) -> [MountPlace] {
    var mounts: [MountPlace] = []
    for (number, flag) in flags.enumerated() where flag.name.elementsEqual("mount".utf8) {
      let fields = Mount.fields(flag)
      func value(_ keys: String...) -> [UInt8]? { fields.last { keys.contains($0.key) }?.value }
      let type = String(decoding: value("type") ?? Array("bind".utf8), as: UTF8.self).lowercased()
      let target = value("target", "dst", "destination").flatMap {
        expand($0, escape: file.escape, lookup: environment.value(atBuild:)).flatMap { environment.absolute($0) }
      }
      let sharing = value("sharing").map { String(decoding: $0, as: UTF8.self) }
      mounts.append(
        MountPlace(
          flag: number, type: type, target: target, real: target.map(states[stage].real), isLocked: sharing == "locked")
      )
    }
    return mounts
  }
}
