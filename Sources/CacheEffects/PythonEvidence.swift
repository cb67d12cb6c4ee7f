public import Dockerfiles
internal import Shell
public import SourceText
internal import Synchronization

/// Something that shows that a stage runs Python.
public struct PythonEvidence: Hashable, Sendable {
  /// What kind of evidence it is, the strongest first.
  public enum Kind: Int, Hashable, Sendable, Comparable {
    /// CMD or ENTRYPOINT starts it.
    case start
    /// The base image is there to run it.
    case base
    /// HEALTHCHECK starts it.
    case check
    /// A RUN uses it.
    case run

    /// Orders evidence by its strength, the strongest first.
    public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  /// What kind of evidence it is.
  public let kind: Kind
  /// The number of the instruction in the file.
  public let instruction: Int
  /// Where the word that shows it stands in the file.
  public let place: ByteRange
  /// The word that shows it: a program without its directory, or an image.
  public let word: String
  /// Whether Python is started with -E or -I, and so looks at no PYTHON variable.
  public let ignoresEnvironment: Bool
  /// Whether Python is started with -B, and so writes no bytecode.
  public let writesNoBytecode: Bool
  /// The script that is run, without its directory; nil where a module or a program is.
  public var script: String?
  /// How often Python is asked by flags to optimise, as with `-OO`.
  public var optimization = 0
}

extension CacheEffects {
  /// What shows that a stage runs Python, the strongest first.
  ///
  /// - Parameters:
  ///   - file: the Dockerfile that the effects are those of.
  ///   - stage: the stage's number.
  /// - Returns: the evidence; it is looked for once for each stage.
  public func pythonEvidence(in file: Dockerfile, stage: Int) -> [PythonEvidence] {
    knownEvidence(stage) { findEvidence(in: file, stage: stage) }
  }

  private func findEvidence(in file: Dockerfile, stage: Int) -> [PythonEvidence] {
    var evidence: [PythonEvidence] = []
    let graph = environments.graph
    let chain = graph.chain(of: stage)
    if environments.bases[stage]?.isPython ?? false, let root = chain.last {
      let from = file.instructions[graph.stages[root].from]
      let range = graph.stages[root].baseRange
      evidence.append(
        PythonEvidence(
          kind: .base, instruction: graph.stages[root].from, place: from.text.physical(range),
          word: String(decoding: from.text[range], as: UTF8.self), ignoresEnvironment: false,
          writesNoBytecode: false))
    }
    let start = environments.start(in: file, stage: stage)
    evidence += starts(start, in: file, stage)
    if let check = start.healthcheck {
      evidence += read([check], in: file, stage).flatMap { Self.evidence(.check, $0) }
    }
    let stages = Set(chain)
    for effects in instructions where stages.contains(effects.stage) && !effects.isTrigger {
      let started = Started(
        commands: effects.commands, parts: [(effects.instruction, effects.text, 0)],
        fallback: Self.keyword(file, effects.instruction))
      evidence += Self.evidence(.run, started)
    }
    for stage in chain { evidence += documents(in: file, environments.graph.stages[stage]) }
    return evidence.sorted { ($0.kind, $0.instruction, $0.place) < ($1.kind, $1.instruction, $1.place) }
  }

  // MARK: What an image starts

  /// Commands that an image starts, with the instructions that name them.
  private struct Started {
    let commands: [ToolCommand]
    /// The instructions, with the text that places lead into and where that text begins in the joined one.
    let parts: [(instruction: Int, text: LogicalText, offset: Int)]
    /// The place of a command that stands nowhere as it is.
    let fallback: ByteRange
  }

  /// What ENTRYPOINT and CMD start.
  private func starts(
    _ start: StartInstructions, in file: Dockerfile, _ stage: Int
  ) -> [PythonEvidence] {
    guard let entry = start.entrypoint else {
      return read([start.command].compactMap { $0 }, in: file, stage).flatMap { Self.evidence(.start, $0) }
    }
    guard case .words = file.command(of: file.instructions[entry]) else {
      // The shell that reads such an ENTRYPOINT does not get the CMD.
      return read([entry], in: file, stage).flatMap { Self.evidence(.start, $0) }
    }
    let together = read([entry, start.command].compactMap { $0 }, in: file, stage).flatMap {
      Self.evidence(.start, $0)
    }
    guard together.isEmpty, let command = start.command else { return together }
    // A program that is not known mostly prepares something, and then starts what CMD says.
    return read([command], in: file, stage).flatMap { Self.evidence(.start, $0) }
  }

  /// The commands of one instruction, or of an ENTRYPOINT that gets the words of a CMD.
  private func read(_ numbers: [Int], in file: Dockerfile, _ stage: Int) -> [Started] {
    let environment = environments.final[stage]
    let inherited: (String) -> VariableValue = { environment[$0] }
    var words: [ShellArgument] = []
    var bytes: [UInt8] = []
    var parts: [(instruction: Int, text: LogicalText, offset: Int)] = []
    for number in numbers {
      switch file.command(of: file.instructions[number]) {
      case .script(let text):
        guard let shell = environment.shell else { continue }
        if !words.isEmpty {
          // CMD in the form for a shell gives ENTRYPOINT that shell and its script.
          words += shell.map { ShellArgument($0, range: nil) }
          words.append(ShellArgument(text.bytes, range: ByteRange(bytes.count, bytes.count + text.bytes.count)))
          parts.append((number, text, bytes.count))
          bytes += text.bytes
          continue
        }
        let run = ShellRun(ShellScript(text.bytes), inherited: inherited)
        return [
          Started(
            commands: run.invocations.compactMap { ToolCommand($0) }, parts: [(number, text, 0)],
            fallback: Self.keyword(file, number))
        ]
      case .words(let strings, let text):
        words += strings.map {
          ShellArgument($0.text, range: ByteRange($0.range.lower + bytes.count, $0.range.upper + bytes.count))
        }
        parts.append((number, text, bytes.count))
        bytes += text.bytes
      case .foreign, nil: continue
      }
    }
    guard let first = parts.first else { return [] }
    let run = ShellRun(words, in: bytes, inherited: inherited)
    return [
      Started(
        commands: run.invocations.compactMap { ToolCommand($0) }, parts: parts,
        fallback: Self.keyword(file, first.instruction))
    ]
  }

  private static func keyword(_ file: Dockerfile, _ number: Int) -> ByteRange {
    file.instructions[number].text.physical(file.instructions[number].keywordRange)
  }

  // MARK: Commands

  private static func evidence(_ kind: PythonEvidence.Kind, _ started: Started) -> [PythonEvidence] {
    var evidence: [PythonEvidence] = []
    for (number, command) in started.commands.enumerated() {
      guard command.runsPython else { continue }
      // `poetry run python` is told once, by what it starts.
      if number + 1 < started.commands.count, starts(command, started.commands[number + 1]),
        started.commands[number + 1].runsPython
      {
        continue
      }
      let word = command.invocation.words[0]
      let part = word.range.flatMap { range in started.parts.last { $0.offset <= range.lower } } ?? started.parts[0]
      let place = word.range.map {
        part.text.physical(ByteRange($0.lower - part.offset, $0.upper - part.offset))
      }
      evidence.append(
        PythonEvidence(
          kind: kind, instruction: part.instruction, place: place ?? started.fallback,
          word: String(decoding: command.invocation.name ?? [], as: UTF8.self),
          ignoresEnvironment: command.python?.ignoresEnvironment ?? false,
          writesNoBytecode: command.python?.writesNoBytecode ?? false, script: script(command),
          optimization: command.python?.optimization ?? 0))
    }
    return evidence
  }

  private static func script(_ command: ToolCommand) -> String? {
    let words = command.invocation.words
    let name: [UInt8]?
    if let python = command.python {
      guard case .script(let word) = python.program else { return nil }
      name = words[word].value
    } else {
      name = words[0].value
    }
    guard let last = name?.split(separator: UInt8(ascii: "/")).last, last.suffix(3).elementsEqual(".py".utf8) else {
      return nil
    }
    return String(decoding: last, as: UTF8.self)
  }

  /// Whether a command is a wrapper, and the next one what it runs.
  private static func starts(_ wrapper: ToolCommand, _ next: ToolCommand) -> Bool {
    wrapper.invocation.range == next.invocation.range && wrapper.invocation.words.count > next.invocation.words.count
      && wrapper.invocation.words.last == next.invocation.words.last
  }

  /// Scripts of RUN that are written for Python, by their first line.
  private func documents(in file: Dockerfile, _ stage: Stage) -> [PythonEvidence] {
    stage.instructions.compactMap { index in
      let instruction = file.instructions[index]
      guard instruction.keyword == .run, case .foreign(let program) = file.command(of: instruction),
        PythonCall.isInterpreter(program[...])
      else { return nil }
      return PythonEvidence(
        kind: .run, instruction: index, place: Self.keyword(file, index),
        word: String(decoding: program, as: UTF8.self),
        ignoresEnvironment: false, writesNoBytecode: false)
    }
  }
}

extension PythonEvidence {
  /// Whether a tool is written in Python, or is started in a way that makes it run Python.
  static func isPython(_ name: String, _ arguments: [ShellArgument]) -> Bool {
    if pythonTools.contains(name) { return true }
    return runners.contains(name)
      && arguments.contains { $0.isText("run") || $0.isText("pip") || $0.isText("sync") }
  }
}

/// Programs that are written in Python, or that hold its interpreter.
private let pythonTools: WordSet = [
  "pip", "pip2", "gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "celery", "flask",
  "django-admin", "fastapi", "streamlit", "jupyter", "jupyter-lab", "jupyter-notebook", "ipython", "pytest", "airflow",
  "alembic", "dagster", "mlflow", "odoo", "superset", "twistd", "uwsgi", "ansible", "ansible-playbook", "supervisord",
  "rq", "dramatiq", "prefect", "scrapy", "locust", "mkdocs", "sphinx-build", "pipx", "poetry", "pipenv", "pdm",
]

/// Programs that run Python for some of their commands.
private let runners: WordSet = ["uv", "rye"]

/// The evidence of stages that was looked for already.
final class KnownEvidence: Sendable {
  private let byStage = Mutex<[Int: [PythonEvidence]]>([:])

  func callAsFunction(_ stage: Int, _ find: () -> [PythonEvidence]) -> [PythonEvidence] {
    if let known = byStage.withLock({ $0[stage] }) { return known }
    let found = find()
    byStage.withLock { $0[stage] = found }
    return found
  }
}
