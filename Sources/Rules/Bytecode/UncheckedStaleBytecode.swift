internal import Bytecode
internal import Facts
internal import Findings

/// Reports bytecode that Python loads though its source has changed.
///
/// ## What it does
///
/// Bytecode can hold a hash of its source that no import compares (`--invalidation-mode
/// unchecked-hash`). This rule compares it. Verdict: `unchecked-hash-stale`. The files of one directory
/// are one finding. In a repository it speaks of committed files too, besides CP101: that they run is a
/// harm of its own, and stays when they are taken out of the index.
///
/// ## Why is this bad
///
/// The old code runs. Nothing tells of it: the source that everybody reads is not the program.
///
/// ## Example
///
/// ```dockerfile
/// RUN python -m compileall -q --invalidation-mode unchecked-hash /app
/// COPY settings.py /app/settings.py    # never read: the bytecode of the old one is loaded
/// ```
///
/// becomes
///
/// ```dockerfile
/// COPY settings.py /app/settings.py
/// RUN python -m compileall -q --invalidation-mode checked-hash /app || true
/// ```
///
/// ## Fix safety
///
/// Manual: the finding shows the command, or the step for the Dockerfile, that compiles the sources
/// again, with a hash that is checked. What the program does changes: it runs what its source says.
enum UncheckedStaleBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP504", "unchecked-stale-bytecode"), "bytecode is loaded though its source has changed", severity: .error,
    group: .bytecode, fix: .manual, page: RulePages.page("UncheckedStaleBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      var reason = "\(group.word("its source has", "their sources have")) other content"
      if let sources = group.key.sourceLayer, let layer = group.key.layer, sources > layer {
        reason += " since \(BytecodeGroup.layer(sources, in: facts))"
      }
      report(
        Verdict(
          group.finding(
            description.id, .error,
            "\(group.size) \(group.word("is", "are")) loaded though stale: \(reason), and Python does not compare "
              + "\(group.word("an unchecked hash", "unchecked hashes"))", in: facts, related: "loaded though stale too",
            fix: group.compiling(in: facts, isChecked: true))))
    }
  }
}
