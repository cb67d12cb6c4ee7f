public import Findings
internal import SourceText

/// Findings as people read them: place, message, source with a mark, what to do; then the counts.
public struct HumanReport: Sendable {
  /// How many findings of one rule and cache are shown in full before the rest is counted.
  public static let shownInFull = 20

  /// The lowest severity that is shown.
  public let lowest: Severity
  /// Whether findings that somebody accepted are shown.
  public let showsSuppressed: Bool
  /// Whether the counts of each rule follow.
  public let showsStatistics: Bool
  /// Whether nothing but findings is printed.
  public let isQuiet: Bool
  private let style: Style

  /// Creates a report format.
  public init(lowest: Severity, showsSuppressed: Bool, showsStatistics: Bool, isQuiet: Bool, style: Style) {
    self.lowest = lowest
    self.showsSuppressed = showsSuppressed
    self.showsStatistics = showsStatistics
    self.isQuiet = isQuiet
    self.style = style
  }

  /// The report as text.
  public func text(of report: Report) -> String {
    let shown = report.findings.filter { isShown($0.finding) }
    var text = ""
    var counts: [String: Int] = [:]
    var left: [(key: String, finding: Finding)] = []
    for reported in shown {
      let key = reported.finding.rule.code + " " + (reported.finding.cache ?? "")
      counts[key, default: 0] += 1
      if counts[key, default: 0] > Self.shownInFull {
        if counts[key] == Self.shownInFull + 1 { left.append((key, reported.finding)) }
      } else {
        text += lines(of: reported) + "\n"
      }
    }
    for (key, finding) in left {
      let more = counts[key, default: 0] - Self.shownInFull
      let what = finding.cache.map { " (\($0))" } ?? ""
      text += style.severity(finding.severity, "… and \(more) more \(finding.rule.code)") + what
      text += ", as --format json lists them\n\n"
    }
    if showsStatistics { text += statistics(report) }
    if !isQuiet { text += summary(report) }
    return text
  }

  private func isShown(_ finding: Finding) -> Bool {
    if finding.suppressed != nil { return showsSuppressed }
    return finding.severity >= lowest
  }

  private func lines(of reported: ReportedFinding) -> String {
    let finding = reported.finding
    var place = printable(reported.shownPath)
    if let source = reported.source, let range = finding.place.range {
      let start = source.lines.place(of: range.lower)
      place += ":\(start.line):\(start.column)"
    }
    let verdict = finding.suppressed == nil ? finding.severity.rawValue : "suppressed \(finding.severity.rawValue)"
    let code = finding.rule.isOwn ? finding.rule.name : finding.rule.code
    var text = style.bold(place) + " " + style.severity(finding.severity, "\(verdict) \(code)")
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
    if let fix = finding.fix { text += fixLines(fix, reported, gutter) }
    if let suppressed = finding.suppressed {
      text += note("accepted by \(suppressed.origin): \(suppressed.reason)", gutter)
    }
    return text
  }

  private func note(_ line: String, _ gutter: Int) -> String {
    String(repeating: " ", count: gutter) + style.frame(" = ") + printable(line) + "\n"
  }

  private func relatedLine(_ related: RelatedPlace, _ reported: ReportedFinding) -> String {
    guard case .file(let path, let range) = related.place else { return related.message }
    var place = path.description
    if let range, path == reported.finding.place.path, let source = reported.source {
      place += ":\(source.lines.line(of: range.lower))"
    }
    return "\(place): \(related.message)"
  }

  private func fixLines(_ fix: Fix, _ reported: ReportedFinding, _ gutter: Int) -> String {
    switch fix.safety {
    case .manual:
      var text = note("fix: \(fix.title)", gutter)
      for command in fix.commands { text += note("  \(command)", gutter) }
      return text
    case .safe, .unsafe:
      let flag = fix.safety == .unsafe ? " --unsafe" : ""
      let file = fix.edits.first.map {
        quotedForShell($0.path == reported.finding.place.path ? reported.shownPath : ".")
      }
      return note(
        "fix (\(fix.safety.rawValue)): \(fix.title); see it: cachepolicy fix\(flag) --diff \(file ?? ".")", gutter)
    }
  }

  private func statistics(_ report: Report) -> String {
    var counts: [RuleID: Int] = [:]
    for reported in report.open { counts[reported.finding.rule, default: 0] += 1 }
    let rows = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let width = String(rows.first?.value ?? 0).utf8.count
    return rows.map { row in
      let number = String(row.value)
      let blank = String(repeating: " ", count: width - number.utf8.count)
      return "\(blank)\(number)  \(row.key.code)" + (row.key.isOwn ? "" : "  \(row.key.name)") + "\n"
    }.joined() + (rows.isEmpty ? "" : "\n")
  }

  private func summary(_ report: Report) -> String {
    var counted: [String] = []
    for severity in Severity.allCases.reversed() where severity >= lowest {
      let count = report.count(severity)
      if count > 0 { counted.append(style.severity(severity, plural(count, severity))) }
    }
    var line = counted.isEmpty ? "no findings" : counted.joined(separator: ", ")
    let fixable = report.open.count { $0.finding.severity >= lowest && $0.finding.fix?.safety == .safe }
    if fixable > 0 { line += ", \(fixable) fixable" }
    let hidden = Severity.allCases.filter { $0 < lowest && report.count($0) > 0 }
    for severity in hidden.reversed() {
      line += " · \(plural(report.count(severity), severity)) hidden"
      line += severity == .info ? " (--verbose)" : " (without --quiet)"
    }
    let accepted = report.findings.count { $0.finding.suppressed != nil }
    if accepted > 0 && !showsSuppressed { line += " · \(accepted) accepted (--show-suppressed)" }
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

/// The text as one word of a POSIX shell, quoted where it needs to be.
public func quotedForShell(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-./,:+@%=".utf8.contains(byte)
    }
  }
  if plain && !text.isEmpty { return text }
  return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
