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
      guard let other = coveringRule(of: index, shapes, gone) else { continue }
      found.append(RedundantRule(rule: rules[index], because: rules[other], isDuplicate: false))
    }
    return found.sorted { $0.rule.line < $1.rule.line }
  }

  /// A rule of the same sign that matches all that another one does, and decides in its place.
  private func coveringRule(of index: Int, _ shapes: [RuleShape], _ gone: Set<Int>) -> Int? {
    for other in rules.indices where other != index && !gone.contains(other) {
      guard rules[other].isNegated == rules[index].isNegated, shapes[other].covers(shapes[index]) else { continue }
      // Equal rules cover each other; one of them has to stay.
      if shapes[index].covers(shapes[other]) { continue }
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

  private var isLiteral: Bool { !glob.contains(where: GitIgnoreMatcher.isSpecial) }

  /// Whether this matches everything that `other` does, as far as that is easy to prove.
  func covers(_ other: RuleShape) -> Bool {
    if isDirectoryOnly && !other.isDirectoryOnly { return false }
    if glob == other.glob && isPath == other.isPath { return true }
    if other.isLiteral {
      if isPath {
        // A path that begins at the file's directory; a name could lie deeper.
        return other.isPath && Wildmatch(glob[...], isPath: true, foldsCase: false).matches(other.glob[...])
      }
      let name = other.glob.split(separator: UInt8(ascii: "/")).last ?? []
      return Wildmatch(glob[...], isPath: false, foldsCase: false).matches(name)
    }
    // `*.pyc` and `*.py[cod]`: what stands after the star decides alone where it is no longer.
    guard !isPath, !other.isPath, glob.first == UInt8(ascii: "*"), other.glob.first == UInt8(ascii: "*") else {
      return false
    }
    let ending = other.glob.dropFirst()
    guard !ending.isEmpty, !ending.contains(where: GitIgnoreMatcher.isSpecial),
      !glob.dropFirst().contains(UInt8(ascii: "*"))
    else { return false }
    return Wildmatch(glob[...], isPath: false, foldsCase: false).matches(ending)
  }
}
