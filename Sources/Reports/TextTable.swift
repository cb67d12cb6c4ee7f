/// Rows in columns, for people: numbers stand at the right of their columns, all else at the left.
///
/// Where the terminal is too narrow, paths lose their middle and words their end; the numbers stay whole. Where not even
/// a readable part of the last column has room, it stands in a line of its own below the others.
struct TextTable {
  /// A column of the table.
  struct Column {
    /// What stands in it, and so how it is made shorter.
    enum Kind {
      case number, path, words
    }

    let kind: Kind
    let title: String

    /// A column of numbers.
    static func numbers(_ title: String) -> Column { Column(kind: .number, title: title) }
    /// A column of paths.
    static func paths(_ title: String) -> Column { Column(kind: .path, title: title) }
    /// A column of words.
    static func words(_ title: String) -> Column { Column(kind: .words, title: title) }
  }

  private static let indent = 2
  private static let gap = 2
  /// What is less of a path or of words tells nothing.
  private static let readable = 12

  let columns: [Column]
  /// The cells, as many in each row as there are columns.
  let rows: [[String]]

  /// The lines, the titles first, each with its end.
  ///
  /// - Parameters:
  ///   - style: the look.
  ///   - width: how many columns the terminal has; nil for any number.
  /// - Returns: the text.
  func text(_ style: Style, width: Int?) -> String {
    let titles = columns.map(\.title)
    var widths = columns.indices.map { column in
      rows.reduce(terminalWidth(titles[column])) { max($0, terminalWidth($1[column])) }
    }
    var isFolded = false
    if let width { isFolded = fit(&widths, into: width) }
    return ([titles] + rows).enumerated().map { number, row in
      let text = line(row, widths, isFolded: isFolded)
      return (number == 0 ? style.dim(text) : text) + "\n"
    }.joined()
  }

  /// Makes the columns as narrow as the terminal asks; whether the last one has to stand below the others.
  private func fit(_ widths: inout [Int], into width: Int) -> Bool {
    let flexible = columns.indices.filter { columns[$0].kind != .number }
    let others = columns.indices.filter { columns[$0].kind == .number }.reduce(0) { $0 + widths[$1] }
    let room = width - Self.indent - Self.gap * (columns.count - 1) - others
    if flexible.reduce(0, { $0 + widths[$1] }) <= room { return false }
    let isFolded = room < flexible.count * Self.readable && columns.count > 1
    var left = isFolded ? width - Self.indent - Self.gap * (columns.count - 2) - others : room
    var kept = isFolded ? flexible.dropLast() : flexible[...]
    if isFolded, let last = flexible.last {
      widths[last] = min(widths[last], max(Self.readable, width - 2 * Self.indent))
    }
    // Each has its equal part, and what one does not need is the others'.
    kept.sort { widths[$0] < widths[$1] }
    for (number, column) in kept.enumerated() {
      widths[column] = min(widths[column], max(Self.readable, left / (kept.count - number)))
      left -= widths[column]
    }
    return isFolded
  }

  private func line(_ cells: [String], _ widths: [Int], isFolded: Bool) -> String {
    var text = ""
    for (index, column) in columns.enumerated() {
      let isLast = index == columns.count - 1
      let cell =
        switch column.kind {
        case .number: cells[index]
        case .path: shortenedInMiddle(cells[index], to: widths[index])
        case .words: shortenedAtEnd(cells[index], to: widths[index])
        }
      if isLast, isFolded {
        text += "\n" + blank(2 * Self.indent) + cell
        continue
      }
      text += blank(index == 0 ? Self.indent : Self.gap)
      let rest = blank(widths[index] - terminalWidth(cell))
      let endsLine = isLast || isFolded && index == columns.count - 2
      if column.kind == .number { text += rest + cell } else { text += endsLine ? cell : cell + rest }
    }
    return text
  }

  private func blank(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
