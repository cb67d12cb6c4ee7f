internal import Bytecode
internal import Facts
internal import Findings

/// Reports bytecode for interpreters that the target does not have.
///
/// ## What it does
///
/// Compares the tag in each name (`cpython-38` in `a.cpython-38.pyc`) with the interpreters of the
/// target: those that are found in it (`bin/python3.11`, `libpython3.11.so.1.0`,
/// `lib/python3.11/os.py`), and those that `--interpreters` names. With none found and none named it is
/// silent. All files of one tag are one finding. Verdict: `foreign`. What is committed against the policy
/// is left to CP101, unless `--select CP5` asks.
///
/// ## Why is this bad
///
/// No interpreter there looks for such a name: the bytes do nothing, and the modules are compiled anew.
/// In an image it is often the sign of a stage that builds with another version than the one that runs.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.11 AS build
/// RUN pip install --target /deps flask
/// FROM python:3.13-slim
/// COPY --from=build /deps /deps    # every .pyc of it is for cpython-311: flagged in the image
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.13 AS build
/// RUN pip install --target /deps flask
/// FROM python:3.13-slim
/// COPY --from=build /deps /deps
/// ```
///
/// ## Fix safety
///
/// Manual: the finding shows the command that removes the files; where they come from a build stage, it
/// is that stage's version that has to change.
enum ForeignBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP503", "foreign-bytecode"), "bytecode is for an interpreter that is not there", severity: .info,
    group: .bytecode, fix: .manual, page: RulePages.page("ForeignBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    let here = facts.interpreters.tags.map(\.description).joined(separator: ", ")
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      guard let tag = group.key.tag else { continue }
      report(
        Verdict(
          group.finding(
            description.id, .info,
            "\(group.size) \(group.word("is", "are")) for \(tag), which is not here\(here.isEmpty ? "" : " (\(here))")",
            in: facts, related: "for \(tag) too", fix: group.removing(in: facts))))
    }
  }
}
