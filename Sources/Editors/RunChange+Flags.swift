internal import CacheEffects
internal import Dockerfiles
internal import Shell
internal import SourceText

extension RunChange {
  // MARK: Adding

  mutating func addFlag(_ flag: String, _ number: Int, _ after: Int) throws(EditRefusal) {
    let command = try command(number)
    let words = try Self.flagWords(flag)
    guard after >= 0, after <= command.arguments.count else { throw EditRefusal("the command has no such argument") }
    if Self.places(of: words, in: command).isEmpty == false {
      throw EditRefusal("`\(command.title)` has `\(flag)` already")
    }
    let range = after == 0 ? command.nameRange : command.arguments[after - 1].range
    guard let range, range.upper <= text.bytes.count else {
      throw EditRefusal("`\(command.title)` is put together by the script, and has no place for a flag")
    }
    if after < command.arguments.count, let next = command.arguments[after].range, next.lower < range.upper {
      throw EditRefusal("the sub-command of `\(command.title)` stands in a variable with more words")
    }
    // A loop or a function may run the same words more than once.
    if let there = newWords[range.upper], zip(there, words).contains(where: { $0 == $1 }) { return }
    newWords[range.upper, default: []] += words
    let insertion: [UInt8]
    if let index = strings?.firstIndex(where: { $0.range == range }) {
      let separator = separator(after: index)
      insertion = words.flatMap { separator + [UInt8(ascii: "\"")] + $0 + [UInt8(ascii: "\"")] }
    } else {
      insertion = words.flatMap { [0x20] + $0 }
    }
    expect(insertion, at: range.upper)
    insert(insertion, at: text.physical(range.upper - 1) + 1)
  }

  /// The words of a flag, if each means itself to every shell and in JSON.
  static func flagWords(_ flag: String) throws(EditRefusal) -> [[UInt8]] {
    let words = flag.utf8.split(separator: 0x20).map { Array($0) }
    let isClear = words.allSatisfy { word in word.allSatisfy { isPlain($0) } }
    guard isClear, words.first?.first == UInt8(ascii: "-") else {
      throw EditRefusal("`\(flag)` cannot be written without quotes")
    }
    return words
  }

  static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || "-_./:,+@%=".utf8.contains(byte)
  }

  /// What stands between a string of the JSON form and the next, or else the one before.
  private func separator(after index: Int) -> [UInt8] {
    let comma = [UInt8(ascii: ",")]
    guard let strings, strings.count > 1 else { return comma + [0x20] }
    let first = index + 1 < strings.count ? index : index - 1
    let range = ByteRange(strings[first].range.upper, strings[first + 1].range.lower)
    let between = text[range]
    return text.isContiguous(range) && between.count <= 3 ? Array(between) : comma + [0x20]
  }

  // MARK: Removing

  /// Where the words of a flag stand among the arguments of a command.
  static func places(of words: [[UInt8]], in command: ToolCommand) -> [Range<Int>] {
    var places: [Range<Int>] = []
    for index in command.arguments.indices where index + words.count <= command.arguments.count {
      let isThere = zip(words, command.arguments[index...]).allSatisfy { $1.value == $0 }
      if isThere { places.append(index..<(index + words.count)) }
    }
    return places
  }

  mutating func removeFlag(_ flag: String, _ number: Int) throws(EditRefusal) {
    let command = try command(number)
    let words = try Self.flagWords(flag)
    var places = Self.places(of: words, in: command)
    if words.count == 1 {
      for (index, argument) in command.arguments.enumerated() {
        if argument.value?.starts(with: words[0] + [UInt8(ascii: "=")]) ?? false { places.append(index..<(index + 1)) }
      }
    }
    if places.isEmpty {
      throw EditRefusal(
        command.has(flag)
          ? "`\(flag)` is written together with other flags" : "`\(command.title)` has no `\(flag)`")
    }
    for index in places.joined() {
      let argument = command.arguments[index]
      let before = index > 0 ? command.arguments[index - 1].range : command.nameRange
      guard let range = argument.range, let before, before.upper <= range.lower, range.upper <= text.bytes.count,
        index + 1 == command.arguments.count || command.arguments[index + 1].range?.lower ?? range.upper >= range.upper
      else { throw EditRefusal("`\(flag)` is not written in the command itself") }
      if !lostWords.insert(range).inserted { continue }
      if strings?.contains(where: { $0.range == range }) ?? false {
        try removeString(range, after: before.upper)
      } else {
        let written = text[range].filter { $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"") }
        guard written == argument.value else { throw EditRefusal("`\(flag)` is not written in the command itself") }
        lost.append(range)
        try removeWord(range)
      }
    }
  }

  private mutating func removeString(_ range: ByteRange, after end: Int) throws(EditRefusal) {
    let whole = ByteRange(end, range.upper)
    let place = text.physical(whole)
    guard text[ByteRange(end, range.lower)].filter({ !isBlank($0) }) == [UInt8(ascii: ",")], !hasComment(place) else {
      throw EditRefusal("a comment stands between the strings")
    }
    lost.append(whole)
    deletions.append(place)
  }

  /// Takes a word out with the blanks before it, or with its line.
  private mutating func removeWord(_ range: ByteRange) throws(EditRefusal) {
    guard text.isContiguous(range) else { throw EditRefusal("the flag stands on two lines") }
    let place = text.physical(range)
    let start = startOfLine(place.lower)
    let before = bytes[start..<place.lower]
    let isFirst = start > instruction.range.lower && before.allSatisfy { isBlank($0) }
    guard isFirst else {
      let blanks = before.suffix(while: { isBlank($0) })
      deletions.append(ByteRange(blanks.startIndex, place.upper))
      return
    }
    let next = bytes[place.upper..<endOfLine(place.upper)].firstIndex { !isBlank($0) }
    if let next, next != continuation(ofLineAt: place.lower) {
      deletions.append(ByteRange(place.lower, next))
    } else if next != nil {
      deletions.append(ByteRange(start, startOfNextLine(place.lower)))
    } else {
      deletions += try removalOfLastLine(from: range.lower, through: place.upper)
    }
  }

  /// What goes where a line at the end of its command goes: the line, and what continued the one before it.
  ///
  /// Comments between the two stay, and stand behind the command then.
  func removalOfLastLine(from logical: Int, through end: Int) throws(EditRefusal) -> [ByteRange] {
    let start = startOfLine(text.physical(logical))
    guard let last = text.bytes[..<logical].lastIndex(where: { !isBlank($0) && $0 != 0x0A && $0 != 0x0D }) else {
      throw EditRefusal("nothing stands before it")
    }
    var before = last
    // The shell joins lines itself in here-documents: there the backslash is part of the text.
    if text.physical(last) >= instruction.lineRange.upper, text.bytes[last] == UInt8(ascii: "\\"), last > 0 {
      guard let word = text.bytes[..<last].lastIndex(where: { !isBlank($0) && $0 != 0x0A && $0 != 0x0D }) else {
        throw EditRefusal("nothing stands before it")
      }
      before = word
    }
    let previous = text.physical(before) + 1
    guard previous < start, let escape = continuation(ofLineAt: previous - 1), escape >= previous else {
      throw EditRefusal("the line before is not continued")
    }
    let tail = endOfLine(end)
    var lineBefore = start - 1
    if lineBefore > 0, bytes[lineBefore - 1] == 0x0D { lineBefore -= 1 }
    let first = ByteRange(previous, endOfLine(previous))
    return [first, ByteRange(lineBefore, tail)]
  }
}
