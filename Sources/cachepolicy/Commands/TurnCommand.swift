internal import ArgumentParser
internal import Inspection
internal import Reports
internal import SourceText

/// `cachepolicy turn`: switches a cache's writing on or off.
struct TurnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "turn", _superCommandName: "cachepolicy",
    abstract: "Switch a cache's writing on or off in the configuration found.",
    discussion: """
      `off` writes the environment switch into the product stage in which the tool runs, or its flag where \
      the tool has no full switch; `on` removes switches and flags, never mounts or clean-ups. \
      Exit code 0 also where nothing had to change.
      """)

  enum Direction: String, ExpressibleByArgument, CaseIterable {
    case on, off
  }

  enum Means: String, ExpressibleByArgument, CaseIterable {
    case env, flag
  }

  @Argument(help: "on or off.")
  var direction: Direction

  @Argument(help: ArgumentHelp("The caches: an id or an alias, prefix.*, kind:KIND or *.", valueName: "cache"))
  var selector: String

  @Argument(
    help: ArgumentHelp("Where; without one it is the working directory.", valueName: "path"), completion: .file())
  var paths: [String] = []

  @Flag(help: "Write nothing; print the changes as a patch. Exit code 1: there would be a change.")
  var diff = false

  @Option(help: ArgumentHelp("The stage of Dockerfiles that is built.", valueName: "stage"))
  var target: String?

  @Option(help: ArgumentHelp("What off writes: env or flag; by itself env where the tool has a full switch."))
  var by: Means?

  @OptionGroup(title: "Policy") var policy: PolicyOptions
  @Option(help: "When to write colours: auto, always or never.")
  var color: ColorChoice = .auto

  func run() throws {
    var settings = try Settings(policy)
    settings.stage = target
    let outcome: TurnOutcome
    do {
      outcome = try Inspection(settings).turn(
        direction == .off ? .off : .on, selector, by: by.flatMap { Inspection.Means(rawValue: $0.rawValue) },
        in: paths.isEmpty ? ["."] : paths, writes: !diff)
    } catch let error as UsageError {
      throw fail(error.message, ExitStatus.usage)
    } catch let error as PolicyFailure {
      let style = Style(hasColor: Terminal.error.hasColor(color, environment: settings.environment))
      Terminal.error.write(error.text(color: style))
      throw ExitCode(ExitStatus.usage)
    }
    if diff {
      let style = Style(hasColor: Terminal.output.hasColor(color, environment: settings.environment))
      for change in outcome.changes { Terminal.output.write(shown(change.patch, style)) }
      for remark in outcome.remarks { Terminal.error.write("cachepolicy: \(safe(remark))\n") }
    } else {
      for change in outcome.changes {
        Terminal.output.write("\(safe(change.shownPath)): \(change.titles.map(safe).joined(separator: "; "))\n")
      }
      for remark in outcome.remarks { Terminal.output.write(safe(remark) + "\n") }
    }
    Errors.write(outcome.errors)
    if !outcome.errors.isEmpty { throw ExitCode(ExitStatus.incomplete) }
    if diff && !outcome.changes.isEmpty { throw ExitCode(ExitStatus.findings) }
  }
}
