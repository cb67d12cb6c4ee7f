internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports images that write Python's bytecode at run time though the policy wants them not to.
///
/// ## What it does
///
/// Looks at the stage that ships, where it runs Python and the policy of its profile says
/// `python.bytecode: {write: deny}`. The rule fires where `PYTHONDONTWRITEBYTECODE` is not set in the
/// final environment and every start of Python goes without `-B`. With a base image that is not
/// known, which may set the variable itself, the rule says nothing.
///
/// ## Why is this bad
///
/// A container that writes bytecode changes its own file system: images that are started with a
/// read-only root or as another user behave differently from those that are not, and every new
/// container compiles the same modules again.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// CMD ["python", "app.py"]          # flagged
/// ```
///
/// ## Fix safety
///
/// Manual: switching the writing off without compiling ahead makes every start slower; the variable
/// alone is set by `cachepolicy turn off python.bytecode`.
enum CacheWritingEnabled: Rule {
  static let description = RuleDescription(
    RuleID("CP301", "cache-writing-enabled"), "an image writes a cache that the policy denies", severity: .info,
    group: .dockerfile, fix: .manual, intents: ["write: deny"], page: RulePages.page("CacheWritingEnabled"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    for dockerfile in facts.dockerfiles {
      for product in dockerfile.products {
        guard let stated = judgement.intents(for: kind, in: product.profile, at: dockerfile.path).write,
          stated.value == .deny, let evidence = writer(dockerfile, product.stage)
        else { continue }
        report(
          Verdict(
            Finding(
              description.id, .info, "the image writes Python's bytecode at run time",
              at: .file(dockerfile.path, evidence.place), cache: kind.id,
              label: "\(BytecodeSwitch.variable) is not set here",
              evidence: [
                Evidence("stage", String(product.stage)), Evidence("profile", product.profile),
                Evidence("stated_by", stated.origin.description),
              ],
              notes: ["profile \(product.profile): write: deny (\(stated.origin))"],
              fix: Fix(
                manual: "set the variable in the stage that ships",
                commands: ["cachepolicy turn off \(kind.id) \(shellWord(dockerfile.path.bytes))"])),
            grounds: stated.grounds, profile: product.profile))
      }
    }
  }

  /// What shows that the stage writes bytecode; nil where it does not, or may not.
  private static func writer(_ dockerfile: DockerfileFacts, _ stage: Int) -> PythonEvidence? {
    let environment = dockerfile.environments.final[stage]
    let evidence = dockerfile.effects.pythonEvidence(in: dockerfile.file, stage: stage)
    let starts = evidence.filter { $0.kind == .start }
    // What ignores a variable that is set is CP305's.
    if SwitchIsIgnored.startIgnoresSwitch(dockerfile, stage) { return nil }
    if starts.contains(where: \.ignoresEnvironment) {
      return starts.first { $0.ignoresEnvironment && !$0.writesNoBytecode }
    }
    switch environment[BytecodeSwitch.variable] {
    // A value that has no effect is CP302's.
    case .unknown, .value: return nil
    case .unset: break
    }
    if !starts.isEmpty { return starts.first { !$0.writesNoBytecode } }
    return evidence.first { $0.kind == .base }
  }
}
