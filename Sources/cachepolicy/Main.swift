internal import ArgumentParser
internal import CSystem
internal import Glibc
internal import SourceText

/// The program: finds the verb, and hands over to its command.
///
/// The verb is recognised here, so that the argument parser has to look at one command and not at all.
@main
enum Main {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    signal(SIGPIPE, SIG_IGN)
    tuneAllocator()
    exit(Terminal.status(status(of: arguments)))
  }

  /// Tells the C library's allocator that the program is short-lived and works on many small blocks.
  ///
  /// By default it joins its lists of small blocks whenever a large array is freed, and gives large arrays back to the
  /// system at once; both cost a tenth of the time of a run over a long Dockerfile.
  private static func tuneAllocator() {
    mallopt(M_MXFAST, 0)
    mallopt(M_MMAP_THRESHOLD, 32 << 20)
    mallopt(M_TRIM_THRESHOLD, 256 << 20)
  }

  /// Runs the command that the words name.
  private static func status(of arguments: [String]) -> Int32 {
    guard let verb = arguments.first else {
      Terminal.error.write(Cachepolicy.helpMessage() + "\n")
      return ExitStatus.usage
    }
    if verb == "--version" || verb == "-V" {
      Terminal.output.write("cachepolicy \(Version.text)\n")
      return ExitStatus.clean
    }
    guard let command = Cachepolicy.verbs[verb] else {
      if verb.hasPrefix("-") || verb == "help" { return run(Cachepolicy.self, arguments) }
      return Cachepolicy.explainUnknown(verb)
    }
    if verb == "policy", arguments.count > 1, let status = PolicyCommand.explainUnknown(arguments[1]) { return status }
    return run(command, Array(arguments.dropFirst()))
  }

  /// A message of the argument parser, which repeats words of the command line as they are.
  private static func safe(_ message: String, _ arguments: [String]) -> String {
    var message = message
    let words = arguments + arguments.compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) }
    for word in words where printable(word) != word { message = message.replacing(word, with: printable(word)) }
    return message.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
      .joined(separator: "\n")
  }

  /// The words that have to be parsed, and those at the end that can be nothing but targets.
  ///
  /// What the argument parser takes for many positional words grows with the square of their number, and hooks name
  /// thousands. The word behind the last flag may be its value; all behind that are targets.
  private static func parted(
    _ arguments: [String], _ type: any ParsableCommand.Type
  ) -> (parsed: [String], further: [String]) {
    guard arguments.count > 16, type is any TargetNaming.Type else { return (arguments, []) }
    let start = (arguments.lastIndex { $0.hasPrefix("-") } ?? -1) + 2
    guard start < arguments.count else { return (arguments, []) }
    return (Array(arguments[..<start]), Array(arguments[start...]))
  }

  private static func run(_ type: any ParsableCommand.Type, _ arguments: [String]) -> Int32 {
    do {
      let (parsed, further) = Self.parted(arguments, type)
      var command = try type.parseAsRoot(parsed)
      if !further.isEmpty, var naming = command as? any TargetNaming {
        naming.add(further)
        command = naming
      }
      try command.run()
      return ExitStatus.clean
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      let text = Self.safe(type.fullMessage(for: error), arguments)
      let code = type.exitCode(for: error)
      if code == .success {
        Terminal.output.write(text + "\n")
        return ExitStatus.clean
      }
      Terminal.error.write(text + "\n")
      return ExitStatus.usage
    }
  }
}

/// A command that takes any number of targets.
protocol TargetNaming: ParsableCommand {
  /// Adds targets behind those that were parsed.
  mutating func add(_ targets: [String])
}

/// The exit codes: they never depend on an output format.
enum ExitStatus {
  /// Nothing at or above the threshold.
  static let clean: Int32 = 0
  /// Findings at or above the threshold.
  static let findings: Int32 = 1
  /// A usage, configuration or policy error.
  static let usage: Int32 = 2
  /// Some input could not be read, or some output not written: the run is incomplete.
  static let incomplete: Int32 = 3
}
