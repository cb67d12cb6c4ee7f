internal import SourceText

/// What an image holds, as people read it: a table of its layers, the totals, and what is large.
struct ImageTable {
  /// How many characters of an instruction are shown.
  private static let instructionLength = 60

  private let image: ReportedImage
  private let style: Style
  private let showsAll: Bool
  private var summary: ImageSummary { image.summary }

  init(_ image: ReportedImage, style: Style, showsAll: Bool) {
    self.image = image
    self.style = style
    self.showsAll = showsAll
  }

  /// The lines, each with its end.
  var text: String {
    let totals = summary.totals
    var text = style.bold(image.title)
    text += " · \(count(summary.layers.count, "layer")) · \(byteCount(totals.shipped))"
    if let stored = totals.stored, stored > 0 { text += " (\(byteCount(stored)) stored)" }
    text += "\n\n"
    text += table(rows())
    let lines = totalLines()
    if !lines.isEmpty { text += "\n" + lines }
    if showsAll || totals.liveCaches + totals.deadCaches > 0 { text += largeLines() }
    return text
  }

  // MARK: Layers

  private static let titles = ["layer", "bytes", "stored", "caches", "unseen", "instruction"]

  private func rows() -> [[String]] {
    var rows = [Self.titles]
    let baseCount = showsAll ? 0 : summary.layers.prefix { $0.isBase }.count
    if baseCount > 0 {
      let base = summary.layers.prefix(baseCount)
      rows.append([
        baseCount == 1 ? "0" : "0-\(baseCount - 1)", size(base.reduce(0) { $0 + $1.bytes }),
        size(ImageSummary.storedBytes(of: base)),
        size(base.reduce(0) { $0 + $1.liveCacheBytes + $1.deadCacheBytes }),
        size(base.reduce(0) { $0 + $1.unseenBytes }), "base image",
      ])
    }
    for layer in summary.layers.dropFirst(baseCount) {
      let instruction = layer.instruction.map { shortened($0) } ?? "-"
      rows.append([
        layer.number.map(String.init) ?? "-", layer.isRead ? size(layer.bytes) : "not read", size(layer.storedBytes),
        size(layer.liveCacheBytes + layer.deadCacheBytes), size(layer.unseenBytes), instruction,
      ])
    }
    return rows
  }

  private func size(_ bytes: Int?) -> String { bytes.map { $0 == 0 ? "-" : byteCount($0) } ?? "?" }

  private func shortened(_ text: String) -> String {
    let line = printable(text)
    return line.count <= Self.instructionLength ? line : line.prefix(Self.instructionLength - 1) + "…"
  }

  /// Numbers stand at the right of their columns, the last column as it is.
  private func table(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for (number, row) in rows.enumerated() {
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : String(repeating: " ", count: widths[column] - cell.count) + cell
      }
      let line = "  " + cells.joined(separator: "  ")
      text += (number == 0 ? style.dim(line) : line) + "\n"
    }
    return text
  }

  // MARK: Totals

  private func totalLines() -> String {
    let totals = summary.totals
    var lines: [(String, String)] = []
    if let base = summary.baseLayers, base > 0 {
      let reason = summary.baseReason.map { " (\(printable($0)))" } ?? ""
      lines.append(("own", byteCount(totals.own)))
      lines.append(("base image", byteCount(totals.base) + reason))
    }
    let caches = totals.liveCaches + totals.deadCaches
    if caches > 0 {
      let parts = summary.caches.prefix(5).map { "\($0.kind) \(byteCount($0.liveBytes + $0.deadBytes))" }
      let more = summary.caches.count > 5 ? ", and \(summary.caches.count - 5) more" : ""
      lines.append(("caches", "\(byteCount(caches)): \(parts.joined(separator: ", "))\(more)"))
    }
    if totals.unseen > 0 {
      var parts: [String] = []
      if totals.dead > 0 { parts.append("\(byteCount(totals.dead)) deleted or rewritten") }
      if totals.metadataOnly > 0 {
        parts.append("\(byteCount(totals.metadataOnly)) copied for their metadata alone")
      }
      if totals.undecided > 0 { parts.append("\(byteCount(totals.undecided)) one or the other") }
      let share = "\(totals.unseenThousandths / 10).\(totals.unseenThousandths % 10) %"
      lines.append(
        ("unseen", "\(byteCount(totals.unseen)), \(share) of the image: \(parts.joined(separator: ", "))"))
    }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)\n" }.joined()
  }

  private func largeLines() -> String {
    var text = ""
    for (title, parts) in [("directories", summary.directories), ("files", summary.files)] where !parts.isEmpty {
      text += "\n" + style.dim("  the largest \(title) that are no cache") + "\n"
      let sizes = parts.map { byteCount($0.bytes) }
      let width = sizes.map(\.count).max() ?? 0
      for (part, size) in zip(parts, sizes) {
        let layer = part.layer.map { "  layer \($0)" } ?? ""
        let instruction = part.instruction.map { "  \(shortened($0))" } ?? ""
        let blank = String(repeating: " ", count: width - size.count)
        text += "  \(blank)\(size)  /\(part.path)" + style.dim("\(layer)\(instruction)") + "\n"
      }
    }
    return text
  }

  private func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}
