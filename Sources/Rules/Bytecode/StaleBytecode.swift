internal import Bytecode
internal import Facts
internal import Findings

/// Reports bytecode that no longer fits its source, so that Python ignores it.
///
/// ## What it does
///
/// Compares each file of bytecode with its source as the interpreter does: by the source's time of
/// modification and its size, or by a hash where the file has one that is checked. A file whose header
/// is broken, or was written by another version than its name says, is ignored just so. Verdicts:
/// `stale-mtime`, `stale-size`, `stale-hash`, `corrupt-header`, `tag-mismatch`, `unknown-magic`, and
/// the same of what pytest writes (`pytest-stale-mtime` and so on). Files with one cause are one
/// finding: in an image those of one layer whose sources come from one layer.
///
/// In a repository only tracked files are judged, and those that the policy wants uncommitted are left
/// to CP101: a checkout gives every source a new time, so what is committed is stale in any case. With
/// `--select CP5` all files are judged, untracked ones too.
///
/// ## Why is this bad
///
/// The bytes are there and do nothing. Python compiles the module anew when it is imported, and in a
/// container, which starts from the same files again, at every start: without any bytecode, imports
/// took 2.6 to 4.8 times the CPU time, for ten libraries with CPython 3.11.
///
/// ## Example
///
/// ```dockerfile
/// RUN python -m compileall -q /app
/// RUN sed -i s/DEBUG/INFO/ /app/settings.py    # its bytecode below is stale from here on
/// ```
///
/// becomes
///
/// ```dockerfile
/// RUN sed -i s/DEBUG/INFO/ /app/settings.py
/// RUN python -m compileall -q --invalidation-mode checked-hash /app || true
/// ```
///
/// BuildKit's `rewrite-timestamp` has the same effect, since it sets the times of sources and not what
/// bytecode says of them; `ARG SOURCE_DATE_EPOCH` in the stage makes pip and compileall write hashes.
///
/// ## Fix safety
///
/// Manual: the finding shows the command, or the step for the Dockerfile, that compiles the sources
/// again. `-f` is needed: without it compileall looks at the time alone, and leaves what it takes for
/// fresh.
enum StaleBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP501", "stale-bytecode"), "bytecode does not fit its source, and is ignored", severity: .warning,
    group: .bytecode, fix: .manual, page: RulePages.page("StaleBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      guard let verdict = group.verdict else { continue }
      let isPytest = verdict.rawValue.hasPrefix("pytest-")
      let outcome =
        isPytest
        ? "pytest writes \(group.word("it", "them")) anew"
        : "Python compiles \(group.word("the module", "these modules")) anew"
          + (facts.image == nil ? "" : " at every start")
      report(
        Verdict(
          group.finding(
            description.id, group.isOfBase(facts) ? .info : .warning,
            "\(group.size) \(group.word("is", "are")) ignored: \(reason(group, verdict, facts)); \(outcome)",
            in: facts, related: "ignored too", notes: notes(group, verdict, facts),
            fix: isPytest ? group.removing(in: facts) : group.compiling(in: facts))))
    }
  }

  private static func reason(_ group: BytecodeGroup, _ verdict: BytecodeVerdict, _ facts: TargetFacts) -> String {
    let source = group.word("the source", "the sources")
    let has = group.word("has", "have")
    let change: String
    switch verdict {
    case .staleMtime, .pytestStaleMtime: change = "\(source) \(has) another time of modification"
    case .staleSize, .pytestStaleSize: change = "\(source) \(has) another size"
    case .staleHash, .pytestStaleHash: change = "\(source) \(has) other content"
    case .tagMismatch, .pytestTagMismatch:
      return "another version of Python wrote \(group.word("it", "them")) than the name says"
    case .unknownMagic, .pytestUnknownMagic: return "no known version of Python wrote \(group.word("it", "them"))"
    default: return "the header is broken"
    }
    guard let sources = group.key.sourceLayer, let layer = group.key.layer, sources > layer else { return change }
    return "\(change) since \(BytecodeGroup.layer(sources, in: facts))"
  }

  /// Where sources and bytecode came together and yet differ, the step changed the sources last, or their times.
  private static func notes(_ group: BytecodeGroup, _ verdict: BytecodeVerdict, _ facts: TargetFacts) -> [String] {
    guard verdict == .staleMtime, let layer = group.key.layer, group.key.sourceLayer == layer else { return [] }
    return [
      "the same layer brings the sources: its step changed them after they were compiled, or something has set their "
        + "times, as BuildKit's rewrite-timestamp does; with ARG SOURCE_DATE_EPOCH in the stage pip and compileall write "
        + "hashes in place of times"
    ]
  }
}
