internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import Policies
internal import Shell
internal import SourceText

/// Reports commands that write bytecode though `PYTHONDONTWRITEBYTECODE` is set for them.
///
/// ## What it does
///
/// Looks at the stages whose layers ship, at two places:
///
/// - The image switches writing off, and starts Python with `-E` or `-I`: then Python looks at no
///   variable, and writes. That is told unless the policy allows or requires writing.
/// - A RUN writes bytecode while the variable is set, and the policy says `ship: deny`: `pip install` without
///   `--no-compile` (every file is compiled, pip 23.2 and 26.3), `python -m venv` (714 files with
///   Python 3.11), `compileall`, `py_compile`, `py3compile`, `uv --compile-bytecode`, and Python with `-E` or
///   `-I`. It is not told where a later command of the same RUN deletes bytecode, or where `PIP_COMPILE` or
///   `PIP_NO_COMPILE` stops pip.
///
/// What is left in the layer by a command that does not see a switch for another reason, as behind
/// `sudo` or `env -i`, or that a switch stops in part, as with poetry, is CP310's, which judges the
/// cache itself: one cause is one finding. For the same reason CP301 is silent where this rule speaks of the start.
///
/// ## Why is this bad
///
/// The variable looks as if it kept bytecode away. It stops the imports of programs, and nothing else.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// CMD ["python", "-I", "app.py"]       # flagged: -I ignores the variable
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// CMD ["python", "-IB", "app.py"]
/// ```
///
/// ## Fix safety
///
/// The fix adds `B` to the flag of Python, or `--no-compile` to `pip install`. It is safe where the user's
/// own policy states the intent, else unsafe. For all other commands it is manual.
enum SwitchIsIgnored: Rule {
  static let description = RuleDescription(
    RuleID("CP305", "switch-is-ignored-by-command"), "a command does not follow a switch that is set for it",
    severity: .warning, group: .dockerfile, fix: .safe, page: RulePages.page("SwitchIsIgnored"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    for dockerfile in facts.dockerfiles {
      var told: Set<ByteRange> = []
      for product in dockerfile.products {
        let intents = judgement.intents(for: kind, in: product.profile, at: dockerfile.path)
        if let start = ignoringStart(dockerfile, product.stage), ![.allow, .require].contains(intents.write?.value) {
          let isStated = intents.write?.value == .deny && intents.write?.isUsers == true
          tell(start, isSafe: isStated, grounds: intents.write?.grounds, &told, report, dockerfile, product)
        }
        guard let ship = intents.ship, ship.value == .deny else { continue }
        let chain = Set(dockerfile.environments.graph.chain(of: product.stage))
        for run in dockerfile.effects.instructions where chain.contains(run.stage) {
          for use in run.switches where isOn(use) {
            guard let ignoring = Ignoring(run, use), !isRemoved(ignoring), !isStopped(ignoring) else { continue }
            tell(ignoring, isSafe: ship.isUsers, grounds: ship.grounds, &told, report, dockerfile, product)
          }
        }
      }
    }
  }

  /// A command that ignores the variable.
  private struct Ignoring {
    let run: InstructionEffects
    let use: SwitchUse
    let compiler: BytecodeCompiler

    init?(_ run: InstructionEffects, _ use: SwitchUse) {
      guard let compiler = BytecodeCompiler(run.commands[use.command]) else { return nil }
      self.run = run
      self.use = use
      self.compiler = compiler
    }

    var command: ToolCommand { run.commands[use.command] }
  }

  /// What the image starts, where the file sets the variable for it in vain.
  ///
  /// CP301 asks for it, too, so that a start is told once.
  static func startIgnoresSwitch(_ dockerfile: DockerfileFacts, _ stage: Int) -> Bool {
    ignoringStart(dockerfile, stage) != nil
  }

  private static func ignoringStart(_ dockerfile: DockerfileFacts, _ stage: Int) -> Ignoring? {
    for run in dockerfile.effects.starts where run.stage == stage {
      for use in run.switches where isOn(use) && use.origin != nil {
        if let ignoring = Ignoring(run, use), case .isolated = ignoring.compiler { return ignoring }
      }
    }
    return nil
  }

  /// Whether a command of a RUN writes bytecode though the variable is set for it.
  ///
  /// CP314 asks for it, too, so that a command is told once.
  static func speaks(of run: InstructionEffects, command: Int) -> Bool {
    run.switches.contains { use in
      guard use.command == command, isOn(use), let ignoring = Ignoring(run, use) else { return false }
      return !isRemoved(ignoring) && !isStopped(ignoring)
    }
  }

  private static func isOn(_ use: SwitchUse) -> Bool {
    use.variable.name == BytecodeSwitch.variable && use.reading == .on
  }

  private static func tell(
    _ ignoring: Ignoring, isSafe: Bool, grounds: Grounds?, _ told: inout Set<ByteRange>,
    _ report: (Verdict) -> Void, _ dockerfile: DockerfileFacts, _ product: ProductFacts
  ) {
    let run = ignoring.run
    let instruction = dockerfile.file.instructions[run.instruction]
    let place = run.place(ofCommand: ignoring.use.command) ?? instruction.text.physical(instruction.keywordRange)
    guard told.insert(place).inserted else { return }
    var related: [RelatedPlace] = []
    if let origin = ignoring.use.origin, let range = dockerfile.file.range(of: origin) {
      related = [RelatedPlace(.file(dockerfile.path, range), "is set here")]
    }
    report(
      Verdict(
        Finding(
          description.id, .warning, "\(title(ignoring)) writes bytecode in spite of \(BytecodeSwitch.variable)",
          at: .file(dockerfile.path, place), confidence: ignoring.command.invocation.isPerhaps ? .medium : .high,
          cache: BytecodeSwitch.cache, label: ignoring.compiler.reason, related: related,
          evidence: [
            Evidence("stage", dockerfile.environments.graph.stages[run.stage].title),
            Evidence("profile", product.profile),
          ], fix: fix(ignoring, dockerfile, isSafe ? .safe : .unsafe)),
        grounds: grounds, profile: product.profile))
  }

  private static func title(_ ignoring: Ignoring) -> String {
    switch ignoring.compiler {
    case .pip: "pip install"
    case .uv: "uv"
    case .venv, .compiler: "python -m \(ignoring.command.name)"
    case .isolated: "Python"
    }
  }

  /// Whether a later command of the RUN deletes bytecode, or what was installed, whenever this one runs.
  private static func isRemoved(_ ignoring: Ignoring) -> Bool {
    let command = ignoring.command
    return ignoring.run.commands.dropFirst(ignoring.use.command + 1).contains { later in
      guard later.invocation.runs(whenever: command.invocation) else { return false }
      switch later.name {
      case "pyclean", "py3clean": return true
      case "find": return later.arguments.contains { isBytecode($0.value ?? $0.prefix) }
      case "rm": return later.arguments.contains { $0.value.map { names(command, $0) } ?? false }
      default: return false
      }
    }
  }

  /// Whether a command was given this very directory, as `python -m venv` and `pip install --target` are.
  private static func names(_ command: ToolCommand, _ directory: [UInt8]) -> Bool {
    command.arguments.contains { argument in
      guard let value = argument.value, directory.count > 1 else { return false }
      return value.elementsEqual(directory) || value.suffix(directory.count + 1).elementsEqual([0x3D] + directory)
    }
  }

  private static func isBytecode(_ word: [UInt8]) -> Bool {
    ["pyc", ".py[co"].contains { holds(word, Array($0.utf8)) }
  }

  private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard text.count >= part.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
  }

  /// Whether one of pip's own variables stops it.
  private static func isStopped(_ ignoring: Ignoring) -> Bool {
    guard case .pip = ignoring.compiler else { return false }
    return ignoring.run.switches.contains { use in
      use.command == ignoring.use.command && use.variable.only == "pip" && use.reading != .off
    }
  }

  // MARK: Fixes

  private static func fix(_ ignoring: Ignoring, _ dockerfile: DockerfileFacts, _ safety: FixSafety) -> Fix {
    let run = ignoring.run
    switch ignoring.compiler {
    case .pip(let install):
      let title = "add --no-compile to pip install"
      if dockerfile.isTemplateByName { return Fix(manual: title) }
      do {
        let edits = try RunEditor(dockerfile.file, run).addFlag(
          "--no-compile", toCommand: ignoring.use.command, after: install + 1)
        return Fix(safety, title, edits: edits.map { FileEdit(dockerfile.path, $0) })
      } catch let refusal {
        return Fix(manual: "\(title) by hand: \(refusal.reason)")
      }
    case .isolated(let flag):
      let title = "add -B, with which Python writes no bytecode"
      guard let flag, !ignoring.command.invocation.isNested else { return Fix(manual: title) }
      var place = run.place(flag)
      // In JSON form the place has the quotes.
      if dockerfile.file.bytes[place.upper - 1] == UInt8(ascii: "\"") {
        place = ByteRange(place.lower, place.upper - 1)
      }
      return insertion("B", at: place.upper, safety, title, dockerfile)
    case .venv, .compiler, .uv:
      return Fix(manual: "delete the bytecode in the same RUN, or do not write it")
    }
  }

  private static func insertion(
    _ text: String, at offset: Int, _ safety: FixSafety, _ title: String, _ dockerfile: DockerfileFacts
  ) -> Fix {
    if dockerfile.isTemplateByName { return Fix(manual: title) }
    if let caution = dockerfile.file.cautions.first { return Fix(manual: "\(title) by hand: \(caution.reason)") }
    return Fix(safety, title, edits: [FileEdit(dockerfile.path, Edit(ByteRange(at: offset), text))])
  }
}
