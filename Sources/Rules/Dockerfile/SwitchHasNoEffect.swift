internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports a switch with a value that its tool ignores.
///
/// ## What it does
///
/// Looks at the final environment of the stage that ships, where it runs Python. CPython from 3.7 on
/// ignores `PYTHONDONTWRITEBYTECODE` when it is empty and when it is a whole number equal to zero (`0`, `00`,
/// ` 0`); every other text, `false` and `no` among them, switches writing off. Up to 3.6, and with
/// PyPy, every text that is not empty does. Where the version is not known and matters, the rule
/// says nothing.
///
/// `ENV PYTHONDONTWRITEBYTECODE = 1` is told, too: in that form of ENV the value is `= 1`, which acts by chance.
///
/// In the layers that ship it looks at ENVs that set other switches to an empty value where their tools run with
/// it: pip ignores an empty `PIP_NO_CACHE_DIR`, `PIP_COMPILE` and `PIP_NO_COMPILE`. An empty value that may
/// undo what the base image or an earlier line sets is no finding. CP310 tells what stays in the
/// layer then; this rule tells why.
///
/// A zero or another word for no that a tool takes for no, such as `UV_NO_CACHE=0`, is no finding: it says
/// what it does. A word that does the opposite is CP303's, and a value with which the tool fails is CP304's.
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
/// A value with a sign before it is replaced by the same without, which is safe. For the others the fix is unsafe: it writes the value that acts, after which the program writes no bytecode. It is safe where the
/// user's own policy denies writing; for a switch of the build where it denies shipping. Where
/// writing is what is wanted, remove the variable: `cachepolicy turn on python.bytecode`.
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
          BytecodeSwitch.reading(value, dockerfile, product.stage) == .off,
          BytecodeSwitch.runsPython(dockerfile, product.stage),
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
      checkSigns(dockerfile, report)
      checkEmpty(dockerfile, judgement, report)
    }
  }

  /// `ENV NAME = 1`, which makes `= 1` the value: Python takes every text that is no number for a yes.
  private static func checkSigns(_ dockerfile: DockerfileFacts, _ report: (Verdict) -> Void) {
    var told: Set<VariableOrigin> = []
    for product in dockerfile.products {
      guard let variable = dockerfile.environments.final[product.stage].variables[BytecodeSwitch.variable],
        let origin = variable.origin, case .value(let value) = variable.value, value.first == UInt8(ascii: "="),
        case .pairs(_, isLegacy: true) = dockerfile.file.instructions[origin.instruction].arguments,
        BytecodeSwitch.runsPython(dockerfile, product.stage), told.insert(origin).inserted
      else { continue }
      let word = value.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
      let isYes = ["1", "true", "yes", "on"].contains(String(decoding: word, as: UTF8.self).lowercased())
      let reading = BytecodeSwitch.reading(value, dockerfile, product.stage)
      report(
        Verdict(
          Finding(
            description.id, .warning,
            "the value of \(BytecodeSwitch.variable) is `\(printable(value))`: the sign is part of it",
            at: .file(dockerfile.path, BytecodeSwitch.place(of: origin, in: dockerfile)), cache: BytecodeSwitch.cache,
            label: "ENV takes all that stands behind the name",
            evidence: [Evidence("value", printable(value)), Evidence("stage", String(product.stage))],
            notes: ["Python takes any text for a yes, so that it writes no bytecode"],
            fix: isYes && reading == .on
              ? BytecodeSwitch.fix(dockerfile, product.stage, isSafe: true)
              : Fix(manual: "write the variable as NAME=VALUE, or remove it")), profile: product.profile))
    }
  }

  /// Grammars in which an empty value is known to be ignored.
  private static let ignoringEmpty: Set<SwitchGrammar> = [.pipStrtobool, .pipNegated, .nonempty]

  private static func checkEmpty(
    _ dockerfile: DockerfileFacts, _ judgement: Judgement, _ report: (Verdict) -> Void
  ) {
    let sites = SwitchSite.all(in: dockerfile, SwitchSite.shipped(dockerfile)) { use, command in
      use.value.isEmpty && use.reading == .off && use.origin != nil && use.kind.evidence == .measured
        && ignoringEmpty.contains(use.variable.grammar)
        && (use.variable.effect == .full || use.variable.only == command.name)
    }
    for site in sites where !mayUndo(site) {
      let isBytecode = site.use.kind.group == .bytecode
      let ship = site.profile.flatMap { judgement.intents(for: site.use.kind, in: $0, at: dockerfile.path).ship }
      let isSafe = ship?.value == .deny && ship?.isUsers == true
      let value = site.use.variable.value
      report(
        Verdict(
          Finding(
            description.id, .warning,
            "\(site.tool) ignores \(site.shown) of \(site.name) and writes \(isBytecode ? "bytecode" : "its cache")",
            at: site.place, cache: site.use.kind.id, label: "has no effect", related: site.related("gets this value"),
            evidence: site.evidence, notes: ["to leave it on, remove the variable"],
            fix: site.replacement(value, isSafe ? .safe : .unsafe, "write \(value) as the value of \(site.name)")),
          profile: site.profile))
    }
  }

  /// Whether an empty value may be there to undo another one.
  private static func mayUndo(_ site: SwitchSite) -> Bool {
    guard let origin = site.use.origin else { return true }
    let dockerfile = site.dockerfile
    // An ARG is there for other values.
    guard dockerfile.file.instructions[origin.instruction].keyword == .env,
      let stage = dockerfile.environments.graph.stages.first(where: { $0.instructions.contains(origin.instruction) }),
      let base = dockerfile.environments.bases[stage.index], base.environment[site.name] == nil,
      !base.otherVariables.contains(site.name)
    else { return true }
    for earlier in dockerfile.environments.graph.chain(of: stage.index) {
      for index in dockerfile.environments.graph.stages[earlier].instructions where index <= origin.instruction {
        if setsOther(site, index, origin) { return true }
      }
    }
    return false
  }

  private static func setsOther(_ site: SwitchSite, _ index: Int, _ origin: VariableOrigin) -> Bool {
    let instruction = site.dockerfile.file.instructions[index]
    var arguments = instruction.arguments
    if case .onbuild(let inner) = arguments { arguments = inner.arguments }
    switch arguments {
    case .pairs(let pairs, _), .declarations(let pairs):
      return pairs.enumerated().contains { number, pair in
        instruction.text[pair.key].elementsEqual(site.name.utf8)
          && VariableOrigin(instruction: index, pair: number) != origin
      }
    default: return false
    }
  }
}
