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
  }

  private let configuration: ImageConfiguration
  private let view: LayerView

  /// Looks at an image; nil where nothing says how it is started.
  public init?(_ image: ImageFacts) {
    guard let configuration = image.image?.configuration else { return nil }
    self.init(configuration, image.union.merged)
  }

  /// Looks at an image by its configuration and its merged tree.
  public init(_ configuration: ImageConfiguration, _ view: LayerView) {
    self.configuration = configuration
    self.view = view
  }

  /// Where programs are looked for where the image does not say it.
  private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  /// How many directories of PATH are looked into.
  private static let pathLimit = 64
  /// How long the first line of a script may be, as the kernel reads it.
  private static let lineLimit = 256

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
    var pythons: [Python] = []
    var commands = commands(words.map { Array($0.utf8) })
    if let first = commands.first, first.python == nil, let script = interpreted(first) { commands += script }
    for command in commands where command.runsPython {
      pythons.append(
        Python(
          word: String(decoding: command.invocation.name ?? [], as: UTF8.self), key: key,
          ignoresEnvironment: command.python?.ignoresEnvironment ?? false,
          writesNoBytecode: command.python?.writesNoBytecode ?? false,
          optimization: command.python?.optimization ?? 0, cachePrefix: command.python?.cachePrefix))
    }
    // A script of Python is told by its interpreter, where that is known.
    let known = pythons.filter { PythonName.isInterpreter($0.word) }
    return known.isEmpty ? pythons : known
  }

  private func commands(_ words: [[UInt8]]) -> [ToolCommand] {
    let run = ShellRun(words.map { ShellArgument($0, range: nil) }, in: []) { name in
      configuration.value(of: name).map { .value(Array($0.utf8)) } ?? .unset
    }
    return run.invocations.compactMap { ToolCommand($0) }
  }

  /// What the first line of a script says that runs it; nil where the program is none.
  private func interpreted(_ command: ToolCommand) -> [ToolCommand]? {
    guard let word = command.invocation.words.first?.value, let item = program(word), let head = view.head(of: item),
      head.starts(with: "#!".utf8)
    else { return nil }
    let line = head.dropFirst(2).prefix(Self.lineLimit).prefix { $0 != UInt8(ascii: "\n") }
    let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    return words.isEmpty ? nil : commands(words.map(Array.init) + [word])
  }

  /// Whether the image has a program of this name where programs are looked for.
  public func has(_ name: String) -> Bool { program(Array(name.utf8)) != nil }

  private func program(_ word: [UInt8]) -> LayerView.Item? {
    if word.contains(UInt8(ascii: "/")) {
      let base = word.first == UInt8(ascii: "/") ? "" : configuration.workingDirectory + "/"
      return file(Path(Array(base.utf8) + word))
    }
    let path = configuration.value(of: "PATH") ?? Self.usualPath
    for directory in path.split(separator: ":").prefix(Self.pathLimit) {
      if let item = file(Path(Array(directory.utf8) + [UInt8(ascii: "/")] + word)) { return item }
    }
    return nil
  }

  private func file(_ path: Path) -> LayerView.Item? {
    guard path.bytes.count <= ImageLimits.pathLength, let item = view.item(at: path), item.type == .file else {
      return nil
    }
    return item
  }

  /// The value of a variable of the environment; nil where it is not set.
  public func value(of name: String) -> String? { configuration.value(of: name) }

  /// The path that a program of the image means, which may start at the working directory: where links lead to, or as
  /// it is written where nothing is there.
  public func place(_ path: [UInt8]) -> Path {
    let isAbsolute = path.first == UInt8(ascii: "/")
    let full = isAbsolute ? path : Array(configuration.workingDirectory.utf8) + [UInt8(ascii: "/")] + path
    let names = full.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    let written = Path(names.joined(separator: [UInt8(ascii: "/")]))
    guard full.count <= ImageLimits.pathLength, let item = view.item(at: written) else { return written }
    return view.path(of: item)
  }

  /// Whether a file is there, by its absolute path.
  public func hasFile(_ path: String) -> Bool { path.hasPrefix("/") && file(Path(path.utf8)) != nil }

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
