internal import ArgumentParser
internal import Findings
internal import Inspection
internal import Reports

/// `cachepolicy check`: examines targets and reports.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", _superCommandName: "cachepolicy",
    abstract: "Examine repositories, directories, files and images.",
    discussion: """
      A target is a repository or any folder or file in it; without one it is the working directory. \
      A file is examined alone, but in its context. Images are oci:DIR[:TAG], oci-archive:FILE, \
      docker-archive:FILE, dir:DIR, layer:FILE, rootfs:DIR, or a file that is such an archive. \
      '-' is an archive on standard input, or with --stdin-filename the text of that file.
      """)

  @Argument(help: ArgumentHelp("What to examine.", valueName: "target"), completion: .file())
  var targets: [String] = []

  @OptionGroup(title: "Policy") var policy: PolicyOptions
  @OptionGroup(title: "Selection") var selection: SelectionOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Images") var imageJudgement: ImageJudgementOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "A format, and perhaps a file for it ('-' is standard output): human, concise, json or html; may be repeated.",
      valueName: "format[=file]")
  )
  var format: [String] = []

  @Option(help: "The lowest severity that gives exit code 1: error, warning, info or never.")
  var failOn: FailureThreshold = .warning

  @Flag(help: "Give exit code 0 where there are findings.")
  var exitZero = false

  @Flag(help: "Print findings that a comment or an exception accepts, too.")
  var showSuppressed = false

  @Flag(help: "Print how often each rule fired.")
  var statistics = false

  @Flag(help: "Print the files that were examined.")
  var showFiles = false

  @Flag(help: "Apply safe fixes, and report what remains.")
  var fix = false

  @Option(help: ArgumentHelp("The name of the file that standard input holds.", valueName: "name"))
  var stdinFilename: String?

  func run() throws {
    var settings = try Settings(policy, selection)
    images.apply(to: &settings)
    imageJudgement.apply(to: &settings)
    settings.endsWithRun = true
    let outputs = try Outputs(format, output, self)
    let progress = ProgressLine(Terminal.error)
    if Terminal.error.isInteractive, !output.quiet { settings.images.progress = { progress.show($0, of: $1) } }
    defer { progress.end() }
    let report: Report
    do {
      let inspection = try Inspection(settings)
      let targets = targets.isEmpty ? ["."] : targets
      if targets.contains("-") {
        guard targets == ["-"] else { throw UsageError("'-' (standard input) cannot stand beside other targets") }
        if fix { throw UsageError("--fix cannot change standard input; use: cachepolicy fix --diff") }
        if let stdinFilename {
          report = try inspection.check(standardInputNamed: stdinFilename)
        } else {
          report = try inspection.check(targets)
        }
      } else if stdinFilename != nil {
        throw UsageError("--stdin-filename needs the target '-'")
      } else if fix {
        report = try inspection.fix(targets, unsafe: false, writes: true).report
      } else {
        report = try inspection.check(targets)
      }
    } catch let error as UsageError {
      throw fail(error.message, ExitStatus.usage)
    } catch let error as InputError {
      throw fail(error.message, ExitStatus.incomplete)
    } catch let error as PolicyFailure {
      Terminal.error.write(error.text(color: outputs.errorStyle))
      throw ExitCode(ExitStatus.usage)
    }
    progress.end()
    try outputs.write(report)
    try Self.end(report, failOn: failOn, exitZero: exitZero)
  }

  /// Ends the program with the code that the report asks for.
  static func end(_ report: Report, failOn: FailureThreshold, exitZero: Bool) throws {
    if !report.errors.isEmpty { throw ExitCode(ExitStatus.incomplete) }
    if !exitZero, report.open.contains(where: { failOn.isReached(by: $0.finding.severity) }) {
      throw ExitCode(ExitStatus.findings)
    }
  }
}

extension CheckCommand: TargetNaming {
  mutating func add(_ targets: [String]) { self.targets += targets }
}
