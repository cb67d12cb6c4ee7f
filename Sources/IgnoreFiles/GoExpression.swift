/// A regular expression in Go's language, as far as the patterns of a `.dockerignore` can lead to one.
///
/// BuildKit writes its patterns as expressions and passes classes, escapes and `^` through, so their
/// meaning is that of Go's package `regexp/syntax`. Matching follows all places at once.
struct GoExpression: Sendable {
  /// The expression is none.
  struct Malformed: Error {}

  enum Set: Sendable {
    case one(UInt32)
    case ranges([ClosedRange<UInt32>], isNegated: Bool)
    case category(UInt8, isNegated: Bool)
    case union([Set], isNegated: Bool)

    func contains(_ value: UInt32) -> Bool {
      switch self {
      case .one(let wanted): return wanted == value
      case .ranges(let ranges, let isNegated): return ranges.contains { $0.contains(value) } != isNegated
      case .category(let letter, let isNegated): return Self.isIn(letter, value) != isNegated
      case .union(let sets, let isNegated): return sets.contains { $0.contains(value) } != isNegated
      }
    }

    /// Whether a character's general category has this first letter.
    private static func isIn(_ letter: UInt8, _ value: UInt32) -> Bool {
      guard let scalar = Unicode.Scalar(value) else { return false }
      let category: Character
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: category = "L"
      case .nonspacingMark, .spacingMark, .enclosingMark: category = "M"
      case .decimalNumber, .letterNumber, .otherNumber: category = "N"
      case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation:
        category = "P"
      case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: category = "S"
      case .spaceSeparator, .lineSeparator, .paragraphSeparator: category = "Z"
      case .control, .format, .surrogate, .privateUse: category = "C"
      case .unassigned: return false
      @unknown default: return false
      }
      return category.asciiValue == letter
    }
  }

  enum Step: Sendable {
    case set(Set)
    /// Goes on at both.
    case split(Int, Int)
    case begin
    case end
    case wordBoundary(Bool)
  }

  private let steps: [Step]

  /// Creates an expression from its program; the place behind the last step is its end.
  init(_ steps: [Step]) {
    self.steps = steps
  }

  /// Whether the whole text matches, which begins at `start` of the scalars.
  func matches(_ text: [UInt32]) -> Bool {
    var active = [Int]()
    var isActive = [Bool](repeating: false, count: steps.count + 1)
    add(0, text, 0, &active, &isActive)
    for position in text.indices {
      if active.isEmpty { return false }
      var next = [Int]()
      var isNext = [Bool](repeating: false, count: steps.count + 1)
      for place in active where place < steps.count {
        guard case .set(let set) = steps[place], set.contains(text[position]) else { continue }
        add(place + 1, text, position + 1, &next, &isNext)
      }
      (active, isActive) = (next, isNext)
    }
    return isActive[steps.count]
  }

  private func add(_ start: Int, _ text: [UInt32], _ position: Int, _ list: inout [Int], _ isIn: inout [Bool]) {
    var pending = [start]
    while let place = pending.popLast() {
      if isIn[place] { continue }
      isIn[place] = true
      list.append(place)
      guard place < steps.count else { continue }
      switch steps[place] {
      case .set: continue
      case .split(let one, let other): pending += [other, one]
      case .begin: if position == 0 { pending.append(place + 1) }
      case .end: if position == text.count { pending.append(place + 1) }
      case .wordBoundary(let wanted):
        let before = position > 0 && Self.isWord(text[position - 1])
        let after = position < text.count && Self.isWord(text[position])
        if (before != after) == wanted { pending.append(place + 1) }
      }
    }
  }

  private static func isWord(_ value: UInt32) -> Bool {
    value < 0x80 && (isLetter(UInt8(value)) || isDigit(UInt8(value)) || value == 0x5F)
  }
}
