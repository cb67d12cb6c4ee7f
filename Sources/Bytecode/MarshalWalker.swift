public import Versions

/// Walks over the code behind a header, and finds out whether it is all there.
///
/// The bytes come in pieces of any size and are not kept: what an object holds is passed over by its length. The
/// test is a necessary one. Code that passes it can still make Python fail, as where a reference leads nowhere.
public struct MarshalWalker: Sendable {
  /// How deep objects may be nested; CPython itself reads no deeper (`MAX_MARSHAL_STACK_DEPTH`).
  public static let depthLimit = 2_000
  /// How many objects are walked over; the largest modules have some hundred thousand.
  public static let objectLimit: UInt64 = 1 << 28

  /// What is known so far; nil while more bytes are needed.
  public private(set) var body: BytecodeBody?

  private let dialect: MarshalDialect
  private let objectLimit: UInt64
  private var stack: [Frame] = []
  private var phase = Phase.type
  /// How many bytes are still to be passed over.
  private var skip: UInt64 = 0
  /// The bytes of a number so far, and how many they are.
  private var number: UInt32 = 0
  private var numberBytes: UInt32 = 0
  private var objects: UInt64 = 0
  private var offset: UInt64 = 0

  /// An object that holds others, and how many it still lacks.
  private struct Frame {
    enum Kind { case items, key, value, code }
    var kind: Kind
    var remaining: UInt32
  }

  private enum Phase {
    case type
    case shortLength(isFirstOfTwo: Bool)
    case fewItems
    case number(Purpose)
    case skipping(then: Next)
  }

  private enum Purpose { case bytes, digits, items }

  private enum Next { case finishObject, readType, readShortLength }

  /// Creates a walker for the code of a version.
  ///
  /// - Parameters:
  ///   - version: who wrote it. Where the layout of its code is not known, the body is undecided from the start.
  ///   - objectLimit: how many objects are walked over.
  public init(_ version: PythonVersion?, objectLimit: UInt64 = Self.objectLimit) {
    self.objectLimit = objectLimit
    if let dialect = version.flatMap(MarshalDialect.of) {
      self.dialect = dialect
    } else {
      dialect = MarshalDialect(leadingBytes: 0, objectsAfterLine: 0, hasReferences: false, hasSlices: false)
      body = .undecided(.unknownLayout)
    }
  }

  /// Takes further bytes; none are looked at once the body is known.
  public mutating func update(_ bytes: Span<UInt8>) {
    var index = 0
    while index < bytes.count, body == nil {
      if case .skipping(let next) = phase {
        let step = min(skip, UInt64(bytes.count - index))
        skip -= step
        index += Int(step)
        offset &+= step
        if skip == 0 { proceed(next) }
        continue
      }
      let byte = bytes[index]
      index += 1
      offset &+= 1
      take(byte)
    }
  }

  /// Takes further bytes.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  /// What is known when no more bytes follow.
  public func finish() -> BytecodeBody {
    body ?? .broken(.truncated, offset: offset)
  }

  private mutating func take(_ byte: UInt8) {
    switch phase {
    case .type: takeType(byte)
    case .shortLength(let isFirstOfTwo):
      pass(UInt64(byte), then: isFirstOfTwo ? .readShortLength : .finishObject)
    case .fewItems: enter(.items, count: UInt32(byte))
    case .number(let purpose):
      number |= UInt32(byte) << (8 * numberBytes)
      numberBytes += 1
      if numberBytes == 4 { takeNumber(Int32(bitPattern: number), purpose) }
    case .skipping: break
    }
  }

  private mutating func takeType(_ byte: UInt8) {
    guard let shape = dialect.shape(byte) else { return stop(.unknownType(byte)) }
    if objects == 0, shape != .code { return stop(.notCode) }
    guard stack.count < Self.depthLimit else { return stop(.tooDeep) }
    // Matched, as comparing such values costs more than all else here.
    if case .null = shape { return takeNull() }
    objects += 1
    guard objects <= objectLimit else {
      body = .undecided(.tooManyObjects)
      return
    }
    switch shape {
    case .nothing, .null: finishObject()
    case .bytes(let count): pass(count, then: .finishObject)
    case .sized: read(.bytes)
    case .shortSized: phase = .shortLength(isFirstOfTwo: false)
    case .shortSizedTwice: phase = .shortLength(isFirstOfTwo: true)
    case .digits: read(.digits)
    case .items: read(.items)
    case .fewItems: phase = .fewItems
    case .fixedItems(let count): enter(.items, count: count)
    case .dictionary: enter(.key, count: 1)
    case .code:
      enter(.code, count: MarshalDialect.objectsBeforeLine + dialect.objectsAfterLine)
      pass(dialect.leadingBytes, then: .readType)
    }
  }

  /// A null ends a dictionary, after a key too, and may stand nowhere else.
  private mutating func takeNull() {
    switch stack.last?.kind {
    case .key, .value:
      stack.removeLast()
      finishObject()
    case .items, .code, nil: stop(.missingObject)
    }
  }

  private mutating func takeNumber(_ value: Int32, _ purpose: Purpose) {
    switch purpose {
    case .digits:
      guard value != .min else { return stop(.negativeLength) }
      pass(2 * UInt64(value.magnitude), then: .finishObject)
    case .bytes:
      guard value >= 0 else { return stop(.negativeLength) }
      pass(UInt64(value), then: .finishObject)
    case .items:
      guard value >= 0 else { return stop(.negativeLength) }
      enter(.items, count: UInt32(value))
    }
  }

  private mutating func read(_ purpose: Purpose) {
    number = 0
    numberBytes = 0
    phase = .number(purpose)
  }

  /// Goes into an object that holds others; each takes a byte at least, so a count is not believed before they come.
  private mutating func enter(_ kind: Frame.Kind, count: UInt32) {
    guard count > 0 else { return finishObject() }
    stack.append(Frame(kind: kind, remaining: count))
    phase = .type
  }

  private mutating func pass(_ count: UInt64, then next: Next) {
    guard count > 0 else { return proceed(next) }
    skip = count
    phase = .skipping(then: next)
  }

  private mutating func proceed(_ next: Next) {
    switch next {
    case .finishObject: finishObject()
    case .readType: phase = .type
    case .readShortLength: phase = .shortLength(isFirstOfTwo: false)
    }
  }

  /// An object is whole, and so may be those that hold it.
  private mutating func finishObject() {
    while let top = stack.indices.last {
      switch stack[top].kind {
      case .key:
        stack[top].kind = .value
        phase = .type
        return
      case .value:
        stack[top].kind = .key
        phase = .type
        return
      case .items, .code:
        stack[top].remaining -= 1
        if stack[top].remaining == 0 {
          stack.removeLast()
          continue
        }
        phase = .type
        if stack[top].kind == .code, stack[top].remaining == dialect.objectsAfterLine {
          pass(4, then: .readType)
        }
        return
      }
    }
    body = .complete(offset)
  }

  /// Ends the walk at the byte that was taken last.
  private mutating func stop(_ problem: BodyProblem) {
    body = .broken(problem, offset: offset - 1)
  }
}
