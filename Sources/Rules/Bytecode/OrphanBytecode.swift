internal import Bytecode
internal import Facts
internal import Findings

/// Reports bytecode that no import comes to, because its source is gone or something else is imported.
///
/// ## What it does
///
/// Looks for the source of each file in `__pycache__`; a link that leads nowhere is none. Bytecode in
/// `__pycache__` is never loaded without its source. It also tells where a package or an extension
/// module of the same name is imported before the source is looked at. Verdicts: `orphan`,
/// `pytest-orphan`, `shadowed`. What is committed against the policy is left to CP101, unless
/// `--select CP5` asks.
///
/// ## Why is this bad
///
/// The bytes do nothing. What is left of a module that was deleted can be read by whoever gets the
/// files: names, texts, and the path that it was compiled at.
///
/// ## Example
///
/// ```text
/// app/__pycache__/settings.cpython-312.pyc    # there is no app/settings.py: flagged
/// ```
///
/// ## Fix safety
///
/// Manual: the finding shows the command that removes the files. In an image they belong removed in the
/// step that brings them, since a later one saves nothing.
enum OrphanBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP502", "orphan-bytecode"), "bytecode has no source, or something else is imported", severity: .info,
    group: .bytecode, fix: .manual, page: RulePages.page("OrphanBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      let reason =
        group.verdict == .shadowed
        ? "a package or an extension module of the same name is imported in \(group.word("its", "their")) place"
        : "\(group.word("its source is", "their sources are")) gone"
      report(
        Verdict(
          group.finding(
            description.id, .info, "\(group.size) \(group.word("is", "are")) never loaded: \(reason)", in: facts,
            related: "never loaded either", fix: group.removing(in: facts))))
    }
  }
}
