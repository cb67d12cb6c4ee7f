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

  private mutating func write(
    _ number: Int, _ command: ToolCommand, _ cause: BytecodeWrite.Cause, _ doubt: Doubt? = nil
  ) {
    // The files go elsewhere then, and Python does not look for them here.
    if hasCachePrefix(command) { return }
    let doubt = command.invocation.isPerhaps ? .branch : doubt
    if effects.writes.count >= RunReader.effectLimit { return }
    effects.writes.append(BytecodeWrite(command: number, cause: cause, doubt: doubt))
  }

  private mutating func install(_ number: Int, _ command: ToolCommand, compiles: Bool?) {
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
  private func level(_ command: ToolCommand) -> Int {
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
  private func value(_ name: String, _ command: ToolCommand) -> String? {
    if case .value(let value) = variable(name, command) { return String(decoding: value, as: UTF8.self) }
    return nil
  }

  private func variable(_ name: String, _ command: ToolCommand) -> VariableValue {
    command.invocation.scope.value(name) { name in
      if name == "HOME" { return home.map { .value($0) } ?? .unknown }
      return environment.value(atBuild: name)
    }
  }

  // MARK: Installers

  private static let pipOptions = Catalogue.kinds(writtenBy: "pip").flatMap { $0.writtenBy.flatMap(\.options) }

  private mutating func pip(_ number: Int, _ command: ToolCommand) {
    if let setting = command.subcommand(["config set"], skipping: Self.pipOptions) {
      let words = command.arguments[setting.end...].compactMap(\.value).map { String(decoding: $0, as: UTF8.self) }
      if words.count == 2, words[0].hasSuffix(".no-compile") || words[0].hasSuffix(".compile") {
        // Both say the same: the value is that of `compile`, however it is called.
        pipCompiles = !["0", "false", "no", "n", "off", "f"].contains(words[1].lowercased())
      }
      return
    }
    guard command.subcommand(["install"], skipping: Self.pipOptions) != nil else { return }
    if ["--help", "-h", "--dry-run", "--version", "-V"].contains(where: { command.has($0) }) { return }
    let last = command.arguments.last { $0.isText("--compile") || $0.isText("--no-compile") }
    if let last {
      let compiles = last.isText("--compile")
      install(number, command, compiles: compiles)
      if compiles { write(number, command, .installer) }
      return
    }
    var doubt: Doubt?
    for name in ["PIP_NO_COMPILE", "PIP_COMPILE"] {
      switch variable(name, command) {
      case .unset: continue
      case .unknown:
        doubt =
          environment.mayInheritMore && environment.variables[name] == nil && environment.arguments[name] == nil
          ? .base : .variable(name)
      case .value(let value):
        let text = String(decoding: value, as: UTF8.self)
        if SwitchGrammar.pipNegated.judge(text, written: "0") == .on {
          install(number, command, compiles: false)
          return
        }
      }
    }
    if pipCompiles == false {
      install(number, command, compiles: false)
      return
    }
    if command.mayHaveMoreOptions { doubt = .word }
    install(number, command, compiles: doubt == nil || doubt == .base ? true : nil)
    write(number, command, .installer, doubt)
  }

  private mutating func uv(_ number: Int, _ command: ToolCommand) {
    let forms = ["sync", "pip install", "pip sync", "add", "run", "tool install"]
    guard let form = command.subcommand(forms, skipping: []) else { return }
    // Behind the program of `uv run`, flags are that program's.
    let flags = ["--compile-bytecode", "--compile"]
    if form.text != "run", let flag = flags.first(where: { command.has($0) }) {
      install(number, command, compiles: true)
      write(number, command, .flag(flag))
      return
    }
    switch variable("UV_COMPILE_BYTECODE", command) {
    case .value(let value):
      let isOn = SwitchGrammar.clapBoolish.judge(String(decoding: value, as: UTF8.self), written: "1") == .on
      install(number, command, compiles: isOn)
      if isOn {
        let isOwn = command.invocation.scope.sets("UV_COMPILE_BYTECODE")
        let origin =
          isOwn
          ? nil
          : environment.variables["UV_COMPILE_BYTECODE"]?.origin
            ?? environment.arguments["UV_COMPILE_BYTECODE"]?.origin
        write(number, command, .variable("UV_COMPILE_BYTECODE", origin))
      }
    case .unset: install(number, command, compiles: command.mayHaveMoreOptions ? nil : false)
    case .unknown: install(number, command, compiles: nil)
    }
  }

  /// Whether a package of Debian brings modules that its scripts compile.
  private static func isPythonPackage(_ argument: ShellArgument) -> Bool {
    guard let name = argument.value else { return false }
    return name.elementsEqual("python3".utf8) || name.starts(with: "python3-".utf8)
      || name.starts(with: "python3.".utf8)
  }

  // MARK: Compilers

  private mutating func compiler(_ number: Int, _ command: ToolCommand) {
    write(number, command, .compiler)
    guard command.name == "compileall" else { return }
    var directories: [[UInt8]?] = []
    var validation: CompileStep.Validation?
    var levels: Set<Int> = []
    var isForced = false
    var skipsNext = false
    for (index, argument) in command.arguments.enumerated() {
      if skipsNext {
        skipsNext = false
        continue
      }
      guard let text = argument.value else {
        directories.append(nil)
        continue
      }
      guard text.first == UInt8(ascii: "-"), text.count > 1 else {
        directories.append(absolute(argument, command))
        continue
      }
      let option = String(decoding: text, as: UTF8.self)
      let valued = ["-d", "-x", "-i", "-j", "-r", "-s", "-p", "-e", "-o", "--workers", "--invalidation-mode"]
      skipsNext = valued.contains(option)
      if option.hasPrefix("--invalidation-mode") {
        let next = index + 1 < command.arguments.count ? command.arguments[index + 1].value : nil
        let mode =
          option.utf8.contains(UInt8(ascii: "=")) ? text.drop { $0 != UInt8(ascii: "=") }.dropFirst() : next?[...]
        switch mode.map({ String(decoding: $0, as: UTF8.self) }) {
        case "checked-hash": validation = .checkedHash
        case "unchecked-hash": validation = .uncheckedHash
        default: validation = .timestamp
        }
      }
      if option == "-o", index + 1 < command.arguments.count {
        levels.insert(command.arguments[index + 1].value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0)
      }
      let isCluster = text[1] != UInt8(ascii: "-") && text.dropFirst().allSatisfy { "bflq".utf8.contains($0) }
      if isCluster, text.contains(UInt8(ascii: "f")) { isForced = true }
      // A file of names says which directories they are.
      if option == "-i" { directories.append(nil) }
    }
    let epoch = value("SOURCE_DATE_EPOCH", command) ?? ""
    let words = command.invocation.words
    effects.steps.append(
      CompileStep(
        command: number, directories: directories,
        validation: validation ?? (epoch.isEmpty ? .timestamp : .checkedHash),
        interpreter: command.python == nil ? nil : words.first?.value,
        levels: levels.isEmpty ? [level(command)] : levels, isForced: isForced,
        isCertain: !command.invocation.isPerhaps))
  }

  // MARK: Imports

  /// Programs in Python that import a good part of the library wherever they run.
  private static let programs: WordSet = [
    "pip", "poetry", "pipenv", "pdm", "pipx", "pytest", "django-admin", "flask", "celery", "alembic", "ansible",
    "ansible-playbook", "mkdocs", "sphinx-build",
  ]

  /// Modules whose work is to compile, which is more than what they import.
  private static let compilers: WordSet = ["compileall", "py_compile", "venv", "ensurepip"]

  private mutating func imports(_ number: Int, _ command: ToolCommand) {
    guard environment.isRoot == true, command.invocation.user == .same else { return }
    var isIsolated = false
    if let python = command.python {
      if python.writesNoBytecode { return }
      isIsolated = python.ignoresEnvironment
      switch python.program {
      case .none, .unknown: return
      case .text:
        // What imports nothing needs hardly more than the interpreter itself.
        let text = command.arguments.lazy.compactMap(\.value).first { $0.first != UInt8(ascii: "-") } ?? []
        guard contains(text[...], ignoringCase: Array("import".utf8)) else { return }
      case .module(let name, _):
        if Self.compilers.contains(name) { return }
        if Self.programs.contains(ToolCommand.withoutVersion(name)), pythonBase == nil { return }
      case .script: break
      }
    } else if !Self.programs.contains(command.name) || pythonBase == nil {
      // Elsewhere the library and what the distribution installs are compiled already.
      return
    }
    if !isIsolated {
      switch variable(Self.name, command) {
      case .unknown: return
      case .value(let value):
        let text = String(decoding: value, as: UTF8.self)
        if SwitchGrammar.pyIntFlag.judge(text, written: "1", python: pythonBase?.python) != .off { return }
      case .unset: break
      }
    }
    write(number, command, .imports)
  }

  private static let name = "PYTHONDONTWRITEBYTECODE"

  // MARK: Removing

  /// The programs that may remove it.
  private static let removers: WordSet = ["py3clean", "pyclean", "rm", "find"]

  /// Whether a command may remove any: one that names bytecode, or also the directory that another has made.
  private func mayRemove(_ index: Int, _ makesDirectories: Bool) -> Bool {
    let command = commands[index]
    guard Self.removers.contains(command.name) else { return false }
    return command.name == "pyclean" || command.name == "py3clean" || makesDirectories
      || command.arguments.contains { Self.namesBytecode($0.value ?? $0.prefix) }
  }

  private func removal(of write: BytecodeWrite, among removers: ArraySlice<Int>) -> Int? {
    let writer = commands[write.command].invocation
    return removers.first { index in
      index > write.command && commands[index].invocation.runs(whenever: writer) && removesBytecode(index, write)
    }
  }

  private func removesBytecode(_ index: Int, _ write: BytecodeWrite) -> Bool {
    let command = commands[index]
    let names = { (argument: ShellArgument) in Self.namesBytecode(argument.value ?? argument.prefix) }
    switch command.name {
    case "py3clean", "pyclean": return true
    case "rm":
      if command.arguments.contains(where: names) { return true }
      // The very directory that was made.
      guard write.cause == .environment, let made = commands[write.command].arguments.last,
        let place = absolute(made, commands[write.command])
      else { return false }
      return command.arguments.contains { argument in
        absolute(argument, command).map { removes($0, place) } ?? false
      }
    case "find":
      guard command.arguments.contains(where: names) else { return false }
      let isRemoval =
        command.has("-delete") || command.arguments.contains { $0.isText("rm") || $0.isText("/bin/rm") }
        || index + 1 < commands.count && commands[index + 1].name == "rm"
          && commands[index + 1].arguments.contains(where: \.isSpread)
      guard isRemoval else { return false }
      let roots = command.arguments.prefix {
        $0.value?.first != UInt8(ascii: "-") && !$0.isText("(") && !$0.isText("!")
      }
      return roots.isEmpty || roots.contains { mayHold(absolute($0, command), write) }
    default: return false
    }
  }

  private static let names = ["__pycache__", ".pyc", ".py["].map { Array($0.utf8) }

  static func namesBytecode(_ text: [UInt8]) -> Bool {
    text.indices.contains { start in
      names.contains { text[start] == $0[0] && text[start...].starts(with: $0) }
    }
  }

  /// Whether what was written may lie below a directory; nil is one that is not known.
  private func mayHold(_ root: [UInt8]?, _ write: BytecodeWrite) -> Bool {
    guard let root, pythonBase?.source != .policy, pythonBase != nil, write.cause == .installer,
      environment.variables["VIRTUAL_ENV"] == nil,
      !["--target", "-t", "--prefix", "--root", "--user"].contains(where: { commands[write.command].has($0) }),
      commands[write.command].invocation.words.first?.value?.contains(UInt8(ascii: "/")) == false
    else { return true }
    let library = Array("/usr/local/lib".utf8)
    return isWithin(library, root) || isWithin(root, library)
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
