internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Shell
internal import SourceText

extension CacheKind {
  /// The variable that stops all of its writing.
  var fullVariable: EnvironmentSwitch? {
    disable.environment.first { $0.effect == .full && $0.only == nil }
  }

  /// Whether a variable or a flag stops its writing.
  var hasSwitch: Bool {
    fullVariable != nil || disable.flags.contains { $0.action == .add && $0.value == nil }
  }
}

/// The turning of one Dockerfile.
struct Turn {
  private let direction: Inspection.Direction
  private let facts: DockerfileFacts
  private let means: Inspection.Means?
  private let isNamed: Bool
  private let bases: (String) -> KnownBase?
  /// What the text so far does; nil where it was changed since.
  private var known: (file: Dockerfile, effects: CacheEffects)?
  /// The text of the file, with the changes so far.
  private(set) var text: [UInt8]
  /// What was changed.
  private(set) var titles: [String] = []
  /// What was left, and why.
  private(set) var remarks: [String] = []

  init(
    _ direction: Inspection.Direction, _ facts: DockerfileFacts, _ means: Inspection.Means?, isNamed: Bool,
    bases: @escaping (String) -> KnownBase?
  ) {
    self.bases = bases
    known = (facts.file, facts.effects)
    self.direction = direction
    self.facts = facts
    self.means = means
    self.isNamed = isNamed
    text = facts.file.bytes
  }

  mutating func run(_ kinds: [CacheKind]) {
    if facts.isTemplateByName {
      remarks.append("left alone: the file is a template by its name")
      return
    }
    if facts.products.isEmpty {
      remarks.append("left alone: the file has no stage")
      return
    }
    for kind in kinds {
      for product in facts.products {
        if BytecodeTurn.isMeant(kind) {
          bytecode(kind, product.stage, isAlone: kinds.count == 1)
        } else {
          turn(kind, product.stage, isAlone: kinds.count == 1)
        }
      }
    }
    if text == facts.file.bytes, remarks.isEmpty {
      let names = kinds.count == 1 ? kinds[0].id : "the caches that are meant"
      remarks.append(
        direction == .off
          ? "nothing to change: what writes \(names) here is off already"
          : "nothing to change: nothing here turns \(names) off")
    }
  }

  /// The file as it is now, and what it does.
  private mutating func read() -> (file: Dockerfile, effects: CacheEffects) {
    if let known { return known }
    let file = Dockerfile(text)
    let now = (file, CacheEffects(file, bases: bases))
    known = now
    return now
  }

  private mutating func apply(_ edits: [Edit], _ title: String) {
    guard !edits.isEmpty, let new = try? applying(edits, to: text), new != text else { return }
    text = new
    known = nil
    if !titles.contains(title) { titles.append(title) }
  }

  private mutating func remark(_ text: String) {
    if !remarks.contains(text) { remarks.append(text) }
  }

  // MARK: Any kind

  private mutating func turn(_ kind: CacheKind, _ product: Int, isAlone: Bool) {
    let effects = read().effects
    let chain = effects.environments.graph.chain(of: product)
    guard kind.hasSwitch else {
      let writes = effects.instructions.contains { run in
        chain.contains(run.stage) && run.writes.contains { $0.kind == kind && $0.stays }
      }
      if writes, direction == .off {
        remark("left alone: nothing that is known turns \(kind.id) off, which is written here")
      }
      return
    }
    let isUsed = effects.instructions.contains { run in
      chain.contains(run.stage) && run.writes.contains { $0.kind == kind }
    }
    if !isUsed, direction == .off {
      let title = effects.environments.graph.stages[product].title
      if isAlone { remark("left alone: nothing shows that \(title) runs \(kind.tool)") }
      return
    }
    for stage in chain.reversed() {
      switch direction {
      case .off: off(kind, stage)
      case .on: on(kind, stage)
      }
    }
    if direction == .off { remarkMounts(kind, product) }
  }

  /// Tells of cache mounts that stay empty now.
  private mutating func remarkMounts(_ kind: CacheKind, _ product: Int) {
    if text == facts.file.bytes { return }
    let (file, effects) = read()
    let chain = effects.environments.graph.chain(of: product)
    for run in effects.instructions where chain.contains(run.stage) {
      let isOff = run.writes.contains { write in
        guard write.kind == kind, let keptOut = write.keptOut else { return false }
        switch keptOut {
        case .flag, .variable, .setting: return run.mounts.contains { $0.type == "cache" && $0.covers(write) }
        default: return false
        }
      }
      if isOff {
        let line = file.instructions[run.instruction].startLine
        remark("the cache mount of line \(line) stays empty now (CP313)")
      }
    }
  }

  private mutating func off(_ kind: CacheKind, _ stage: Int) {
    if means != .flag, let variable = kind.fullVariable {
      setVariable(variable, kind, stage)
      // What `sudo` or the script hides from a command has to be said to the command itself.
      if means == nil { addFlags(kind, stage, unlessReachedBy: variable.name) }
    } else if means != .env {
      addFlags(kind, stage)
    } else {
      remark("left alone: no variable turns \(kind.id) off")
    }
  }

  private mutating func setVariable(_ variable: EnvironmentSwitch, _ kind: CacheKind, _ stage: Int) {
    let (file, effects) = read()
    let run = effects.instructions.first { run in
      run.stage == stage && !run.isTrigger
        && run.writes.contains { write in
          guard write.kind == kind, !run.commands[write.command].invocation.scope.sets(variable.name) else {
            return false
          }
          switch write.keptOut {
          case .variable: return false
          // What a flag or a setting stops is off already, unless the variable is asked for.
          case .flag, .setting: return means == .env
          default: return true
          }
        }
    }
    guard let run, let editor = DockerfileEnvironmentEditor(file, effects.environments, stage: stage) else { return }
    do throws(EditRefusal) {
      let edits = try editor.set(variable.name, to: variable.value, before: run.instruction)
      apply(edits, "\(variable.name)=\(variable.value) set in \(effects.environments.graph.stages[stage].title)")
    } catch {
      remark("left alone: \(error.reason)")
    }
  }

  private mutating func addFlags(_ kind: CacheKind, _ stage: Int, unlessReachedBy variable: String? = nil) {
    let (file, effects) = read()
    var edits: [Edit] = []
    for run in effects.instructions where run.stage == stage {
      var operations: [RunEditor.Operation] = []
      for write in run.writes where write.kind == kind {
        if case .flag = write.keptOut { continue }
        if case .variable = write.keptOut, variable != nil { continue }
        if let variable, !run.commands[write.command].invocation.scope.sets(variable) { continue }
        guard let (flag, end) = kind.flag(for: run.commands[write.command]) else {
          remark("left alone: \(run.commands[write.command].title) has no flag that turns \(kind.id) off")
          continue
        }
        operations.append(.addFlag(flag, command: write.command, after: end))
      }
      edits += edit(file, run, operations)
    }
    apply(edits, "\(kind.id): flags added to \(places(edits, file))")
  }

  /// The edits of one RUN; none where they are refused, which is told.
  private mutating func edit(
    _ file: Dockerfile, _ run: InstructionEffects, _ operations: [RunEditor.Operation]
  ) -> [Edit] {
    if operations.isEmpty { return [] }
    do throws(EditRefusal) {
      return try RunEditor(file, run).apply(operations)
    } catch {
      remark("left alone: line \(file.instructions[run.instruction].startLine): \(error.reason)")
      return []
    }
  }

  /// The lines of edits, for people.
  private func places(_ edits: [Edit], _ file: Dockerfile) -> String {
    let table = LineTable(file.bytes)
    let lines = Set(edits.map { table.line(of: $0.range.lower) }).sorted()
    let shown = lines.prefix(Self.shownLines).map(String.init).joined(separator: ", ")
    return (lines.count == 1 ? "line " : "lines ") + shown + (lines.count > Self.shownLines ? " …" : "")
  }

  /// How many lines are named.
  private static let shownLines = 10

  private mutating func on(_ kind: CacheKind, _ stage: Int) {
    for variable in kind.disable.environment where variable.effect == .full && variable.only == nil {
      removeVariable(variable.name, stage)
    }
    let (file, effects) = read()
    remarkArguments(kind, stage, file, effects)
    var edits: [Edit] = []
    for run in effects.instructions where run.stage == stage {
      let line = file.instructions[run.instruction].startLine
      var operations: [RunEditor.Operation] = []
      for write in run.writes where write.kind == kind {
        switch write.keptOut {
        case .flag(let flag): operations.append(.removeFlag(flag, command: write.command))
        case .variable(let name, nil): remark("left alone: the script of line \(line) sets \(name)")
        case .setting: remark("left alone: an earlier command has turned it off for line \(line)")
        default: continue
        }
      }
      edits += edit(file, run, operations)
    }
    apply(edits, "\(kind.id): flags removed from \(places(edits, file))")
  }

  /// Tells of build arguments that still turn a kind off.
  private mutating func remarkArguments(_ kind: CacheKind, _ stage: Int, _ file: Dockerfile, _ effects: CacheEffects) {
    for run in effects.instructions where run.stage == stage {
      for write in run.writes where write.kind == kind {
        guard case .variable(let name, let origin?) = write.keptOut else { continue }
        let instruction = file.instructions[origin.instruction]
        if instruction.keyword == .arg {
          remark(
            "left alone: line \(instruction.startLine) sets \(name) with ARG, which a build may give another value")
        }
      }
    }
  }

  private mutating func removeVariable(_ name: String, _ stage: Int) {
    let (file, effects) = read()
    let environments = effects.environments
    guard let editor = DockerfileEnvironmentEditor(file, environments, stage: stage) else { return }
    do throws(EditRefusal) {
      apply(try editor.remove(name), "\(name) removed from \(environments.graph.stages[stage].title)")
    } catch {
      remark("left alone: \(error.reason)")
    }
  }

  // MARK: Bytecode

  /// Bytecode is written at run time: what counts is the final environment.
  private mutating func bytecode(_ kind: CacheKind, _ product: Int, isAlone: Bool) {
    let (file, effects) = read()
    let environments = effects.environments
    let title = environments.graph.stages[product].title
    let evidence = effects.pythonEvidence(in: file, stage: product)
    if direction == .off, evidence.isEmpty, !isNamed {
      if isAlone { remark("left alone: nothing shows that \(title) runs \(kind.tool)") }
      return
    }
    if direction == .on {
      for stage in environments.graph.chain(of: product) { removeVariable(BytecodeTurn.variable, stage) }
      for start in evidence where start.kind == .start && start.writesNoBytecode {
        let line = file.instructions[start.instruction].startLine
        remark("left alone: line \(line) starts Python with -B; take it out there")
      }
      return
    }
    if means == .flag {
      remark("left alone: \(kind.id) is turned off by \(BytecodeTurn.variable); -B at each start is left to you")
      return
    }
    if evidence.contains(where: { $0.kind == .start && $0.ignoresEnvironment }) {
      remark("Python is started with -E or -I there, which ignores \(BytecodeTurn.variable): use -B")
    }
    guard let editor = DockerfileEnvironmentEditor(file, environments, stage: product) else { return }
    do throws(EditRefusal) {
      apply(try editor.set(BytecodeTurn.variable, to: "1"), "\(BytecodeTurn.variable)=1 set in \(title)")
    } catch {
      remark("left alone: \(error.reason)")
    }
  }
}

/// What is special about bytecode: the program writes it, not the build.
enum BytecodeTurn {
  static let variable = "PYTHONDONTWRITEBYTECODE"

  static func isMeant(_ kind: CacheKind) -> Bool { kind.id == "python.bytecode" }
}
