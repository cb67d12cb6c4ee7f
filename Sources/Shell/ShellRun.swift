public import SourceText

/// What a script runs, in order, found by walking it and running nothing.
public struct ShellRun: Sendable {
  /// How many more commands than a script has bytes are followed; loops and functions count each time.
  public static let freeSteps = 10_000
  /// How deep functions and scripts in scripts are followed.
  public static let nestingLimit = 12
  /// How deep commands are followed, through functions and scripts in scripts, too.
  public static let depthLimit = 80
  /// How many variables may be kept, counted again for each change; after that no variable is known.
  public static let variableLimit = 500_000
  /// How many bytes the value of a variable may have; a longer one is not known.
  public static let valueLimit = 4_096
  /// How many bytes the words of all commands may have that variables stand in; after that no variable is known.
  public static let expansionLimit = 8_000_000
  /// How many scripts of `trap` are kept.
  public static let trapLimit = 8
  /// How many conditions are told of a command that may leave the script early before it.
  public static let escapeLimit = 8
  /// How many passes through a loop are made until the variables that it changes are found.
  public static let passLimit = 3
  /// How many words the braces of one word may stand for; of more, nothing is known.
  public static let braceLimit = 256
  /// How many words of a `for` are followed one by one; of more, the variable is unknown.
  public static let loopLimit = 16
  /// How often a command is followed in loops that stand in each other; beyond, the inner variables are unknown.
  public static let unrollLimit = 256

  /// The commands, in the order in which they run.
  public private(set) var invocations: [ShellInvocation] = []
  /// Whether the walk came to its end, and every script in it was understood.
  public private(set) var isComplete: Bool
  /// Whether a command that fails ends the script, at its end.
  public private(set) var stopsOnError: Bool
  /// How many commands were followed; those that are no programs, such as `[`, are among them.
  public private(set) var steps = 0
  /// The ways at whose end the script fails, as with `exit 1`.
  public private(set) var failing: Set<ShellBranch> = []

  /// Walks a script.
  ///
  /// - Parameters:
  ///   - script: the script.
  ///   - isBash: whether what only bash knows is to be expanded, such as `{a,b}`.
  ///   - stopsOnError: whether the shell was started with `-e`.
  ///   - stepLimit: how many commands are followed at most; beyond ``freeSteps`` and one for each byte, none ever is.
  ///   - inherited: what the script is started with.
  public init(
    _ script: ShellScript, isBash: Bool = false, stopsOnError: Bool = false, stepLimit: Int = .max,
    inherited: (String) -> VariableValue
  ) {
    isComplete = script.isComplete
    self.stopsOnError = stopsOnError
    withoutActuallyEscaping(inherited) { inherited in
      var walk = ShellWalk(isBash: isBash, stopsOnError: stopsOnError, inherited: inherited)
      walk.stepLimit = min(stepLimit, Self.freeSteps + script.bytes.count)
      walk.start(script, shift: 0)
      steps = walk.steps
      invocations = walk.invocations
      isComplete = isComplete && walk.isComplete
      self.stopsOnError = walk.stopsOnError
      failing = walk.failing
    }
  }
}

extension ShellRun {
  /// Walks a program that is started without a shell.
  ///
  /// - Parameters:
  ///   - words: the program and its arguments, with their places in `text`.
  ///   - text: what holds them, quotes included.
  ///   - inherited: what the program is started with.
  public init(_ words: [ShellArgument], in text: [UInt8], inherited: (String) -> VariableValue) {
    isComplete = true
    stopsOnError = true
    if words.isEmpty { return }
    withoutActuallyEscaping(inherited) { inherited in
      var walk = ShellWalk(isBash: false, stopsOnError: true, inherited: inherited)
      walk.bytes = text
      walk.stepLimit = Self.freeSteps + text.count
      var range: ByteRange?
      for word in words { range = word.range.map { range?.joined($0) ?? $0 } ?? range }
      walk.unwrap(
        ShellInvocation(
          words: words, range: range, branches: [], scope: ShellScope(), user: .same, directory: .same,
          isBackground: false, isNested: false), nil)
      invocations = walk.invocations
      isComplete = walk.isComplete
    }
  }
}
