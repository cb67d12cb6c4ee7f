internal import Findings
internal import SourceText

extension ReportedFinding {
  /// The place as `PATH:LINE:COLUMN`, the path alone where the finding speaks of no part of it, or what an image has
  /// in its place.
  var shownPlace: String {
    let path = printable(shownPath)
    switch finding.place {
    case .entry(let entry):
      let layer = entry.layer.map { ":layer \($0)" } ?? ""
      return "\(path)\(layer):/\(entry.path)"
    case .configuration(let key): return "\(path):\(printable(key))"
    case .file, .target: break
    }
    guard let source, let range = finding.place.range else { return path }
    let start = source.place(of: range.lower)
    return "\(path):\(start.line):\(start.column)"
  }
}

extension Report {
  /// How often each rule fired, the most frequent first, a line each.
  var statistics: String {
    var counts: [RuleID: Int] = [:]
    for reported in open { counts[reported.finding.rule, default: 0] += 1 }
    let rows = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let width = String(rows.first?.value ?? 0).utf8.count
    return rows.map { row in
      let number = String(row.value)
      let blank = String(repeating: " ", count: width - number.utf8.count)
      return "\(blank)\(number)  \(printable(row.key.code))" + (row.key.isOwn ? "" : "  \(row.key.name)") + "\n"
    }.joined()
  }

  /// The examined files, a line each.
  var fileLines: String {
    var text = ""
    for target in targets {
      for file in target.files.sorted() { text += "examined \(file)\n" }
    }
    return text
  }
}
