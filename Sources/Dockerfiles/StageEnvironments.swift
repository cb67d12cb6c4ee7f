internal import SourceText

/// What holds in the stages of a Dockerfile.
public struct StageEnvironments: Sendable {
  /// How many ONBUILDs of a stage are looked at; of more, only that they may change anything is known.
  public static let triggerLimit = 100

  /// The stages.
  public let graph: StageGraph
  /// The environment at the end of each stage: what the image has.
  public let final: [Environment]
  /// What is known of the image that each stage starts from in the end.
  public let bases: [KnownBase?]
  /// What stages take from other stages and images, in the order of the build.
  public let copies: [StageCopy]
  /// What holds before each ONBUILD when an image that is built from its stage runs it, by its number.
  public let beforeTriggers: [Int: Environment]

  /// Computes what holds at each instruction of a file.
  ///
  /// - Parameters:
  ///   - file: the Dockerfile.
  ///   - arguments: what the build is given with `--build-arg`.
  ///   - bases: what is known of images, asked before the table of well-known ones.
  ///   - visit: is shown the environment before each instruction, in the order of the file.
  public init(
    _ file: Dockerfile, arguments: [String: [UInt8]] = [:], bases: (String) -> KnownBase? = { _ in nil },
    visit: (_ instruction: Int, _ before: Environment) -> Void = { _, _ in }
  ) {
    graph = StageGraph(file, arguments: arguments)
    var final: [Environment] = []
    var known: [KnownBase?] = []
    var triggers: [[Int]] = []
    var copies: [StageCopy] = []
    var beforeTriggers: [Int: Environment] = [:]
    var work = 0
    for stage in graph.stages {
      var environment = Environment()
      switch stage.base {
      case .stage(let parent):
        environment = final[parent]
        environment.work = work
        for index in triggers[parent].prefix(Self.triggerLimit) {
          let instruction = file.instructions[index]
          if case .onbuild(let inner) = instruction.arguments, !inner.flags.isEmpty {
            copies += environment.copies(
              inner.keyword, inner.flags, inner.arguments, instruction, index, file.escape, graph, stage: stage.index)
          }
          environment.applyTrigger(instruction, index, file.escape, graph.globals, arguments)
        }
        if triggers[parent].count > Self.triggerLimit { environment.forget() }
        known.append(known[parent])
      case .image(let image):
        let base = image.flatMap { bases($0) ?? KnownBase.builtin($0) }
        known.append(base)
        let isWindows = base?.isWindows ?? image.map(KnownBase.isWindows) ?? false
        environment = Environment(base, isWindows: isWindows)
        environment.work = work
      }
      for index in stage.instructions {
        let instruction = file.instructions[index]
        visit(index, environment)
        if !instruction.flags.isEmpty {
          copies += environment.copies(
            instruction.keyword, instruction.flags, instruction.arguments, instruction, index, file.escape, graph,
            stage: stage.index)
        }
        environment.apply(instruction, index, file.escape, graph.globals, arguments)
      }
      final.append(environment)
      triggers.append(stage.instructions.filter { file.instructions[$0].keyword == .onbuild })
      for index in triggers[stage.index].prefix(Self.triggerLimit) {
        beforeTriggers[index] = environment
        environment.applyTrigger(file.instructions[index], index, file.escape, graph.globals, arguments)
      }
      work = environment.work
    }
    self.beforeTriggers = beforeTriggers
    self.final = final
    self.bases = known
    self.copies = copies
  }
}

/// The instructions that count for what the image of a stage starts, by their numbers.
public struct StartInstructions: Hashable, Sendable {
  /// The last ENTRYPOINT.
  public internal(set) var entrypoint: Int?
  /// The last CMD, unless a later stage's ENTRYPOINT has made it void.
  public internal(set) var command: Int?
  /// The last HEALTHCHECK, unless it switches the check off.
  public internal(set) var healthcheck: Int?
}

extension StageEnvironments {
  /// What the image of a stage starts, its base stages looked at, too.
  public func start(in file: Dockerfile, stage: Int) -> StartInstructions {
    var start = StartInstructions()
    for stage in graph.chain(of: stage).reversed() {
      let instructions = graph.stages[stage].instructions
      for index in instructions {
        switch file.instructions[index].keyword {
        case .cmd: start.command = index
        case .entrypoint:
          start.entrypoint = index
          if let inherited = start.command, !instructions.contains(inherited) { start.command = nil }
        case .healthcheck: start.healthcheck = file.command(of: file.instructions[index]) == nil ? nil : index
        default: continue
        }
      }
    }
    return start
  }
}
