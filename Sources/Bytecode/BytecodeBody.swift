/// What is known of the code behind a header.
public enum BytecodeBody: Hashable, Sendable {
  /// A whole code object, of so many bytes; what follows it is ignored by Python.
  case complete(UInt64)
  /// An interpreter that accepts the header fails on what follows, at this byte of the body.
  case broken(BodyProblem, offset: UInt64)
  /// It could not be told.
  case undecided(BodyDoubt)
}

/// Why the code behind a header is no code.
public enum BodyProblem: Hashable, Sendable {
  /// It ends before it is whole.
  case truncated
  /// It begins with an object that is no code.
  case notCode
  /// There is no type of this letter.
  case unknownType(UInt8)
  /// A length or a count is negative.
  case negativeLength
  /// An object is missing where there has to be one.
  case missingObject
  /// Objects are nested deeper than the interpreter reads them (`MarshalWalker.depthLimit`).
  case tooDeep
}

/// Why it could not be told whether there is code behind a header.
public enum BodyDoubt: Hashable, Sendable {
  /// The layout of code objects is not known for the file's magic number.
  case unknownLayout
  /// There are more objects than `MarshalWalker.objectLimit`.
  case tooManyObjects
}

extension BodyProblem: CustomStringConvertible {
  /// The problem in words.
  public var description: String {
    switch self {
    case .truncated: "the code ends before it is whole"
    case .notCode: "what follows the header is no code"
    case .unknownType(let type): "there is no object of type 0x\(String(type, radix: 16))"
    case .negativeLength: "a length is negative"
    case .missingObject: "an object is missing"
    case .tooDeep: "objects are nested more than \(MarshalWalker.depthLimit) levels deep"
    }
  }
}

extension BodyDoubt: CustomStringConvertible {
  /// The doubt in words.
  public var description: String {
    switch self {
    case .unknownLayout: "the layout of this version's code is not known"
    case .tooManyObjects: "there are more than \(MarshalWalker.objectLimit) objects"
    }
  }
}
