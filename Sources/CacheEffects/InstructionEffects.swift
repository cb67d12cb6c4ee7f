public import Caches
public import Dockerfiles
public import Shell
public import SourceText

/// What one RUN leaves, or an ONBUILD that holds one.
public struct InstructionEffects: Sendable {
  /// The instruction's number in the file.
  public let instruction: Int
  /// The stage's number.
  public let stage: Int
  /// The text that the places of commands and words lead into; it leads to the file.
  public let text: LogicalText
  /// The script; nil for a program that is started without a shell.
  public let script: ShellScript?
  /// Whether the text was understood in full.
  public let isComplete: Bool
  /// Whether a command that fails ends the script.
  public let stopsOnError: Bool
  /// Whether it runs in the images that are built from this one.
  public let isTrigger: Bool
  /// Whether root runs it; nil where the user is not known.
  public let isRoot: Bool?
  /// The commands, in the order in which they run.
  public let commands: [ToolCommand]
  /// Whether the program of every command is known.
  public let namesAllCommands: Bool
  /// The mounts, with the number of their flag.
  public let mounts: [MountPlace]
  /// What the commands write.
  public internal(set) var writes: [CacheWrite]
  /// What they remove.
  public internal(set) var removals: [Removal]
  /// What they need of what earlier RUNs have left.
  public internal(set) var needs: [CacheNeed]
  /// Switches of the tools that run here which have a value that counts, or should.
  public internal(set) var switches: [SwitchUse]
  /// What they have to do with Python's bytecode.
  public let bytecode: BytecodeEffects

  /// Where a range of the text stands in the file.
  public func place(_ range: ByteRange) -> ByteRange { text.physical(range) }

  /// Where a command's name stands in the file, or the command that it comes from; nil where no place holds it.
  public func place(ofCommand number: Int) -> ByteRange? {
    guard commands.indices.contains(number) else { return nil }
    let invocation = commands[number].invocation
    return (commands[number].nameRange ?? invocation.range ?? invocation.origin).map { text.physical($0) }
  }
}

/// A directory that a RUN has from elsewhere.
public struct MountPlace: Hashable, Sendable {
  /// The number of the flag among those of the instruction.
  public let flag: Int
  /// `cache`, `tmpfs`, `bind`, `secret` or `ssh`.
  public let type: String
  /// The absolute path; nil where it is not known.
  public let target: [UInt8]?
  /// Where that is, with the links of the base image followed.
  let real: [UInt8]?
  /// Whether builds that use it wait for each other.
  public let isLocked: Bool

  /// Whether what is written goes to the mount.
  public func covers(_ write: CacheWrite) -> Bool {
    guard let real, let place = write.place?.path else { return false }
    return isWithin(place, real) || write.otherPlaces.contains { isWithin($0, real) }
  }
}

/// How a switch of a tool stands at a command.
public struct SwitchUse: Sendable {
  /// The kind that it switches.
  public let kind: CacheKind
  /// The switch.
  public let variable: EnvironmentSwitch
  /// Its value.
  public let value: [UInt8]
  /// Where it was set; nil for what the script or the base image sets.
  public let origin: VariableOrigin?
  /// What the tool makes of it.
  public let reading: SwitchReading
  /// The command, by its number.
  public let command: Int
  /// Whether the script sets it, and not the Dockerfile or the base image.
  public let isInScript: Bool
  /// Whether the command is one that writes the kind; else only its tool may.
  public let writing: FormMatch
}
