internal import CacheEffects
internal import Images
internal import Shell
internal import SourceText

/// The programs that an image starts, one after another, as far as words and the first lines of scripts tell.
struct StartReader {
  /// A command, with what is known of the place where it is started.
  struct Started {
    let command: ToolCommand
    /// The variables of the shells and programs that lead to it, the outermost first.
    let scopes: [ShellScope]
    /// Where it is started; nil where that is not known.
    let directory: [UInt8]?
    /// Whether the runtime starts it itself.
    let isDirect: Bool
    /// Whether it is started for sure.
    let isCertain: Bool

    /// The program's name.
    var name: String { String(decoding: command.invocation.name ?? [], as: UTF8.self) }
  }

  /// How many commands of a start are looked at.
  static let commandLimit = 256
  /// How many of them are looked at for the scripts that they are.
  static let scriptLimit = 64

  let view: LayerView
  let search: ProgramSearch
  let workingDirectory: [UInt8]
  /// The value of a variable of the image.
  let variable: (String) -> VariableValue

  /// The commands that words of the configuration start, Python by scripts and links among them.
  ///
  /// - Parameter words: the words.
  /// - Returns: the commands; `rest` has the words that the one program gets that is not known to be Python.
  func started(_ words: [String]) -> (commands: [Started], rest: (words: [ShellArgument], from: Started)?) {
    let arguments = words.map { ShellArgument(Array($0.utf8), range: nil) }
    let own = commands(arguments, scopes: [], directory: workingDirectory, isDirect: true)
    let all = own + own.prefix(Self.scriptLimit).flatMap { interpreters(of: $0) }
    guard own.count == 1, let rest = Self.arguments(of: own[0].command) else { return (all, nil) }
    return (all, (rest, own[0]))
  }

  /// The commands that a program may start that is given words.
  func started(_ words: [ShellArgument], by program: Started) -> [Started] {
    let own = commands(
      words, scopes: program.scopes, directory: program.directory, isDirect: false, isCertain: false)
    return own + own.prefix(Self.scriptLimit).flatMap { interpreters(of: $0) }
  }

  /// The words behind a program, and behind the script where the program is a shell; nil where a shell's script says
  /// what it starts.
  private static func arguments(of command: ToolCommand) -> [ShellArgument]? {
    if command.invocation.isNested { return nil }
    var words = command.invocation.words.dropFirst()
    if let name = command.invocation.name, shells.contains(String(decoding: name, as: UTF8.self)) {
      words = words.drop { $0.value?.first == UInt8(ascii: "-") }.dropFirst()
    }
    if words.first?.isText("--") ?? false { words = words.dropFirst() }
    return Array(words)
  }

  private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "rbash"]

  private func commands(
    _ words: [ShellArgument], scopes: [ShellScope], directory: [UInt8]?, isDirect: Bool, isCertain: Bool = true
  ) -> [Started] {
    let run = ShellRun(words, in: []) { name in value(name, scopes) }
    let isWhole = run.isComplete && run.invocations.count <= Self.commandLimit
    return run.invocations.prefix(Self.commandLimit).compactMap { invocation in
      guard let command = ToolCommand(invocation) else { return nil }
      return Started(
        command: command, scopes: scopes + [invocation.scope],
        directory: self.directory(invocation.directory, from: directory),
        isDirect: isDirect && invocation.words.count == words.count,
        isCertain: isCertain && isWhole && !invocation.isPerhaps)
    }
  }

  /// The value of a variable where these scopes lead.
  func value(_ name: String, _ scopes: [ShellScope]) -> VariableValue { scopes.value(name, of: variable) }

  /// The directory that a shell or `env` has gone to; nil where it is not known.
  private func directory(_ moved: ShellDirectory, from start: [UInt8]?) -> [UInt8]? {
    switch moved {
    case .same: return start
    case .unknown: return nil
    case .path(let path):
      // The home of who runs it is not known.
      if path.first == UInt8(ascii: "~") { return nil }
      guard let full = path.first == UInt8(ascii: "/") ? path : start.map({ view.absolute(path, in: $0) }) else {
        return nil
      }
      // For `cd` the directory above is that of the name, for `env` that of the place: they should be the same one.
      guard let item = view.item(forProgram: full), item.type == .directory, view.item(at: Path(full)) == item else {
        return nil
      }
      return [UInt8(ascii: "/")] + view.path(of: item).bytes
    }
  }

  private func program(of started: Started) -> LayerView.Item? {
    guard let word = started.command.invocation.words.first?.value else { return nil }
    if started.isDirect { return search.program(word) }
    let path: [UInt8]?
    switch value("PATH", started.scopes) {
    case .value(let value): path = value
    case .unset: path = Array(ProgramSearch.usualPath.utf8)
    case .unknown: path = nil
    }
    return search.program(word, path: path, in: started.directory)
  }

  /// The starts of Python that a program of the image stands for: by the first lines of scripts, or as a link.
  private func interpreters(of first: Started) -> [Started] {
    var started = first
    for _ in 0...ScriptLine.nestingLimit {
      var words = started.command.invocation.words
      guard started.command.python == nil, let word = words.first?.value, let item = program(of: started) else {
        return []
      }
      if let line = search.scriptLine(of: item) {
        // Linux looks for the interpreter by its path alone.
        let isPath = line.interpreter.contains(UInt8(ascii: "/"))
        let interpreter = isPath ? line.interpreter : Array("./".utf8) + line.interpreter
        words =
          [interpreter, line.argument, word].compactMap(\.self).map { ShellArgument($0, range: nil) }
          + words.dropFirst()
      } else {
        let path = search.path(of: item)
        guard PythonName.isInterpreter(String(decoding: path.name, as: UTF8.self)) else { return [] }
        words[0] = ShellArgument([UInt8(ascii: "/")] + path.bytes, range: nil)
      }
      let next = commands(
        words, scopes: started.scopes, directory: started.directory, isDirect: false, isCertain: started.isCertain)
      let pythons = next.filter { $0.command.python != nil }
      guard pythons.isEmpty, let last = next.last else { return pythons }
      started = last
    }
    return []
  }
}

/// Names of interpreters of Python.
enum PythonName {
  static func isInterpreter(_ name: String) -> Bool { name.hasPrefix("python") || name.hasPrefix("pypy") }
}

extension [ShellScope] {
  /// The value of a variable behind all of these, the outermost first.
  ///
  /// - Parameters:
  ///   - name: the variable.
  ///   - start: the value that the outermost is started with.
  /// - Returns: the value.
  func value(_ name: String, of start: (String) -> VariableValue) -> VariableValue {
    reduce(start(name)) { value, scope in scope.value(name) { _ in value } }
  }
}
