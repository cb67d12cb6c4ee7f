internal import SourceText

/// A path of an image as messages show it: from the root, safe to print, and cut in the middle where it is long.
func shownPath(_ path: Path) -> String {
  // A cut path ends with whole characters only where they are ASCII; what is not is made visible.
  let limit = 60
  if path.bytes.count <= 2 * limit { return "/\(path)" }
  return "/\(printable(path.bytes.prefix(limit)))…\(printable(path.bytes.suffix(limit)))"
}

/// A text that is no longer than a few lines.
func cut(_ text: String) -> String {
  let limit = 300
  return text.utf8.count <= limit || text.count <= limit ? text : String(text.prefix(limit)) + "…"
}
