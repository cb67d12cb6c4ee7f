internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText
internal import Versions

extension BytecodeReader {
  // MARK: Installers

  private static let pipOptions = Catalogue.kinds(writtenBy: "pip").flatMap { $0.writtenBy.flatMap(\.options) }

  mutating func pip(_ number: Int, _ command: ToolCommand) {
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

  mutating func uv(_ number: Int, _ command: ToolCommand) {
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
  static func isPythonPackage(_ argument: ShellArgument) -> Bool {
    guard let name = argument.value else { return false }
    return name.elementsEqual("python3".utf8) || name.starts(with: "python3-".utf8)
      || name.starts(with: "python3.".utf8)
  }

  // MARK: Compilers

  mutating func compiler(_ number: Int, _ command: ToolCommand) {
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

  mutating func imports(_ number: Int, _ command: ToolCommand) {
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
}
