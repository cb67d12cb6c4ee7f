/// How many columns a terminal gives a text.
func terminalWidth(_ text: String) -> Int {
  text.unicodeScalars.reduce(0) { $0 + terminalWidth($1) }
}

/// The text in no more columns than these, with a sign in the place of its end.
func shortenedAtEnd(_ text: String, to width: Int) -> String {
  terminalWidth(text) <= width ? text : beginning(of: text, width - 1) + "…"
}

/// The path in no more columns than these, with a sign in the place of its middle: its beginning tells the tree, and
/// its end what it is.
func shortenedInMiddle(_ path: String, to width: Int) -> String {
  if terminalWidth(path) <= width { return path }
  let start = beginning(of: path, (width - 1) / 3)
  var end = String.UnicodeScalarView()
  var left = width - 1 - terminalWidth(start)
  for scalar in path.unicodeScalars.reversed() {
    left -= terminalWidth(scalar)
    if left < 0 { break }
    end.append(scalar)
  }
  var text = start + "…"
  text.unicodeScalars.append(contentsOf: end.reversed())
  return text
}

/// As much of the beginning of a text as fits into the columns.
private func beginning(of text: String, _ width: Int) -> String {
  var result = String.UnicodeScalarView()
  var left = width
  for scalar in text.unicodeScalars {
    left -= terminalWidth(scalar)
    if left < 0 { break }
    result.append(scalar)
  }
  return String(result)
}
