internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import JSON
internal import Shell
internal import SourceText

/// A Dockerfile as `facts` prints it.
enum DockerfileDocument {
  /// What was read of a Dockerfile.
  static func value(_ facts: DockerfileFacts) -> JSONValue {
    let file = facts.file
    let graph = facts.environments.graph
    let instructions = file.instructions.map { instruction -> JSONValue in
      [
        "keyword": .bytes(instruction.keywordText.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }),
        "start_line": .integer(instruction.startLine), "end_line": .integer(instruction.endLine),
        "flags": .array(instruction.flags.map { .bytes($0.text) }),
        "heredocs": .array(
          instruction.heredocs.map { heredoc in
            [
              "name": .bytes(heredoc.name), "start_line": .integer(heredoc.startLine),
              "end_line": .integer(heredoc.endLine), "expand": .bool(heredoc.expands),
            ]
          }),
      ]
    }
    let stages = graph.stages.map { stage -> JSONValue in
      let environment = facts.environments.final[stage.index]
      let variables = environment.variables.sorted { $0.key < $1.key }.map { name, variable -> JSONMember in
        guard case .value(let bytes) = variable.value else { return JSONMember(name, .null) }
        return JSONMember(name, .bytes(bytes))
      }
      let product = facts.products.first { $0.stage == stage.index }
      return [
        "index": .integer(stage.index), "name": .optional(stage.name),
        "base": .optional(graph.image(of: stage.index)), "product": .bool(product != nil),
        "profile": .optional(product?.profile), "reason": .optional(product?.reason),
        "environment": .object(variables), "environment_complete": .bool(!environment.mayInheritMore),
      ]
    }
    let environments = environments(facts)
    let errors = file.problems.map { problem -> JSONValue in
      [
        "line": .integer(problem.line), "message": .string(problem.message),
        "level": .string(problem.level == .file ? "file" : "instruction"),
      ]
    }
    return [
      "path": .bytes(facts.path.bytes), "escape": .bytes([file.escape]), "instructions": .array(instructions),
      "stages": .array(stages), "environments": .array(environments.items),
      "commands": .array(commands(facts, environments.numbers)), "cache_effects": .array(effects(facts)),
      "errors": .array(errors),
    ]
  }

  /// How many variables of environments are printed; of more, the environment is not told.
  private static let variableLimit = 100_000

  /// What holds at the RUNs, told where it changes, and the number of that for each RUN.
  private static func environments(_ facts: DockerfileFacts) -> (items: [JSONValue], numbers: [Int: Int]) {
    let images = facts.images
    // An ONBUILD runs elsewhere.
    let runs = facts.effects.instructions.filter { !$0.isTrigger }
    let stages = Dictionary(runs.map { ($0.instruction, $0.stage) }) { first, _ in first }
    var items: [JSONValue] = []
    var numbers: [Int: Int] = [:]
    var last: (stage: Int, environment: Environment)?
    var count = 0
    _ = StageEnvironments(facts.file, bases: { images[$0] }) { index, environment in
      guard let stage = stages[index] else { return }
      if let last, last.stage == stage, isSame(last.environment, environment) {
        numbers[index] = items.count - 1
        return
      }
      count += environment.variables.count + environment.arguments.count
      if count > variableLimit { return }
      last = (stage, environment)
      numbers[index] = items.count
      items.append(value(environment, stage, index, line: facts.file.instructions[index].startLine))
    }
    return (items, numbers)
  }

  private static func isSame(_ left: Environment, _ right: Environment) -> Bool {
    left.variables == right.variables && left.arguments == right.arguments && left.user == right.user
      && left.workingDirectory == right.workingDirectory && left.shell == right.shell
      && left.mayInheritMore == right.mayInheritMore
  }

  private static func value(_ environment: Environment, _ stage: Int, _ index: Int, line: Int) -> JSONValue {
    let names = Set(environment.variables.keys).union(environment.arguments.keys).sorted()
    let home = environment.home()
    return [
      "stage": .integer(stage), "instruction": .integer(index), "line": .integer(line),
      "user": value(environment.user), "home": home.map { .bytes($0.path) } ?? .null,
      "home_certain": .bool(home?.isCertain ?? false),
      "working_directory": environment.workingDirectory.map { .bytes($0) } ?? .null,
      "shell": environment.shell.map { .array($0.map { .bytes($0) }) } ?? .null,
      "variables": .object(names.map { JSONMember($0, value(environment.value(atBuild: $0))) }),
      "complete": .bool(!environment.mayInheritMore),
    ]
  }

  private static func value(_ value: VariableValue) -> JSONValue {
    if case .value(let bytes) = value { return .bytes(bytes) }
    return .null
  }

  /// How a word came about.
  private static func form(_ word: ShellArgument, _ run: InstructionEffects) -> JSONValue {
    guard word.value != nil else { return "unknown" }
    guard let range = word.range, range.upper <= run.text.bytes.count else { return "expanded" }
    let written = run.text[range]
    return written.contains { "$`~*?[".utf8.contains($0) } ? "expanded" : "literal"
  }

  /// The variables that the script gives a command: their values, and null for what is unset or not known.
  private static func variables(_ command: ToolCommand) -> JSONValue {
    let scope = command.invocation.scope
    return .object(scope.names.map { JSONMember($0, value(scope.value($0) { _ in .unknown })) })
  }

  /// The commands of every RUN, in the order in which they run; then what the stages' images start, and their checks.
  private static func commands(_ facts: DockerfileFacts, _ environments: [Int: Int]) -> [JSONValue] {
    let lines = LineTable(facts.file.bytes)
    let all =
      facts.effects.instructions.map { ($0.isTrigger ? "trigger" : "build", $0) }
      + facts.effects.starts.map { ("start", $0) } + facts.effects.checks.map { ("check", $0) }
    return all.flatMap { time, run in
      run.commands.enumerated().map { number, command -> JSONValue in
        let words = command.invocation.words.map { word in word.value.map { JSONValue.bytes($0) } ?? .null }
        let user: JSONValue =
          switch command.invocation.user {
          case .same: .null
          case .named(let name): .bytes(name)
          case .unknown: "?"
          }
        return [
          "instruction": .integer(run.instruction), "stage": .integer(run.stage), "runs_at": .string(time),
          "line": .integer(line(run, number, lines, facts)), "name": .string(command.name), "words": .array(words),
          "forms": .array(command.invocation.words.map { form($0, run) }),
          "environment": time == "build" ? environments[run.instruction].map { .integer($0) } ?? .null : .null,
          "variables": variables(command), "inherits": .bool(!command.invocation.scope.isAlone),
          "certain": .bool(!command.invocation.isPerhaps), "background": .bool(command.invocation.isBackground),
          "user": user,
        ]
      }
    }
  }

  private static func line(_ run: InstructionEffects, _ command: Int, _ lines: LineTable, _ facts: DockerfileFacts)
    -> Int
  {
    run.place(ofCommand: command).map { lines.line(of: $0.lower) }
      ?? facts.file.instructions[run.instruction].startLine
  }

  /// What the commands write and remove.
  private static func effects(_ facts: DockerfileFacts) -> [JSONValue] {
    let lines = LineTable(facts.file.bytes)
    return facts.effects.instructions.flatMap { run in
      let written = run.writes.map { write in
        (
          write.command, 0,
          [
            "effect": "written", "kind": .string(write.kind.id), "path": path(write.place?.path),
            "path_certain": .bool(write.place?.isCertain ?? false), "instruction": .integer(run.instruction),
            "stage": .integer(run.stage), "line": .integer(line(run, write.command, lines, facts)),
            "certain": .bool(write.isCertain), "kept_out_by": .optional(write.keptOut?.name),
            "detail": .optional(write.keptOut.flatMap(detail)), "refused": .optional(write.refused),
            "doubt": .optional(write.doubt?.reason),
          ] as JSONValue
        )
      }
      let removed = run.removals.map { removal in
        (
          removal.command, 1,
          [
            "effect": "removed", "kinds": .array(removal.kinds.map { .string($0.id) }), "path": path(removal.path),
            "instruction": .integer(run.instruction), "stage": .integer(run.stage),
            "line": .integer(line(run, removal.command, lines, facts)),
            "certain": .bool(!run.commands[removal.command].invocation.isPerhaps),
          ] as JSONValue
        )
      }
      return (written + removed).sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
  }

  private static func path(_ path: [UInt8]?) -> JSONValue { path.map { .bytes($0) } ?? .null }

  private static func detail(_ kept: KeptOut) -> String? {
    switch kept {
    case .flag(let name), .variable(let name, _), .base(let name): name
    case .setting(let name, _): name
    case .mount(_, let isCache): isCache ? "cache" : "other"
    case .removal, .outside: nil
    }
  }
}
