internal import Bytecode
internal import Facts
internal import Findings

/// Reports bytecode whose code is broken, so that importing the module raises.
///
/// ## What it does
///
/// Walks over the code of each file that the interpreter would accept by its header. Where it is no
/// whole code object the import fails. Verdict: `corrupt-body`. The files of one directory are one
/// finding. In a repository it speaks of committed files too, besides CP101: that the import raises is
/// a harm of its own.
///
/// ## Why is this bad
///
/// The import raises `EOFError`, `ValueError` or `ImportError`. There is no falling back to the source
/// once the header is accepted, however good the source is. A file that is empty, or whose header is
/// broken, is harmless: Python compiles anew (CP501).
///
/// ## Example
///
/// ```text
/// app/__pycache__/main.cpython-312.pyc    # cut off after its header by a full disk: import raises
/// ```
///
/// ## Fix safety
///
/// Manual: the finding shows the command, or the step for the Dockerfile, that compiles the sources
/// again.
enum CorruptBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP505", "corrupt-bytecode"), "bytecode is broken, and the import raises", severity: .error,
    group: .bytecode, fix: .manual, page: RulePages.page("CorruptBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      report(
        Verdict(
          group.finding(
            description.id, .error,
            "\(group.size) \(group.word("makes its import", "make their imports")) raise: the header is good and the "
              + "code behind it is broken, and Python does not fall back to the source", in: facts,
            related: "broken too", fix: group.compiling(in: facts))))
    }
  }
}
