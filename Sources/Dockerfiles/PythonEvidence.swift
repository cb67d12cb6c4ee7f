public import SourceText

/// Something that shows that a stage runs Python.
public struct PythonEvidence: Hashable, Sendable {
  /// What kind of evidence it is, the strongest first.
  public enum Kind: Int, Hashable, Sendable, Comparable {
    /// CMD or ENTRYPOINT starts it.
    case start
    /// The base image is there to run it.
    case base
    /// A RUN uses it.
    case run

    /// Orders evidence by its strength, the strongest first.
    public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  /// What kind of evidence it is.
  public let kind: Kind
  /// The number of the instruction in the file.
  public let instruction: Int
  /// Where in the joined text of the instruction.
  public let range: ByteRange
  /// The word that shows it.
  public let word: String
  /// Whether Python is started with -E or -I, and so looks at no PYTHON variable.
  public let ignoresEnvironment: Bool
  /// Whether Python is started with -B, and so writes no bytecode.
  public let writesNoBytecode: Bool
}

extension StageEnvironments {
  /// What shows that a stage runs Python, the strongest first.
  public func pythonEvidence(in file: Dockerfile, stage: Int) -> [PythonEvidence] {
    var evidence: [PythonEvidence] = []
    let chain = graph.chain(of: stage)
    if bases[stage]?.isPython ?? false, let root = chain.last {
      let from = file.instructions[graph.stages[root].from]
      let range = graph.stages[root].baseRange
      evidence.append(
        PythonEvidence(
          kind: .base, instruction: graph.stages[root].from, range: range,
          word: String(decoding: from.text[range], as: UTF8.self), ignoresEnvironment: false,
          writesNoBytecode: false))
    }
    for index in startInstructions(in: file, chain: chain) {
      evidence += pythonCommands(file.instructions[index], index, .start)
    }
    for stage in chain.reversed() {
      for index in graph.stages[stage].instructions where file.instructions[index].keyword == .run {
        evidence += pythonCommands(file.instructions[index], index, .run)
      }
    }
    return evidence.sorted { ($0.kind, $0.instruction, $0.range) < ($1.kind, $1.instruction, $1.range) }
  }

  /// The ENTRYPOINT and the CMD that count for a stage, in this order.
  public func startInstructions(in file: Dockerfile, stage: Int) -> [Int] {
    startInstructions(in: file, chain: graph.chain(of: stage))
  }

  private func startInstructions(in file: Dockerfile, chain: [Int]) -> [Int] {
    var entry: Int?
    var command: Int?
    for stage in chain.reversed() {
      let instructions = graph.stages[stage].instructions
      for index in instructions {
        switch file.instructions[index].keyword {
        case .cmd: command = index
        case .entrypoint:
          entry = index
          // An ENTRYPOINT makes the base's CMD void.
          if let inherited = command, !instructions.contains(inherited) { command = nil }
        default: continue
        }
      }
    }
    return [entry, command].compactMap { $0 }
  }
}

/// The commands of an instruction that are Python's.
private func pythonCommands(_ instruction: Instruction, _ index: Int, _ kind: PythonEvidence.Kind) -> [PythonEvidence] {
  commandWords(instruction.arguments, in: instruction.text).compactMap { command in
    guard let first = command.words.first else { return nil }
    let name = first.baseName
    guard isPython(name) || pythonTools.contains(name) || name.utf8.suffix(3).elementsEqual(".py".utf8) else {
      return nil
    }
    let flags = isPython(name) ? interpreterFlags(command.words.dropFirst()) : []
    return PythonEvidence(
      kind: kind, instruction: index, range: first.range, word: name,
      ignoresEnvironment: flags.contains(UInt8(ascii: "E")) || flags.contains(UInt8(ascii: "I")),
      writesNoBytecode: flags.contains(UInt8(ascii: "B")))
  }
}

private let pythonTools: Set<String> = [
  "pip", "pip2", "pip3", "gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "celery", "flask",
  "django-admin", "fastapi", "streamlit", "jupyter", "jupyter-lab", "jupyter-notebook", "ipython", "pytest", "airflow",
  "alembic", "dagster", "mlflow", "odoo", "superset", "twistd", "uwsgi", "ansible", "ansible-playbook", "supervisord",
  "rq", "dramatiq", "prefect", "scrapy", "locust", "mkdocs", "sphinx-build", "pipx", "poetry", "pipenv", "pdm",
]

/// Whether the name is that of an interpreter, such as `python3.12` or `pypy3`.
private func isPython(_ name: String) -> Bool {
  for prefix in ["python", "pypy"] where name.utf8.starts(with: prefix.utf8) {
    return name.utf8.dropFirst(prefix.utf8.count).allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
  }
  return false
}

/// The letters of the interpreter's flags, up to its script, `-c` or `-m`.
private func interpreterFlags(_ words: ArraySlice<CommandWords.Word>) -> Set<UInt8> {
  var flags: Set<UInt8> = []
  var skipsNext = false
  for word in words {
    if skipsNext {
      skipsNext = false
      continue
    }
    guard word.text.first == UInt8(ascii: "-"), word.text.count > 1 else { break }
    if word.text.starts(with: "--".utf8) {
      skipsNext = word.text.elementsEqual("--check-hash-based-pycs".utf8)
      continue
    }
    for (index, letter) in word.text.enumerated().dropFirst() {
      if letter == UInt8(ascii: "c") || letter == UInt8(ascii: "m") { return flags }
      if letter == UInt8(ascii: "X") || letter == UInt8(ascii: "W") {
        // The argument is the rest of the word, or the next one.
        skipsNext = index == word.text.count - 1
        break
      }
      flags.insert(letter)
    }
  }
  return flags
}
