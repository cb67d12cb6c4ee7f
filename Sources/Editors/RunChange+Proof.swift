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
  /// Reads the edited file, and refuses where it is not what was wanted.
  func prove(_ edits: [Edit]) throws(EditRefusal) {
    let failure = EditRefusal("the change cannot be made by a small edit")
    guard let edited = try? applying(edits, to: bytes) else { throw failure }
    let after = Dockerfile(edited)
    guard after.instructions.count == file.instructions.count, after.problems.count <= file.problems.count,
      after.directives.map(\.value) == file.directives.map(\.value)
    else { throw failure }
    for (number, (old, new)) in zip(file.instructions, after.instructions).enumerated()
    where number != run.instruction {
      guard old.text.bytes == new.text.bytes, old.heredocs.count == new.heredocs.count,
        bytes[old.range.indices].elementsEqual(edited[new.range.indices])
      else { throw failure }
    }
    let new = after.instructions[run.instruction]
    guard new.keyword == instruction.keyword, new.heredocs.map(\.name) == instruction.heredocs.map(\.name),
      Self.flags(new).count == Self.flags(instruction).count + newMounts, let walk = RunWalk(after, new),
      (walk.strings == nil) == (strings == nil), hasExpectedText(walk.text), hasExpectedCommands(walk.invocations)
    else { throw failure }
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
    for command in before {
      if let range = command.range, lostCommands.contains(where: { $0 == range }) { continue }
      wanted.append(expectedWords(command.words))
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

  private var runsTraps: Bool {
    let name = Array("trap".utf8)
    return text.bytes.indices.contains { text.bytes[$0...].starts(with: name) }
  }

  private static func matches(_ wanted: [RunWord?], _ command: ShellInvocation) -> Bool {
    wanted.count == command.words.count
      && zip(wanted, command.words).allSatisfy { wanted, word in wanted.map { $0 == RunWord(word) } ?? true }
  }

  /// The words of a command after the change; nil for one that holds a changed script.
  private func expectedWords(_ words: [ShellArgument]) -> [RunWord?] {
    let changes = lost.map(\.lower) + added.keys
    var result: [RunWord?] = []
    for (index, word) in words.enumerated() {
      guard let range = word.range else {
        result.append(RunWord(word))
        continue
      }
      if lostWords.contains(range) { continue }
      let holdsChange = changes.contains { $0 > range.lower && $0 < range.upper }
      result.append(holdsChange ? nil : RunWord(word))
      if index + 1 < words.count, words[index + 1].range == range { continue }
      result += (newWords[range.upper] ?? []).map { RunWord($0) }
    }
    return result
  }
}
