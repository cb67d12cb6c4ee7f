internal import CacheEffects
internal import Dockerfiles
internal import Shell
internal import SourceText

/// A word of a command without its place.
struct RunWord: Hashable {
  var value: [UInt8]?
  var prefix: [UInt8] = []
  var isPattern = false
  var isHome = false
  var isSpread = false
  var output: [[UInt8]]?

  init(_ word: ShellArgument) {
    value = word.value
    prefix = word.prefix
    isPattern = word.isPattern
    isHome = word.isHome
    isSpread = word.isSpread
    output = word.output
  }

  init(_ text: [UInt8]) {
    value = text
    prefix = text
  }
}

/// What an instruction runs, with nothing known that it does not say itself.
struct RunWalk {
  let text: LogicalText
  let strings: [JSONString]?
  let invocations: [ShellInvocation]
  let isComplete: Bool

  init?(_ file: Dockerfile, _ instruction: Instruction) {
    switch file.command(of: instruction) {
    case .script(let text)?:
      self.text = text
      strings = nil
      let run = ShellRun(ShellScript(text.bytes)) { _ in .unknown }
      invocations = run.invocations
      isComplete = run.isComplete
    case .words(let words, let text)?:
      self.text = text
      strings = words
      let run = ShellRun(words.map { ShellArgument($0.text, range: $0.range) }, in: text.bytes) { _ in .unknown }
      invocations = run.invocations
      isComplete = run.isComplete
    case .foreign?, nil: return nil
    }
  }
}

extension RunChange {
  /// Reads the edited text, and refuses where it is not what was wanted.
  ///
  /// The instruction and the one behind it are read, and not the whole file, so that the work for all RUNs of a file
  /// grows with its length alone. What stands before cannot change, and an instruction that ends where it should
  /// leaves all that follows as it was.
  func prove(_ edits: [Edit]) throws(EditRefusal) {
    let failure = EditRefusal("the change cannot be made by a small edit")
    guard let window = window() else { throw failure }
    var moved: [Edit] = []
    for edit in edits {
      guard edit.range.lower >= window.range.lower, edit.range.upper <= window.own else { throw failure }
      let shift = window.head.count - window.range.lower
      moved.append(Edit(ByteRange(edit.range.lower + shift, edit.range.upper + shift), edit.replacement))
    }
    let text = window.head + bytes[window.range.indices]
    guard let edited = try? applying(moved, to: text) else { throw failure }
    let before = Dockerfile(text)
    let after = Dockerfile(edited)
    guard let old = before.instructions.first, let new = after.instructions.first,
      after.instructions.count == before.instructions.count, after.problems.count <= before.problems.count,
      after.directives.map(\.value) == before.directives.map(\.value), old.text.bytes == instruction.text.bytes
    else { throw failure }
    if let old = before.instructions.dropFirst().first, let new = after.instructions.dropFirst().first {
      guard old.text.bytes == new.text.bytes, old.heredocs.count == new.heredocs.count,
        text[old.range.indices].elementsEqual(edited[new.range.indices])
      else { throw failure }
    }
    guard new.keyword == instruction.keyword, new.heredocs.map(\.name) == instruction.heredocs.map(\.name),
      Self.flags(new).count == Self.flags(instruction).count + newMounts, let walk = RunWalk(after, new),
      (walk.strings == nil) == (strings == nil), hasExpectedText(walk.text), hasExpectedCommands(walk.invocations)
    else { throw failure }
  }

  /// The directives of the file, and where the instruction and the one behind it stand, with where the first ends.
  private func window() -> (head: [UInt8], range: ByteRange, own: Int)? {
    let pieces = file.pieces
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].range.upper > instruction.range.lower { high = middle } else { low = middle + 1 }
    }
    guard low < pieces.count, pieces[low].kind == .instruction(run.instruction) else { return nil }
    let head = pieces.prefix { piece in
      switch piece.kind {
      case .byteOrderMark, .directive: true
      case .blank, .comment, .instruction: false
      }
    }
    var end = pieces[low].range.upper
    for piece in pieces[(low + 1)...] {
      end = piece.range.upper
      if piece.kind == .instruction(run.instruction + 1) { break }
    }
    let range = ByteRange(pieces[low].range.lower, end)
    return (Array(bytes[..<(head.last?.range.upper ?? 0)]), range, pieces[low].range.upper)
  }

  /// The flags of an instruction, or of the one that an ONBUILD keeps.
  static func flags(_ instruction: Instruction) -> [Flag] {
    if case .onbuild(let inner) = instruction.arguments { return inner.flags }
    return instruction.flags
  }

  private func hasExpectedText(_ new: LogicalText) -> Bool {
    guard let wanted = try? applying(expected, to: text.bytes) else { return false }
    return Self.squeezed(wanted) == Self.squeezed(new.bytes)
  }

  /// The text without blanks, line ends, and what continues lines.
  private static func squeezed(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for byte in text {
      if byte == 0x0A {
        if result.last == UInt8(ascii: "\\") { result.removeLast() }
      } else if !isBlank(byte), byte != 0x0D {
        result.append(byte)
      }
    }
    return result
  }

  private func hasExpectedCommands(_ after: [ShellInvocation]) -> Bool {
    var wanted: [[RunWord?]] = []
    let changes = (lost.map(\.lower) + added.keys).sorted()
    for command in before {
      if let range = command.range, lostCommands.contains(range) { continue }
      wanted.append(expectedWords(command.words, changes))
    }
    guard after.count == wanted.count + newCommands.count else { return false }
    let common = zip(wanted, after).prefix { Self.matches($0, $1) }.count
    // The new ones are the last, but for what a `trap` runs at the end.
    guard common == wanted.count || newCommands.isEmpty == false && runsTraps else { return false }
    let tail = after[common...]
    return zip(newCommands, tail).allSatisfy { words, command in
      Self.matches(words, command) && !command.isPerhaps && !command.isBackground
    } && zip(wanted[common...], tail.dropFirst(newCommands.count)).allSatisfy { Self.matches($0, $1) }
  }

  /// The first of sorted numbers that is above another; their count where none is.
  private static func firstIndex(of numbers: [Int], above number: Int) -> Int {
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] > number { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private var runsTraps: Bool {
    let name = Array("trap".utf8)
    return text.bytes.indices.contains { text.bytes[$0...].starts(with: name) }
  }

  private static func matches(_ wanted: [RunWord?], _ command: ShellInvocation) -> Bool {
    wanted.count == command.words.count
      && zip(wanted, command.words).allSatisfy { wanted, word in wanted.map { $0 == RunWord(word) } ?? true }
  }

  /// The words of a command after the change; nil for one that holds a changed script.
  private func expectedWords(_ words: [ShellArgument], _ changes: [Int]) -> [RunWord?] {
    var result: [RunWord?] = []
    for (index, word) in words.enumerated() {
      guard let range = word.range else {
        result.append(RunWord(word))
        continue
      }
      if lostWords.contains(range) { continue }
      let next = Self.firstIndex(of: changes, above: range.lower)
      let holdsChange = next < changes.count && changes[next] < range.upper
      result.append(holdsChange ? nil : RunWord(word))
      if index + 1 < words.count, words[index + 1].range == range { continue }
      result += (newWords[range.upper] ?? []).map { RunWord($0) }
    }
    return result
  }
}
