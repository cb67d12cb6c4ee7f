public import SourceText

/// A negation that takes nothing back, because a parent of all that it can match is excluded.
public struct DeadNegationFact: Sendable {
  /// The negation.
  public let rule: GitIgnoreRule
  /// The rule that excludes the parent.
  public let excludedBy: IgnoreDecision
  /// An edit of the same file after which the negation works: `dir/` becomes `dir/*`.
  public let repair: (range: ByteRange, replacement: [UInt8])?
}

extension GitIgnoreFile {
  /// How many negations a file may have for their repairs to be tried.
  public static let repairLimit = 100

  /// The negations that can never work.
  ///
  /// - Parameters:
  ///   - directory: where the file stands, relative to the root.
  ///   - above: the ignore files of the directories above, from the root down, with their directories.
  /// - Returns: the negations in the order of the file, each with what makes it useless.
  public func deadNegations(in directory: Path, above: [(directory: Path, file: GitIgnoreFile)]) -> [DeadNegationFact] {
    let candidates = rules.filter { $0.isNegated && $0.isPath && $0.neverMatching == nil }
    if candidates.isEmpty { return [] }
    // A repair reads the whole file anew; in a file of this size a person has to look.
    let repairs = rules.count <= Self.comparisonLimit && candidates.count <= Self.repairLimit
    var files: [Path: GitIgnoreFile] = [:]
    for entry in above { files[entry.directory] = entry.file }
    files[directory] = self
    let known = files
    let judge = GitIgnoreJudge(committedOnly: true) { known[$0] }
    return candidates.compactMap { rule in
      for parent in literalParents(of: rule) {
        let path = directory.appending(parent)
        guard let decision = judge.decide(path, isDirectory: true), decision.isIgnored else { continue }
        return DeadNegationFact(
          rule: rule, excludedBy: decision, repair: repairs ? repair(rule, decision, parent, directory, known) : nil)
      }
      return nil
    }
  }

  /// The directories that lie above everything that a rule can match, the topmost first.
  private func literalParents(of rule: GitIgnoreRule) -> [[UInt8]] {
    var parents: [[UInt8]] = []
    var end = 0
    while let slash = rule.glob[end...].firstIndex(of: UInt8(ascii: "/")) {
      let part = rule.glob[end..<slash]
      if part.isEmpty || part.contains(where: GitIgnoreMatcher.isSpecial) { break }
      parents.append(Array(rule.glob[..<slash]))
      end = slash + 1
    }
    return parents
  }

  private func repair(
    _ negation: GitIgnoreRule, _ decision: IgnoreDecision, _ parent: [UInt8], _ directory: Path,
    _ files: [Path: GitIgnoreFile]
  ) -> (range: ByteRange, replacement: [UInt8])? {
    guard case .file(let source) = decision.source, source.parent == directory,
      decision.decidedAt == directory.appending(parent),
      let excluding = rule(atLine: decision.line),
      !negation.glob.contains(where: GitIgnoreMatcher.isSpecial),
      // `*` also ignores files; its contents alone would be another rule.
      excluding.isDirectoryOnly || !excluding.glob.contains(where: GitIgnoreMatcher.isSpecial)
    else { return nil }
    // A bare name becomes one of this directory, which is the one that the negation speaks of.
    let anchor: [UInt8] = excluding.pattern.first == UInt8(ascii: "/") ? [UInt8(ascii: "/")] : []
    let replacement = anchor + excluding.glob + Array("/*".utf8)
    // The repaired file has to let the negation work.
    var lines = rules.map(\.pattern)
    guard let index = rules.firstIndex(where: { $0.line == excluding.line }) else { return nil }
    lines[index] = replacement
    var repaired = files
    repaired[directory] = GitIgnoreFile(Array(lines.joined(separator: [UInt8(ascii: "\n")])))
    let known = repaired
    let judge = GitIgnoreJudge(committedOnly: true) { known[$0] }
    let sample = directory.appending(negation.glob)
    guard let after = judge.decide(sample, isDirectory: negation.isDirectoryOnly), !after.isIgnored else { return nil }
    return (excluding.range, replacement)
  }
}
