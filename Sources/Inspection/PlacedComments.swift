internal import Findings
internal import Rules
internal import SourceText

/// The comments of one file, found by the place that they speak for.
///
/// A hostile file may have a comment above each of very many findings, so none is looked for by
/// passing over all.
struct PlacedComments {
  /// The comments, in the order of the file.
  let comments: [InlineComment]
  /// The numbers of the comments that were used.
  private(set) var used: Set<Int> = []

  private var wide: [Int] = []
  private var lines: [Group] = []
  private var stages: [Group] = []
  private var known: [Question: Int?] = [:]

  /// Comments that speak for the same bytes.
  private struct Group {
    let range: ByteRange
    var numbers: [Int]
  }

  /// What is asked again and again of a group: whether it accepts a rule for a cache.
  private struct Question: Hashable {
    let group: ByteRange?
    let rule: RuleID
    let cache: String?
  }

  init(_ comments: [InlineComment]) {
    self.comments = comments
    for (number, comment) in comments.enumerated() where comment.defect == nil {
      switch comment.extent {
      case .file: wide.append(number)
      case .range(let range): Self.add(number, range, to: &lines)
      case .stage(let range): Self.add(number, range, to: &stages)
      }
    }
  }

  /// Comments stand in the order of what they speak for, so equal ranges follow each other.
  private static func add(_ number: Int, _ range: ByteRange, to groups: inout [Group]) {
    if groups.last?.range == range {
      groups[groups.count - 1].numbers.append(number)
    } else {
      groups.append(Group(range: range, numbers: [number]))
    }
  }

  /// The first comment that accepts a finding; all that do count as used from now on.
  mutating func accepting(_ finding: Finding) -> InlineComment? {
    var first = accepting(finding, Group(range: ByteRange(at: 0), numbers: wide), isWide: true)
    for groups in [lines, stages] {
      guard let place = finding.place.range, let group = Self.group(at: place.lower, groups),
        let number = accepting(finding, group, isWide: false)
      else { continue }
      first = first.map { min($0, number) } ?? number
    }
    return first.map { comments[$0] }
  }

  private mutating func accepting(_ finding: Finding, _ group: Group, isWide: Bool) -> Int? {
    let question = Question(group: isWide ? nil : group.range, rule: finding.rule, cache: finding.cache)
    if let answer = known[question] { return answer }
    let numbers = group.numbers.filter { comments[$0].accepts(finding) }
    used.formUnion(numbers)
    known[question] = .some(numbers.first)
    return numbers.first
  }

  /// The group whose range holds an offset; the ranges do not overlap.
  private static func group(at offset: Int, _ groups: [Group]) -> Group? {
    var low = 0
    var high = groups.count
    while low < high {
      let middle = (low + high) / 2
      if groups[middle].range.lower <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0, offset < groups[low - 1].range.upper else { return nil }
    return groups[low - 1]
  }
}

extension InlineComment {
  /// Whether it names the rule of a finding, wherever that stands.
  func accepts(_ finding: Finding) -> Bool {
    switch language {
    case .own: rules.contains { finding.rule.isNamed($0.text) }
    case .hadolint:
      rules.contains { HadolintRule.named($0.text)?.covers(rule: finding.rule.code, cache: finding.cache) ?? false }
    }
  }
}
