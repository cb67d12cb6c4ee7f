internal import Caches
internal import Dockerfiles
internal import Facts
internal import Files
internal import Findings
internal import Policies
internal import Reports
internal import Rules
internal import SourceText

/// One judgement of a workspace: rules, severities, acceptances.
struct RuleRun {
  let workspace: Workspace
  let facts: TargetFacts
  let policies: PolicyTree
  let judgement: Judgement
  let settings: Settings
  let selection: RuleSelection
  let overlay: Overlay
  /// Whether it examines all that the run does, so that what nothing in it uses is unused: not one image of several, nor
  /// one of which something could not be read.
  var examinesAll = true

  /// What the rules find, with the bytes of the files that the findings point into.
  func findings() -> (findings: [Finding], sources: [Path: SourceFile]) {
    var findings: [Finding] = []
    var sources = knownSources()
    for rule in RuleRegister.all where selection.contains(rule.description.id) {
      rule.check(facts, judgement) { verdict in
        if let finding = weighed(verdict) { findings.append(finding) }
      }
    }
    var own = OwnRules(facts, judgement) { selection.contains($0) }
    findings += own.verdicts().compactMap(weighed)
    if settings.isStaged, selection.contains(ExaminedInPart.description.id) {
      findings += facts.unstaged.compactMap { path in
        weighed(
          Verdict(
            Finding(
              ExaminedInPart.description.id, .info, "what is staged of this file differs from what was judged",
              at: .file(path, nil), fix: Fix(manual: "stage the file, or put the change aside"))))
      }
    }
    findings = findings.filter { isInScope($0) }
    let acceptance = Acceptance(self, findings, &sources)
    return (acceptance.findings.filter { isInScope($0) || $0.rule.code.hasPrefix("CP9") }, sources)
  }

  /// The finding as bad as the policy makes it; nil where it turns it off.
  func weighed(_ verdict: Verdict) -> Finding? {
    var finding = verdict.finding
    let path = finding.place.path ?? .root
    let policy = policies.policy(for: path)
    guard
      let severity = policy.severity(
        of: finding.rule, default: finding.severity, grounds: verdict.grounds,
        cache: finding.cache.flatMap { Catalogue.kind($0) },
        profile: verdict.profile ?? judgement.profile(at: path), path: path)
    else { return nil }
    finding.severity = severity
    return finding
  }

  private func isInScope(_ finding: Finding) -> Bool {
    guard let path = finding.place.path else { return true }
    return workspace.position(of: path) != nil
  }

  private func knownSources() -> [Path: SourceFile] {
    var sources: [Path: SourceFile] = [:]
    for file in facts.gitignores where file.unread == nil { sources[file.path] = SourceFile(file.bytes) }
    for file in facts.dockerignores { sources[file.path] = SourceFile(file.bytes) }
    for file in facts.dockerfiles { sources[file.path] = SourceFile(file.file.bytes) }
    return sources
  }
}
