public import Dockerfiles
internal import Shell
public import SourceText
internal import Versions

/// Files that COPY or ADD brings from the build context.
public struct SourceCopy: Sendable {
  /// The instruction's number in the file.
  public let instruction: Int
  /// The stage's number.
  public let stage: Int
  /// What is named, as it is written; nil for each that is not known.
  public let names: [[UInt8]?]
  /// The absolute path in the stage without a slash at its end; nil where it is not known.
  public let destination: [UInt8]?
  /// Whether the destination is written as a directory; if not, it may be one or the file itself.
  public let isIntoDirectory: Bool
}

/// Modules of Python that a stage has without bytecode.
public struct BytecodeGap: Hashable, Sendable {
  /// Which modules they are, the most important ones first.
  public enum Group: Int, Hashable, Sendable, Comparable {
    /// The program itself.
    case application
    /// What it has installed.
    case packages
    /// The standard library.
    case library

    /// Orders groups by their importance.
    public static func < (left: Group, right: Group) -> Bool { left.rawValue < right.rawValue }

    /// The name, as the policy has it.
    public var name: String {
      switch self {
      case .application: "application"
      case .packages: "packages"
      case .library: "stdlib"
      }
    }
  }

  /// Which modules they are.
  public let group: Group
  /// Where the file says that they come without bytecode.
  public let place: ByteRange
  /// The instruction of the stage's own layers that brings them, or makes their bytecode void.
  public internal(set) var instruction: Int
  /// The absolute directory that holds them; nil where it is not known.
  public let directory: [UInt8]?
}

extension KnownBase {
  /// The directory of the standard library in an image whose Python is in `/usr/local`; nil for any other.
  ///
  /// Where the minor version is not known, it has a wildcard in it.
  public var library: [UInt8]? {
    guard isPython, bytecode == .absent, let python, python.implementation == .cpython, python.major == 3 else {
      return nil
    }
    return Array("/usr/local/lib/python3.\(python.minor.map(String.init) ?? "*")".utf8)
  }
}

extension CacheEffects {
  /// The modules that a stage has without bytecode, as far as the file tells, the most important ones first.
  ///
  /// It is no proof that there is none: a tool that is not known may have compiled, or the base image.
  public func bytecodeGaps(in file: Dockerfile, stage: Int) -> [BytecodeGap] {
    guard environments.bases[stage] != nil else { return [] }
    var search = GapSearch(
      self, file, stage: stage, starts: pythonEvidence(in: file, stage: stage).filter { $0.kind == .start })
    return search.gaps(stage).sorted { ($0.group, $0.place) < ($1.group, $1.place) }
  }

  /// The level of optimisation with which the programs of a stage's image run.
  public func optimization(in file: Dockerfile, stage: Int) -> Int {
    optimization(stage, pythonEvidence(in: file, stage: stage).filter { $0.kind == .start })
  }

  fileprivate func optimization(_ stage: Int, _ starts: [PythonEvidence]) -> Int {
    let flags = starts.first?.optimization ?? 0
    guard !(starts.first?.ignoresEnvironment ?? false),
      case .value(let value) = environments.final[stage]["PYTHONOPTIMIZE"]
    else { return flags }
    return max(
      flags, PythonCall.optimization(String(decoding: value, as: UTF8.self), python: environments.bases[stage]?.python))
  }
}

/// The search for modules without bytecode through the stages of a file.
private struct GapSearch {
  /// How many groups of modules of a stage are followed.
  private static let moduleLimit = 100
  /// Over how many copies modules are followed.
  private static let depthLimit = 20
  /// How many of the last events of a stage are looked at.
  private static let eventLimit = 300

  /// Modules that come to a stage together.
  fileprivate struct Module {
    var gap: BytecodeGap
    /// The instruction that brings them.
    let position: Int
    /// The command that brings them, by its number; the last for what no command does.
    let command: Int
    /// How their bytecode is found valid; nil where they have none.
    var validation: CompileStep.Validation?
  }

  /// What happens to modules that are there.
  fileprivate struct Event {
    let instruction: Int
    let command: Int
    let step: CompileStep?
    let loss: BytecodeLoss?
  }

  let effects: CacheEffects
  let file: Dockerfile
  let starts: [PythonEvidence]
  /// The minor version of the Python that is to load the bytecode; nil where it is not known.
  private let minor: Int?
  /// The level of optimisation with which it does.
  private let level: Int
  private var known: [Int: [Module]] = [:]

  init(_ effects: CacheEffects, _ file: Dockerfile, stage: Int, starts: [PythonEvidence]) {
    self.effects = effects
    self.file = file
    self.starts = starts
    minor = effects.environments.bases[stage]?.python?.minor
    level = effects.optimization(stage, starts)
  }

  /// What a stage has without bytecode at its end.
  mutating func gaps(_ stage: Int) -> [BytecodeGap] {
    modules(stage, depth: 0).filter { $0.validation == nil }.map(\.gap)
  }

  /// The modules that a stage has at its end.
  private mutating func modules(_ stage: Int, depth: Int) -> [Module] {
    if let modules = known[stage] { return modules }
    let graph = effects.environments.graph
    let chain = Set(graph.chain(of: stage))
    let library = effects.environments.bases[stage]?.library
    var modules: [Module] = []
    if let library, let root = graph.chain(of: stage).last {
      let from = graph.stages[root].from
      modules.append(
        Module(
          gap: BytecodeGap(
            group: .library, place: file.instructions[from].text.physical(graph.stages[root].baseRange),
            instruction: graph.stages[stage].from, directory: library), position: from, command: .max))
    }
    var lastInstall = -1
    for run in effects.instructions where chain.contains(run.stage) && !run.isTrigger {
      for install in run.bytecode.installs where modules.count < Self.moduleLimit {
        if install.isOfDirectory { lastInstall = run.instruction }
        guard !install.isPerhaps, let compiles = install.compiles else { continue }
        let keyword = file.instructions[run.instruction]
        let place = run.place(ofCommand: install.command) ?? keyword.text.physical(keyword.keywordRange)
        let isThere = compiles && install.level == level && isNative(stage) && !isRemoved(install, run)
        modules.append(
          Module(
            gap: BytecodeGap(
              group: .packages, place: place, instruction: run.instruction, directory: install.directory),
            position: run.instruction, command: install.command, validation: isThere ? .timestamp : nil))
      }
    }
    for source in effects.sources where chain.contains(source.stage) && mayBeProgram(source) {
      // What is installed afterwards is imported from elsewhere.
      if source.instruction < lastInstall || modules.count >= Self.moduleLimit { continue }
      let instruction = file.instructions[source.instruction]
      modules.append(
        Module(
          gap: BytecodeGap(
            group: .application, place: instruction.text.physical(instruction.argumentRange),
            instruction: source.instruction, directory: source.destination), position: source.instruction,
          command: .max))
    }
    for copy in depth < Self.depthLimit ? effects.environments.copies(for: stage) : [] {
      // Only earlier stages are looked at, so that the search ends.
      guard case .stage(let source) = copy.from, source < stage, modules.count < Self.moduleLimit else { continue }
      for module in self.modules(source, depth: depth + 1) where modules.count < Self.moduleLimit {
        guard let directory = arrived(module.gap.directory, copy) else { continue }
        // One standard library is enough, and that of the image is the one that counts.
        if module.gap.group == .library, library != nil { continue }
        modules.append(
          Module(
            gap: BytecodeGap(
              group: module.gap.group, place: module.gap.place, instruction: copy.instruction, directory: directory),
            position: copy.instruction, command: .max, validation: module.validation))
      }
    }
    let events = events(stage, chain)
    for index in modules.indices { for event in events { modules[index].meet(event) } }
    known[stage] = modules
    return modules
  }

  /// What compiles in a stage, and what makes that void, in order.
  private func events(_ stage: Int, _ chain: Set<Int>) -> [Event] {
    var events: [Event] = []
    for run in effects.instructions where chain.contains(run.stage) && !run.isTrigger {
      let first = events.count
      for step in run.bytecode.steps where step.isCertain && isLoaded(step, stage) {
        events.append(Event(instruction: run.instruction, command: step.command, step: step, loss: nil))
      }
      for loss in run.bytecode.losses {
        events.append(Event(instruction: run.instruction, command: loss.command, step: nil, loss: loss))
      }
      events[first...].sort { $0.command < $1.command }
    }
    return events.suffix(Self.eventLimit)
  }

  /// Whether the Python of a stage writes bytecode that the one loads that the search is for.
  private func isNative(_ stage: Int) -> Bool {
    guard let minor, let own = effects.environments.bases[stage]?.python?.minor else { return true }
    return own == minor
  }

  /// Whether Python loads what a step of a stage compiles.
  private func isLoaded(_ step: CompileStep, _ stage: Int) -> Bool {
    guard step.levels.contains(level) else { return false }
    guard let program = step.interpreter else { return isNative(stage) }
    // Beside the Python of an official image, the one of its distribution is another.
    if program.starts(with: "/usr/bin/".utf8), effects.environments.bases[stage]?.library != nil { return false }
    guard let name = program.split(separator: UInt8(ascii: "/")).last, name.starts(with: "python3.".utf8) else {
      return isNative(stage)
    }
    return minor.map { name.dropFirst(8).elementsEqual("\($0)".utf8) } ?? true
  }

  /// Whether the RUN itself removes the bytecode of what it installs.
  private func isRemoved(_ install: PythonInstall, _ run: InstructionEffects) -> Bool {
    run.bytecode.writes.contains { $0.command == install.command && $0.cause != .imports && $0.removal != nil }
  }

  /// Where a directory is after a COPY; nil where nothing of it is copied.
  private func arrived(_ directory: [UInt8]?, _ copy: StageCopy) -> [UInt8]? {
    guard let directory, let destination = copy.destination else { return nil }
    let slash = UInt8(ascii: "/")
    for case let source? in copy.sources {
      if source.elementsEqual([slash]) || removes(source, directory) {
        let rest = directory.split(separator: slash).dropFirst(source.split(separator: slash).count)
        return (destination.elementsEqual([slash]) ? [] : destination) + rest.flatMap { [slash] + $0 }
      }
      if isWithin(source, directory) { return destination }
    }
    return nil
  }

  // MARK: The program

  /// Whether a COPY brings modules that the program imports, as far as names tell.
  private func mayBeProgram(_ source: SourceCopy) -> Bool {
    if starts.isEmpty { return false }
    return source.names.contains { name in
      guard let name else { return false }
      if name.contains(UInt8(ascii: ":")) || name.starts(with: "<<".utf8) { return false }
      guard let last = name.split(separator: UInt8(ascii: "/")).last, !last.elementsEqual(".".utf8) else { return true }
      let text = String(decoding: last, as: UTF8.self)
      if text.utf8.contains(UInt8(ascii: "*")) { return text == "*" || text.hasSuffix("*.py") }
      if text.hasSuffix(".py") {
        // The script itself is never written nor loaded as bytecode.
        return !starts.contains { $0.script == text }
      }
      if text.utf8.contains(UInt8(ascii: ".")) { return false }
      return !Self.otherFiles.contains(text.lowercased())
    }
  }

  /// Names without an ending that are not those of directories with modules.
  private static let otherFiles: Set<String> = [
    "pipfile", "makefile", "procfile", "license", "readme", "dockerfile", "entrypoint", "docker-entrypoint", "start",
    "run", "scripts", "bin", "docs", "static", "templates", "assets", "public", "frontend", "client", "web", "nginx",
    "config", "conf", "etc", "data", "requirements", "wheels", "wheelhouse", "docker", "rootfs", "migrations", "media",
    "locale", "node_modules", "certs", "models",
  ]
}

extension GapSearch.Module {
  /// Takes in what happens to the modules.
  fileprivate mutating func meet(_ event: GapSearch.Event) {
    guard event.instruction > position || event.instruction == position && event.command > command else { return }
    if let step = event.step {
      guard gap.directory.map({ step.covers($0) }) ?? true else { return }
      // What is valid already is left as it is.
      if validation == nil || step.isForced { validation = step.validation }
    }
    guard let loss = event.loss, let directory = gap.directory, let validation, concerns(loss.place, directory) else {
      return
    }
    switch loss.cause {
    case .removal: break
    case .time: if validation != .timestamp { return }
    // Bytecode that nobody checks goes on to be loaded.
    case .content: if validation == .uncheckedHash { return }
    }
    self.validation = nil
    gap.instruction = max(gap.instruction, event.instruction)
  }

  /// Whether a place is all of a directory, or something in it that is no part of the library's own tests.
  private func concerns(_ place: [UInt8], _ directory: [UInt8]) -> Bool {
    if isWithin(directory, place) { return true }
    guard isWithin(place, directory) else { return false }
    let names = place.dropFirst(directory.count).split(separator: UInt8(ascii: "/"))
    switch gap.group {
    case .application: return true
    case .packages:
      let isLibrary = directory.split(separator: UInt8(ascii: "/")).last?.starts(with: "python3.".utf8) ?? false
      return !isLibrary || names.first?.elementsEqual("site-packages".utf8) ?? true
    case .library: return names.isEmpty
    }
  }
}
