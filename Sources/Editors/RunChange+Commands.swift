internal import CacheEffects
internal import Dockerfiles
internal import Shell
internal import SourceText

extension RunChange {
  // MARK: Commands

  mutating func removeCommand(_ number: Int) throws(EditRefusal) {
    let command = try command(number)
    guard strings == nil else { throw EditRefusal("the program is all that the RUN starts") }
    let script = ShellScript(text.bytes)
    guard script.isComplete else { throw EditRefusal("the script is not understood in full") }
    guard let range = command.invocation.range, !command.invocation.isNested,
      let (item, link) = place(of: range, in: script.sequence)
    else { throw EditRefusal("`\(command.title)` is no plain command of a chain") }
    let others = before.contains { other in
      other.range.map { $0 != range && $0.lower >= range.lower && $0.upper <= range.upper } ?? false
    }
    if others { throw EditRefusal("`\(command.title)` runs other commands") }
    if !lostCommands.insert(range).inserted { return }
    let items = script.sequence.items
    let links = items[item].links
    if links.count > 1 {
      let before = link > 0 ? links[link - 1].pipeline.range.upper : nil
      let after = link + 1 < links.count ? links[link + 1] : nil
      try remove(range, after: before, before: after?.pipeline.range.lower, after?.operatorRange)
    } else if item + 1 < items.count, items[item].terminator != .background {
      let next = items[item + 1].range.lower
      let symbol = text.bytes[range.upper..<next].firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x0A }
      try remove(
        range, after: item > 0 ? items[item - 1].range.upper : nil, before: next,
        symbol.map { ByteRange($0, $0 + 1) })
    } else {
      throw EditRefusal("nothing runs after `\(command.title)`, so that its exit status is that of the RUN")
    }
  }

  /// Where a command stands alone in a pipeline at the top of a script, in a chain of `&&` alone.
  private func place(of range: ByteRange, in sequence: ShellSequence) -> (item: Int, link: Int)? {
    for (item, entry) in sequence.items.enumerated() {
      for (index, link) in entry.links.enumerated() where link.pipeline.range == range {
        guard link.pipeline.commands.count == 1, !link.pipeline.isNegated,
          link.pipeline.commands[0].redirections.isEmpty, case .simple = link.pipeline.commands[0].kind,
          !entry.links.contains(where: { $0.condition == .onFailure })
        else { return nil }
        return (item, index)
      }
    }
    return nil
  }

  /// Takes a command out with one of the separators beside it.
  ///
  /// - Parameters:
  ///   - range: the command.
  ///   - end: where the command before it ends.
  ///   - next: where the one after it begins.
  ///   - symbol: what stands between it and that one.
  /// - Throws: the reason where comments are in the way.
  private mutating func remove(
    _ range: ByteRange, after end: Int?, before next: Int?, _ symbol: ByteRange?
  ) throws(EditRefusal) {
    let place = text.physical(range)
    if hasComment(place) { throw EditRefusal("a comment stands inside of the command") }
    // The command, and the separator that begins or ends its lines, have whole lines.
    if let next, let symbol {
      let isLine = text[symbol].first == 0x0A
      let whole = wholeLines(isLine ? place : ByteRange(place.lower, text.physical(symbol).upper))
      if let whole, startOfLine(text.physical(next)) >= whole.upper {
        lost.append(ByteRange(range.lower, symbol.upper))
        deletions.append(whole)
        return
      }
    }
    if let end, let first = text.bytes[end..<range.lower].firstIndex(where: { $0 == UInt8(ascii: "&") }),
      let whole = wholeLines(ByteRange(text.physical(first), place.upper)), next != nil
    {
      lost.append(ByteRange(first, range.upper))
      deletions.append(whole)
      return
    }
    let gone: ByteRange
    if let end, next == nil {
      gone = ByteRange(end, range.upper)
    } else if let next {
      gone = ByteRange(range.lower, next)
    } else {
      throw EditRefusal("nothing else runs")
    }
    let physical = ByteRange(
      next == nil ? text.physical(gone.lower - 1) + 1 : place.lower, next.map { text.physical($0) } ?? place.upper)
    if hasComment(physical) { throw EditRefusal("a comment stands beside the command") }
    lost.append(gone)
    deletions.append(physical)
  }

  /// The lines of a range, where it fills them but for blanks and what continues them; not the instruction's first.
  private func wholeLines(_ range: ByteRange) -> ByteRange? {
    let start = startOfLine(range.lower)
    guard start > instruction.range.lower, bytes[start..<range.lower].allSatisfy({ isBlank($0) }) else { return nil }
    let end = continuation(ofLineAt: range.upper - 1)
    let rest = bytes[range.upper..<max(range.upper, end ?? endOfLine(range.upper))]
    guard rest.allSatisfy({ isBlank($0) }), end != nil || isDocument else { return nil }
    return ByteRange(start, startOfNextLine(range.upper))
  }

  // MARK: Mounts

  mutating func addCacheMount(_ target: String, _ isLocked: Bool) throws(EditRefusal) {
    let path = Array(target.utf8)
    guard path.first == UInt8(ascii: "/"), path.allSatisfy({ Self.isPlain($0) && $0 != UInt8(ascii: ",") }) else {
      throw EditRefusal("`\(target)` is no plain absolute path")
    }
    if run.mounts.contains(where: { $0.target?.elementsEqual(path) ?? false }) {
      throw EditRefusal("something is mounted at `\(target)` already")
    }
    var keyword = instruction.keywordRange
    if case .onbuild(let inner) = instruction.arguments { keyword = inner.keywordRange }
    let end = Self.flags(instruction).last?.range.upper ?? keyword.upper
    let flag = " --mount=type=cache,target=\(target)" + (isLocked ? ",sharing=locked" : "")
    newMounts += 1
    // The places of a program's words count from the keyword, and those of a script from its first command.
    if strings != nil { expect(Array(flag.utf8), at: end) }
    insert(Array(flag.utf8), at: instruction.text.physical(end - 1) + 1)
  }
}
