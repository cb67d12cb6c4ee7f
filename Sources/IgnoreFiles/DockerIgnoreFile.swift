public import SourceText

/// Why a build with an ignore file fails.
public struct DockerIgnoreError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// An exception without a pattern.
    case emptyException
    /// Go's `filepath.Match` refuses the pattern.
    case syntax
    /// Go's `regexp` refuses what BuildKit makes of the pattern, when the first path is matched.
    case expression
    /// The line is longer than what BuildKit reads at once.
    case longLine(limit: Int)
  }

  /// What is wrong.
  public let reason: Reason
  /// The line, from 1.
  public let line: Int
  /// The pattern in the file.
  public let range: ByteRange
}

/// One pattern of a `.dockerignore`, as it is written and as it is read.
public struct DockerIgnoreRule: Sendable {
  /// The line, from 1.
  public let line: Int
  /// The pattern in the file, without white space round it.
  public let range: ByteRange
  /// The pattern as BuildKit reads it, with its `!`.
  public let pattern: [UInt8]
  /// The pattern as it is written, with its `!`.
  public let written: [UInt8]
  /// Whether it takes back what an earlier one excludes.
  public var isException: Bool { compiled.isException }
  let compiled: DockerPattern
}

/// Which rule of a `.dockerignore` decided about a path.
public struct DockerIgnoreDecision: Sendable, Hashable {
  /// Its line, from 1.
  public let line: Int
  /// Its pattern, as BuildKit reads it.
  public let pattern: [UInt8]
  /// Whether the path is kept out of the build; false where the rule is an exception.
  public let isIgnored: Bool
  /// The path itself, or the parent that the rule matched.
  public let decidedAt: Path
}

/// An ignore file in Docker's language, judged as BuildKit's walk over the context does.
public struct DockerIgnoreFile: Sendable {
  /// A line of this many bytes or more cannot be read (`bufio.MaxScanTokenSize` of Go).
  public static let lineLimit = 64 << 10

  /// The patterns, in the order of the file.
  public let rules: [DockerIgnoreRule]
  private let hasExceptions: Bool
  /// Whether every exception begins literally, so that BuildKit leaves excluded directories out.
  private let prunes: Bool

  /// Reads a file.
  ///
  /// - Throws: ``DockerIgnoreError`` where a build with it fails.
  public init(_ bytes: [UInt8]) throws(DockerIgnoreError) {
    var rules: [DockerIgnoreRule] = []
    var start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    var line = 0
    while start < bytes.count {
      line += 1
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if end - start >= Self.lineLimit {
        throw DockerIgnoreError(
          reason: .longLine(limit: Self.lineLimit), line: line, range: ByteRange(start, end))
      }
      if let rule = try Self.rule(bytes, start..<end, line) { rules.append(rule) }
      start = end + 1
    }
    self.rules = rules
    hasExceptions = rules.contains { $0.isException }
    prunes = !rules.contains { rule in
      rule.isException && rule.compiled.stem.contains { "*[]?^\\".utf8.contains($0) }
    }
  }

  private static func rule(_ bytes: [UInt8], _ line: Range<Int>, _ number: Int) throws(DockerIgnoreError)
    -> DockerIgnoreRule?
  {
    if bytes[line].first == UInt8(ascii: "#") { return nil }
    let trimmed = GoPath.trimmed(bytes, line)
    if trimmed.isEmpty { return nil }
    let range = ByteRange(trimmed.lowerBound, trimmed.upperBound)
    let isException = bytes[trimmed.lowerBound] == UInt8(ascii: "!")
    var pattern = Array(bytes[trimmed])
    if isException { pattern = Array(bytes[GoPath.trimmed(bytes, (trimmed.lowerBound + 1)..<trimmed.upperBound)]) }
    if !pattern.isEmpty {
      pattern = GoPath.clean(pattern)
      if pattern.count > 1, pattern[0] == UInt8(ascii: "/") { pattern.removeFirst() }
    }
    let read = (isException ? [UInt8(ascii: "!")] : []) + pattern
    // The matcher trims and cleans once more, with the mark in front.
    var text = GoPath.clean(Array(read[GoPath.trimmed(read, 0..<read.count)]))
    let excepts = text.first == UInt8(ascii: "!")
    if excepts { text.removeFirst() }
    if text.isEmpty { throw DockerIgnoreError(reason: .emptyException, line: number, range: range) }
    guard GoPath.isWellFormed(text) else { throw DockerIgnoreError(reason: .syntax, line: number, range: range) }
    do {
      return DockerIgnoreRule(
        line: number, range: range, pattern: read, written: Array(bytes[trimmed]),
        compiled: try DockerPattern(text, isException: excepts))
    } catch {
      throw DockerIgnoreError(reason: .expression, line: number, range: range)
    }
  }

  /// The rule that decides about a path relative to the context; nil where none matches.
  ///
  /// Each directory on the way is judged first, and passes on which patterns matched it.
  public func decide(_ path: Path, isDirectory: Bool) -> DockerIgnoreDecision? {
    var state = State(matchedAt: [Int?](repeating: nil, count: rules.count))
    var last: (rule: Int, end: Int)?
    var end = 0
    while end < path.bytes.count {
      end = path.bytes[(end == 0 ? 0 : end + 1)...].firstIndex(of: UInt8(ascii: "/")) ?? path.bytes.count
      last = step(path.bytes[..<end], &state)
      guard let decided = last, end < path.bytes.count else { continue }
      if !rules[decided.rule].isException, leavesOut(path.bytes[..<end]) { break }
    }
    guard let last else { return nil }
    let rule = rules[last.rule]
    return DockerIgnoreDecision(
      line: rule.line, pattern: rule.pattern, isIgnored: !rule.isException, decidedAt: Path(path.bytes[..<last.end]))
  }

  private struct State {
    /// For each pattern, where the part of the path ends that it matched.
    var matchedAt: [Int?]
  }

  /// Judges one part of the way, as `MatchesUsingParentResults` does; the last rule that matched.
  private func step(_ path: ArraySlice<UInt8>, _ state: inout State) -> (rule: Int, end: Int)? {
    var isExcluded = false
    var last: (rule: Int, end: Int)?
    for index in rules.indices {
      let pattern = rules[index].compiled
      if state.matchedAt[index] == nil {
        // A pattern that could change nothing is not looked at, and counts as no match for what is below.
        if pattern.isException != isExcluded { continue }
        if pattern.matches(path) { state.matchedAt[index] = path.endIndex }
      }
      guard let end = state.matchedAt[index] else { continue }
      isExcluded = !pattern.isException
      last = (index, end)
    }
    return last
  }

  /// Whether BuildKit does not look into an excluded directory.
  private func leavesOut(_ directory: ArraySlice<UInt8>) -> Bool {
    if !hasExceptions { return true }
    if !prunes { return false }
    return !rules.contains { rule in
      rule.isException && (rule.compiled.stem + [UInt8(ascii: "/")]).starts(with: directory + [UInt8(ascii: "/")])
    }
  }
}
