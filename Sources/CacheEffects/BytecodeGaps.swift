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
  /// The instruction of the stage's own layers that brings them.
  public let instruction: Int
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
    guard let base = environments.bases[stage] else { return [] }
    var search = GapSearch(self, file, starts: pythonEvidence(in: file, stage: stage).filter { $0.kind == .start })
    var gaps = search.gaps(stage)
    let graph = environments.graph
    if let library = base.library, let root = graph.chain(of: stage).last,
      !search.steps(stage).contains(where: { $0.step.covers(library) })
    {
      let from = graph.stages[root].from
      gaps.append(
        BytecodeGap(
          group: .library, place: file.instructions[from].text.physical(graph.stages[root].baseRange),
          instruction: graph.stages[stage].from, directory: library))
    }
    return gaps.sorted { ($0.group, $0.place) < ($1.group, $1.place) }
  }
}

/// The search for modules without bytecode through the stages of a file.
private struct GapSearch {
  /// How many gaps of a stage are told.
  private static let gapLimit = 100
  /// How many of the last compile steps of a stage are looked at.
  private static let stepLimit = 100

  let effects: CacheEffects
  let file: Dockerfile
  let starts: [PythonEvidence]
  private var known: [Int: [BytecodeGap]] = [:]

  init(_ effects: CacheEffects, _ file: Dockerfile, starts: [PythonEvidence]) {
    self.effects = effects
    self.file = file
    self.starts = starts
  }

  /// What a stage has without bytecode at its end, the standard library left out.
  mutating func gaps(_ stage: Int) -> [BytecodeGap] {
    if let gaps = known[stage] { return gaps }
    let chain = Set(effects.environments.graph.chain(of: stage))
    let steps = self.steps(stage)
    var gaps: [BytecodeGap] = []
    func add(_ gap: BytecodeGap, command: Int) {
      if gaps.count >= Self.gapLimit { return }
      let isCompiled = steps.contains { run, step in
        (run > gap.instruction || run == gap.instruction && step.command > command)
          && (gap.directory.map { step.covers($0) } ?? true)
      }
      if !isCompiled { gaps.append(gap) }
    }
    var lastInstall = -1
    for run in effects.instructions where chain.contains(run.stage) && !run.isTrigger {
      for install in run.bytecode.installs {
        if install.isOfDirectory { lastInstall = run.instruction }
        if install.isPerhaps || !lacks(install, in: run) { continue }
        let keyword = file.instructions[run.instruction]
        let place = run.place(ofCommand: install.command) ?? keyword.text.physical(keyword.keywordRange)
        add(
          BytecodeGap(group: .packages, place: place, instruction: run.instruction, directory: install.directory),
          command: install.command)
      }
    }
    for source in effects.sources where chain.contains(source.stage) && mayBeProgram(source) {
      // What is installed afterwards is imported from elsewhere.
      if source.instruction < lastInstall { continue }
      let instruction = file.instructions[source.instruction]
      add(
        BytecodeGap(
          group: .application, place: instruction.text.physical(instruction.argumentRange),
          instruction: source.instruction, directory: source.destination), command: .max)
    }
    for copy in effects.environments.copies(for: stage) {
      // Only earlier stages are looked at, so that the search ends.
      guard case .stage(let source) = copy.from, source < stage, gaps.count < Self.gapLimit else { continue }
      for gap in self.gaps(source) {
        guard let directory = arrived(gap.directory, copy) else { continue }
        add(
          BytecodeGap(group: gap.group, place: gap.place, instruction: copy.instruction, directory: directory),
          command: .max)
      }
    }
    known[stage] = gaps
    return gaps
  }

  /// The steps of a stage that compile ahead, with their instructions.
  func steps(_ stage: Int) -> [(instruction: Int, step: CompileStep)] {
    let chain = Set(effects.environments.graph.chain(of: stage))
    let version = effects.environments.bases[stage]?.python
    var steps: [(instruction: Int, step: CompileStep)] = []
    for run in effects.instructions where chain.contains(run.stage) && !run.isTrigger {
      for step in run.bytecode.steps where step.isCertain && !isForeign(step, version) {
        if run.bytecode.writes.contains(where: { $0.command == step.command && $0.removal != nil }) { continue }
        steps.append((run.instruction, step))
      }
    }
    return steps.suffix(Self.stepLimit)
  }

  /// Whether what is installed has no bytecode when its RUN ends.
  private func lacks(_ install: PythonInstall, in run: InstructionEffects) -> Bool {
    if install.compiles == false { return true }
    return install.compiles == true
      && run.bytecode.writes.contains { $0.command == install.command && $0.cause != .imports && $0.removal != nil }
  }

  /// Whether a step is run by another Python than the image's own.
  private func isForeign(_ step: CompileStep, _ version: PythonVersion?) -> Bool {
    guard let minor = version?.minor, let program = step.interpreter,
      let name = program.split(separator: UInt8(ascii: "/")).last, name.starts(with: "python3.".utf8)
    else { return false }
    return !name.dropFirst(8).elementsEqual("\(minor)".utf8)
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
