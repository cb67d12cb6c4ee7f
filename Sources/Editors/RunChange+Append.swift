internal import CacheEffects
internal import Dockerfiles
internal import Shell
internal import SourceText

extension RunChange {
  /// What lets a command follow another.
  enum Joiner: Hashable {
    /// `&&`
    case and
    /// `;`, or in a here-document a line of its own: a command that fails ends the script.
    case separator
  }

  /// Where a separator stands between two commands of the joined text.
  private struct Gap {
    var range: ByteRange
    var symbol: ByteRange
  }

  mutating func append(_ command: String) throws(EditRefusal) {
    let words = Array(command.utf8)
    try Self.refuseUnlessPlain(words)
    guard strings == nil else { throw EditRefusal("the program is started without a shell") }
    let script = ShellScript(text.bytes)
    guard script.isComplete else { throw EditRefusal("the script is not understood in full") }
    guard let last = script.sequence.items.last else { throw EditRefusal("the script runs nothing") }
    try refuseUnlessLast(last, in: script)
    let joiner = try SuccessPath(script, stopsOnError: run.stopsOnError).joiner()
    let walk = ShellRun(ShellScript(words)) { _ in .unknown }
    newCommands += walk.invocations.map { $0.words.map { RunWord($0) } }
    var end = last.range.upper
    var symbol = Array((joiner == .and ? "&&" : ";").utf8)
    if isDocument, joiner == .separator {
      appendLine(words, after: last)
      return
    }
    if last.terminator == .semicolon {
      guard joiner == .separator else { throw EditRefusal("the script ends with `;`") }
      end = self.end(of: last)
      symbol = []
    }
    expect(symbol + words, at: end)
    let place = text.physical(end - 1) + 1
    if !isDocument, continuation(ofLineAt: place).map({ $0 >= place }) ?? false {
      if symbol.isEmpty { throw EditRefusal("the script ends with `;`") }
      try appendAfterOpenEnd(symbol + [0x20] + words, place)
      return
    }
    var between = separation(joiner, hasSymbol: !symbol.isEmpty, in: script, at: place)
    // Two escape characters would continue nothing.
    if between.first == escape(at: place), bytes[place - 1] == between.first { between.insert(0x20, at: 0) }
    insert(between + words, at: place)
  }

  // MARK: Refusals

  private static func refuseUnlessPlain(_ command: [UInt8]) throws(EditRefusal) {
    let script = ShellScript(command)
    let item = script.sequence.items.first
    let isChain = item?.links.allSatisfy { $0.condition != .onFailure && !$0.pipeline.isNegated } ?? false
    let isOneLine = !command.contains {
      $0 == 0x0A || $0 == 0x0D || $0 == 0 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "`")
    }
    guard script.isComplete, isChain, isOneLine, script.sequence.items.count == 1, item?.terminator == .end,
      script.sequence.range == ByteRange(0, command.count), !command.contains(UInt8(ascii: "#")),
      !zip(command, command.dropFirst()).contains(where: { $0 == UInt8(ascii: "<") && $1 == $0 })
    else { throw EditRefusal("`\(String(decoding: command, as: UTF8.self))` is no plain chain of commands") }
  }

  /// Refuses where a command behind the last item would not be reached whenever all has gone well.
  private func refuseUnlessLast(_ last: ShellItem, in script: ShellScript) throws(EditRefusal) {
    if script.sequence.items.contains(where: { $0.terminator == .background }) {
      throw EditRefusal("a command runs in the background")
    }
    if last.links.contains(where: { $0.condition == .onFailure }) {
      throw EditRefusal("the script ends with `||`, after which not all may have gone well")
    }
    if !isDocument {
      let line = text.bytes[end(of: last)...].prefix { $0 != 0x0A }
      if !line.allSatisfy({ isBlank($0) || $0 == 0x0D }) { throw EditRefusal("a comment ends the line") }
    }
  }

  /// Where an item ends, the `;` behind it included.
  private func end(of item: ShellItem) -> Int {
    guard item.terminator == .semicolon else { return item.range.upper }
    return text.bytes[item.range.upper...].firstIndex(of: UInt8(ascii: ";")).map { $0 + 1 } ?? item.range.upper
  }

  /// Whether the script is a here-document.
  var isDocument: Bool {
    instruction.heredocs.count == 1 && text.physical(0) >= instruction.lineRange.upper
  }

  // MARK: Places

  /// Adds a line at the end of a here-document, after comments and blank lines, with the last command's indentation.
  private mutating func appendLine(_ command: [UInt8], after last: ShellItem) {
    let end = instruction.heredocs[0].body.upper
    let start = text.physical(last.range.lower)
    expect(command, at: text.bytes.count)
    insert(indentation(at: start) + command + lineEnd(at: start), at: end)
  }

  /// Appends after a last command whose line is continued although only comments and blank lines follow.
  private mutating func appendAfterOpenEnd(_ text: [UInt8], _ place: Int) throws(EditRefusal) {
    let end = instruction.lineRange.upper
    guard instruction.heredocs.isEmpty else { throw EditRefusal("the line before the here-document is continued") }
    let start = startOfLine(place)
    let indent = start > instruction.lineRange.lower ? Array(indentation(at: start)) : Array("    ".utf8)
    let lineEnd = lineEnd(at: start)
    if bytes[end - 1] == 0x0A {
      insert(indent + text + lineEnd, at: end)
    } else {
      insert(lineEnd + indent + text, at: end)
    }
  }

  /// What goes between the last command and the new one, in the style of the script.
  private func separation(
    _ joiner: Joiner, hasSymbol: Bool, in script: ShellScript, at place: Int
  ) -> [UInt8] {
    let gaps = gaps(in: script)
    let own: (Gap) -> Bool = { text[$0.symbol].first == (joiner == .and ? UInt8(ascii: "&") : UInt8(ascii: ";")) }
    let broken = gaps.filter { !isInline($0) }
    if !hasSymbol {
      let after = broken.last(where: own).map { ByteRange($0.symbol.upper, $0.range.upper) }
      let place = after.map { ByteRange(text.physical($0.lower - 1) + 1, text.physical($0.upper)) }
      let blanks = place.map { lines($0, at: place?.count ?? 0) } ?? []
      return blanks.isEmpty ? [0x20] : blanks
    }
    if let model = broken.last(where: own) ?? broken.last { return copy(model, joiner, at: place) }
    if !isDocument, startOfLine(place) > instruction.lineRange.lower { return leading(joiner, at: place) }
    return Array((joiner == .and ? " && " : "; ").utf8)
  }

  /// The separators at the top of the script, in order.
  private func gaps(in script: ShellScript) -> [Gap] {
    var gaps: [Gap] = []
    var previous: ShellItem?
    for item in script.sequence.items {
      if let previous, previous.terminator == .semicolon {
        let range = ByteRange(previous.range.upper, max(previous.range.upper, item.range.lower))
        if let symbol = text[range].firstIndex(of: UInt8(ascii: ";")) {
          gaps.append(Gap(range: range, symbol: ByteRange(symbol, symbol + 1)))
        }
      }
      for (left, right) in zip(item.links, item.links.dropFirst()) where right.condition == .onSuccess {
        gaps.append(
          Gap(
            range: ByteRange(left.pipeline.range.upper, right.pipeline.range.lower), symbol: right.operatorRange))
      }
      previous = item
    }
    return gaps
  }

  private func isInline(_ gap: Gap) -> Bool {
    startOfLine(text.physical(gap.range.lower - 1)) == startOfLine(text.physical(gap.range.upper))
  }

  /// A separator as another one is written: its line end, indentation, and blanks.
  private func copy(_ gap: Gap, _ joiner: Joiner, at place: Int) -> [UInt8] {
    let isSame = text[gap.symbol].first == (joiner == .and ? UInt8(ascii: "&") : UInt8(ascii: ";"))
    let symbol = text.physical(gap.symbol)
    let before = ByteRange(text.physical(gap.range.lower - 1) + 1, symbol.lower)
    let after = ByteRange(symbol.upper, text.physical(gap.range.upper))
    var result = lines(before, at: place - startOfLine(place))
    if !isSame {
      if joiner == .separator {
        result = Array(result.reversed().drop { $0 == 0x20 && !result.contains(0x0A) }.reversed())
      } else if result.isEmpty {
        result = [0x20]
      }
    }
    result += Array((joiner == .and ? "&&" : ";").utf8)
    let column = result.lastIndex(of: 0x0A).map { result.count - $0 - 1 } ?? place - startOfLine(place) + result.count
    result += lines(after, at: column)
    return result
  }

  /// A part of a separator, without the comments and blank lines in it.
  ///
  /// - Parameters:
  ///   - range: the part.
  ///   - column: how long the line is before it.
  /// - Returns: the part.
  private func lines(_ range: ByteRange, at column: Int) -> [UInt8] {
    var result: [UInt8] = []
    let firstEnd = startOfNextLine(range.lower)
    guard firstEnd <= range.upper, !range.isEmpty else { return Array(bytes[range.indices]) }
    if let escape = continuation(ofLineAt: range.lower), escape >= range.lower {
      result += gap(before: escape, from: range.lower, width: column) + [bytes[escape]]
    }
    result += lineEnd(at: range.lower)
    // The last line of the part is the indentation before what follows.
    return result + bytes[startOfLine(range.upper)..<range.upper]
  }

  /// The blanks before an escape character: as before another, or up to the column where all stand.
  private func gap(before escape: Int, from start: Int, width: Int) -> [UInt8] {
    if let column = alignedColumn, escape - startOfLine(escape) == column {
      return Array(repeating: 0x20, count: max(1, column - width))
    }
    let blanks = Array(bytes[start..<escape].suffix(while: { isBlank($0) }))
    // Aligned or not: what one line needs to reach a column is nothing to copy.
    if blanks.count > 1 { return [0x20] }
    return blanks
  }

  /// A separator on a line of its own with the command, where the script has no other that shows a style.
  private func leading(_ joiner: Joiner, at place: Int) -> [UInt8] {
    var indent: ArraySlice<UInt8>?
    var model: Int?
    var start = startOfNextLine(instruction.lineRange.lower)
    while start <= startOfLine(place) {
      let line = bytes[start..<endOfLine(start)]
      let blanks = line.prefix { isBlank($0) }
      if !blanks.elementsEqual(line), line[blanks.endIndex] != UInt8(ascii: "#"), blanks.count < indent?.count ?? .max {
        indent = blanks
      }
      let next = startOfNextLine(start)
      if next == start { break }
      start = next
    }
    start = instruction.lineRange.lower
    while start < startOfLine(place) {
      model = continuation(ofLineAt: start) ?? model
      start = startOfNextLine(start)
    }
    let width = place - startOfLine(place)
    let blanks = model.map { gap(before: $0, from: startOfLine($0), width: width) } ?? [0x20]
    let symbol = Array((joiner == .and ? "&& " : "; ").utf8)
    return blanks + [escape(at: place)] + lineEnd(at: instruction.lineRange.lower) + (indent ?? []) + symbol
  }
}

/// Whether and how a command can follow a script so that it runs whenever all before has gone well.
struct SuccessPath {
  private enum ErrorExit {
    case off, on, perhaps
  }

  private let script: ShellScript
  private let errorExit: ErrorExit
  private var functions: Set<[UInt8]> = []
  private var setters = 0
  private var mayEnd = false

  init(_ script: ShellScript, stopsOnError: Bool) {
    self.script = script
    var survey = Survey()
    survey.visit(script.sequence, isTop: true, isApart: false)
    functions = survey.functions
    mayEnd = survey.mayEnd
    let starts = stopsOnError || Self.firstLineStops(script.bytes)
    errorExit = survey.setters > survey.topSetters ? .perhaps : starts ? .on : .off
  }

  /// Whether a first line such as `#!/bin/sh -e` makes the shell stop at errors.
  private static func firstLineStops(_ bytes: [UInt8]) -> Bool {
    guard bytes.starts(with: "#!".utf8) else { return false }
    let words = bytes.prefix { $0 != 0x0A }.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    return words.dropFirst().contains { $0.first == UInt8(ascii: "-") && $0.contains(UInt8(ascii: "e")) }
  }

  /// What joins a command to the script.
  ///
  /// While the shell stops at errors, `&&` would turn that off inside of the command before it, and `;` would lose the
  /// failure of one that the shell does not stop at.
  func joiner() throws(EditRefusal) -> RunChange.Joiner {
    if mayEnd { throw EditRefusal("the script may end before its last command") }
    guard let item = script.sequence.items.last, let link = item.links.last else { return .and }
    if errorExit == .off { return .and }
    let isAlone = item.links.count == 1 && !link.pipeline.isNegated
    if link.pipeline.commands.allSatisfy({ isPlain($0) }) { return errorExit == .on && isAlone ? .separator : .and }
    if errorExit == .on, isAlone, stops(item) { return .separator }
    throw EditRefusal("`set -e` does not reach into a command before `&&`")
  }

  /// Whether a command runs nothing in the shell itself.
  private func isPlain(_ node: ShellNode) -> Bool {
    guard case .simple(let assignments, let words) = node.kind else { return false }
    let values = assignments.compactMap(\.value)
    guard (words + values).allSatisfy({ isPlain($0) }) else { return false }
    guard let first = words.first else { return true }
    guard let name = first.plain else { return false }
    return !functions.contains(name) && !["eval", ".", "source"].contains { name.elementsEqual($0.utf8) }
  }

  private func isPlain(_ word: ShellWord) -> Bool {
    word.parts.allSatisfy { part in
      switch part {
      case .output(let sequence?, _): sequence.items.count == 1 && sequence.items[0].links.count == 1
      case .output(nil, _): false
      default: true
      }
    }
  }

  /// Whether a shell that stops at errors stops at each failure of the last command.
  private func stops(_ sequence: ShellSequence) -> Bool {
    sequence.items.last.map { stops($0) } ?? true
  }

  private func stops(_ item: ShellItem) -> Bool {
    guard let link = item.links.last, link.condition != .onSuccess, !link.pipeline.isNegated,
      item.terminator != .background, let node = link.pipeline.commands.last
    else { return false }
    switch node.kind {
    case .simple, .test: return isPlain(node) || isTest(node)
    case .group(let body), .subshell(let body): return stops(body)
    case .conditional(let arms, let otherwise):
      return arms.allSatisfy { stops($0.body) } && (otherwise.map { stops($0) } ?? true)
    case .loop(_, let body), .each(_, _, let body): return stops(body)
    case .selection(_, let arms): return arms.allSatisfy { stops($0.body) }
    case .function: return true
    case .unknown: return false
    }
  }

  private func isTest(_ node: ShellNode) -> Bool {
    if case .test = node.kind { return true }
    return false
  }

  /// What is spread over a script and counts at its end.
  private struct Survey {
    var functions: Set<[UInt8]> = []
    /// How often the script says whether the shell stops at errors, and how often it surely comes past.
    var setters = 0
    var topSetters = 0
    var mayEnd = false

    mutating func visit(_ sequence: ShellSequence, isTop: Bool, isApart: Bool) {
      for item in sequence.items {
        for (index, link) in item.links.enumerated() {
          let isAlone = link.pipeline.commands.count == 1
          for node in link.pipeline.commands {
            visit(node, isTop: isTop && index == 0 && isAlone, isApart: isApart || !isAlone)
          }
        }
      }
    }

    private mutating func visit(_ node: ShellNode, isTop: Bool, isApart: Bool) {
      switch node.kind {
      case .simple(_, let words): visit(words.map(\.plain), isTop: isTop, isApart: isApart)
      case .group(let body): visit(body, isTop: false, isApart: isApart)
      case .subshell(let body): visit(body, isTop: false, isApart: true)
      case .conditional(let arms, let otherwise):
        for arm in arms {
          visit(arm.condition, isTop: false, isApart: isApart)
          visit(arm.body, isTop: false, isApart: isApart)
        }
        if let otherwise { visit(otherwise, isTop: false, isApart: isApart) }
      case .loop(let condition, let body):
        visit(condition, isTop: false, isApart: isApart)
        visit(body, isTop: false, isApart: isApart)
      case .each(_, _, let body): visit(body, isTop: false, isApart: isApart)
      case .selection(_, let arms): for arm in arms { visit(arm.body, isTop: false, isApart: isApart) }
      case .function(let name, let body):
        functions.insert(name)
        visit(body, isTop: false, isApart: isApart)
      case .test, .unknown: return
      }
    }

    private mutating func visit(_ words: [[UInt8]?], isTop: Bool, isApart: Bool) {
      guard let name = words.first ?? nil, name.count <= 6 else { return }
      switch String(decoding: name, as: UTF8.self) {
      case "set":
        let isSetter = words.dropFirst().contains { word in
          guard let word, let sign = word.first else { return true }
          return word.elementsEqual("errexit".utf8)
            || (sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")) && word.contains(UInt8(ascii: "e"))
        }
        if isSetter { setters += 1 }
        if isSetter, isTop { topSetters += 1 }
      case "exec":
        if words.count > 1, !isApart { mayEnd = true }
      case "exit":
        // One that fails ends nothing that has gone well.
        let status = words.count == 2 ? words[1] : nil
        let fails = status.map {
          $0.count <= 3 && $0.contains { $0 != 0x30 } && $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        }
        if !(fails ?? false), !isApart { mayEnd = true }
      default: return
      }
    }
  }
}
