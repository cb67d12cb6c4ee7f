public import CacheEffects
public import Dockerfiles
internal import Shell
public import SourceText

/// Changes the commands of one RUN, or of an ONBUILD that holds one, with the smallest edits.
///
/// The edits are proven before they are given: the file that they make is read again and has no new problem, every
/// other instruction is the same, and the script, walked again, differs in the wanted words alone.
public struct RunEditor: Sendable {
  /// One change of a RUN; commands are given by their number in ``InstructionEffects/commands``.
  public enum Operation: Hashable, Sendable {
    /// Puts a flag, of one word or several, behind that many arguments of a command.
    case addFlag(String, command: Int, after: Int)
    /// Takes a flag out of a command.
    case removeFlag(String, command: Int)
    /// Lets a command follow where all has gone well.
    case append(String)
    /// Takes a command out.
    case removeCommand(Int)
    /// Mounts a cache.
    case addCacheMount(target: String, isLocked: Bool)

    fileprivate var isAtEnd: Bool {
      if case .append = self { return true }
      return false
    }
  }

  let file: Dockerfile
  let run: InstructionEffects

  /// Creates an editor of an instruction of the file.
  public init(_ file: Dockerfile, _ run: InstructionEffects) {
    self.file = file
    self.run = run
  }

  /// The edits that put a flag directly behind a word of a command.
  ///
  /// - Parameters:
  ///   - flag: the flag; a value that is a word of its own follows a blank.
  ///   - number: the command.
  ///   - count: the number of arguments that it goes behind; 0 puts it behind the command's name.
  /// - Returns: the edits.
  /// - Throws: the reason where a person has to decide.
  public func addFlag(_ flag: String, toCommand number: Int, after count: Int) throws(EditRefusal) -> [Edit] {
    try apply([.addFlag(flag, command: number, after: count)])
  }

  /// The edits that take a flag out of a command, and its line with it where it stands alone there.
  ///
  /// - Parameters:
  ///   - flag: the flag; of one that is joined to its value with `=`, the name is enough, and a value that is a word of
  ///     its own follows a blank.
  ///   - number: the command.
  /// - Returns: the edits.
  /// - Throws: the reason where a person has to decide.
  public func removeFlag(_ flag: String, fromCommand number: Int) throws(EditRefusal) -> [Edit] {
    try apply([.removeFlag(flag, command: number)])
  }

  /// The edits that let a command run at the end, where all that precedes has succeeded.
  ///
  /// The exit status of the script stays that of its last command where that fails.
  ///
  /// - Throws: the reason where a person has to decide.
  public func append(_ command: String) throws(EditRefusal) -> [Edit] {
    try apply([.append(command)])
  }

  /// The edits that take a command out of its chain.
  ///
  /// - Throws: the reason where a person has to decide.
  public func removeCommand(_ number: Int) throws(EditRefusal) -> [Edit] {
    try apply([.removeCommand(number)])
  }

  /// The edits that mount a cache at an absolute path.
  ///
  /// - Parameters:
  ///   - target: the path.
  ///   - isLocked: whether builds that use it wait for each other.
  /// - Returns: the edits.
  /// - Throws: the reason where a person has to decide.
  public func addCacheMount(target: String, isLocked: Bool) throws(EditRefusal) -> [Edit] {
    try apply([.addCacheMount(target: target, isLocked: isLocked)])
  }

  /// The edits that make several changes at once.
  ///
  /// - Throws: the reason where a person has to decide.
  public func apply(_ operations: [Operation]) throws(EditRefusal) -> [Edit] {
    guard file.instructions.indices.contains(run.instruction) else {
      throw EditRefusal("the file has no such instruction")
    }
    guard var change = RunChange(file, run) else {
      throw EditRefusal("the RUN starts no shell and no program that is known")
    }
    // What comes at the end follows what comes behind a word at the same place.
    let last = operations.filter(\.isAtEnd)
    var done: Set<Operation> = []
    for operation in operations.filter({ !$0.isAtEnd }) + last where done.insert(operation).inserted {
      switch operation {
      case .addFlag(let flag, let command, let after): try change.addFlag(flag, command, after)
      case .removeFlag(let flag, let command): try change.removeFlag(flag, command)
      case .append(let command): try change.append(command)
      case .removeCommand(let command): try change.removeCommand(command)
      case .addCacheMount(let target, let isLocked): try change.addCacheMount(target, isLocked)
      }
    }
    let edits = change.edits()
    try change.prove(edits)
    return edits
  }
}
