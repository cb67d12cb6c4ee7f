internal import ArgumentParser
internal import Findings
internal import Inspection
internal import Reports
internal import SourceText

/// Where the reports of a run go: each format with its own file, or standard output.
struct Outputs {
  private struct Output {
    let format: any ReportFormat
    let file: String?
  }

  private let outputs: [Output]
  /// The look of messages on standard error.
  let errorStyle: Style

  init(_ formats: [String], _ options: OutputOptions, _ command: CheckCommand) throws(ExitCode) {
    let environment = Surroundings.environment
    errorStyle = Style(hasColor: Terminal.error.hasColor(options.color, environment: environment))
    var outputs: [Output] = []
    for text in formats.isEmpty ? ["human"] : formats {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let file = parts.count > 1 && parts[1] != "-" ? parts[1] : nil
      if file?.isEmpty == true { throw fail("--format \(safe(text)): the file has no name", ExitStatus.usage) }
      let color = file == nil && Terminal.output.hasColor(options.color, environment: environment)
      let choices = ReportOptions(
        lowest: options.verbose ? .info : .warning, showsSuppressed: command.showSuppressed,
        showsStatistics: command.statistics, showsFiles: command.showFiles, isQuiet: options.quiet,
        style: Style(hasColor: color), width: file == nil ? Terminal.output.width : nil)
      guard let format = reportFormats.first(where: { $0.name == parts[0] }) else {
        let names = reportFormats.map { $0.name }.joined(separator: ", ")
        throw fail("--format: there is no format '\(safe(parts[0]))'; the formats: \(names)", ExitStatus.usage)
      }
      outputs.append(Output(format: format.init(choices), file: file))
    }
    if outputs.count(where: { $0.file == nil }) > 1 {
      throw fail(
        "only one --format can go to standard output; give the others a file: --format json=FILE", ExitStatus.usage)
    }
    self.outputs = outputs
  }

  /// Writes the report in every format, and what went wrong to standard error.
  func write(_ report: Report) throws(ExitCode) {
    var failure: ExitCode?
    for output in outputs {
      let bytes = output.format.write(report)
      guard let file = output.file else {
        Terminal.output.write(bytes)
        continue
      }
      do {
        try Inspection.writeReport(bytes, to: file)
      } catch let error {
        failure = fail(error.message, ExitStatus.incomplete)
      }
    }
    Errors.write(report.errors)
    if let failure { throw failure }
  }
}

/// What could not be read or judged, on standard error.
enum Errors {
  static func write(_ errors: [RunError]) {
    for error in errors {
      let place = error.place.isEmpty ? "" : "\(safe(error.place)): "
      Terminal.error.write("cachepolicy: \(place)\(safe(error.message))\n")
    }
  }
}

/// The patch for standard output: as it is for a pipe, readable and with colours for a person.
func shown(_ patch: [UInt8], _ style: Style) -> [UInt8] {
  Terminal.output.isInteractive || style.hasColor ? Array(terminalDiff(patch, style: style).utf8) : patch
}
