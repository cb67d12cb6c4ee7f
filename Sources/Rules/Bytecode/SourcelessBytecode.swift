internal import Bytecode
internal import Facts
internal import Findings

/// Reports bytecode that stands in the place of a source: it is the module, or it makes the import raise.
///
/// ## What it does
///
/// Looks at files such as `app/main.pyc` outside of `__pycache__` that have no `app/main.py` beside
/// them. Python imports such a file, and compares neither time nor size nor hash. Verdicts:
/// `legacy-loaded`, which is information, for that may be how a program is shipped; `legacy-poison`,
/// which is an error: no interpreter of the target can load the file, and the import raises. It does so
/// as well where the image's user may not read the file. The files of one directory are one finding. In a repository it speaks of committed files too: where there is
/// no source, bytecode is no cache, and CP101 says nothing of it.
///
/// ## Why is this bad
///
/// Of a module without its source nobody can tell what it does, and it stops working with the next
/// minor version of Python. One that cannot be loaded poisons the name: the import raises `bad magic
/// number`, and does not go on to the module of that name that comes later on `sys.path`.
///
/// ## Example
///
/// ```text
/// app/plugin.pyc    # app/plugin.py was deleted; the module can still be imported: flagged
/// ```
///
/// ## Fix safety
///
/// Manual, and never done without a look: the file may be all that there is of the program. Bring the
/// source, or remove the file.
enum SourcelessBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP506", "sourceless-bytecode"), "bytecode stands in the place of a source", severity: .info,
    group: .bytecode, fix: .manual, page: RulePages.page("SourcelessBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      if group.verdict != .legacyLoaded {
        let reason =
          group.verdict == nil
          ? "the user of the image may not read"
          : "no \(facts.interpreters.isEmpty ? "version of Python" : "interpreter here") can load"
        report(
          Verdict(
            group.finding(
              description.id, .error,
              "\(group.size) \(group.word("makes its import", "make their imports")) raise: "
                + "\(group.word("it stands", "they stand")) in the place of a source, and \(reason) "
                + group.word("it", "them"), in: facts, related: "cannot be loaded either",
              fix: group.removing(in: facts, orElse: "bring \(group.word("its source", "their sources")), or "))))
      } else {
        let subject = group.word("a module", "modules")
        report(
          Verdict(
            group.finding(
              description.id, .info,
              "\(group.size) \(group.word("is", "are")) loaded as \(subject) without any source", in: facts,
              related: "without a source too", cache: "python.bytecode-legacy",
              fix: Fix(manual: "bring the source; remove the bytecode only where it is not the program itself"))))
      }
    }
  }
}
