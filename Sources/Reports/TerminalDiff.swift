internal import SourceText

/// A unified diff as a terminal shows it: coloured, and with nothing in it that a terminal would obey.
///
/// Only for people: what goes into a pipe stays as `git apply` reads it.
public func terminalDiff(_ patch: [UInt8], style: Style) -> String {
  if patch.isEmpty { return "" }
  var text = ""
  var left = (old: 0, new: 0)
  var lines = patch.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  if patch.last == UInt8(ascii: "\n") { lines.removeLast() }
  for line in lines {
    let shown = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { printable($0) }.joined(separator: "\t")
    // Inside a hunk a line that begins with `---` is a removed one, so its lines are counted.
    switch line.first {
    case UInt8(ascii: "-") where left.old > 0:
      left.old -= 1
      text += style.removed(shown)
    case UInt8(ascii: "+") where left.new > 0:
      left.new -= 1
      text += style.added(shown)
    case UInt8(ascii: " ") where left.old > 0 && left.new > 0:
      left = (left.old - 1, left.new - 1)
      text += shown
    case UInt8(ascii: "@"):
      left = lineCounts(line)
      text += style.frame(shown)
    case UInt8(ascii: "\\"): text += style.dim(shown)
    default: text += style.bold(shown)
    }
    text += "\n"
  }
  return text
}

/// How many lines a hunk takes and gives, by its header `@@ -1,2 +3,4 @@`.
private func lineCounts(_ header: ArraySlice<UInt8>) -> (old: Int, new: Int) {
  let words = header.split(separator: UInt8(ascii: " "))
  guard words.count > 2 else { return (0, 0) }
  func count(_ word: ArraySlice<UInt8>) -> Int {
    let parts = word.split(separator: UInt8(ascii: ","))
    guard parts.count == 2 else { return 1 }
    return Int(String(decoding: parts[1], as: UTF8.self)) ?? 0
  }
  return (count(words[1]), count(words[2]))
}
