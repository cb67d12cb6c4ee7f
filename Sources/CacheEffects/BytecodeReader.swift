internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText
internal import Versions

/// Works out which commands of one RUN write Python's bytecode, and whether it is removed again.
struct BytecodeReader {
  let commands: [ToolCommand]
  let environment: Environment
  let home: [UInt8]?
  /// The image that the stage starts from in the end, where it is there to run Python.
  let pythonBase: KnownBase?
  /// Whether an earlier command has told pip for good whether to compile.
  var pipCompiles: Bool?
  var effects = BytecodeEffects()

  init(
    commands: [ToolCommand], environment: Environment, home: [UInt8]?, pythonBase: KnownBase?, pipCompiles: Bool?
  ) {
    self.commands = commands
    self.environment = environment
    self.home = home
    self.pythonBase = pythonBase
    self.pipCompiles = pipCompiles
  }

  mutating func read() {
    for (number, command) in commands.enumerated() where effects.writes.count < RunReader.effectLimit {
      read(number, command)
    }
    let makesDirectories = effects.writes.contains { $0.cause == .environment }
    let removers = commands.indices.filter { mayRemove($0, makesDirectories) }.suffix(RunReader.removalLimit)
    for index in effects.writes.indices {
      effects.writes[index].removal = removal(of: effects.writes[index], among: removers)
      effects.writes[index].directories = directories(of: effects.writes[index])
    }
    for index in commands.indices where effects.losses.count < RunReader.removalLimit { lose(index) }
  }

  /// Where the bytecode of a write lies.
  private func directories(of write: BytecodeWrite) -> [[UInt8]] {
    let command = commands[write.command]
    switch write.cause {
    case .installer, .flag, .variable:
      return effects.installs.lazy.filter { $0.command == write.command }.compactMap(\.directory)
    case .compiler:
      return effects.steps.lazy.filter { $0.command == write.command }.flatMap(\.directories).compactMap(\.self)
    case .environment:
      if command.name == "ensurepip" { return pythonBase?.library.map { [$0] } ?? [] }
      return command.arguments.last.flatMap { absolute($0, command) }.map { [$0] } ?? []
    case .packages: return [Array("/usr/lib/python3".utf8)]
    case .imports: return []
    }
  }

  private mutating func read(_ number: Int, _ command: ToolCommand) {
    switch command.name {
    case "pip": pip(number, command)
    case "uv": uv(number, command)
    case "poetry":
      guard command.subcommand(["install", "sync"], skipping: []) != nil else { break }
      let flag = command.has("--compile") ? "--compile" : nil
      install(number, command, compiles: flag != nil ? true : nil)
      if let flag { write(number, command, .flag(flag)) }
    case "compileall", "py_compile": compiler(number, command)
    case "py3compile", "pycompile": write(number, command, .compiler)
    case "venv":
      if !command.has("--without-pip"), !command.has("--help"), !command.has("-h") {
        write(number, command, .environment)
      }
    case "ensurepip":
      if !command.has("--version") { write(number, command, .environment) }
    case "apt-get", "apt", "aptitude":
      if command.subcommand(["install"], skipping: ["-o", "-t", "-c"]) != nil,
        command.arguments.contains(where: Self.isPythonPackage)
      {
        write(number, command, .packages)
      }
    default: break
    }
    imports(number, command)
  }

  mutating func write(
    _ number: Int, _ command: ToolCommand, _ cause: BytecodeWrite.Cause, _ doubt: Doubt? = nil
  ) {
    // The files go elsewhere then, and Python does not look for them here.
    if hasCachePrefix(command) { return }
    let doubt = command.invocation.isPerhaps ? .branch : doubt
    if effects.writes.count >= RunReader.effectLimit { return }
    effects.writes.append(BytecodeWrite(command: number, cause: cause, doubt: doubt))
  }

  mutating func install(_ number: Int, _ command: ToolCommand, compiles: Bool?) {
    if effects.installs.count >= RunReader.effectLimit { return }
    effects.installs.append(
      PythonInstall(
        command: number, compiles: compiles, directory: directory(command), isOfDirectory: isOfDirectory(command),
        isPerhaps: command.invocation.isPerhaps, level: level(command)))
  }

  /// Whether Python keeps its bytecode elsewhere than in `__pycache__` in a command.
  private func hasCachePrefix(_ command: ToolCommand) -> Bool {
    if let option = command.python?.cachePrefix { return !option.isEmpty }
    if command.python?.ignoresEnvironment ?? false { return false }
    return value("PYTHONPYCACHEPREFIX", command).map { !$0.isEmpty } ?? false
  }

  /// The level of optimisation that Python has in a command: the greater of flags and variable.
  func level(_ command: ToolCommand) -> Int {
    let flags = command.python?.optimization ?? 0
    if command.python?.ignoresEnvironment ?? false { return flags }
    let variable = value("PYTHONOPTIMIZE", command).map { PythonCall.optimization($0, python: pythonBase?.python) }
    return max(flags, variable ?? 0)
  }

  /// Where a command installs packages.
  private func directory(_ command: ToolCommand) -> [UInt8]? {
    for option in ["--target", "-t", "--prefix", "--root"] {
      guard let value = command.value(of: option) else { continue }
      guard case .value(let path) = value else { return nil }
      return absolute(ShellArgument(path, range: nil), command)
    }
    if command.has("--user") { return home.map { $0 + Array("/.local".utf8) } }
    let isProject = command.name == "uv" && command.subcommand(["pip"], skipping: []) == nil
    if command.name == "poetry" || command.subcommand(["tool install"], skipping: []) != nil { return nil }
    if isProject {
      if ["--project", "--directory"].contains(where: { command.value(of: $0) != nil }) { return nil }
      switch variable("UV_PROJECT_ENVIRONMENT", command) {
      case .unknown: if environment.variables["UV_PROJECT_ENVIRONMENT"] != nil { return nil }
      case .value(let path) where !path.isEmpty: return absolute(ShellArgument(path, range: nil), command)
      case .value, .unset: break
      }
      return absolute(ShellArgument(Array(".venv".utf8), range: nil), command)
    }
    // The pip of an environment of its own: `/venv/bin/pip`.
    if let program = command.invocation.words.first?.value, program.first == UInt8(ascii: "/"),
      let end = program.lastIndex(of: UInt8(ascii: "/"))
    {
      let place = program[..<end]
      let bin = Array("/bin".utf8)
      if place.suffix(4).elementsEqual(bin), !place.elementsEqual("/usr/local/bin".utf8),
        !place.elementsEqual("/usr/bin".utf8), place.count > 4
      {
        return Array(place.dropLast(4))
      }
    }
    let isSystem = command.name == "uv" && command.has("--system")
    if !isSystem {
      switch variable("VIRTUAL_ENV", command) {
      case .value(let path) where !path.isEmpty: return environment.absolute(path)
      case .unknown: if environment.variables["VIRTUAL_ENV"] != nil { return nil }
      case .value, .unset: break
      }
      if command.name == "uv", value("UV_SYSTEM_PYTHON", command) == nil { return nil }
    }
    return pythonBase?.library
  }

  /// Whether `.` or another directory is installed, and not as a link to it.
  private func isOfDirectory(_ command: ToolCommand) -> Bool {
    for (index, argument) in command.arguments.enumerated() {
      guard let text = argument.value, let first = text.first else { continue }
      guard first == UInt8(ascii: ".") || first == UInt8(ascii: "/") else { continue }
      let previous = index > 0 ? command.arguments[index - 1].value?.first : nil
      // After an option it is most likely its value.
      if previous != UInt8(ascii: "-") { return true }
    }
    return false
  }

  /// The value of a variable that a command gets; nil where it has none, or none that is known.
  func value(_ name: String, _ command: ToolCommand) -> String? {
    if case .value(let value) = variable(name, command) { return String(decoding: value, as: UTF8.self) }
    return nil
  }

  func variable(_ name: String, _ command: ToolCommand) -> VariableValue {
    command.invocation.scope.value(name) { name in
      if name == "HOME" { return home.map { .value($0) } ?? .unknown }
      return environment.value(atBuild: name)
    }
  }

  /// The absolute path that an argument is; nil where that is not known.
  func absolute(_ argument: ShellArgument, _ command: ToolCommand) -> [UInt8]? {
    guard var path = argument.value, !argument.isPattern else { return nil }
    if argument.isHome {
      guard let home else { return nil }
      path = home + path.dropFirst()
    }
    if path.first == UInt8(ascii: "/") { return environment.absolute(path) }
    switch command.invocation.directory {
    case .same: return environment.absolute(path)
    case .path(let directory):
      if directory.first == UInt8(ascii: "~") { return nil }
      return environment.absolute(directory + [UInt8(ascii: "/")] + path)
    case .unknown: return nil
    }
  }
}
