public import SourceText

/// Where a variable got its value.
public struct VariableOrigin: Hashable, Sendable {
  /// The number of the instruction in the file.
  public let instruction: Int
  /// The number of the pair in the instruction.
  public let pair: Int

  /// Creates an origin.
  public init(instruction: Int, pair: Int) {
    self.instruction = instruction
    self.pair = pair
  }
}

/// A variable of a stage.
public struct Variable: Hashable, Sendable {
  /// Its value.
  public let value: VariableValue
  /// Where it got it; nil for what the base image brings.
  public let origin: VariableOrigin?
}

/// What holds at a place of a Dockerfile: the variables, the user, the working directory and the shell.
public struct Environment: Sendable {
  /// How many variables are kept of a stage; of more, only that they may be set is known.
  public static let variableLimit = 1_000
  /// How long a working directory may become, in bytes, as on Linux; a longer one is not known.
  public static let pathLimit = 4_096

  /// What ENV has set here and in the stages above.
  public private(set) var variables: [String: Variable] = [:]
  /// What ARG has set here and in the stages above; it does not stay in the image.
  public private(set) var arguments: [String: Variable] = [:]
  /// Whether the base image may set more than is known.
  public internal(set) var mayInheritMore = false
  /// The user in force, as name or number, with its group where one is given; never unset.
  public private(set) var user = VariableValue.value(Self.root)
  /// The absolute working directory without `.`, `..` or a slash at its end; nil where it is not known.
  public private(set) var workingDirectory: [UInt8]? = [UInt8(ascii: "/")]
  /// The program and the arguments that SHELL names, whatever shell that is; nil where it is not known.
  private(set) var shellWords: [[UInt8]]? = KnownBase.usualShell
  /// The homes of the base image's users; nil where it may have other users or none.
  private var homes: [String: String]? = [:]
  /// Whether the file or what is known of the base image tells the user.
  private var isUserTold = true
  /// What the expansions of the file have cost.
  var work = 0
  /// Whether the commands run on Windows.
  private var isWindows = false

  /// Creates what holds in an empty image.
  init() {}

  /// Creates what holds directly after a FROM; `base` is nil for an image that is not known.
  init(_ base: KnownBase?, isWindows: Bool) {
    self.isWindows = isWindows
    // Hardly any image has another shell than the usual one.
    shellWords = isWindows ? nil : base.map(\.shell) ?? KnownBase.usualShell
    mayInheritMore = base == nil
    homes = base?.homes
    workingDirectory = isWindows ? nil : base?.workingDirectory
    if let known = base?.user, !isWindows {
      user = .value(known)
    } else {
      user = .unknown
      isUserTold = false
    }
    for name in base?.otherVariables ?? [] { set(name, Variable(value: .unknown, origin: nil)) }
    for (name, value) in base?.environment ?? [:] { set(name, Variable(value: .value(value), origin: nil)) }
  }

  /// What is known of a variable of the image.
  public subscript(name: String) -> VariableValue {
    variables[name]?.value ?? (mayInheritMore ? .unknown : .unset)
  }

  /// What a RUN or an expansion at this place sees.
  public func value(atBuild name: String) -> VariableValue {
    guard let argument = arguments[name] else {
      return variables[name]?.value ?? (mayInheritMore || name == "PATH" ? .unknown : .unset)
    }
    guard let variable = variables[name] else { return argument.value }
    // Docker's words give ENV the last say, BuildKit's code the later of the two.
    let isLater = (argument.origin?.instruction ?? -1) > (variable.origin?.instruction ?? -1)
    return isLater && argument.value != variable.value ? .unknown : variable.value
  }

  /// What a program in a container sees: ARG is gone.
  public var running: Environment {
    var environment = self
    environment.arguments = [:]
    return environment
  }

  /// Takes in that anything may be changed by what is not looked at.
  mutating func forget() {
    mayInheritMore = true
    user = .unknown
    workingDirectory = nil
    shellWords = nil
  }

  mutating func set(_ name: String, _ variable: Variable) {
    if variables.count < Self.variableLimit || variables[name] != nil {
      variables[name] = variable
    } else {
      mayInheritMore = true
    }
  }

  private mutating func declare(_ name: String, _ variable: Variable) {
    if arguments.count < Self.variableLimit || arguments[name] != nil {
      arguments[name] = variable
    } else {
      mayInheritMore = true
    }
  }
}

extension Environment {
  private static let root = Array("root".utf8)
  /// `_dockerfile_shell.sh` of the images of micromamba hands its text on to bash.
  private static let posixShells: Set<String> = [
    "sh", "bash", "ash", "dash", "ksh", "zsh", "busybox", "_dockerfile_shell.sh",
  ]
  /// Programs that start a shell with the arguments that follow.
  private static let shellStarters: Set<String> = ["conda", "mamba", "micromamba", "env"]

  /// Whether the user in force is root, by name or by number; nil where the user is not known.
  public var isRoot: Bool? {
    guard case .value(let user) = user else { return nil }
    let name = user.prefix { $0 != UInt8(ascii: ":") }
    // Docker takes a missing user for root, too.
    return name.elementsEqual(Self.root) || name.allSatisfy { $0 == UInt8(ascii: "0") }
  }

  /// The shell with its arguments that reads the text of RUN; nil where it is not known or not one of POSIX.
  public var shell: [[UInt8]]? {
    guard !isWindows, let words = shellWords, let name = shellName else { return nil }
    if Self.posixShells.contains(name) { return words }
    guard Self.shellStarters.contains(name) else { return nil }
    // SHELL ["conda", "run", "-n", "env", "/bin/bash", "-c"]
    let start = words.dropFirst().firstIndex { word in
      let last = word.split(separator: UInt8(ascii: "/")).last ?? []
      return Self.posixShells.contains(String(decoding: last, as: UTF8.self))
    }
    return start.map { Array(words[$0...]) }
  }

  /// The name of the program that reads the text of RUN, in small letters and without its directory.
  var shellName: String? {
    shellWords?.first.map { path in
      text((path.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last ?? []).map(lowercased))
    }
  }

  /// The home directory that a RUN at this place has.
  ///
  /// It is the variable HOME where that is set to something, else what the image's `/etc/passwd` says: the runtime
  /// fills it in. A Dockerfile does not tell what is in that file, so for users that are not known to be in the
  /// image it is the usual place, and not certain. A user without a home directory, such as a number, has none.
  public func home() -> (path: [UInt8], isCertain: Bool)? {
    if variables["HOME"] != nil || arguments["HOME"] != nil {
      switch value(atBuild: "HOME") {
      case .unknown: return nil
      case .value(let path) where !path.isEmpty: return path.first == UInt8(ascii: "/") ? (path, true) : nil
      case .value, .unset: break
      }
    }
    if isWindows { return nil }
    let isCertain = homes != nil && !mayInheritMore
    guard case .value(let user) = user else { return isUserTold ? nil : (Array("/root".utf8), false) }
    if isRoot == true { return (Array("/root".utf8), isCertain) }
    let name = user.prefix { $0 != UInt8(ascii: ":") }
    if let known = homes?[text(name)] { return (Array(known.utf8), isCertain) }
    if name.allSatisfy(isDigit) || name.contains(UInt8(ascii: "/")) { return nil }
    return (Array("/home/".utf8) + name, false)
  }

  /// An absolute path for one that may be relative to the working directory, or nil where that is not known.
  public func absolute(_ path: [UInt8]) -> [UInt8]? {
    absolute(path, in: workingDirectory)
  }

  /// An absolute path, without `.` and `..`, for one that may be relative to a directory.
  func absolute(_ path: [UInt8], in directory: [UInt8]?) -> [UInt8]? {
    let slash = UInt8(ascii: "/")
    let isAbsolute = path.first == slash
    if isWindows || !isAbsolute && directory == nil { return nil }
    // The directory is clean already.
    var result = isAbsolute || directory == [slash] ? [] : directory ?? []
    for part in path.split(separator: slash) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) {
        result.removeSubrange((result.lastIndex(of: slash) ?? 0)...)
      } else {
        result.append(slash)
        result += part
      }
    }
    if result.isEmpty { return [slash] }
    return result.count <= Self.pathLimit ? result : nil
  }
}

extension Environment {
  /// Takes in what an instruction sets.
  mutating func apply(
    _ instruction: Instruction, _ index: Int, _ escape: UInt8, _ globals: [String: VariableValue],
    _ given: [String: [UInt8]]
  ) {
    apply(instruction.keyword, instruction.arguments, instruction, index, escape, globals, given)
  }

  /// Takes in what the ONBUILD of a base sets in the stage that starts from it.
  mutating func applyTrigger(
    _ instruction: Instruction, _ index: Int, _ escape: UInt8, _ globals: [String: VariableValue],
    _ given: [String: [UInt8]]
  ) {
    guard case .onbuild(let inner) = instruction.arguments else { return }
    apply(inner.keyword, inner.arguments, instruction, index, escape, globals, given)
  }

  private mutating func apply(
    _ keyword: Keyword?, _ arguments: Arguments, _ instruction: Instruction, _ index: Int, _ escape: UInt8,
    _ globals: [String: VariableValue], _ given: [String: [UInt8]]
  ) {
    switch arguments {
    case .pairs(let pairs, _) where keyword == .env: assign(pairs, instruction, index, escape)
    case .declarations(let pairs) where keyword == .arg:
      for (number, pair) in pairs.enumerated() {
        guard let bytes = expanded(instruction.text[pair.key], escape) else { continue }
        let name = text(bytes)
        var spent = work
        var value = declared(pair, name, instruction, escape, given, work: &spent, lookup: value(atBuild:))
        work = spent
        if pair.value == nil, given[name] == nil { value = globals[name] ?? .unknown }
        declare(name, Variable(value: value, origin: VariableOrigin(instruction: index, pair: number)))
      }
    case .text(let range) where keyword == .user:
      isUserTold = true
      user = expanded(instruction.text[range], escape).map { .value($0.isEmpty ? Self.root : $0) } ?? .unknown
    case .text(let range) where keyword == .workdir:
      workingDirectory = expanded(instruction.text[range], escape).flatMap(absolute)
    case .json(let strings) where keyword == .shell && !strings.isEmpty: shellWords = strings.map(\.text)
    default: return
    }
  }

  /// Sets what ENV says; all its values see the variables from before it.
  private mutating func assign(_ pairs: [Pair], _ instruction: Instruction, _ index: Int, _ escape: UInt8) {
    var assignments: [(name: String, variable: Variable)] = []
    for (number, pair) in pairs.enumerated() {
      guard let name = expanded(instruction.text[pair.key], escape), let range = pair.value
      else {
        // A name that is not known could be any.
        mayInheritMore = true
        continue
      }
      let value = expanded(instruction.text[range], escape)
      let origin = VariableOrigin(instruction: index, pair: number)
      assignments.append((text(name), Variable(value: value.map { .value($0) } ?? .unknown, origin: origin)))
    }
    for assignment in assignments { set(assignment.name, assignment.variable) }
  }

  /// The text with the variables of this place; nil where something in it is not known or wrong.
  mutating func expanded(_ bytes: ArraySlice<UInt8>, _ escape: UInt8) -> [UInt8]? {
    var spent = work
    defer { work = spent }
    return expand(bytes, escape: escape, work: &spent, lookup: value(atBuild:))
  }
}

extension Dockerfile {
  /// The name and the value that set a variable, as they are written.
  public func pair(of origin: VariableOrigin) -> Pair? {
    guard instructions.indices.contains(origin.instruction) else { return nil }
    let pairs: [Pair]
    switch instructions[origin.instruction].arguments {
    case .pairs(let found, _), .declarations(let found): pairs = found
    case .onbuild(let inner):
      switch inner.arguments {
      case .pairs(let found, _), .declarations(let found): pairs = found
      default: return nil
      }
    default: return nil
    }
    return pairs.indices.contains(origin.pair) ? pairs[origin.pair] : nil
  }

  /// Where in the file a variable's name and value are written.
  public func range(of origin: VariableOrigin) -> ByteRange? {
    pair(of: origin).map { instructions[origin.instruction].text.physical($0.range) }
  }

  /// Where in the file a variable's value is written, quotes included.
  public func valueRange(of origin: VariableOrigin) -> ByteRange? {
    pair(of: origin)?.value.map { instructions[origin.instruction].text.physical($0) }
  }
}
