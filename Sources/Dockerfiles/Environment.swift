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

/// The variables in force at a place of a Dockerfile.
public struct Environment: Sendable {
  /// How many variables are kept of a stage; of more, only that they may be set is known.
  public static let variableLimit = 1_000

  /// What ENV has set here and in the stages above.
  public private(set) var variables: [String: Variable] = [:]
  /// What ARG has set here and in the stages above; it does not stay in the image.
  public private(set) var arguments: [String: Variable] = [:]
  /// Whether the base image may set more than is known.
  public internal(set) var mayInheritMore = false

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
        guard let bytes = expand(instruction.text[pair.key], escape: escape, lookup: value(atBuild:)) else { continue }
        let name = text(bytes)
        var value = declared(pair, name, instruction, escape, given, lookup: value(atBuild:))
        if pair.value == nil, given[name] == nil { value = globals[name] ?? .unknown }
        declare(name, Variable(value: value, origin: VariableOrigin(instruction: index, pair: number)))
      }
    default: return
    }
  }

  /// Sets what ENV says; all its values see the variables from before it.
  private mutating func assign(_ pairs: [Pair], _ instruction: Instruction, _ index: Int, _ escape: UInt8) {
    var assignments: [(name: String, variable: Variable)] = []
    for (number, pair) in pairs.enumerated() {
      guard let name = expand(instruction.text[pair.key], escape: escape, lookup: value(atBuild:)),
        let range = pair.value
      else {
        // A name that is not known could be any.
        mayInheritMore = true
        continue
      }
      let value = expand(instruction.text[range], escape: escape, lookup: value(atBuild:))
      let origin = VariableOrigin(instruction: index, pair: number)
      assignments.append((text(name), Variable(value: value.map { .value($0) } ?? .unknown, origin: origin)))
    }
    for assignment in assignments { set(assignment.name, assignment.variable) }
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
