/// Rows in columns, for people: numbers stand at the right of their columns, all else at the left.
struct TextTable {
  /// A column of the table.
  struct Column {
    let title: String
    let isNumber: Bool

    /// A column of numbers.
    static func numbers(_ title: String) -> Column { Column(title: title, isNumber: true) }
    /// A column of words.
    static func words(_ title: String) -> Column { Column(title: title, isNumber: false) }
  }

  private static let indent = "  "
  private static let gap = "  "

  let columns: [Column]
  /// The cells, as many in each row as there are columns.
  let rows: [[String]]

  /// The lines, the titles first, each with its end.
  func text(_ style: Style) -> String {
    let titles = columns.map(\.title)
    let widths = columns.indices.map { column in
      rows.reduce(titles[column].count) { max($0, $1[column].count) }
    }
    return style.dim(line(titles, widths)) + "\n" + rows.map { line($0, widths) + "\n" }.joined()
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = columns.indices.map { index in
      let blank = String(repeating: " ", count: widths[index] - cells[index].count)
      if columns[index].isNumber { return blank + cells[index] }
      return index == columns.count - 1 ? cells[index] : cells[index] + blank
    }
    return Self.indent + padded.joined(separator: Self.gap)
  }
}
