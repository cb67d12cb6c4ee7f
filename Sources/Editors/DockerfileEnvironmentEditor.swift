public import Dockerfiles
public import SourceText

/// Sets and removes a variable of a Dockerfile's stage with the smallest edits.
///
/// The edits are proven before they are given: the file that they make is read again, has no new problem, and the
/// stage's final environment is the wanted one.
public struct DockerfileEnvironmentEditor: Sendable {
  let file: Dockerfile
  let environments: StageEnvironments
  let stage: Stage

  /// Creates an editor of a stage; nil where the file has no such stage.
  public init?(_ file: Dockerfile, _ environments: StageEnvironments, stage: Int) {
    guard environments.graph.stages.indices.contains(stage) else { return nil }
    self.file = file
    self.environments = environments
    self.stage = environments.graph.stages[stage]
  }

  /// The edits after which the stage's image has the variable with this value; none where it has it already.
  ///
  /// - Parameters:
  ///   - name: the variable.
  ///   - value: what it gets; it must need no quotes.
  ///   - instruction: the first instruction of the stage that needs the variable, directly before which it is set at
  ///     the latest; nil for one that only the running program needs.
  /// - Returns: the edits.
  /// - Throws: the reason where a person has to decide.
  public func set(_ name: String, to value: String, before instruction: Int? = nil) throws(EditRefusal) -> [Edit] {
    guard Self.isName(name), Self.isPlain(value) else {
      throw EditRefusal("`\(name)=\(value)` cannot be written without quotes")
    }
    let wanted = VariableValue.value(Array(value.utf8))
    let current = instruction.map { environment(at: $0, of: file) } ?? environments.final[stage.index]
    if current[name] == wanted { return [] }
    try refuseCautions()
    let edits: [Edit]
    var inserted = 0
    if let origin = current.variables[name]?.origin, stage.instructions.contains(origin.instruction) {
      edits = [try correction(name, value, origin)]
    } else {
      (edits, inserted) = try insertion(name, value, before: instruction)
    }
    try prove(edits, instructions: inserted) { edited, final in
      guard let instruction else { return final[name] == wanted }
      return environment(at: instruction + inserted, of: edited)[name] == wanted
    }
    return edits
  }

  /// What holds before an instruction of a file.
  private func environment(at instruction: Int, of file: Dockerfile) -> Environment {
    var found: Environment?
    let all = StageEnvironments(
      file,
      visit: { index, before in
        if index == instruction { found = before }
      })
    return found ?? all.final.last ?? environments.final[stage.index]
  }

  /// The edits after which the stage itself does not set the variable; none where it does not.
  ///
  /// What its base sets stays: ask for each stage of the chain.
  ///
  /// - Throws: the reason where a person has to decide.
  public func remove(_ name: String) throws(EditRefusal) -> [Edit] {
    let places = try assignments(of: name)
    guard let first = places.first else { return [] }
    try refuseCautions()
    try refuseUses(of: name, from: first.instruction)
    var edits: [Edit] = []
    var removed = 0
    for (index, pairs) in places {
      let instruction = file.instructions[index]
      guard case .pairs(let all, _) = instruction.arguments else { continue }
      if pairs.count == all.count {
        edits.append(Edit(lines(of: instruction), []))
        removed += 1
      } else {
        edits += removal(of: Set(pairs), from: all, in: instruction)
      }
    }
    let before: VariableValue =
      switch stage.base {
      case .stage(let parent): environments.final[parent][name]
      case .image: environments.final[stage.index].mayInheritMore ? .unknown : .unset
      }
    try prove(edits, instructions: -removed) { _, after in
      after.variables[name].map { $0.value == before } ?? true
    }
    return edits
  }

  // MARK: Refusals

  func refuseCautions() throws(EditRefusal) {
    if let caution = environments.cautions(in: file, stage: stage.index).first { throw EditRefusal(caution.reason) }
  }

  /// Refuses where an instruction from `start` on, in this stage or a later one, uses the variable by name.
  func refuseUses(of name: String, from start: Int) throws(EditRefusal) {
    for index in file.instructions.indices where index >= start {
      let instruction = file.instructions[index]
      if Self.uses(file.bytes[instruction.range.indices], name) {
        throw EditRefusal("line \(instruction.startLine) uses the variable `\(name)`")
      }
    }
  }

  private static func uses(_ bytes: ArraySlice<UInt8>, _ name: String) -> Bool {
    let name = Array(name.utf8)
    var index = bytes.startIndex
    while let dollar = bytes[index...].firstIndex(of: UInt8(ascii: "$")) {
      index = dollar + 1
      var rest = bytes[index...]
      if rest.first == UInt8(ascii: "{") { rest = rest.dropFirst() }
      if rest.starts(with: name), !isNamePart(rest.dropFirst(name.count).first) { return true }
    }
    return false
  }

  private static func isNamePart(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte == UInt8(ascii: "_") || isAlphanumeric(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(first >= 0x30 && first <= 0x39) else { return false }
    return name.utf8.allSatisfy { isNamePart($0) }
  }

  /// Whether a value means itself in every form that ENV has.
  static func isPlain(_ value: String) -> Bool {
    !value.isEmpty && value.utf8.allSatisfy { isAlphanumeric($0) || "_-./:,+@%".utf8.contains($0) }
  }

  /// Reads the edited file and refuses where it is not what was wanted.
  func prove(
    _ edits: [Edit], instructions: Int, holds: (Dockerfile, Environment) -> Bool
  ) throws(EditRefusal) {
    let failure = EditRefusal("the change cannot be made by a small edit")
    guard let bytes = try? applying(edits, to: file.bytes) else { throw failure }
    let edited = Dockerfile(bytes)
    let final = StageEnvironments(edited).final
    guard edited.instructions.count == file.instructions.count + instructions,
      edited.problems.count <= file.problems.count, final.indices.contains(stage.index),
      holds(edited, final[stage.index])
    else { throw failure }
  }
}
