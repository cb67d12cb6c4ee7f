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

  /// The fix that sets the variable to `1` in a stage, or the reason why a person has to.
  static func fix(_ dockerfile: DockerfileFacts, _ stage: Int, isSafe: Bool) -> Fix? {
    if dockerfile.isTemplateByName {
      return Fix(manual: "set \(variable)=1 where the template is kept: the file is a template by its name")
    }
    guard let editor = DockerfileEnvironmentEditor(dockerfile.file, dockerfile.environments, stage: stage) else {
      return nil
    }
    do {
      let edits = try editor.set(variable, to: "1")
      return Fix(
        isSafe ? .safe : .unsafe, "set \(variable)=1", edits: edits.map { FileEdit(dockerfile.path, $0) })
    } catch let refusal {
      return Fix(manual: "set \(variable)=1 by hand: \(refusal.reason)")
    }
  }
}
