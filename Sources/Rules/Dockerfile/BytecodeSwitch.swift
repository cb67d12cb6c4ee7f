internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import SourceText
internal import Versions

/// The variable that switches the writing of Python's bytecode off, in the stages of a Dockerfile.
enum BytecodeSwitch {
  /// The cache kind.
  static let cache = "python.bytecode"
  /// The variable.
  static let variable = "PYTHONDONTWRITEBYTECODE"
  /// Options of pip that take the next word.
  static let pipOptions = Catalogue.kinds(writtenBy: "pip").flatMap { $0.writtenBy.flatMap(\.options) }

  /// What the Python of a stage makes of a value: on is "writes nothing".
  static func reading(_ value: [UInt8], _ dockerfile: DockerfileFacts, _ stage: Int) -> SwitchReading {
    SwitchGrammar.pyIntFlag.judge(
      String(decoding: value, as: UTF8.self), written: "1", python: dockerfile.environments.bases[stage]?.python)
  }

  /// Whether something shows that a stage runs Python.
  static func runsPython(_ dockerfile: DockerfileFacts, _ stage: Int) -> Bool {
    !dockerfile.effects.pythonEvidence(in: dockerfile.file, stage: stage).isEmpty
  }

  /// Where the value of a variable is written, else the pair that sets it.
  static func place(of origin: VariableOrigin, in dockerfile: DockerfileFacts) -> ByteRange {
    let instruction = dockerfile.file.instructions[origin.instruction]
    guard case .pairs(let pairs, _) = instruction.arguments, pairs.indices.contains(origin.pair) else {
      return instruction.keywordRange
    }
    return dockerfile.place(pairs[origin.pair].range, in: origin.instruction)
  }

  /// The first RUN of a stage itself in whose layer Python leaves the bytecode of what it imports.
  static func firstImport(_ dockerfile: DockerfileFacts, _ stage: Int) -> Int? {
    dockerfile.effects.instructions.first { run in
      run.stage == stage && !run.isTrigger
        && run.bytecode.writes.contains { $0.cause == .imports && $0.removal == nil }
    }?.instruction
  }

  /// The fix that sets the variable to `1` in a stage, or the reason why a person has to.
  ///
  /// - Parameters:
  ///   - dockerfile: the file.
  ///   - stage: the stage.
  ///   - instruction: the first instruction that needs it; nil where only the running program does.
  ///   - isSafe: whether the user's own policy wants it.
  /// - Returns: the edit, or what is left to a person; nil where the file has no such stage.
  static func fix(
    _ dockerfile: DockerfileFacts, _ stage: Int, before instruction: Int? = nil, isSafe: Bool
  ) -> Fix? {
    if dockerfile.isTemplateByName {
      return Fix(manual: "set \(variable)=1 where the template is kept: the file is a template by its name")
    }
    guard let editor = DockerfileEnvironmentEditor(dockerfile.file, dockerfile.environments, stage: stage) else {
      return nil
    }
    do {
      let edits = try editor.set(variable, to: "1", before: instruction)
      return Fix(
        isSafe ? .safe : .unsafe, "set \(variable)=1", edits: edits.map { FileEdit(dockerfile.path, $0) })
    } catch let refusal {
      return Fix(manual: "set \(variable)=1 by hand: \(refusal.reason)")
    }
  }
  /// The fix that lets a stage ship bytecode, and perhaps write none: all of it, or the reason why a person has to.
  ///
  /// - Parameters:
  ///   - gaps: what has no bytecode; not empty.
  ///   - dockerfile: the file.
  ///   - stage: the stage that ships.
  ///   - setsVariable: whether the writing is to be switched off, too.
  ///   - isSafe: whether the user's own policy wants it.
  /// - Returns: the edits, or what is left to a person.
  static func precompiling(
    _ gaps: [BytecodeGap], _ dockerfile: DockerfileFacts, _ stage: Int, setsVariable: Bool, isSafe: Bool
  ) -> Fix {
    let title = (setsVariable ? "set \(variable)=1, and " : "") + "compile ahead as the last step that changes files"
    let advice =
      "\(title): RUN python -m compileall -q --invalidation-mode checked-hash DIRECTORIES; no automatic fix: "
    if dockerfile.isTemplateByName { return Fix(manual: advice + "the file is a template by its name") }
    guard let editor = PrecompileEditor(dockerfile.file, dockerfile.effects, stage: stage) else {
      return Fix(manual: title)
    }
    do {
      let edits = try editor.edits(for: gaps, setsVariable: setsVariable)
      return Fix(isSafe ? .safe : .unsafe, title, edits: edits.map { FileEdit(dockerfile.path, $0) })
    } catch let refusal {
      return Fix(manual: advice + refusal.reason)
    }
  }

  /// What has no bytecode, for people.
  static func names(_ gaps: [BytecodeGap]) -> String {
    var names: [String] = []
    for gap in gaps {
      let name =
        switch gap.group {
        case .application: "the application"
        case .packages: "installed packages"
        case .library: "the standard library"
        }
      if !names.contains(name) { names.append(name) }
    }
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
