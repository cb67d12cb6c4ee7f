internal import Findings
internal import SourceText

/// A line a finding, as compilers write it, for pipes and editors.
public struct ConciseReport: ReportFormat {
  /// What a person writes after `--format`.
  public static let name = "concise"
  /// What the format is for.
  public static let summary = "one line a finding: PATH:LINE:COLUMN: SEVERITY CODE MESSAGE"
  private let options: ReportOptions

  /// Creates the format.
  public init(_ options: ReportOptions) {
    self.options = options
  }

  /// The report as bytes.
  public func write(_ report: Report) -> [UInt8] {
    var text = ""
    for reported in report.findings where options.shows(reported.finding) {
      let finding = reported.finding
      text += "\(reported.shownPlace): \(finding.severity.rawValue) \(printable(finding.rule.code)) "
      text += printable(finding.message)
      if let suppressed = finding.suppressed { text += " (accepted: \(printable(suppressed.reason)))" }
      text += "\n"
    }
    if options.showsFiles { text += report.fileLines }
    if options.showsStatistics { text += report.statistics }
    return Array(text.utf8)
  }
}
