/// Reads a regular expression as Go's `regexp/syntax` does with the flags of `regexp.Compile`.
struct GoExpressionParser {
  private let text: [UInt32]
  private var index = 0
  private var steps: [GoExpression.Step] = []

  /// Parses an expression.
  static func parse(_ text: [UInt32]) throws(GoExpression.Malformed) -> GoExpression {
    var parser = GoExpressionParser(text)
    try parser.sequence()
    return GoExpression(parser.steps)
  }

  private init(_ text: [UInt32]) {
    self.text = text
  }

  private func peek(_ ahead: Int = 0) -> UInt32? {
    index + ahead < text.count ? text[index + ahead] : nil
  }

  private func isNext(_ character: Unicode.Scalar, _ ahead: Int = 0) -> Bool { peek(ahead) == character.value }

  /// A run of items, up to the end or a closing parenthesis.
  private mutating func sequence() throws(GoExpression.Malformed) {
    while let next = peek(), next != 0x29 {
      let start = steps.count
      switch next {
      case 0x28:
        index += 1
        try sequence()
        guard isNext(")") else { throw GoExpression.Malformed() }
        index += 1
      case 0x5E:
        index += 1
        steps.append(.begin)
      case 0x24:
        index += 1
        steps.append(.end)
      case 0x2E:
        index += 1
        steps.append(.set(.ranges([0x0A...0x0A], isNegated: true)))
      case 0x5B: steps.append(.set(try charClass()))
      case 0x5C: try escape()
      default:
        index += 1
        steps.append(.set(.one(next)))
      }
      repeatIfAsked(from: start)
    }
  }

  /// Applies a `*` or `?` to the steps from `start` on.
  private mutating func repeatIfAsked(from start: Int) {
    guard isNext("*") || isNext("?") else { return }
    let isStar = isNext("*")
    index += 1
    steps.insert(.split(start + 1, 0), at: start)
    for place in (start + 1)..<steps.count {
      if case .split(let one, let other) = steps[place] { steps[place] = .split(one + 1, other + 1) }
    }
    if isStar { steps.append(.split(start, start)) }
    steps[start] = .split(start + 1, steps.count)
  }

  private mutating func escape() throws(GoExpression.Malformed) {
    switch peek(1).flatMap(Unicode.Scalar.init) {
    case "A":
      index += 2
      steps.append(.begin)
    case "z":
      index += 2
      steps.append(.end)
    case "b", "B":
      steps.append(.wordBoundary(isNext("b", 1)))
      index += 2
    case "C": throw GoExpression.Malformed()
    case "Q":
      index += 2
      while let next = peek(), !(next == 0x5C && isNext("E", 1)) {
        steps.append(.set(.one(next)))
        index += 1
      }
      if peek() != nil { index += 2 }
    default:
      if let set = try classEscape() {
        steps.append(.set(set))
      } else {
        steps.append(.set(.one(try character())))
      }
    }
  }

  /// `\d`, `\pL` and their like; nil where a character follows.
  private mutating func classEscape() throws(GoExpression.Malformed) -> GoExpression.Set? {
    guard isNext("\\"), let next = peek(1).flatMap(Unicode.Scalar.init) else { return nil }
    switch next {
    case "p", "P":
      guard let letter = peek(2), letter < 0x80, "CLMNPSZ".utf8.contains(UInt8(letter)) else {
        throw GoExpression.Malformed()
      }
      index += 3
      return .category(UInt8(letter), isNegated: next == "P")
    case "d", "D":
      index += 2
      return .ranges([0x30...0x39], isNegated: next == "D")
    case "s", "S":
      index += 2
      return .ranges([0x09...0x0A, 0x0C...0x0D, 0x20...0x20], isNegated: next == "S")
    case "w", "W":
      index += 2
      return .ranges(Self.word, isNegated: next == "W")
    default: return nil
    }
  }

  private static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]

  /// A character, perhaps escaped.
  private mutating func character() throws(GoExpression.Malformed) -> UInt32 {
    guard let first = peek() else { throw GoExpression.Malformed() }
    index += 1
    guard first == 0x5C else { return first }
    guard let next = peek(), let scalar = Unicode.Scalar(next) else { throw GoExpression.Malformed() }
    index += 1
    switch scalar {
    case "1"..."7":
      guard let second = peek(), (0x30...0x37).contains(second) else { throw GoExpression.Malformed() }
      return octal(next)
    case "0": return octal(next)
    case "x":
      guard let high = digit(), let low = digit() else { throw GoExpression.Malformed() }
      return high * 16 + low
    case "a": return 7
    case "f": return 0x0C
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "v": return 0x0B
    default:
      guard next < 0x80, !isLetter(UInt8(next)), !isDigit(UInt8(next)) else { throw GoExpression.Malformed() }
      return next
    }
  }

  private mutating func octal(_ first: UInt32) -> UInt32 {
    var value = first - 0x30
    for _ in 0..<2 {
      guard let next = peek(), (0x30...0x37).contains(next) else { break }
      value = value * 8 + next - 0x30
      index += 1
    }
    return value
  }

  private mutating func digit() -> UInt32? {
    guard let next = peek() else { return nil }
    let value: UInt32
    switch next {
    case 0x30...0x39: value = next - 0x30
    case 0x41...0x46: value = next - 0x41 + 10
    case 0x61...0x66: value = next - 0x61 + 10
    default: return nil
    }
    index += 1
    return value
  }

  /// A class, whose bracket is next.
  private mutating func charClass() throws(GoExpression.Malformed) -> GoExpression.Set {
    index += 1
    let isNegated = isNext("^")
    if isNegated { index += 1 }
    var sets: [GoExpression.Set] = []
    var isFirst = true
    while isFirst || !isNext("]") {
      guard peek() != nil else { throw GoExpression.Malformed() }
      isFirst = false
      if isNext("["), isNext(":", 1), let set = try namedClass() {
        sets.append(set)
        continue
      }
      if let set = try classEscape() {
        sets.append(set)
        continue
      }
      let low = try character()
      var high = low
      if isNext("-"), let after = peek(1), after != 0x5D {
        index += 1
        high = try character()
        if high < low { throw GoExpression.Malformed() }
      }
      sets.append(.ranges([low...high], isNegated: false))
    }
    index += 1
    return .union(sets, isNegated: isNegated)
  }

  private mutating func namedClass() throws(GoExpression.Malformed) -> GoExpression.Set? {
    var end = index + 2
    while end + 1 < text.count, !(text[end] == 0x3A && text[end + 1] == 0x5D) { end += 1 }
    guard end + 1 < text.count else { return nil }
    var name = String(String.UnicodeScalarView(text[(index + 2)..<end].compactMap(Unicode.Scalar.init)))
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    guard let ranges = Self.named[name] else { throw GoExpression.Malformed() }
    index = end + 2
    return .ranges(ranges, isNegated: isNegated)
  }

  private static let named: [String: [ClosedRange<UInt32>]] = [
    "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "ascii": [0...0x7F],
    "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": [0x30...0x39],
    "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [0x09...0x0D, 0x20...0x20],
    "upper": [0x41...0x5A], "word": word, "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
  ]
}
