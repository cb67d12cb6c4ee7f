internal import Findings
internal import SourceText

/// Findings as people read them: place, message, source with a mark, what to do; then the counts.
public struct HumanReport: ReportFormat {
  /// What a person writes after `--format`.
  public static let name = "human"
  /// What the format is for.
  public static let summary = "for people: source, mark, note and summary"
  /// How many findings of one rule and cache are shown in full before the rest is counted.
  public static let shownInFull = 20
  private let options: ReportOptions
  private var style: Style { options.style }

  /// Creates the format.
  public init(_ options: ReportOptions) {
    self.options = options
  }

  /// The report as bytes.
  public func write(_ report: Report) -> [UInt8] {
    Array(text(of: report).utf8)
  }

  /// The report as text.
  public func text(of report: Report) -> String {
    let shown = report.findings.filter { options.shows($0.finding) }
    var text = ""
    var counts: [String: Int] = [:]
    var left: [(key: String, finding: Finding)] = []
    if !options.isQuiet {
      let images = report.targets.flatMap(\.images)
      let isAlone = images.count == 1 && report.targets.count == 1
      for image in images {
        text += ImageTable(image, options, isAlone: isAlone).text + "\n"
      }
    }
    for reported in shown {
      let key = reported.finding.rule.code + " " + (reported.finding.cache ?? "")
      counts[key, default: 0] += 1
      if counts[key, default: 0] > Self.shownInFull {
        if counts[key] == Self.shownInFull + 1 { left.append((key, reported.finding)) }
      } else {
        text += lines(of: reported, in: report) + "\n"
      }
    }
    for (key, finding) in left {
      let more = counts[key, default: 0] - Self.shownInFull
      let what = finding.cache.map { " (\($0))" } ?? ""
      text += style.severity(finding.severity, "… and \(more) more \(finding.rule.code)") + what
      text += ", as --format json lists them\n\n"
    }
    if options.showsFiles { text += section(report.fileLines) }
    if options.showsStatistics { text += section(report.statistics) }
    if !options.isQuiet { text += summary(report) }
    return text
  }

  /// Lines with an empty one after them, where there are any.
  private func section(_ lines: String) -> String {
    lines.isEmpty ? "" : lines + "\n"
  }

  private func lines(of reported: ReportedFinding, in report: Report) -> String {
    let finding = reported.finding
    let verdict = finding.suppressed == nil ? finding.severity.rawValue : "suppressed \(finding.severity.rawValue)"
    let code = finding.rule.isOwn ? finding.rule.name : finding.rule.code
    var text = style.bold(reported.shownPlace) + " " + style.severity(finding.severity, "\(verdict) \(printable(code))")
    text += " " + printable(finding.message) + "\n"
    var gutter = 2
    if let source = reported.source, let range = finding.place.range {
      let snippet = SourceSnippet(range, in: source)
      let number = String(snippet.line)
      gutter = number.utf8.count
      let blank = String(repeating: " ", count: gutter)
      let mark = String(repeating: " ", count: snippet.indent) + String(repeating: "^", count: snippet.length)
      let label = finding.label.map { " " + printable($0) } ?? ""
      text += style.frame("\(blank) |") + "\n"
      text += style.frame("\(number) |") + (snippet.text.isEmpty ? "" : " ") + snippet.text + "\n"
      text += style.frame("\(blank) |") + " " + style.severity(finding.severity, mark + label) + "\n"
    } else if let label = finding.label {
      text += note(label, gutter)
    }
    for related in finding.related { text += note(relatedLine(related, reported), gutter) }
    for line in finding.notes { text += note(line, gutter) }
    if let fix = finding.fix { text += fixLines(fix, reported, report, gutter) }
    if let suppressed = finding.suppressed {
      text += note("accepted by \(suppressed.origin): \(suppressed.reason)", gutter)
    }
    return text
  }

  private func note(_ line: String, _ gutter: Int) -> String {
    String(repeating: " ", count: gutter) + style.frame(" = ") + printable(line) + "\n"
  }

  private func relatedLine(_ related: RelatedPlace, _ reported: ReportedFinding) -> String {
    if case .entry(let entry) = related.place {
      return (entry.layer.map { "layer \($0): " } ?? "") + "/\(entry.path): \(related.message)"
    }
    guard case .file(let path, let range) = related.place else { return related.message }
    var place = path.description
    if let range, path == reported.finding.place.path, let source = reported.source {
      place += ":\(source.place(of: range.lower).line)"
    }
    return "\(place): \(related.message)"
  }

  private func fixLines(_ fix: Fix, _ reported: ReportedFinding, _ report: Report, _ gutter: Int) -> String {
    switch fix.safety {
    case .manual:
      var text = note("fix: \(fix.title)", gutter)
      for command in fix.commands { text += note("  \(command)", gutter) }
      return text
    case .safe, .unsafe:
      let flag = fix.safety == .unsafe ? " --unsafe" : ""
      let file = shellArgument(editedTarget(fix, reported, report))
      return note("fix (\(fix.safety.rawValue)): \(fix.title); see it: cachepolicy fix\(flag) --diff \(file)", gutter)
    }
  }

  /// What a person names to see a fix: the file, where it edits no other, else the target; of an image what the
  /// fix edits beside it.
  private func editedTarget(_ fix: Fix, _ reported: ReportedFinding, _ report: Report) -> String {
    if case .entry = reported.finding.place, let first = fix.edits.first {
      return String(decoding: first.path.bytes, as: UTF8.self)
    }
    if let path = reported.finding.place.path, fix.edits.allSatisfy({ $0.path == path }) { return reported.shownPath }
    return report.targets.indices.contains(reported.target) ? report.targets[reported.target].name : "."
  }

  private func summary(_ report: Report) -> String {
    var counted: [String] = []
    for severity in Severity.allCases.reversed() where severity >= options.lowest {
      let count = report.count(severity)
      if count > 0 { counted.append(style.severity(severity, plural(count, severity))) }
    }
    var line = counted.isEmpty ? "no findings" : counted.joined(separator: ", ")
    let fixable = report.open.count { $0.finding.severity >= options.lowest && $0.finding.fix?.safety == .safe }
    if fixable > 0 { line += ", \(fixable) fixable" }
    let hidden = Severity.allCases.filter { $0 < options.lowest && report.count($0) > 0 }
    for severity in hidden.reversed() {
      line += " · \(plural(report.count(severity), severity)) hidden"
      line += severity == .info ? " (--verbose)" : " (without --quiet)"
    }
    let accepted = report.findings.count { $0.finding.suppressed != nil }
    if accepted > 0 && !options.showsSuppressed { line += " · \(accepted) accepted (--show-suppressed)" }
    if !report.errors.isEmpty { line += " · " + style.severity(.error, plural(report.errors.count, "problem")) }
    var text = line + "\n"
    for target in report.targets {
      for remark in target.remarks { text += style.dim(printable(remark)) + "\n" }
    }
    return text
  }

  private func plural(_ count: Int, _ severity: Severity) -> String {
    severity == .info ? "\(count) info" : plural(count, severity.rawValue)
  }

  private func plural(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }
}
