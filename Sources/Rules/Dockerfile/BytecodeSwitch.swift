internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import SourceText

/// The variable that switches the writing of Python's bytecode off, in the stages of a Dockerfile.
enum BytecodeSwitch {
  /// The cache kind.
  static let cache = "python.bytecode"
  /// The variable.
  static let variable = "PYTHONDONTWRITEBYTECODE"

  /// What the Python of a stage makes of a value: on is "writes nothing".
  static func reading(_ value: [UInt8], _ dockerfile: DockerfileFacts, _ stage: Int) -> SwitchReading {
    let base = dockerfile.environments.bases[stage]
    return SwitchGrammar.pyIntFlag.judge(
      String(decoding: value, as: UTF8.self), written: "1", python: base.flatMap(python))
  }

  /// The Python of a base image; a tag without a version means the newest one.
  private static func python(_ base: KnownBase) -> Caches.PythonVersion? {
    guard base.isPython else { return nil }
    guard let version = base.python else { return newest }
    if version.isPyPy { return Caches.PythonVersion(version.major, version.minor ?? 0, implementation: .pypy) }
    if let minor = version.minor { return Caches.PythonVersion(version.major, minor) }
    return version.major == 2 ? Caches.PythonVersion(2, 7) : newest
  }

  /// A Python that reads its flags as every one since 3.7 does.
  private static let newest = Caches.PythonVersion(3, 13)

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
