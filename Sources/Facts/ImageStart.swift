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
    /// Whether a container surely starts it: not where it is words for a program that is not known, where it stands
    /// under a condition, and where there are more commands than are looked at.
    public let isCertain: Bool
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
    /// What becomes of a variable of the image on the way to it.
    public let way: (String) -> Way
    /// Where it is started; nil where that is not known.
    fileprivate let directory: [UInt8]?

    /// What becomes of a variable of the image where something starts a program.
    public enum Way: Sendable {
      /// The program gets it as the image says it.
      case passed
      /// The program gets another value, or one that is not known.
      case replaced
      /// The program gets none.
      case removed
    }
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

  /// How many starts of Python are told.
  public static let pythonLimit = 64

  /// The starts of Python by what ENTRYPOINT and CMD say; none where they start something else, or what is not known.
  public var pythons: [Python] {
    let entry = configuration.entrypoint ?? []
    let command = configuration.command ?? []
    let reader = StartReader(
      view: view, search: search, workingDirectory: Array(configuration.workingDirectory.utf8),
      variable: variable)
    let (started, rest) = reader.started(entry + command)
    let together = pythons(started, entry.isEmpty ? "Cmd" : "Entrypoint")
    if !together.isEmpty { return together }
    // A program that is not known mostly prepares something, and then starts what it is given.
    if let rest {
      let given = pythons(
        reader.started(rest.words, by: rest.from), rest.words.count <= command.count ? "Cmd" : "Entrypoint")
      if !given.isEmpty { return given }
    }
    guard !entry.isEmpty, let first = started.first else { return [] }
    return pythons(reader.started(command.map { ShellArgument(Array($0.utf8), range: nil) }, by: first), "Cmd")
  }

  private func pythons(_ started: [StartReader.Started], _ key: String) -> [Python] {
    let starting = started.filter(\.command.runsPython)
    // A script of Python is told by its interpreter, where that is known.
    let known = starting.filter { PythonName.isInterpreter($0.name) }
    let told = known.isEmpty ? starting : known
    return told.prefix(Self.pythonLimit).map { start in
      let call = start.command.python
      let scopes = start.scopes
      return Python(
        word: start.name, key: key, isCertain: start.isCertain && told.count <= Self.pythonLimit,
        ignoresEnvironment: call?.ignoresEnvironment ?? false, writesNoBytecode: call?.writesNoBytecode ?? false,
        optimization: call?.optimization ?? 0, cachePrefix: call?.cachePrefix,
        value: { scopes.value($0, of: variable) },
        way: { name in
          // No variable of an image can have this value.
          switch scopes.value(name, of: { _ in .value([0]) }) {
          case .value([0]): .passed
          case .value, .unknown: .replaced
          case .unset: .removed
          }
        }, directory: start.directory)
    }
  }

  /// Whether the image has a program of this name where programs are looked for.
  public func has(_ name: String) -> Bool { search.program(Array(name.utf8)) != nil }

  /// The value of a variable of the image; of PATH what the runtime sets where the image says none.
  private func variable(_ name: String) -> VariableValue {
    let value = configuration.value(of: name) ?? (name == "PATH" ? ProgramSearch.usualPath : nil)
    return value.map { .value(Array($0.utf8)) } ?? .unset
  }

  /// The value of a variable that all of these programs get; the image's where there are none.
  public func value(of name: String, for pythons: [Python]) -> VariableValue {
    guard let first = pythons.first?.value(name) else { return variable(name) }
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
    place(path, in: Array(configuration.workingDirectory.utf8))
  }

  /// The path that a program of Python means, as ``place(_:)`` tells it; nil where it starts at a directory that is not
  /// known.
  public func place(_ path: [UInt8], for python: Python) -> Path? {
    if path.first == UInt8(ascii: "/") { return place(path) }
    return python.directory.map { place(path, in: $0) }
  }

  private func place(_ path: [UInt8], in directory: [UInt8]) -> Path {
    let full = view.absolute(path, in: directory)
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
