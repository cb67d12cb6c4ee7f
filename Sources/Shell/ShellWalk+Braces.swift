internal import SourceText

extension ShellWalk {
  /// The words that bash makes of `a{b,c}d`; nil where there is no such brace.
  func braces(_ word: ShellWord, _ range: ByteRange?) -> [ShellArgument]? {
    var text: [UInt8] = []
    for part in word.parts { if case .text(let bytes, isQuoted: false) = part { text += bytes } }
    guard let open = text.firstIndex(of: UInt8(ascii: "{")) else { return nil }
    let rest = text[open...]
    let hasRange = zip(rest, rest.dropFirst()).contains { $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".") }
    guard rest.contains(UInt8(ascii: "}")), rest.contains(UInt8(ascii: ",")) || hasRange else { return nil }
    if !hasRange, let open = unquoted(word), let words = alternatives(open) {
      let isPattern = word.plain == nil
      return words.compactMap { alternative in
        if alternative.isEmpty { return nil }
        var argument = ShellArgument(alternative, range: range)
        argument.isPattern = isPattern
        argument.isHome = isHome(alternative)
        let isTilde = alternative.first == UInt8(ascii: "~") || hasTildeAfterEquals(alternative)
        if isTilde, !argument.isHome {
          argument.value = nil
          argument.prefix = []
        }
        return argument
      }
    }
    var any = ShellArgument([], range: range)
    any.value = nil
    any.isSpread = true
    return [any]
  }

  /// Takes braces apart; nil where that is not worth it.
  private func alternatives(_ text: [UInt8]) -> [[UInt8]]? {
    if text.count > 1_000 || text.filter({ $0 == UInt8(ascii: "{") }).count > ShellRun.loopLimit { return nil }
    guard let open = text.firstIndex(of: UInt8(ascii: "{")) else { return [text] }
    var depth = 0
    var commas: [Int] = []
    for index in open..<text.count {
      switch text[index] {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ",") where depth == 1: commas.append(index)
      case UInt8(ascii: "}"):
        depth -= 1
        if depth > 0 { continue }
        // `{}` and `{a}` stay, and what is in them is looked at by itself.
        if commas.isEmpty || commas.count >= ShellRun.braceLimit { return nil }
        let ends = [open] + commas + [index]
        var words: [[UInt8]] = []
        for pair in zip(ends, ends.dropFirst()) {
          var word = Array(text[..<open])
          word += text[(pair.0 + 1)..<pair.1]
          word += text[(index + 1)...]
          guard let more = alternatives(word) else { return nil }
          words += more
          if words.count > ShellRun.braceLimit { return nil }
        }
        return words
      default: continue
      }
    }
    return nil
  }
}
