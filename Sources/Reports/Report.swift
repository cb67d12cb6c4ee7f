public import Findings
public import SourceText

/// What a run found, as every output format receives it.
public struct Report: Sendable {
  /// The program's version.
  public let version: String
  /// The profile that places without a claim of their own were judged by.
  public let profile: String
  /// What was examined, in the order of the command line.
  public let targets: [ReportedTarget]
  /// The findings, sorted.
  public let findings: [ReportedFinding]
  /// What could not be read or judged.
  public let errors: [RunError]

  /// Creates a report; sorts the findings by target, path, offset, code and message.
  public init(
    version: String, profile: String, targets: [ReportedTarget], findings: [ReportedFinding], errors: [RunError]
  ) {
    self.version = version
    self.profile = profile
    self.targets = targets
    self.findings = findings.sorted()
    self.errors = errors
  }

  /// The findings that nobody accepted.
  public var open: [ReportedFinding] { findings.filter { $0.finding.suppressed == nil } }

  /// How many findings that nobody accepted have this severity.
  public func count(_ severity: Severity) -> Int {
    open.count { $0.finding.severity == severity }
  }
}

/// One target of a run.
public struct ReportedTarget: Sendable {
  /// How the person named it.
  public let name: String
  /// What it is, such as `repository` or `file`.
  public let kind: String
  /// The names of the policies that judged it, nearest first.
  public let policies: [String]
  /// Lines that tell how it was judged: the product, and why.
  public let remarks: [String]
  /// The files that were examined.
  public let files: [Path]
  /// The images in it: one, but where all platforms are examined.
  public let images: [ReportedImage]

  /// Creates a target.
  public init(
    name: String, kind: String, policies: [String], remarks: [String], files: [Path], images: [ReportedImage] = []
  ) {
    self.name = name
    self.kind = kind
    self.policies = policies
    self.remarks = remarks
    self.files = files
    self.images = images
  }
}

/// An image of a target.
public struct ReportedImage: Sendable {
  /// What it is, such as `image linux/amd64`.
  public let title: String
  /// What it holds.
  public let summary: ImageSummary

  /// Creates an image.
  public init(title: String, summary: ImageSummary) {
    self.title = title
    self.summary = summary
  }
}

/// A finding with what a report needs to show it.
public struct ReportedFinding: Sendable {
  /// Which of the report's targets it belongs to.
  public let target: Int
  /// The finding.
  public let finding: Finding
  /// The path as a person can open it from where the program runs.
  public let shownPath: String
  /// The bytes of the file that the finding points into, where it points into one.
  public let source: SourceFile?
  /// The other files that the fix edits, as far as they exist.
  public let edited: [Path: SourceFile]
  /// What tells this finding from others when lines move: hexadecimal digits.
  public let fingerprint: String

  /// Creates a reported finding.
  public init(
    target: Int, finding: Finding, shownPath: String, source: SourceFile?, edited: [Path: SourceFile] = [:],
    fingerprint: String
  ) {
    self.target = target
    self.finding = finding
    self.shownPath = shownPath
    self.source = source
    self.edited = edited
    self.fingerprint = fingerprint
  }

  /// The text of a file that the finding or its fix speaks of, where it is at hand.
  func source(of path: Path) -> SourceFile? {
    path == finding.place.path ? source ?? edited[path] : edited[path]
  }
}

extension ReportedFinding: Comparable {
  /// Orders findings by target, path, offset, code and message.
  public static func < (left: ReportedFinding, right: ReportedFinding) -> Bool {
    if left.target != right.target { return left.target < right.target }
    let paths = (left.finding.place.path ?? .root, right.finding.place.path ?? .root)
    if paths.0 != paths.1 { return paths.0 < paths.1 }
    let ranges = (left.finding.place.range?.lower ?? -1, right.finding.place.range?.lower ?? -1)
    if ranges.0 != ranges.1 { return ranges.0 < ranges.1 }
    if left.finding.rule != right.finding.rule { return left.finding.rule < right.finding.rule }
    let messages = (left.finding.message.utf8, right.finding.message.utf8)
    if !messages.0.elementsEqual(messages.1) { return messages.0.lexicographicallyPrecedes(messages.1) }
    return left.fingerprint.utf8.lexicographicallyPrecedes(right.fingerprint.utf8)
  }

  /// Whether both are the same finding at the same place of the same target.
  public static func == (left: ReportedFinding, right: ReportedFinding) -> Bool {
    left.target == right.target && left.finding == right.finding && left.fingerprint == right.fingerprint
  }
}

/// Something that could not be read or judged, so that the run is incomplete.
public struct RunError: Hashable, Sendable {
  /// What it concerns, ready to print; empty for the run as a whole.
  public let place: String
  /// What went wrong and what to do.
  public let message: String

  /// Creates an error about `place`.
  public init(_ place: String, _ message: String) {
    self.place = place
    self.message = message
  }
}

extension RunError: CustomStringConvertible {
  /// The error as one line that is safe to print.
  public var description: String {
    place.isEmpty ? printable(message) : "\(printable(place)): \(printable(message))"
  }
}
