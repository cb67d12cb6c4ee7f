internal import SourceText

/// Text as it stands in a page: safe in elements and in quoted attributes, and without bytes that change how it is read.
func escapedForHTML(_ text: String) -> String {
  var result = ""
  for character in printable(text).unicodeScalars {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(character)
    }
  }
  return result
}

/// A table with a head; a column whose first cell is a number stands to the right, head and all.
struct HTMLTable {
  /// A cell: what is shown, and what it is sorted by where that is another value.
  struct Cell {
    let html: String
    var number: Int?

    /// Text, which is escaped.
    init(_ text: String) { html = escapedForHTML(text) }

    /// A size, sorted by its bytes.
    init(bytes: Int?) {
      html = bytes.map { $0 == 0 ? "–" : escapedForHTML(byteCount($0)) } ?? "?"
      number = bytes ?? -1
    }

    /// A number.
    init(number: Int?) {
      html = number.map(String.init) ?? "–"
      self.number = number ?? -1
    }
  }

  let head: [String]
  let rows: [[Cell]]

  var html: String {
    // A table that is wider than the window moves on its own, and the page does not.
    var text = "<div class=\"table\"><table>\n<thead><tr>"
    for (column, title) in head.enumerated() {
      let isNumber = rows.first.map { $0[column].number != nil } ?? false
      text += "<th scope=\"col\"\(isNumber ? " class=\"n\"" : "")>\(escapedForHTML(title))</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    for row in rows {
      text += "<tr>"
      for cell in row {
        text += cell.number.map { "<td class=\"n\" data-n=\"\($0)\">" } ?? "<td>"
        text += cell.html + "</td>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table></div>\n"
  }
}
