/// A rule that could go without changing any verdict.
public struct RedundantRule: Sendable, Hashable {
  /// The rule.
  public let rule: GitIgnoreRule
  /// The rule that says the same or more.
  public let because: GitIgnoreRule
  /// Whether both match exactly the same paths.
  public let isDuplicate: Bool
}

extension GitIgnoreFile {
  /// How many rules a file may have for this comparison of each with each.
  public static let comparisonLimit = 5_000

  /// The rules that could go, in the order of the file.
  ///
  /// Of two equal rules the later one could go where nothing of the other sign stands between, else
  /// the earlier one: the last match decides, and the later rule matches all that it does.
  public var redundantRules: [RedundantRule] {
    if rules.count > Self.comparisonLimit { return [] }
    var found: [RedundantRule] = []
    var gone: Set<Int> = []
    let shapes = rules.map { RuleShape($0) }
    let coverages = shapes.map { Coverage($0) }
    var firstOf: [RuleShape: Int] = [:]
    for (index, shape) in shapes.enumerated() where rules[index].neverMatching == nil {
      guard let first = firstOf[shape] else {
        firstOf[shape] = index
        continue
      }
      let isFree = !rules[first..<index].contains { $0.isNegated != rules[index].isNegated }
      let (redundant, other) = isFree ? (index, first) : (first, index)
      gone.insert(redundant)
      if !isFree { firstOf[shape] = index }
      found.append(RedundantRule(rule: rules[redundant], because: rules[other], isDuplicate: true))
    }
    for index in rules.indices where !gone.contains(index) && rules[index].neverMatching == nil {
      guard let other = coveringRule(of: index, coverages, gone) else { continue }
      found.append(RedundantRule(rule: rules[index], because: rules[other], isDuplicate: false))
    }
    return found.sorted { $0.rule.line < $1.rule.line }
  }

  /// A rule of the same sign that matches all that another one does, and decides in its place.
  private func coveringRule(of index: Int, _ coverages: [Coverage], _ gone: Set<Int>) -> Int? {
    for other in rules.indices where other != index && !gone.contains(other) {
      guard rules[other].isNegated == rules[index].isNegated, coverages[other].covers(coverages[index]) else {
        continue
      }
      // Equal rules cover each other; one of them has to stay.
      if coverages[index].covers(coverages[other]) { continue }
      if other > index || !rules[other..<index].contains(where: { $0.isNegated != rules[index].isNegated }) {
        return other
      }
    }
    return nil
  }
}

/// What a rule matches, in a form in which equal things are equal.
private struct RuleShape: Hashable {
  let isNegated: Bool
  let isDirectoryOnly: Bool
  let isPath: Bool
  let glob: [UInt8]

  init(_ rule: GitIgnoreRule) {
    isNegated = rule.isNegated
    isDirectoryOnly = rule.isDirectoryOnly
    let rest = rule.glob.dropFirst(3)
    if rule.isPath, rule.glob.starts(with: "**/".utf8), !rest.isEmpty, !rest.contains(UInt8(ascii: "/")) {
      isPath = false
      glob = Array(rest)
    } else {
      isPath = rule.isPath
      glob = rule.glob
    }
  }
}

/// A rule's shape with what it takes to see whether one covers another, since each is compared with each.
private struct Coverage {
  private let shape: RuleShape
  /// What it matches, with case and without it; nil for a literal text.
  private let globs: (exact: Wildmatch, folded: Wildmatch)?
  /// The last part, which a pattern for names is held against.
  private let name: ArraySlice<UInt8>
  /// What stands behind the one star of `*.pyc`.
  private let ending: ArraySlice<UInt8>?
  /// Whether a star stands at the beginning and nowhere else.
  private let isEnding: Bool

  init(_ shape: RuleShape) {
    self.shape = shape
    let isLiteral = !shape.glob.contains(where: GitIgnoreMatcher.isSpecial)
    func compiled(_ foldsCase: Bool) -> Wildmatch {
      Wildmatch(shape.glob[...], isPath: shape.isPath, foldsCase: foldsCase)
    }
    globs = isLiteral ? nil : (compiled(false), compiled(true))
    name = shape.glob[((shape.glob.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
    let rest = shape.glob.dropFirst()
    isEnding = !shape.isPath && shape.glob.first == UInt8(ascii: "*") && !rest.contains(UInt8(ascii: "*"))
    ending = isEnding && !rest.isEmpty && !rest.contains(where: GitIgnoreMatcher.isSpecial) ? rest : nil
  }

  /// Whether this matches everything that `other` does, as far as that is easy to prove.
  func covers(_ other: Coverage) -> Bool {
    if shape.isDirectoryOnly && !other.shape.isDirectoryOnly { return false }
    if shape.isPath == other.shape.isPath, shape.glob == other.shape.glob { return true }
    guard let globs else {
      // A name covers a path that ends with it.
      return !shape.isPath && other.globs == nil && shape.glob[...] == other.name
    }
    let text: ArraySlice<UInt8>
    if other.globs == nil {
      // A path begins at the file's directory; a name could lie deeper.
      if shape.isPath && !other.shape.isPath { return false }
      text = shape.isPath ? other.shape.glob[...] : other.name
    } else {
      // `*.pyc` and `*.py[cod]`: what stands after the star decides alone where it is no longer.
      guard isEnding, let ending = other.ending else { return false }
      text = ending
    }
    // The same has to hold where git ignores case, which changes what classes mean.
    return globs.exact.matches(text) && globs.folded.matches(text)
  }
}
