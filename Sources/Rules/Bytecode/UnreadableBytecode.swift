internal import Bytecode
internal import Facts
internal import Findings
internal import Images

/// Reports bytecode that the image's user may not read.
///
/// ## What it does
///
/// Compares mode and owner of each file that is good in itself, and of the directories above it, with
/// the user of the image's configuration. For root, and where the user is not known, it says nothing.
/// What else a file may be, broken or stale and loaded, does no harm where nobody can read it, and is
/// told here alone.
///
/// ## Why is this bad
///
/// Python says nothing, compiles the module from its source, and does so at every start, since this
/// user may not write there either. A module without its source cannot be imported at all: that is
/// CP506.
///
/// ## Example
///
/// ```dockerfile
/// RUN umask 077 && pip install flask    # .pyc with mode 0600 of root: flagged in the image
/// USER app
/// ```
///
/// becomes
///
/// ```dockerfile
/// RUN pip install flask
/// USER app
/// ```
///
/// ## Fix safety
///
/// Manual: write the files with a mode that all may read, in the step that makes them; `chmod` in a
/// later step copies each file into one more layer.
enum UnreadableBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP507", "unreadable-bytecode"), "the user of the image may not read bytecode", severity: .info,
    group: .bytecode, fix: .manual, page: RulePages.page("UnreadableBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    let user = facts.image?.image?.configuration.user ?? ""
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      report(
        Verdict(
          group.finding(
            description.id, .info,
            "\(group.size) cannot be read by the user\(user.isEmpty ? "" : " \(user)"): Python compiles "
              + "\(group.word("the module", "these modules")) anew at every start", in: facts,
            related: "cannot be read either",
            fix: Fix(
              manual: "let all read \(group.word("it", "them")), in the step that writes \(group.word("it", "them"))",
              commands: [
                "chmod -R a+rX "
                  + BytecodeGroup.roots(of: group.files.map(\.directory)).map { BytecodeGroup.word($0, in: facts) }
                  .joined(separator: " ")
              ]))))
    }
  }
}
