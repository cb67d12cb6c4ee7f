internal import Dockerfiles
internal import Facts
internal import Files
internal import Findings
internal import Policies
internal import Reports
internal import Rules
internal import SourceText

/// Who accepts findings: comments in files, exceptions of policies; and which of these accept nothing.
struct Acceptance {
  /// All findings, those that are accepted marked, and those about comments and exceptions.
  private(set) var findings: [Finding]

  private let run: RuleRun

  init(_ run: RuleRun, _ found: [Finding], _ sources: inout [Path: SourceFile]) {
    self.run = run
    findings = found
    var used: [Path: Set<Int>] = [:]
    var comments: [Path: [InlineComment]] = [:]
    for (path, source) in sources { comments[path] = InlineComments.read(source.bytes) }
    for index in findings.indices { accept(index, comments, sources, &used) }
    exceptions(&sources)
    for (path, list) in comments.sorted(by: { $0.key < $1.key }) {
      guard let source = sources[path], run.workspace.position(of: path) != nil else { continue }
      for (number, comment) in list.enumerated() where !used[path, default: []].contains(number) {
        report(comment, at: path, source)
      }
    }
  }

  // MARK: Comments

  private mutating func accept(
    _ index: Int, _ comments: [Path: [InlineComment]], _ sources: [Path: SourceFile], _ used: inout [Path: Set<Int>]
  ) {
    let finding = findings[index]
    guard let path = finding.place.path, !finding.rule.code.hasPrefix("CP9") else { return }
    let policy = run.policies.policy(for: path)
    for (number, comment) in (comments[path] ?? []).enumerated() {
      guard speaks(comment, of: finding, path, sources[path]) else { continue }
      used[path, default: []].insert(number)
      if comment.reason.isEmpty || policy.isLocked(finding.rule) { continue }
      if findings[index].suppressed == nil {
        let line = sources[path]?.lines.line(of: comment.range.lower) ?? 1
        findings[index].suppressed = Suppression(.inline, reason: comment.reason, origin: "\(path):\(line)")
      }
    }
  }

  private func speaks(_ comment: InlineComment, of finding: Finding, _ path: Path, _ source: SourceFile?) -> Bool {
    guard comment.rules.contains(where: { finding.rule.isNamed($0.text) }) else { return false }
    switch comment.scope {
    case .file: return true
    case .next(let start):
      guard let start, let range = finding.place.range, let source else { return false }
      if let dockerfile = run.facts.dockerfiles.first(where: { $0.path == path }) {
        return dockerfile.file.instructions.contains {
          $0.range.lower <= start && start < $0.range.upper && $0.range.lower <= range.lower
            && range.lower < $0.range.upper
        }
      }
      return source.lines.line(of: start) == source.lines.line(of: range.lower)
    }
  }

  /// Reports a comment that accepts nothing, or that cannot.
  private mutating func report(_ comment: InlineComment, at path: Path, _ source: SourceFile) {
    let rule = UnusedSuppression.description.id
    guard run.selection.contains(rule) else { return }
    let unknown = comment.rules.filter { name in
      !name.text.contains("/") && RuleRegister.description(named: name.text) == nil
    }
    var message = "the comment accepts nothing"
    var label: String?
    var fix: Fix?
    if comment.rules.isEmpty {
      label = "name the rules: ignore[CP201] and a reason"
    } else if let first = unknown.first {
      message = "there is no rule `\(printable(first.text))`"
    } else if comment.reason.isEmpty {
      message = "the comment gives no reason, so it accepts nothing"
    } else {
      // It is judged only where the rules that it names were.
      let ids = comment.rules.compactMap { RuleRegister.description(named: $0.text)?.id }
      guard ids.allSatisfy(run.selection.contains), comment.rules.count == ids.count, !isOff(ids, path) else { return }
      let line = source.lines.line(of: comment.range.lower)
      fix = Fix(
        .safe, "remove the comment", edits: [FileEdit(path, Edit(source.lines.fullRange(ofLine: line), []))])
    }
    let finding = Finding(rule, .warning, message, at: .file(path, comment.range), label: label, fix: fix)
    if let weighed = run.weighed(Verdict(finding)) { findings.append(weighed) }
  }

  private func isOff(_ rules: [RuleID], _ path: Path) -> Bool {
    let policy = run.policies.policy(for: path)
    let profile = run.judgement.profile(at: path)
    return rules.contains { policy.setting(for: $0, profile: profile, path: path).isOff }
  }

  // MARK: Exceptions

  private mutating func exceptions(_ sources: inout [Path: SourceFile]) {
    // An exception of a policy that several extend is one exception, used where it is used at all.
    var stated: [(exception: PolicyException, policy: Policy)] = []
    var used: Set<Origin> = []
    for (directory, policy) in run.policies.all where !policy.exceptions.isEmpty {
      for index in findings.indices {
        guard let path = findings[index].place.path, run.policies.home(of: path) == directory else { continue }
        for (_, exception) in policy.exceptions(for: findings[index].rule, path: path) {
          used.insert(exception.origin)
          guard exception.holds(on: run.settings.today), findings[index].suppressed == nil else { continue }
          findings[index].suppressed = Suppression(
            .exception, reason: exception.reason, origin: exception.origin.description)
        }
      }
      for exception in policy.exceptions
      where !exception.origin.isBuiltin && !stated.contains(where: { $0.exception.origin == exception.origin }) {
        stated.append((exception, policy))
      }
    }
    for (exception, policy) in stated {
      reportExpiry(exception, &sources)
      if !used.contains(exception.origin) { reportUnused(exception, policy, &sources) }
    }
  }

  private mutating func reportExpiry(_ exception: PolicyException, _ sources: inout [Path: SourceFile]) {
    let today = run.settings.today
    let left = exception.expires.value.dayNumber - today.dayNumber
    guard left <= 30, run.selection.contains(ExpiredException.description.id) else { return }
    let isOver = left < 0
    add(
      Finding(
        ExpiredException.description.id, isOver ? .error : .info,
        isOver
          ? "the exception ended on \(exception.expires.value); it accepts nothing any more"
          : "the exception ends on \(exception.expires.value), in \(left) day\(left == 1 ? "" : "s")",
        at: place(exception.expires.origin, &sources), label: printable(exception.reason),
        fix: Fix(manual: "repair what it covers, or decide again and move the date")))
  }

  private mutating func reportUnused(
    _ exception: PolicyException, _ policy: Policy, _ sources: inout [Path: SourceFile]
  ) {
    guard run.selection.isAll, run.workspace.isWhole, !run.settings.isStaged, run.settings.exclude.isEmpty,
      exception.holds(on: run.settings.today), canJudge(exception, policy)
    else { return }
    add(
      Finding(
        UnusedException.description.id, .warning, "the exception accepts nothing",
        at: place(exception.origin, &sources),
        label: printable(exception.reason), fix: Fix(manual: "delete the exception")))
  }

  /// Whether the rules of an exception were judged in this run.
  private func canJudge(_ exception: PolicyException, _ policy: Policy) -> Bool {
    exception.rules.allSatisfy { rule in
      if rule.value.hasPrefix("CP10"), run.facts.repository == nil { return false }
      if ["CP102", "CP104"].contains(rule.value), !run.judgement.judgesWorkTree { return false }
      let id = RuleRegister.description(named: rule.value)?.id ?? RuleID(own: rule.value)
      let profile = policy.profileForTheRest(run.judgement.profiles).profile
      return !policy.setting(for: id, profile: profile).isOff
    }
  }

  private mutating func add(_ finding: Finding) {
    // A file that is examined alone is told of nothing but itself.
    if let path = finding.place.path, run.workspace.walked.isEmpty, run.workspace.position(of: path) == nil { return }
    if let weighed = run.weighed(Verdict(finding)) { findings.append(weighed) }
  }

  /// The place of a statement of a policy; the policy's file is read for the report.
  private func place(_ origin: Origin, _ sources: inout [Path: SourceFile]) -> Place {
    let full = Inspection.absolute(origin.source, from: run.settings.currentDirectory)
    guard let path = full.relative(to: run.workspace.root) else { return .target }
    if sources[path] == nil, let bytes = try? readFile(at: full, limit: PolicyLoader.sizeLimit) {
      sources[path] = SourceFile(bytes)
    }
    return .file(path, origin.range)
  }
}
