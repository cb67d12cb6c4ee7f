internal import Findings
internal import SourceText

/// The whole run as one page that needs nothing else: no network, and no script to be read.
public struct HTMLReport: ReportFormat {
  /// What a person writes after `--format`.
  public static let name = "html"
  /// What the format is for.
  public static let summary = "one page for browsers, with a picture of the layers of images"
  private let options: ReportOptions

  /// Creates the format.
  public init(_ options: ReportOptions) {
    self.options = options
  }

  /// The report as bytes.
  public func write(_ report: Report) -> [UInt8] {
    var text = Self.head
    text += "<h1>cachepolicy</h1>\n<p class=\"sum\">\(escapedForHTML(counts(report)))</p>\n"
    var images = 0
    for (number, target) in report.targets.enumerated() {
      text += "<section>\n<h2>\(escapedForHTML(target.name))</h2>\n"
      for remark in target.remarks { text += "<p class=\"dim\">\(escapedForHTML(remark))</p>\n" }
      for image in target.images {
        images += 1
        text += section(image, number: images)
      }
      text += findings(report.findings.filter { $0.target == number })
      text += "</section>\n"
    }
    if !report.errors.isEmpty {
      text += "<section>\n<h2>What could not be examined</h2>\n<ul>\n"
      for error in report.errors { text += "<li>\(escapedForHTML(error.description))</li>\n" }
      text += "</ul>\n</section>\n"
    }
    text +=
      "<footer>cachepolicy \(escapedForHTML(report.version)) · profile \(escapedForHTML(report.profile))</footer>\n"
    return Array((text + Self.tail).utf8)
  }

  private func counts(_ report: Report) -> String {
    let parts = Severity.allCases.reversed().compactMap { severity -> String? in
      let count = report.count(severity)
      if count == 0 { return nil }
      return severity == .info || count == 1 ? "\(count) \(severity.rawValue)" : "\(count) \(severity.rawValue)s"
    }
    return parts.isEmpty ? "no findings" : parts.joined(separator: ", ")
  }

  // MARK: Images

  private func section(_ image: ReportedImage, number: Int) -> String {
    let summary = image.summary
    let totals = summary.totals
    var text = "<h3>\(escapedForHTML(image.title))</h3>\n<dl>"
    func entry(_ name: String, _ value: String) { text += "<dt>\(name)</dt><dd>\(escapedForHTML(value))</dd>" }
    entry("shipped", byteCount(totals.shipped))
    if let stored = totals.stored, stored > 0 { entry("stored", byteCount(stored)) }
    if let base = summary.baseLayers, base > 0 {
      entry("own", byteCount(totals.own))
      entry("base image", byteCount(totals.base) + (summary.baseReason.map { " (\($0))" } ?? ""))
    }
    entry("caches", byteCount(totals.liveCaches + totals.deadCaches))
    let share = "\(totals.unseenThousandths / 10).\(totals.unseenThousandths % 10) %"
    entry("unseen", "\(byteCount(totals.unseen)) (\(share))")
    text += "</dl>\n" + LayerPicture(summary, number: number).html
    text +=
      HTMLTable(
        head: ["layer", "bytes", "stored", "live caches", "unseen caches", "unseen", "instruction"],
        rows: summary.layers.map { layer in
          [
            .init(number: layer.number), .init(bytes: layer.isRead ? layer.bytes : nil),
            .init(bytes: layer.storedBytes),
            .init(bytes: layer.liveCacheBytes), .init(bytes: layer.deadCacheBytes), .init(bytes: layer.unseenBytes),
            .init((layer.instruction ?? "–") + (layer.isBase ? " (base image)" : "")),
          ]
        }
      ).html
    if !summary.caches.isEmpty {
      text +=
        "<h4>Caches</h4>\n"
        + HTMLTable(
          head: ["kind", "live", "unseen"],
          rows: summary.caches.map { [.init($0.kind), .init(bytes: $0.liveBytes), .init(bytes: $0.deadBytes)] }
        ).html
    }
    let lists = [
      ("directories that are no cache, each without those listed below it", summary.directories),
      ("files that are no cache", summary.files),
    ]
    for (title, parts) in lists where !parts.isEmpty {
      text +=
        "<h4>The largest \(title)</h4>\n"
        + HTMLTable(
          head: ["path", "bytes", "unseen", "layer", "instruction"],
          rows: parts.map {
            [
              .init("/\($0.path)"), .init(bytes: $0.bytes), .init(bytes: $0.unseenBytes), .init(number: $0.layer),
              .init($0.instruction ?? "–"),
            ]
          }
        ).html
    }
    return text
  }

  // MARK: Findings

  private func findings(_ findings: [ReportedFinding]) -> String {
    let shown = findings.filter { $0.finding.suppressed == nil || options.showsSuppressed }
    if shown.isEmpty { return "" }
    var text = "<h3>Findings</h3>\n"
    for reported in shown {
      let finding = reported.finding
      text += "<details class=\"\(finding.severity.rawValue)\"\(finding.severity == .info ? "" : " open")><summary>"
      text += "<b>\(finding.severity.rawValue)</b> <code>\(escapedForHTML(finding.rule.code))</code> "
      text +=
        "\(escapedForHTML(finding.message)) <span class=\"dim\">\(escapedForHTML(reported.shownPlace))</span></summary>\n"
      text += "<ul>"
      if let label = finding.label { text += item(label) }
      for related in finding.related { text += item(relatedText(related)) }
      for note in finding.notes { text += item(note) }
      if let fix = finding.fix { text += item("fix (\(fix.safety.rawValue)): \(fix.title)") }
      for command in finding.fix?.commands ?? [] { text += "<li><code>\(escapedForHTML(command))</code></li>" }
      if let accepted = finding.suppressed { text += item("accepted by \(accepted.origin): \(accepted.reason)") }
      text += "</ul></details>\n"
    }
    return text
  }

  private func relatedText(_ related: RelatedPlace) -> String {
    switch related.place {
    case .file(let path, _): "\(path): \(related.message)"
    case .entry(let entry):
      (entry.layer.map { "layer \($0): " } ?? "") + "/\(entry.path): \(related.message)"
    case .configuration(let key): "\(key): \(related.message)"
    case .target: related.message
    }
  }

  private func item(_ text: String) -> String { "<li>\(escapedForHTML(text))</li>" }

  // MARK: The page

  private static let head = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'">
    <title>cachepolicy report</title>
    <style>
    body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#1f2933}
    h1{margin-bottom:0}h2{border-bottom:1px solid #d5dbe1;padding-bottom:.2rem;overflow-wrap:anywhere}
    .table{overflow-x:auto;margin:.5rem 0 1.2rem}table{border-collapse:collapse;font-size:14px}
    th,td{text-align:left;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid #e4e8ec}
    td{min-width:18rem;overflow-wrap:anywhere}
    th{background:#f4f6f8;white-space:nowrap}th button{all:unset;cursor:pointer;font-weight:600}
    th button:focus-visible{outline:2px solid #2563eb}
    th.n,td.n{text-align:right;min-width:0}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}dt{color:#616e7c}dd{margin:0}
    svg{max-width:100%;height:auto}text.l{font:13px system-ui,sans-serif;fill:#616e7c}
    .legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:13px}
    .legend span{display:inline-block;width:.9em;height:.9em;margin-right:.4em;vertical-align:-.1em}
    .legend .dead{background:repeating-linear-gradient(45deg,#9aa5b1 0 3px,#fff 3px 6px)}
    details{border-left:4px solid #9aa5b1;padding:.3rem .8rem;margin:.4rem 0;background:#f8f9fa;overflow-wrap:anywhere}
    details.error{border-color:#c0362c}details.warning{border-color:#d98e04}
    summary{cursor:pointer}.dim,footer{color:#616e7c}.sum{margin-top:0;font-size:17px}
    @media (prefers-color-scheme:dark){body{background:#14181d;color:#e4e8ec}th{background:#20262d}
    th,td,h2{border-color:#323a43}details{background:#1b2128}.dim,dt,footer,text.l{color:#9aa5b1;fill:#9aa5b1}}
    </style>
    </head>
    <body>

    """

  /// Clicking a head sorts its table; without scripts the rows stay in the order of the layers.
  private static let tail = """
    <script>
    for (const table of document.querySelectorAll('table')) {
      const heads = [...table.tHead.rows[0].cells];
      heads.forEach((head, column) => {
        const button = document.createElement('button');
        button.textContent = head.textContent;
        head.textContent = '';
        head.append(button);
        button.addEventListener('click', () => {
          const down = head.getAttribute('aria-sort') !== 'descending';
          heads.forEach(other => other.removeAttribute('aria-sort'));
          head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
          const value = row => row.cells[column].dataset.n !== undefined
            ? Number(row.cells[column].dataset.n) : row.cells[column].textContent;
          const rows = [...table.tBodies[0].rows].sort((a, b) => {
            const [x, y] = [value(a), value(b)];
            const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
            return down ? -order : order;
          });
          table.tBodies[0].append(...rows);
        });
      });
    }
    </script>
    </body>
    </html>

    """
}
