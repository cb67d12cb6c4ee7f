public import Bytecode
internal import CacheEffects
public import Images
internal import Shell
public import SourceText
public import Versions

/// What a container of an image starts, and which programs it has.
public struct ImageStart {
  /// How the interpreter of Python is started.
  public struct Python {
    /// The program's name.
    public let word: String
    /// The key of the configuration that says it.
    public let key: String
    /// Whether it is started so that it looks at no PYTHON variable.
    public let ignoresEnvironment: Bool
    /// Whether it is started so that it writes no bytecode when it imports.
    public let writesNoBytecode: Bool
    /// How often its command line asks to optimise.
    public let optimization: Int
    /// The prefix for bytecode that its command line says; empty where it takes that of the environment away, nil
    /// where it says none.
    public let cachePrefix: [UInt8]?
    /// The value that it gets of a variable.
    public let value: (String) -> VariableValue
  }

  /// A command, and the value of a variable where it was started.
  private struct Started {
    let command: ToolCommand
    let inherited: (String) -> VariableValue

    func value(_ name: String) -> VariableValue { command.invocation.scope.value(name, inherited: inherited) }
  }

  private let configuration: ImageConfiguration
  private let view: LayerView
  private let search: ProgramSearch

  /// Looks at an image; nil where nothing says how it is started.
  public init?(_ image: ImageFacts) {
    guard let configuration = image.image?.configuration else { return nil }
    self.init(configuration, image.union.merged)
  }

  /// Looks at an image by its configuration and its merged tree.
  public init(_ configuration: ImageConfiguration, _ view: LayerView) {
    self.configuration = configuration
    self.view = view
    search = ProgramSearch(view, configuration)
  }

  /// How many commands of a start are looked at for the scripts that they are.
  private static let scriptLimit = 64

  /// The starts of Python by what ENTRYPOINT and CMD say; none where they start something else, or what is not known.
  public var pythons: [Python] {
    let entry = configuration.entrypoint ?? []
    let command = configuration.command ?? []
    if entry.isEmpty { return pythons(command, "Cmd") }
    let together = pythons(entry + command, "Entrypoint")
    // A program that is not known mostly prepares something, and then starts what CMD says.
    return together.isEmpty && !command.isEmpty ? pythons(command, "Cmd") : together
  }

  private func pythons(_ words: [String], _ key: String) -> [Python] {
    let own = commands(words.map { ShellArgument(Array($0.utf8), range: nil) }) { variable(named: $0) }
    var started = own
    for command in own.prefix(Self.scriptLimit) { started += interpreters(of: command) }
    let pythons = started.filter(\.command.runsPython).map { started in
      let call = started.command.python
      return Python(
        word: String(decoding: started.command.invocation.name ?? [], as: UTF8.self), key: key,
        ignoresEnvironment: call?.ignoresEnvironment ?? false, writesNoBytecode: call?.writesNoBytecode ?? false,
        optimization: call?.optimization ?? 0, cachePrefix: call?.cachePrefix, value: started.value)
    }
    // A script of Python is told by its interpreter, where that is known.
    let known = pythons.filter { PythonName.isInterpreter($0.word) }
    return known.isEmpty ? pythons : known
  }

  private func commands(_ words: [ShellArgument], inherited: @escaping (String) -> VariableValue) -> [Started] {
    ShellRun(words, in: [], inherited: inherited).invocations.compactMap { ToolCommand($0) }
      .map { Started(command: $0, inherited: inherited) }
  }

  /// The starts of Python that a program of the image stands for: by the first lines of scripts, or as a link.
  private func interpreters(of first: Started) -> [Started] {
    var command = first
    for _ in 0...ScriptLine.nestingLimit {
      var words = command.command.invocation.words
      guard command.command.python == nil, let word = words.first?.value, let item = search.program(word) else {
        return []
      }
      if let line = search.scriptLine(of: item) {
        words =
          [line.interpreter, line.argument, word].compactMap(\.self).map { ShellArgument($0, range: nil) }
          + words.dropFirst()
      } else {
        let path = search.path(of: item)
        guard PythonName.isInterpreter(String(decoding: path.name, as: UTF8.self)) else { return [] }
        words[0] = ShellArgument(path.bytes, range: nil)
      }
      let next = commands(words, inherited: command.value)
      let pythons = next.filter { $0.command.python != nil }
      guard pythons.isEmpty, let last = next.last else { return pythons }
      command = last
    }
    return []
  }

  /// Whether the image has a program of this name where programs are looked for.
  public func has(_ name: String) -> Bool { search.program(Array(name.utf8)) != nil }

  private func variable(named name: String) -> VariableValue {
    configuration.value(of: name).map { .value(Array($0.utf8)) } ?? .unset
  }

  /// The value of a variable that all of these programs get; the image's where there are none.
  public func value(of name: String, for pythons: [Python]) -> VariableValue {
    guard let first = pythons.first?.value(name) else { return variable(named: name) }
    return pythons.allSatisfy { $0.value(name) == first } ? first : .unknown
  }

  /// The value of a variable of the environment; nil where it is not set.
  public func value(of name: String) -> String? { configuration.value(of: name) }

  /// The path that a program of the image means, which may start at the working directory: where links lead to, or as
  /// it is written where it leads nowhere.
  ///
  /// Of the image nothing lies below a path that leads nowhere, also where `..` or a link is in it: that is kept as it
  /// is written.
  public func place(_ path: [UInt8]) -> Path {
    let isAbsolute = path.first == UInt8(ascii: "/")
    let full = isAbsolute ? path : Array(configuration.workingDirectory.utf8) + [UInt8(ascii: "/")] + path
    if let item = view.item(forProgram: full) { return view.path(of: item) }
    // One that is too long may be another without its dots and slashes.
    guard full.count <= ImageLimits.pathLength else { return Path([UInt8(ascii: "/")] + full) }
    let names = full.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    return Path(names.joined(separator: [UInt8(ascii: "/")]))
  }

  /// Whether a file is there, by its absolute path.
  public func hasFile(_ path: String) -> Bool { path.hasPrefix("/") && view.item(at: Path(path.utf8))?.type == .file }

  /// Whether the image is one of Python's own, or stands on one: these say which version they have.
  public func isOfPython(_ interpreters: Interpreters) -> Bool {
    configuration.value(of: "PYTHON_VERSION") != nil && !interpreters.isEmpty
  }

  /// The version of Python that reads the environment; nil where several may.
  public func python(_ interpreters: Interpreters) -> PythonVersion? {
    let versions = interpreters.tags.compactMap(\.version)
    let parts = (configuration.value(of: "PYTHON_VERSION") ?? "").split(separator: ".")
    if parts.count > 1, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isASCII && $0.isNumber }) {
      let told = versions.first { $0.implementation == .cpython && ($0.major, $0.minor) == (major, minor) }
      if let told { return told }
    }
    return versions.count == 1 && interpreters.tags.count == 1 ? versions[0] : nil
  }
}

/// Names of interpreters of Python.
private enum PythonName {
  static func isInterpreter(_ name: String) -> Bool { name.hasPrefix("python") || name.hasPrefix("pypy") }
}
