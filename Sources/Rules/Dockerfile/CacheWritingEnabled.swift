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
/// known, which may set the variable itself, the rule says nothing. Where the policy's `bases` name the
/// Dockerfile of the base image in the same repository, and it speaks there, it is silent here.
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
/// The variable is set before the first RUN that leaves bytecode of what it imports where the policy wants none of it
/// shipped, else where it costs the least to build anew. Switching the writing off without compiling ahead makes every start slower. So where the policy
/// wants bytecode to be shipped and the image has none (CP315), the fix sets the variable and adds a
/// compile step, or does neither. It is safe where your own policy states the intents, else unsafe, and
/// manual where the Python is not known, where another user than root brings the last files, and where
/// Python is started with `-E` or `-I`. Without an intent of your own for what is shipped, it is manual:
/// the variable alone is set by `cachepolicy turn off python.bytecode`.
enum CacheWritingEnabled: Rule {
  static let description = RuleDescription(
    RuleID("CP301", "cache-writing-enabled"), "an image writes a cache that the policy denies", severity: .info,
    group: .dockerfile, fix: .safe, intents: ["write: deny"], page: RulePages.page("CacheWritingEnabled"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    for dockerfile in facts.dockerfiles {
      for product in dockerfile.products {
        let intents = judgement.intents(for: kind, in: product.profile, at: dockerfile.path)
        guard let stated = intents.write, stated.value == .deny, let evidence = writer(dockerfile, product.stage)
        else { continue }
        // One cause, one finding: the Dockerfile of the base image gets it.
        if isToldOfBase(dockerfile, product.stage, judgement) { continue }
        let gaps =
          intents.ship?.value == .precompiled
          ? dockerfile.effects.bytecodeGaps(in: dockerfile.file, stage: product.stage) : []
        var notes = ["profile \(product.profile): write: deny (\(stated.origin))"]
        if !gaps.isEmpty { notes.append("the image has no bytecode of \(BytecodeSwitch.names(gaps)), either") }
        report(
          Verdict(
            Finding(
              description.id, .info, "the image writes Python's bytecode at run time",
              at: .file(dockerfile.path, evidence.place), cache: kind.id,
              label: evidence.ignoresEnvironment
                ? "ignores \(BytecodeSwitch.variable)" : "\(BytecodeSwitch.variable) is not set here",
              evidence: [
                Evidence("stage", String(product.stage)), Evidence("profile", product.profile),
                Evidence("stated_by", stated.origin.description),
              ],
              notes: notes, fix: fix(evidence, gaps, dockerfile, product.stage, intents)),
            grounds: stated.grounds, profile: product.profile))
      }
    }
  }

  private static func fix(
    _ evidence: PythonEvidence, _ gaps: [BytecodeGap], _ dockerfile: DockerfileFacts, _ stage: Int, _ intents: Intents
  ) -> Fix? {
    if evidence.ignoresEnvironment {
      return Fix(manual: "start Python with -B: with -E or -I it ignores the variable")
    }
    let isUsers = intents.write?.isUsers ?? false
    if !gaps.isEmpty {
      let isSafe = isUsers && intents.ship?.isUsers ?? false
      return BytecodeSwitch.precompiling(gaps, dockerfile, stage, setsVariable: true, isSafe: isSafe)
    }
    if isUsers || intents.ship?.value == .precompiled {
      let first = intents.ship?.value == .deny ? BytecodeSwitch.firstImport(dockerfile, stage) : nil
      return BytecodeSwitch.fix(dockerfile, stage, before: first, isSafe: isUsers)
    }
    return Fix(
      manual: "set the variable in the stage that ships",
      commands: ["cachepolicy turn off \(BytecodeSwitch.cache) \(shellWord(dockerfile.path.bytes))"])
  }

  /// Whether the rule speaks of the Dockerfile, in the same repository, of the image that a stage starts from.
  static func isToldOfBase(_ dockerfile: DockerfileFacts, _ stage: Int, _ judgement: Judgement) -> Bool {
    guard let base = dockerfile.builtBases[stage], judgement.isJudged(description.id),
      let kind = Catalogue.kind(BytecodeSwitch.cache)
    else { return false }
    return base.products.contains { product in
      guard judgement.intents(for: kind, in: product.profile, at: base.path).write?.value == .deny else { return false }
      return writer(base, product.stage) != nil
    }
  }

  /// What shows that the stage writes bytecode; nil where it does not, or may not.
  static func writer(_ dockerfile: DockerfileFacts, _ stage: Int) -> PythonEvidence? {
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
