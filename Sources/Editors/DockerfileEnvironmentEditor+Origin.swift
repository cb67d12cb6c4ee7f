public import Dockerfiles
public import SourceText

extension DockerfileEnvironmentEditor {
  /// The edits that put another value where an ENV or ARG of the stage writes one.
  ///
  /// Other places that set the variable stay as they are.
  ///
  /// - Parameters:
  ///   - origin: where the value is written.
  ///   - value: the new value.
  /// - Returns: the edits.
  /// - Throws: the reason where a person has to decide.
  public func replace(_ origin: VariableOrigin, with value: String) throws(EditRefusal) -> [Edit] {
    let name = try name(at: origin)
    guard Self.isPlain(value) else { throw EditRefusal("`\(value)` cannot be written without quotes") }
    try refuseCautions()
    let edits = [try correction(name, value, origin)]
    try prove(edits, instructions: 0) { file, _ in
      guard let range = file.pair(of: origin)?.value else { return false }
      let text = file.instructions[origin.instruction].text[range]
      return expand(text, escape: file.escape) { _ in .unknown }?.elementsEqual(value.utf8) ?? false
    }
    return edits
  }

  /// The edits that take out one place where an ENV or ARG of the stage sets a variable.
  ///
  /// Other places that set the variable stay as they are.
  ///
  /// - Throws: the reason where a person has to decide.
  public func remove(_ origin: VariableOrigin) throws(EditRefusal) -> [Edit] {
    let name = try name(at: origin)
    try refuseCautions()
    try refuseUses(of: name, from: origin.instruction)
    let instruction = file.instructions[origin.instruction]
    let pairs: [Pair]
    switch instruction.arguments {
    case .pairs(let found, _), .declarations(let found): pairs = found
    default: throw EditRefusal("line \(instruction.startLine) sets `\(name)` in images that are built from this one")
    }
    let isWhole = pairs.count == 1
    let edits =
      isWhole
      ? [Edit(lines(of: instruction), [])] : removal(of: [origin.pair], from: pairs, in: instruction)
    try prove(edits, instructions: isWhole ? -1 : 0) { file, _ in
      guard !isWhole else { return true }
      switch file.instructions[origin.instruction].arguments {
      case .pairs(let left, _), .declarations(let left): return left.count == pairs.count - 1
      default: return false
      }
    }
    return edits
  }

  private func name(at origin: VariableOrigin) throws(EditRefusal) -> String {
    guard stage.instructions.contains(origin.instruction), let pair = file.pair(of: origin),
      let name = expand(
        file.instructions[origin.instruction].text[pair.key], escape: file.escape, lookup: { _ in .unknown })
    else { throw EditRefusal("the variable is not set in this stage") }
    return String(decoding: name, as: UTF8.self)
  }
}
