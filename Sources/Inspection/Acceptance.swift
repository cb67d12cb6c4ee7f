internal import Dockerfiles
internal import Facts
internal import Files
internal import Findings
internal import Images
internal import Policies
internal import Reports
internal import Rules
internal import SourceText
internal import Spelling

/// Who accepts findings: comments in files, exceptions of policies; and which of these accept nothing.
struct Acceptance {
  /// How much of one file's comments that cannot be read is told.
  static let defectLimit = 1_000

  /// All findings, those that are accepted marked, and those about comments and exceptions.
  private(set) var findings: [Finding]

  private static let ruleNames = RuleRegister.descriptions.flatMap { [$0.id.code, $0.id.name] }

  private let run: RuleRun

  init(_ run: RuleRun, _ found: [Finding], _ sources: inout [Path: SourceFile]) {
    self.run = run
    findings = found
    var comments: [Path: PlacedComments] = [:]
    var foreign: [Path: PlacedComments] = [:]
    for (path, source) in sources { comments[path] = PlacedComments(InlineComments.read(source.bytes)) }
    for dockerfile in run.facts.dockerfiles {
      comments[dockerfile.path] = PlacedComments(InlineComments.read(dockerfile.file))
      guard run.policies.policy(for: dockerfile.path).honoursHadolint?.value == true else { continue }
      // Whether they are needed is hadolint's business.
      foreign[dockerfile.path] = PlacedComments(HadolintComments.read(dockerfile.file))
    }
    for index in findings.indices {
      accept(index, &comments, sources)
      accept(index, &foreign, sources)
    }
    exceptions(&sources)
    for (path, placed) in comments.sorted(by: { $0.key < $1.key }) {
      guard let source = sources[path], run.workspace.position(of: path) != nil else { continue }
      var left = Self.defectLimit
      for (number, comment) in placed.comments.enumerated() {
        let defects = defects(of: comment, at: path, limit: left)
        reportUnreadable(defects, at: path)
        left -= defects.count
        if comment.defect == nil, defects.isEmpty, !placed.used.contains(number) {
          reportUnused(comment, at: path, source)
        }
      }
    }
  }

  // MARK: Comments

  private mutating func accept(
    _ index: Int, _ comments: inout [Path: PlacedComments], _ sources: [Path: SourceFile]
  ) {
    let finding = findings[index]
    guard let path = finding.place.path, finding.rule.canBeAccepted,
      let comment = comments[path]?.accepting(finding), findings[index].suppressed == nil,
      !run.policies.policy(for: path).isLocked(finding.rule)
    else { return }
    let line = sources[path]?.lines.line(of: comment.range.lower) ?? 1
    findings[index].suppressed = Suppression(.inline, reason: comment.reason, origin: "\(path):\(line)")
  }

  /// What cannot be read of a comment.
  private func defects(of comment: InlineComment, at path: Path, limit: Int) -> [InlineComment.Defect] {
    if limit == 0 { return [] }
    if let defect = comment.defect { return [defect] }
    return Array(comment.rules.lazy.compactMap { defect(of: $0, at: path) }.prefix(limit))
  }

  private mutating func reportUnreadable(_ defects: [InlineComment.Defect], at path: Path) {
    let rule = UnreadableSuppression.description.id
    guard run.selection.contains(rule) else { return }
    for defect in defects {
      let finding = Finding(
        rule, .warning, defect.message, at: .file(path, defect.range), label: defect.help,
        fix: Fix(manual: "write the comment as it was meant, or remove it"))
      if let weighed = run.weighed(Verdict(finding)) { findings.append(weighed) }
    }
  }

  /// Why a name in a comment names no rule whose findings a comment can accept; nil where it does.
  private func defect(of name: InlineComment.Named, at path: Path) -> InlineComment.Defect? {
    let own = run.policies.policy(for: path).ownRules.map(\.name)
    if let rule = RuleRegister.description(named: name.text)?.id {
      if rule.canBeAccepted { return nil }
      return InlineComment.Defect(
        message: "\(rule.code) speaks of comments, exceptions or the policy itself, and cannot be accepted",
        help: "repair what it reports", range: name.range)
    }
    if own.contains(where: { RuleID(own: $0).isNamed(name.text) }) { return nil }
    let known = Self.ruleNames + own
    let near = name.text.utf8.count > 60 ? nil : suggestion(for: name.text, among: known)
    let separated = name.text.contains(" ") ? "separate rules by commas" : nil
    return InlineComment.Defect(
      message: "there is no rule `\(shortened(name.text))`",
      help: near.map { "did you mean \($0)?" } ?? separated ?? "cachepolicy rules lists them", range: name.range)
  }

  /// Reports a comment that can be read and accepts nothing.
  private mutating func reportUnused(_ comment: InlineComment, at path: Path, _ source: SourceFile) {
    let rule = UnusedSuppression.description.id
    // It is judged only where the rules that it names were.
    let ids = comment.rules.compactMap { RuleRegister.description(named: $0.text)?.id }
    guard run.selection.contains(rule), ids.allSatisfy(run.selection.contains), comment.rules.count == ids.count,
      !isOff(ids, path)
    else { return }
    let line = source.lines.line(of: comment.range.lower)
    let fix = Fix(.safe, "remove the comment", edits: [FileEdit(path, Edit(source.lines.fullRange(ofLine: line), []))])
    let finding = Finding(rule, .warning, "the comment accepts nothing", at: .file(path, comment.range), fix: fix)
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
    let directories = cacheDirectories
    for (directory, policy) in run.policies.all where !policy.exceptions.isEmpty {
      for index in findings.indices {
        guard let path = findings[index].place.path, run.policies.home(of: path) == directory else { continue }
        for (_, exception) in policy.exceptions(
          for: findings[index].rule, path: path, isDirectory: directories.contains(path))
        {
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

  /// The directories that findings may speak of as a whole.
  private var cacheDirectories: Set<Path> {
    var directories = Set((run.facts.repository?.caches ?? []).filter(\.isDirectory).map(\.path))
    directories.formUnion((run.facts.image?.caches.places ?? []).filter(\.isDirectory).map(\.path))
    return directories
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
    guard run.examinesAll, run.selection.isAll, run.workspace.isWhole, !run.settings.isStaged,
      run.settings.exclude.isEmpty,
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
      let description = RuleRegister.description(named: rule.value)
      if let description, !isJudgedWhole(description) { return false }
      if ["CP102", "CP104"].contains(description?.id.code), !run.judgement.judgesWorkTree { return false }
      let id = description?.id ?? RuleID(own: rule.value)
      let profile = policy.profileForTheRest(run.judgement.profiles).profile
      return !policy.setting(for: id, profile: profile).isOff
    }
  }

  /// Whether a run over this target looks at all that an exception for a rule may speak of.
  ///
  /// One policy is for a repository and for the images that are made of it, and a run sees one of them.
  private func isJudgedWhole(_ rule: RuleDescription) -> Bool {
    switch rule.group {
    case .policy: true
    case .input: Self.inputOfImages.contains(rule.id.code) == (run.facts.image != nil)
    case .repository: run.facts.repository != nil
    case .gitignore, .dockerignore, .dockerfile: run.facts.image == nil
    // A root file system and a lone layer have caches and secrets, and nothing else that these rules speak of.
    case .image: run.facts.image.map { $0.kind == .image || ["CP401", "CP405"].contains(rule.id.code) } ?? false
    // Bytecode is looked at in both.
    case .bytecode: false
    }
  }

  /// The rules about what was read of images.
  private static let inputOfImages = ["CP003", "CP004", "CP005"]

  private mutating func add(_ finding: Finding) {
    // A file that is examined alone is told of nothing but itself and the policies that a person named.
    if let path = finding.place.path, !path.leadsOut, run.workspace.walked.isEmpty,
      run.workspace.position(of: path) == nil
    {
      return
    }
    if let weighed = run.weighed(Verdict(finding)) { findings.append(weighed) }
  }

  /// The place of a statement of a policy; the policy's file is read for the report.
  private func place(_ origin: Origin, _ sources: inout [Path: SourceFile]) -> Place {
    let full = Inspection.absolute(origin.source, from: run.settings.currentDirectory)
    let path = Path(full, from: run.workspace.base)
    if sources[path] == nil, let bytes = try? readFile(at: full, limit: PolicyLoader.sizeLimit) {
      sources[path] = SourceFile(bytes)
    }
    return .file(path, origin.range)
  }
}
