internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports `PYTHONDONTWRITEBYTECODE` with a value that Python reads as "go on writing".
///
/// ## What it does
///
/// Looks at the final environment of the stage that ships, where it runs Python. CPython from 3.7 on
/// ignores the variable when it is empty and when it is a whole number equal to zero (`0`, `00`,
/// ` 0`); every other text, `false` and `no` among them, switches writing off. Up to 3.6, and with
/// PyPy, every text that is not empty does. Where the version is not known and matters, the rule
/// says nothing.
///
/// ## Why is this bad
///
/// Whoever writes `=0` after a comment about avoiding bytecode, or leaves the value out, gets an
/// image that goes on writing `__pycache__` directories at every first import.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=0     # flagged: has no effect
/// ```
///
/// ## Fix safety
///
/// Unsafe: the fix writes `1`, after which the program writes no bytecode. It is safe where the
/// user's own policy denies writing. Where writing is what is wanted, remove the variable:
/// `cachepolicy turn on python.bytecode`.
enum SwitchHasNoEffect: Rule {
  static let description = RuleDescription(
    RuleID("CP302", "switch-has-no-effect"), "a switch has a value that its tool ignores", severity: .warning,
    group: .dockerfile, fix: .unsafe, page: RulePages.page("SwitchHasNoEffect"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    for dockerfile in facts.dockerfiles {
      var told: Set<VariableOrigin> = []
      for product in dockerfile.products {
        guard let variable = dockerfile.environments.final[product.stage].variables[BytecodeSwitch.variable],
          let origin = variable.origin, case .value(let value) = variable.value,
          BytecodeSwitch.reading(value, dockerfile, product.stage) == .off, runsPython(dockerfile, product.stage),
          told.insert(origin).inserted
        else { continue }
        let place = BytecodeSwitch.place(of: origin, in: dockerfile)
        let shown = value.isEmpty ? "an empty value" : "`\(printable(value))`"
        let denied = judgement.intents(for: kind, in: product.profile, at: dockerfile.path).write
        let isSafe = denied?.value == .deny && denied?.isUsers == true
        report(
          Verdict(
            Finding(
              description.id, .warning, "Python ignores \(shown) of \(BytecodeSwitch.variable) and writes bytecode",
              at: .file(dockerfile.path, place), cache: kind.id, label: "has no effect since Python 3.7",
              evidence: [Evidence("value", printable(value)), Evidence("stage", String(product.stage))],
              notes: ["to write bytecode on purpose, remove the variable: cachepolicy turn on \(kind.id)"],
              fix: BytecodeSwitch.fix(dockerfile, product.stage, isSafe: isSafe)), profile: product.profile))
      }
    }
  }

  private static func runsPython(_ dockerfile: DockerfileFacts, _ stage: Int) -> Bool {
    !dockerfile.effects.pythonEvidence(in: dockerfile.file, stage: stage).isEmpty
  }
}
