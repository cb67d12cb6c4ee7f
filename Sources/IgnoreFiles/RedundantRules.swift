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
  /// How many rules a file may have to be compared with each other.
  ///
  /// Globs that are more than a star and an ending are compared with each rule, where they are few.
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
    let prepared = shapes.map { PreparedShape($0) }
    // A rule with wildcards, or a literal name, can cover others; a literal path covers itself alone.
    let candidates = rules.indices.filter {
      !gone.contains($0) && !(prepared[$0].isLiteral && shapes[$0].isPath && shapes[$0].isDirectoryOnly)
    }
    let literalNames = Dictionary(
      grouping: candidates.filter { prepared[$0].isLiteral }, by: { Array(prepared[$0].shape.glob) })
    let endings = Dictionary(
      grouping: candidates.filter { !prepared[$0].ending.isEmpty }, by: { Array(prepared[$0].ending) })
    let globs = candidates.filter { !prepared[$0].isLiteral && prepared[$0].ending.isEmpty }
    let canCompareGlobs = globs.count * rules.count <= Self.comparisonLimit * 40
    // How often the sign changed before each rule.
    var changes = [0]
    for index in rules.indices.dropFirst() {
      changes.append(changes[index - 1] + (rules[index].isNegated != rules[index - 1].isNegated ? 1 : 0))
    }
    for index in rules.indices where !gone.contains(index) && rules[index].neverMatching == nil {
      let names = literalNames[Array(prepared[index].name)] ?? []
      let wholes = prepared[index].shape.isPath ? literalNames[shapes[index].glob] ?? [] : []
      var near = names + wholes
      if !endings.isEmpty {
        let text = prepared[index].isLiteral ? prepared[index].name : prepared[index].ending
        for start in text.indices.suffix(255) { near += endings[Array(text[start...])] ?? [] }
      }
      if canCompareGlobs { near += globs }
      guard let other = coveringRule(of: index, near, prepared, changes) else { continue }
      found.append(RedundantRule(rule: rules[index], because: rules[other], isDuplicate: false))
    }
    return found.sorted { $0.rule.line < $1.rule.line }
  }

  /// A rule of the same sign that matches all that another one does, and decides in its place.
  private func coveringRule(
    of index: Int, _ candidates: [Int], _ shapes: [PreparedShape], _ changes: [Int]
  ) -> Int? {
    for other in candidates where other != index && rules[other].isNegated == rules[index].isNegated {
      // An earlier rule decides in its place only where no rule of the other sign stands between.
      guard other > index || changes[other] == changes[index] else { continue }
      // Equal rules cover each other; one of them has to stay.
      if shapes[other].covers(shapes[index]), !shapes[index].covers(shapes[other]) { return other }
    }
    return nil
  }
}

/// A shape with all that comparing it needs, worked out once.
private struct PreparedShape {
  let shape: RuleShape
  private let glob: Wildmatch
  /// The same as git reads it where it ignores case, which changes what classes mean.
  private let foldedGlob: Wildmatch
  let isLiteral: Bool
  /// The last part of a literal.
  let name: ArraySlice<UInt8>
  /// The literal ending of a name pattern that is `*` and that; else empty.
  let ending: ArraySlice<UInt8>
  /// Whether it begins with its only star.
  let isStarAndBytes: Bool

  init(_ shape: RuleShape) {
    self.shape = shape
    glob = Wildmatch(shape.glob[...], isPath: shape.isPath, foldsCase: false)
    foldedGlob = Wildmatch(shape.glob[...], isPath: shape.isPath, foldsCase: true)
    isLiteral = !shape.glob.contains(where: GitIgnoreMatcher.isSpecial)
    name = shape.glob.split(separator: UInt8(ascii: "/")).last ?? []
    let rest = shape.glob.dropFirst()
    let hasStar = !shape.isPath && shape.glob.first == UInt8(ascii: "*")
    isStarAndBytes = hasStar && !rest.contains(UInt8(ascii: "*"))
    ending = hasStar && !rest.contains(where: GitIgnoreMatcher.isSpecial) ? rest : []
  }

  private func matches(_ text: ArraySlice<UInt8>) -> Bool {
    glob.matches(text) && foldedGlob.matches(text)
  }

  /// Whether this matches everything that `other` does, as far as that is easy to prove.
  func covers(_ other: PreparedShape) -> Bool {
    if shape.isDirectoryOnly && !other.shape.isDirectoryOnly { return false }
    if shape.isPath == other.shape.isPath && shape.glob == other.shape.glob { return true }
    if isLiteral && shape.isPath { return false }
    if other.isLiteral {
      // A path that begins at the file's directory; a name could lie deeper.
      if shape.isPath { return other.shape.isPath && matches(other.shape.glob[...]) }
      return isLiteral ? shape.glob[...] == other.name : matches(other.name)
    }
    // `*.pyc` and `*.py[cod]`: what stands after the star decides alone where it is no longer.
    return isStarAndBytes && !other.ending.isEmpty && matches(other.ending)
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
