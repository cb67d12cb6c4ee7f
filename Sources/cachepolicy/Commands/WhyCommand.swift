internal import ArgumentParser
internal import Inspection
internal import Reports
internal import SourceText

/// `cachepolicy why`: tells which ignore rule decides.
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", _superCommandName: "cachepolicy",
    abstract: "Tell which ignore rule decides about a path, and why.",
    discussion: """
      A line a path, as `git check-ignore --no-index -v -n` prints it: SOURCE:LINE:PATTERN, a tab, the path; \
      empty fields where nothing decides. Paths need not exist; one that ends with '/' is a directory. \
      Exit code 0: some path is ignored; 1: none is.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case lines, json
  }

  @Argument(help: ArgumentHelp("The paths.", valueName: "path"), completion: .file())
  var paths: [String] = []

  @Flag(help: "Read the paths from standard input, one a line.")
  var stdin = false

  @Flag(name: .customShort("z"), help: "Paths and fields of answers end with NUL.")
  var null = false

  @Flag(help: "Ask Docker's ignore file in place of git's.")
  var docker = false

  @Option(help: ArgumentHelp("The build context, with --docker; else the working directory.", valueName: "directory"))
  var context: String?

  @Option(
    help: ArgumentHelp("The Dockerfile, with --docker: its own ignore file comes first.", valueName: "dockerfile"))
  var file: String?

  @Option(help: "How answers are printed: lines or json.")
  var format: Format = .lines

  func run() throws {
    guard let directory = Surroundings.currentDirectory else {
      throw fail("the working directory cannot be read", ExitStatus.incomplete)
    }
    if stdin && !paths.isEmpty { throw fail("why: paths and --stdin exclude each other", ExitStatus.usage) }
    if !stdin && paths.isEmpty { throw fail("why: no path given; name one, or use --stdin", ExitStatus.usage) }
    if !docker && (context != nil || file != nil) {
      throw fail("why: --context and --file need --docker", ExitStatus.usage)
    }
    do {
      var names = paths.map { Array($0.utf8) }
      if stdin { names = try Why.paths(in: Inspection.readStandardInput(), endedByNull: null) }
      let language: Why.Language = docker ? .docker(context: context, dockerfile: file) : .git
      let why = try Why(language, from: directory)
      let answers = names.map { why.answer($0) }
      switch format {
      case .json: Terminal.output.write(Why.json(answers))
      case .lines:
        let explains = Terminal.output.isInteractive && !null
        for answer in answers { Terminal.output.write(null ? answer.fields : answer.line(explains: explains)) }
      }
      Errors.write(why.errors)
      if !why.errors.isEmpty { throw ExitCode(ExitStatus.incomplete) }
      if !answers.contains(where: \.isIgnored) { throw ExitCode(ExitStatus.findings) }
    } catch let error as UsageError {
      throw fail(error.message, ExitStatus.usage)
    } catch let error as InputError {
      throw fail(error.message, ExitStatus.incomplete)
    }
  }
}
