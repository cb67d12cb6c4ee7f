internal import SourceText

/// What the text of an instruction says.
struct InstructionParts {
  var keyword: Keyword?
  var keywordRange: ByteRange
  var flags: [Flag] = []
  var argumentRange: ByteRange
  var arguments = Arguments.none

  /// Whether here-documents may follow.
  var takesHeredocs: Bool {
    switch (keyword, arguments) {
    case (.onbuild, .onbuild(let inner)): Self.takesHeredocs(inner.keyword, inner.arguments)
    default: Self.takesHeredocs(keyword, arguments)
    }
  }

  private static func takesHeredocs(_ keyword: Keyword?, _ arguments: Arguments) -> Bool {
    if case .json = arguments { return false }
    return keyword == .run || keyword == .copy || keyword == .add
  }
}

/// Splits the text of an instruction into keyword, flags and arguments.
struct InstructionParser {
  /// Something that BuildKit refuses while it reads, in the joined text.
  struct Problem {
    let message: String
    let range: ByteRange
  }

  private let bytes: [UInt8]
  private let escape: UInt8
  private(set) var problems: [Problem] = []

  init(_ text: LogicalText, escape: UInt8) {
    bytes = text.bytes
    self.escape = escape
  }

  mutating func parse(_ range: ByteRange) -> InstructionParts {
    parse(range, isInner: false)
  }

  private mutating func parse(_ range: ByteRange, isInner: Bool) -> InstructionParts {
    let start = Space.skip(bytes, range.lower, range.upper)
    let end = max(start, Space.trimmedEnd(bytes, start, range.upper))
    var index = start
    while index < end, !Space.separates(bytes[index]) { index += 1 }
    let keywordRange = ByteRange(start, index)
    while index < end, Space.separates(bytes[index]) { index += 1 }
    let (flags, rest) = readFlags(bytes, ByteRange(index, end), escape: escape)
    let lower = Space.skip(bytes, rest, end)
    let arguments = ByteRange(lower, max(lower, Space.trimmedEnd(bytes, lower, end)))
    var parts = InstructionParts(
      keyword: Keyword(bytes[keywordRange.indices]), keywordRange: keywordRange, flags: flags,
      argumentRange: arguments)
    parts.arguments = read(parts.keyword, arguments, isInner: isInner)
    return parts
  }

  private mutating func read(_ keyword: Keyword?, _ range: ByteRange, isInner: Bool) -> Arguments {
    if range.isEmpty { return .none }
    switch keyword {
    case nil: return .none
    case .env, .label: return readPairs(keyword ?? .env, range)
    case .arg: return .declarations(tokens(bytes, range, escape: escape).map(pair))
    case .from, .expose: return .words(words(range))
    case .add, .copy, .volume: return json(range) ?? .words(words(range))
    case .run, .cmd, .entrypoint, .shell: return json(range) ?? .shell(range)
    case .maintainer, .stopsignal, .user, .workdir: return .text(range)
    case .healthcheck: return readHealthcheck(range)
    case .onbuild:
      // Docker allows no ONBUILD in ONBUILD; what is deeper matters to nobody.
      if isInner { return .none }
      let inner = parse(range, isInner: true)
      return .onbuild(
        InnerInstruction(
          keyword: inner.keyword, keywordRange: inner.keywordRange, flags: inner.flags, arguments: inner.arguments))
    }
  }

  private mutating func json(_ range: ByteRange) -> Arguments? {
    switch readJSONArray(bytes, range) {
    case .strings(let strings): return .json(strings)
    case .notStrings:
      problems.append(
        .init(message: "when using JSON array syntax, arrays must be comprised of strings only", range: range))
      return Arguments.none
    case .noArray: return nil
    }
  }

  private func words(_ range: ByteRange) -> [ByteRange] {
    var words: [ByteRange] = []
    var index = range.lower
    while index < range.upper {
      let start = index
      while index < range.upper, !Space.separates(bytes[index]) { index += 1 }
      words.append(ByteRange(start, index))
      while index < range.upper, Space.separates(bytes[index]) { index += 1 }
    }
    return words
  }

  private mutating func readHealthcheck(_ range: ByteRange) -> Arguments {
    // Byte by byte, as Docker does here: the two odd blanks of Latin-1 count, too.
    var index = range.lower
    while index < range.upper, !isLatinSpace(bytes[index]) { index += 1 }
    let kind = ByteRange(range.lower, index)
    while index < range.upper, isLatinSpace(bytes[index]) { index += 1 }
    if kind.isEmpty { return .none }
    let rest = ByteRange(index, range.upper)
    return .healthcheck(kind: kind, command: rest.isEmpty ? .none : json(rest) ?? .shell(rest))
  }

  private func pair(_ word: ByteRange) -> Pair {
    guard let equals = bytes[word.indices].firstIndex(of: UInt8(ascii: "=")) else { return Pair(key: word, value: nil) }
    return Pair(key: ByteRange(word.lower, equals), value: ByteRange(equals + 1, word.upper))
  }

  private mutating func readPairs(_ keyword: Keyword, _ range: ByteRange) -> Arguments {
    let words = tokens(bytes, range, escape: escape)
    guard let first = words.first else { return .none }
    if !bytes[first.indices].contains(UInt8(ascii: "=")) { return readLegacyPair(keyword, range) }
    var pairs: [Pair] = []
    for word in words {
      let pair = pair(word)
      if pair.value == nil {
        let message = "Syntax error - can't find = in \"\(text(bytes[word.indices]))\". Must be of the form: name=value"
        problems.append(.init(message: message, range: word))
        continue
      }
      pairs.append(pair)
    }
    return .pairs(pairs, isLegacy: false)
  }

  private mutating func readLegacyPair(_ keyword: Keyword, _ range: ByteRange) -> Arguments {
    var index = range.lower
    while index < range.upper, !Space.separates(bytes[index]) { index += 1 }
    let key = ByteRange(range.lower, index)
    while index < range.upper, Space.separates(bytes[index]) { index += 1 }
    if index == key.upper {
      problems.append(.init(message: "\(keyword.rawValue.uppercased()) must have two arguments", range: range))
      return .none
    }
    return .pairs([Pair(key: key, value: ByteRange(index, range.upper))], isLegacy: true)
  }
}
