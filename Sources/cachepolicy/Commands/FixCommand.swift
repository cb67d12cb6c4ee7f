internal import ArgumentParser
internal import Findings
internal import Inspection
internal import Reports
internal import SourceText

/// `cachepolicy fix`: applies fixes, or shows them.
struct FixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fix", _superCommandName: "cachepolicy", abstract: "Apply fixes.",
    discussion: """
      Safe fixes are applied; --unsafe applies those too that change what a program does. What is left for a \
      person is listed. Exit code 0: every applicable edit was made.
      """)

  @Argument(
    help: ArgumentHelp("What to repair; without one it is the working directory.", valueName: "path"),
    completion: .file())
  var paths: [String] = []

  @Flag(help: "Write nothing; print the changes as a patch. Exit code 1: there would be a change.")
  var diff = false

  @Flag(help: "Apply fixes that change what a program does, too.")
  var unsafe = false

  @Flag(help: "Give exit code 1 where warnings or errors remain.")
  var exitOnRemaining = false

  @OptionGroup(title: "Policy") var policy: PolicyOptions
  @OptionGroup(title: "Selection") var selection: SelectionOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(policy, selection)
    let color = Terminal.output.hasColor(output.color, environment: settings.environment)
    let outcome: FixOutcome
    do {
      outcome = try Inspection(settings).fix(paths.isEmpty ? ["."] : paths, unsafe: self.unsafe, writes: !diff)
    } catch let error as UsageError {
      throw fail(error.message, ExitStatus.usage)
    } catch let error as PolicyFailure {
      let style = Style(hasColor: Terminal.error.hasColor(output.color, environment: settings.environment))
      Terminal.error.write(error.text(color: style))
      throw ExitCode(ExitStatus.usage)
    }
    if diff {
      for change in outcome.changes { Terminal.output.write(shown(change.patch, Style(hasColor: color))) }
      Errors.write(outcome.report.errors)
      if !outcome.report.errors.isEmpty { throw ExitCode(ExitStatus.incomplete) }
      if !outcome.changes.isEmpty { throw ExitCode(ExitStatus.findings) }
      return
    }
    Terminal.output.write(
      FixSummary(outcome, isQuiet: output.quiet, isVerbose: output.verbose, unsafe: self.unsafe).text)
    Errors.write(outcome.report.errors)
    if !outcome.report.errors.isEmpty { throw ExitCode(ExitStatus.incomplete) }
    let remains = outcome.report.open.contains { $0.finding.severity >= .warning }
    if exitOnRemaining && remains { throw ExitCode(ExitStatus.findings) }
  }
}

/// What `fix` says it did, and what it left.
struct FixSummary {
  let text: String

  init(_ outcome: FixOutcome, isQuiet: Bool, isVerbose: Bool, unsafe: Bool) {
    var text = ""
    if !isQuiet {
      for change in outcome.changes {
        text += "\(safe(change.shownPath)): \(change.titles.map(safe).joined(separator: "; "))\n"
      }
    }
    let remaining = outcome.report.open.filter { isVerbose || $0.finding.severity >= .warning }
    let format = HumanReport(ReportOptions(lowest: isVerbose ? .info : .warning, isQuiet: true))
    if !isQuiet, !remaining.isEmpty {
      text += outcome.changes.isEmpty ? "" : "\n"
      text += "left for a person:\n\n" + format.text(of: outcome.report)
    }
    if !isQuiet {
      let count = outcome.changes.count
      text += count == 0 ? "nothing to change" : "\(count) file\(count == 1 ? "" : "s") changed"
      let hidden = outcome.report.open.count { $0.finding.fix?.safety == .unsafe }
      if hidden > 0 && !unsafe { text += " · \(hidden) unsafe fix\(hidden == 1 ? "" : "es") not applied (--unsafe)" }
      text += "\n"
    }
    self.text = text
  }
}

extension FixCommand: TargetNaming {
  mutating func add(_ targets: [String]) { paths += targets }
}
