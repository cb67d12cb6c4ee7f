internal import Findings
internal import SourceText

/// What an image holds, as people read it: a table of its layers, the totals, and what is large.
struct ImageTable {
  /// How many columns of an instruction are shown.
  private static let instructionLength = 60

  private let image: ReportedImage
  private let style: Style
  private let showsAll: Bool
  private let isAlone: Bool
  private let width: Int?
  private var summary: ImageSummary { image.summary }

  /// - Parameters:
  ///   - image: the image.
  ///   - options: what is asked for; with info findings nothing of the image is left out.
  ///   - isAlone: whether no other target is examined; then what is large is shown, the first of it at least.
  init(_ image: ReportedImage, _ options: ReportOptions, isAlone: Bool) {
    self.image = image
    self.style = options.style
    self.showsAll = options.lowest == .info
    self.isAlone = isAlone
    self.width = options.width
  }

  /// The lines, each with its end.
  var text: String {
    let totals = summary.totals
    var text = style.bold(image.title)
    text += " · \(count(summary.layers.count, "layer")) · \(byteCount(totals.shipped))"
    if let stored = totals.stored, stored > 0 { text += " (\(byteCount(stored)) stored)" }
    text += "\n\n"
    text += TextTable(columns: Self.columns, rows: rows()).text(style, width: width)
    let lines = totalLines()
    if !lines.isEmpty { text += "\n" + lines }
    if showsAll || isAlone { text += largeLines() }
    return text
  }

  // MARK: Layers

  private static let columns: [TextTable.Column] =
    ["layer", "bytes", "stored", "caches", "unseen"].map { .numbers($0) } + [.words("instruction")]

  private func rows() -> [[String]] {
    var rows: [[String]] = []
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
      let instruction = layer.instruction.map(oneLine) ?? "-"
      rows.append([
        layer.number.map(String.init) ?? "-", layer.isRead ? size(layer.bytes) : "not read", size(layer.storedBytes),
        size(layer.liveCacheBytes + layer.deadCacheBytes), size(layer.unseenBytes), instruction,
      ])
    }
    return rows
  }

  private func size(_ bytes: Int?) -> String { bytes.map { $0 == 0 ? "-" : byteCount($0) } ?? "?" }

  private func oneLine(_ instruction: String) -> String {
    shortenedAtEnd(printable(instruction), to: Self.instructionLength)
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

  // MARK: What is large

  /// How many directories and files are shown where not all are asked for.
  private static let shownLarge = 5

  private func largeLines() -> String {
    let lists = [
      ("directories that are no cache, less listed ones", summary.directories),
      ("files that are no cache", summary.files),
    ]
    return lists.map { largeLines($0, $1) }.joined()
  }

  private func largeLines(_ title: String, _ parts: [ImageSummary.Large]) -> String {
    // What is below a hundredth of the image does not tell why it is large.
    let shown = showsAll ? parts : parts.prefix(Self.shownLarge).filter { $0.bytes >= summary.totals.shipped / 100 }
    if shown.isEmpty { return "" }
    var columns: [TextTable.Column] = [.numbers("bytes")]
    var rows = shown.map { [byteCount($0.bytes)] }
    func add(_ column: TextTable.Column, _ cell: (ImageSummary.Large) -> String) {
      columns.append(column)
      for index in rows.indices { rows[index].append(cell(shown[index])) }
    }
    if shown.contains(where: { $0.unseenBytes > 0 }) { add(.numbers("unseen")) { size($0.unseenBytes) } }
    if shown.contains(where: { $0.layer != nil }) {
      add(.numbers("layer")) { $0.layer.map(String.init) ?? "-" }
    }
    add(.paths("path")) { "/\($0.path)" }
    if shown.contains(where: { $0.instruction != nil }) {
      add(.words("instruction")) { $0.instruction.map(oneLine) ?? "-" }
    }
    var text = "\n" + style.dim("  largest \(title)") + "\n"
    text += TextTable(columns: columns, rows: rows).text(style, width: width)
    if shown.count < parts.count { text += style.dim("  … and \(parts.count - shown.count) more (--verbose)") + "\n" }
    return text
  }

  private func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}
