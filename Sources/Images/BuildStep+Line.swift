internal import SourceText

extension BuildStep {
  /// How many characters a step has at most in one line.
  public static let lineLimit = 200

  /// The step in one line, as a Dockerfile would have it, safe to print and cut where it is long; nil where it is blank.
  public var line: String? {
    // What does not fit is not read, either.
    let limit = 4 * Self.lineLimit
    var text = keyword ?? ""
    for word in self.text.prefix(limit).split(whereSeparator: \.isWhitespace) {
      if !text.isEmpty { text += " " }
      text += printable(String(word))
    }
    if text.isEmpty { return nil }
    let isWhole = text.count <= Self.lineLimit && self.text.dropFirst(limit).isEmpty
    return isWhole ? text : String(text.prefix(Self.lineLimit)) + "…"
  }
}
