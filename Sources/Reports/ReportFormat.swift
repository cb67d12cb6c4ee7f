public import Findings

/// What a person asked of the reports of a run, whatever their format.
public struct ReportOptions: Sendable {
  /// The lowest severity that reports for people show; those for programs hold all.
  public var lowest: Severity
  /// Whether findings that somebody accepted are shown to people.
  public var showsSuppressed: Bool
  /// Whether the counts of each rule follow.
  public var showsStatistics: Bool
  /// Whether the examined files are listed.
  public var showsFiles: Bool
  /// Whether nothing but findings is printed.
  public var isQuiet: Bool
  /// How text looks on a terminal.
  public var style: Style
  /// How many columns the terminal has that tables are fitted to; nil where there is none.
  public var width: Int?

  /// Creates options; without arguments, what a plain `check` into a pipe has.
  public init(
    lowest: Severity = .warning, showsSuppressed: Bool = false, showsStatistics: Bool = false,
    showsFiles: Bool = false, isQuiet: Bool = false, style: Style = Style(hasColor: false),
    width: Int? = nil
  ) {
    self.lowest = lowest
    self.showsSuppressed = showsSuppressed
    self.showsStatistics = showsStatistics
    self.showsFiles = showsFiles
    self.isQuiet = isQuiet
    self.style = style
    self.width = width
  }

  /// Whether people are shown `finding`.
  func shows(_ finding: Finding) -> Bool {
    finding.suppressed == nil ? finding.severity >= lowest : showsSuppressed
  }
}

/// A form in which a run can be reported: one file here, and one line in ``reportFormats``.
public protocol ReportFormat: Sendable {
  /// What a person writes after `--format`.
  static var name: String { get }

  /// What the format is for, in one line.
  static var summary: String { get }

  /// Creates the format with what a person asked for.
  init(_ options: ReportOptions)

  /// The report as bytes, ending with a line end where they are not empty.
  func write(_ report: Report) -> [UInt8]
}

/// All formats, sorted by name.
public let reportFormats: [any ReportFormat.Type] = [
  ConciseReport.self,
  HTMLReport.self,
  HumanReport.self,
  JSONReport.self,
]
