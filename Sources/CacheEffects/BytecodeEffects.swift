public import Dockerfiles
internal import SourceText

/// A command that leaves Python's bytecode in the layer of its RUN.
public struct BytecodeWrite: Sendable {
  /// What makes the command write it.
  public enum Cause: Hashable, Sendable {
    /// Pip compiles what it installs, whatever PYTHONDONTWRITEBYTECODE says.
    case installer
    /// A flag asks for it.
    case flag(String)
    /// A variable asks for it.
    case variable(String, VariableOrigin?)
    /// Compiling is what the command is for.
    case compiler
    /// A new environment gets pip, which is compiled.
    case environment
    /// The package manager of the distribution compiles the packages of Python that it installs.
    case packages
    /// Python compiles the modules that a program imports.
    case imports
  }

  /// The command, by its number among those of its instruction.
  public let command: Int
  /// What makes it write.
  public let cause: Cause
  /// Why that is not known for sure; nil where it is.
  public let doubt: Doubt?
  /// The command later in the same RUN that removes the bytecode, by its number; nil where none does.
  public internal(set) var removal: Int?
  /// The absolute directories that the bytecode lies in or below, as far as they are known.
  public internal(set) var directories: [[UInt8]] = []
}

/// What makes bytecode void that is there already.
public struct BytecodeLoss: Sendable {
  /// How it does so.
  public enum Cause: Hashable, Sendable {
    /// It removes the bytecode.
    case removal
    /// It gives sources another time, and leaves what is in them.
    case time
    /// It changes sources.
    case content
  }

  /// The command, by its number among those of its instruction.
  public let command: Int
  /// How it does so.
  public let cause: Cause
  /// The absolute directory or file that it concerns, with all that is below.
  public let place: [UInt8]
}

/// A command that installs packages of Python.
public struct PythonInstall: Sendable {
  /// The command, by its number among those of its instruction.
  public let command: Int
  /// Whether it compiles them; nil where that is not known.
  public let compiles: Bool?
  /// The absolute directory that the packages go to, or one above it; nil where that is not known.
  public let directory: [UInt8]?
  /// Whether it installs what lies in a directory of the image, and not only makes a link to it.
  public let isOfDirectory: Bool
  /// Whether the command may not run.
  public let isPerhaps: Bool
  /// The level of optimisation that what it compiles is for.
  public let level: Int
}

/// A command that compiles directories ahead.
public struct CompileStep: Sendable {
  /// How Python will decide whether the bytecode is still that of its source.
  public enum Validation: Hashable, Sendable {
    /// By the source's time and size.
    case timestamp
    /// By the source's content.
    case checkedHash
    /// It will not look.
    case uncheckedHash
  }

  /// The command, by its number among those of its instruction.
  public let command: Int
  /// The absolute directories, without a slash at the end; nil for each that is not known.
  public let directories: [[UInt8]?]
  /// How the files are found valid.
  public let validation: Validation
  /// The program, as it is written; nil where that is not known.
  public let interpreter: [UInt8]?
  /// The levels of optimisation that it compiles for.
  public let levels: Set<Int>
  /// Whether it also compiles what has valid bytecode.
  public let isForced: Bool
  /// Whether it runs in every build that succeeds, and who runs it may be assumed to be able to write.
  public let isCertain: Bool

  /// Whether it compiles what lies in a directory.
  public func covers(_ directory: [UInt8]) -> Bool {
    directories.contains { $0.map { isWithin(directory, $0) } ?? true }
  }
}

/// What the commands of a RUN have to do with Python's bytecode.
public struct BytecodeEffects: Sendable {
  /// What writes it.
  public internal(set) var writes: [BytecodeWrite] = []
  /// What installs packages.
  public internal(set) var installs: [PythonInstall] = []
  /// What compiles ahead.
  public internal(set) var steps: [CompileStep] = []
  /// What makes void what was compiled before.
  public internal(set) var losses: [BytecodeLoss] = []
}
