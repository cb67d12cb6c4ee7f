internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports a value of a switch that does the opposite of how it reads.
///
/// ## What it does
///
/// Looks at the stages whose layers ship, where a tool runs with a variable whose value is a word of
/// truth, and whose effect is the other one:
///
/// - pip takes `PIP_NO_CACHE_DIR=0`, `=false`, `=no` and `=off` as it takes `1`: there is no cache.
/// - pip takes `PIP_NO_COMPILE=1` and `=true` for "compile", and `0` for "do not".
/// - Python takes `PYTHONDONTWRITEBYTECODE=false`, `=no` and `=off` as it takes `1`: no bytecode is
///   written.
/// - pdm takes `PDM_NO_CACHE=0` as it takes `1`.
///
/// A value that reads as no and means no, such as `UV_NO_CACHE=0`, is no finding, and neither is a zero that the
/// Python before 3.7 takes for "write nothing". The zero that a later Python ignores, and empty values,
/// are CP302's; a value that the tool refuses is CP304's.
///
/// ## Why is this bad
///
/// Nobody who reads the file sees what it does. `PIP_NO_CACHE_DIR=off` works, and the next person
/// "repairs" it; `PIP_NO_COMPILE=1` has never done anything.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PIP_NO_CACHE_DIR=off          # flagged: the cache is off, as with 1
/// RUN pip install flask
/// ```
///
/// ## Fix safety
///
/// Safe where the value switches the cache off already: the plain value has the same effect. For
/// `PIP_NO_COMPILE=1`, which does nothing, the fix follows the policy: with `ship: precompiled` it removes
/// the variable, which is safe; else it writes `0`, which is unsafe, unless the user's own policy says `ship: deny`.
enum SwitchIsInverted: Rule {
  static let description = RuleDescription(
    RuleID("CP303", "switch-is-inverted"), "the value of a switch does the opposite of how it reads",
    severity: .warning, group: .dockerfile, fix: .safe, page: RulePages.page("SwitchIsInverted"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for dockerfile in facts.dockerfiles {
      var told: Set<VariableOrigin> = []
      for site in SwitchSite.all(in: dockerfile, SwitchSite.shipped(dockerfile), where: isInverted) {
        if let origin = site.use.origin { told.insert(origin) }
        let isOn = site.use.reading == .on
        let noun = site.use.kind.group == .bytecode ? "bytecode" : "cache"
        let reader = site.use.variable.grammar == .pyIntFlag ? "Python" : site.tool
        let effect = isOn ? "\(reader) writes no \(noun)" : "\(reader) goes on writing \(noun)"
        report(
          Verdict(
            Finding(
              description.id, .warning, message(site.shown, site.name, effect), at: site.place,
              cache: site.use.kind.id,
              label: isOn ? "means the same as \(site.use.variable.value)" : "only 0, no, false and off stop it",
              related: site.related("gets this value"), evidence: site.evidence,
              notes: isOn ? [] : ["without the variable pip compiles, too"], fix: fix(site, judgement)),
            profile: site.profile))
      }
      checkBytecode(dockerfile, &told, report)
    }
  }

  /// The bytecode switch counts for programs that are not seen to start, too.
  private static func checkBytecode(
    _ dockerfile: DockerfileFacts, _ told: inout Set<VariableOrigin>, _ report: (Verdict) -> Void
  ) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache),
      let plain = kind.disable.environment.first(where: { $0.name == BytecodeSwitch.variable })
    else { return }
    for product in dockerfile.products {
      guard let variable = dockerfile.environments.final[product.stage].variables[BytecodeSwitch.variable],
        let origin = variable.origin, case .value(let value) = variable.value, !isZero(value),
        BytecodeSwitch.reading(value, dockerfile, product.stage) == .on,
        plain.isInverted(String(decoding: value, as: UTF8.self)),
        BytecodeSwitch.runsPython(dockerfile, product.stage), told.insert(origin).inserted
      else { continue }
      report(
        Verdict(
          Finding(
            description.id, .warning,
            message("`\(printable(value))`", BytecodeSwitch.variable, "Python writes no bytecode"),
            at: .file(dockerfile.path, BytecodeSwitch.place(of: origin, in: dockerfile)), cache: kind.id,
            label: "means the same as \(plain.value)",
            evidence: [
              Evidence("variable", BytecodeSwitch.variable), Evidence("value", printable(value)),
              Evidence("reading", SwitchReading.on.rawValue),
            ],
            fix: BytecodeSwitch.fix(dockerfile, product.stage, isSafe: true)), profile: product.profile))
    }
  }

  private static func message(_ value: String, _ name: String, _ effect: String) -> String {
    "\(value) as \(name) does the opposite of how it reads: \(effect)"
  }

  /// Whoever writes 0 for an old Python may well know the rule that held then.
  private static func isZero(_ value: [UInt8]) -> Bool { value.elementsEqual("0".utf8) }

  private static func isInverted(_ use: SwitchUse, _ command: ToolCommand) -> Bool {
    let variable = use.variable
    guard use.kind.evidence == .measured, variable.effect == .full || variable.only == command.name else {
      return false
    }
    if variable.grammar == .pyIntFlag, isZero(use.value) { return false }
    let value = String(decoding: use.value, as: UTF8.self)
    let isNegated = variable.grammar == .pipNegated
    switch use.reading {
    // `PIP_NO_COMPILE=0` is odd to read, but that is how it is written.
    case .on: return !isNegated && variable.isInverted(value)
    case .off: return isNegated && variable.isInverted(value)
    case .fails, .dependsOnVersion, .unknown: return false
    }
  }

  private static func fix(_ site: SwitchSite, _ judgement: Judgement) -> Fix {
    let value = site.use.variable.value
    if site.use.reading == .on {
      return site.replacement(value, .safe, "write \(value), which means the same")
    }
    let path = site.dockerfile.path
    let stated = site.profile.flatMap { judgement.intents(for: site.use.kind, in: $0, at: path).ship }
    if stated?.value == .precompiled {
      return site.removal(.safe, "remove \(site.name): pip compiles without it, as the policy wants")
    }
    let isSafe = stated?.value == .deny && stated?.isUsers == true
    return site.replacement(value, isSafe ? .safe : .unsafe, "write \(value), which does what is meant")
  }
}
