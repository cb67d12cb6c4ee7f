internal import CacheEffects
internal import Dockerfiles
internal import Shell
internal import SourceText

/// The changes of one RUN while they are put together.
struct RunChange {
  let file: Dockerfile
  let run: InstructionEffects
  let instruction: Instruction
  /// The joined text that the places of commands lead into.
  let text: LogicalText
  /// The strings of the JSON form; nil for a script.
  let strings: [JSONString]?
  /// The commands before the change, with nothing known that the script does not say.
  let before: [ShellInvocation]
  /// What goes, in the file.
  var deletions: [ByteRange] = []
  /// What comes, by its place in the file.
  var insertions: [Int: [UInt8]] = [:]
  /// What the joined text loses.
  var lost: [ByteRange] = []
  /// What the joined text gets, by its place there.
  var added: [Int: [UInt8]] = [:]
  /// Words that go.
  var lostWords: Set<ByteRange> = []
  /// Commands that go.
  var lostCommands: Set<ByteRange> = []
  /// Words that come, by the end of the word that they follow.
  var newWords: [Int: [[UInt8]]] = [:]
  /// Commands that come at the end.
  var newCommands: [[RunWord]] = []
  /// Flags that the instruction itself gets.
  var newMounts = 0

  /// Nil where the instruction is none that runs commands which are known.
  init?(_ file: Dockerfile, _ run: InstructionEffects) {
    self.file = file
    self.run = run
    instruction = file.instructions[run.instruction]
    guard let walked = RunWalk(file, instruction), walked.text.bytes == run.text.bytes else { return nil }
    text = walked.text
    strings = walked.strings
    before = walked.invocations
  }

  var bytes: [UInt8] { file.bytes }

  /// The command of a number.
  func command(_ number: Int) throws(EditRefusal) -> ToolCommand {
    guard run.commands.indices.contains(number) else { throw EditRefusal("the RUN has no such command") }
    return run.commands[number]
  }

  mutating func insert(_ text: [UInt8], at offset: Int) {
    insertions[offset, default: []] += text
  }

  /// Notes what the joined text gets.
  mutating func expect(_ text: [UInt8], at offset: Int) {
    added[offset, default: []] += text
  }

  /// What happens to the joined text, but for blanks.
  var expected: [Edit] { lost.map { Edit($0, []) } + added.map { Edit(ByteRange(at: $0.key), $0.value) } }

  // MARK: Lines

  /// The character that continues a line: that of the file, and in a here-document the shell's.
  func escape(at offset: Int) -> UInt8 {
    offset < instruction.lineRange.upper ? file.escape : UInt8(ascii: "\\")
  }

  /// Where the line of a place begins.
  func startOfLine(_ offset: Int) -> Int {
    bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
  }

  /// Where the line of a place ends, before its line end.
  func endOfLine(_ offset: Int) -> Int {
    let end = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
    return end > offset && end < bytes.count && bytes[end - 1] == 0x0D ? end - 1 : end
  }

  /// Where the next line begins.
  func startOfNextLine(_ offset: Int) -> Int {
    bytes[offset...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
  }

  /// The line end of a line, or of one before it, or of the file's first.
  func lineEnd(at offset: Int) -> [UInt8] {
    guard let end = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.lastIndex(of: 0x0A) else { return [0x0A] }
    return end > 0 && bytes[end - 1] == 0x0D ? [0x0D, 0x0A] : [0x0A]
  }

  /// The indentation of the line of a place.
  func indentation(at offset: Int) -> ArraySlice<UInt8> {
    bytes[startOfLine(offset)...].prefix { isBlank($0) }
  }

  /// Whether a range of the file has a comment on a line of its own, or a blank line, after the line where it begins.
  func hasComment(_ range: ByteRange) -> Bool {
    var start = startOfNextLine(range.lower)
    while start < range.upper {
      let line = bytes[start..<endOfLine(start)].drop { isBlank($0) }
      if line.isEmpty || line.first == UInt8(ascii: "#") { return true }
      start = startOfNextLine(start)
    }
    return false
  }

  /// Where the escape character stands that continues the line of a place; nil where none does.
  func continuation(ofLineAt offset: Int) -> Int? {
    let start = startOfLine(offset)
    var end = endOfLine(offset)
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    let escape = escape(at: offset)
    guard end > start, bytes[end - 1] == escape else { return nil }
    if end - 2 >= start, bytes[end - 2] == escape { return nil }
    return end - 1
  }

  /// The column where most continued lines of the instruction have their escape character, if blanks align it.
  var alignedColumn: Int? {
    var counts: [Int: Int] = [:]
    var lines = 0
    var isAligned = false
    var start = instruction.lineRange.lower
    while start < instruction.lineRange.upper {
      if let place = continuation(ofLineAt: start) {
        lines += 1
        counts[place - start, default: 0] += 1
        let gap = bytes[start..<place].suffix(while: { $0 == 0x20 }).count
        isAligned = isAligned || gap > 1
      }
      start = startOfNextLine(start)
    }
    guard isAligned, let most = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return nil }
    return most.value > 1 && most.value * 2 > lines || lines == 1 ? most.key : nil
  }

  // MARK: Edits

  /// The edits, in the order of the file.
  func edits() -> [Edit] {
    var edits = insertions.map { Edit(ByteRange(at: $0.key), $0.value) }
    var last: ByteRange?
    for range in deletions.sorted() {
      if let open = last, range.lower <= open.upper {
        last = open.joined(range)
      } else {
        if let last { edits.append(Edit(last, [])) }
        last = range
      }
    }
    if let last { edits.append(Edit(last, [])) }
    return (edits + realigned(edits)).sorted { ($0.range, $0.replacement.count) < ($1.range, $1.replacement.count) }
  }

  /// Edits that keep the escape characters of changed lines in their column.
  private func realigned(_ edits: [Edit]) -> [Edit] {
    guard let column = alignedColumn else { return [] }
    var shifts: [Int: Int] = [:]
    for edit in edits {
      let start = startOfLine(edit.range.lower)
      if edit.replacement.contains(0x0A) || bytes[edit.range.indices].contains(0x0A) {
        shifts[start] = nil
        continue
      }
      shifts[start, default: 0] += edit.replacement.count - edit.range.count
    }
    var result: [Edit] = []
    for (start, shift) in shifts where shift != 0 {
      guard start < instruction.lineRange.upper, let place = continuation(ofLineAt: start), place - start == column
      else { continue }
      if shift < 0 {
        result.append(Edit(ByteRange(at: place), Array(repeating: 0x20, count: -shift)))
      } else {
        let gap = bytes[start..<place].suffix(while: { $0 == 0x20 }).count
        let count = min(shift, gap - 1)
        if count > 0 { result.append(Edit(ByteRange(place - count, place), [])) }
      }
    }
    return result
  }
}

extension ArraySlice<UInt8> {
  /// The bytes at the end that are of a kind.
  func suffix(while predicate: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = lastIndex { !predicate($0) }.map { $0 + 1 } ?? startIndex
    return self[start...]
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
