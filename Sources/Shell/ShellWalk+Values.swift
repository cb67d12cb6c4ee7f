internal import SourceText

// What words become.
extension ShellWalk {
  /// The words that a word becomes; none where it vanishes.
  func expand(_ word: ShellWord) -> [ShellArgument] {
    let range = mapped(word.range)
    if let plain = word.plain, !needsWork(plain) { return [ShellArgument(plain, range: range)] }
    if isBash, let words = braces(word, range) { return words }
    var expansion = WordExpansion(range: range, splits: fieldSeparators)
    if case .text(let text, isQuoted: false)? = word.parts.first {
      if isHome(text, isWhole: word.parts.count == 1) {
        expansion.current.isHome = true
      } else if text.first == UInt8(ascii: "~") || isBash && hasTildeAfterEquals(text) {
        expansion.appendUnknown(isQuoted: true)
      }
    }
    add(word, to: &expansion)
    expansion.finish()
    var arguments = expansion.arguments
    if arguments.count == 1, case .output(let commands?, _)? = word.parts.first,
      let rest = written(word.parts.dropFirst())
    {
      arguments[0].output = plainWords(of: commands)
      arguments[0].suffix = rest
    } else if arguments.count == 1, arguments[0].value == nil {
      arguments[0].suffix = ending(of: word)
    }
    return arguments
  }

  /// The text at the end of a word that needs no expansion, wildcards as they are.
  private func ending(of word: ShellWord) -> [UInt8] {
    let start = word.parts.lastIndex { part in
      switch part {
      case .text, .pattern: false
      default: true
      }
    }
    return start.flatMap { written(word.parts[($0 + 1)...]) } ?? []
  }

  /// How a value begins that is the output of `mktemp`; empty for all others.
  func beginning(of word: ShellWord) -> [UInt8] {
    guard case .output(let commands?, _)? = word.parts.first, let words = plainWords(of: commands),
      words.first?.elementsEqual("mktemp".utf8) ?? false
    else { return [] }
    // With a template it is beside it, else in the usual directory.
    guard let template = words.dropFirst().first(where: { $0.first != UInt8(ascii: "-") }) else {
      return Array("/tmp/".utf8)
    }
    guard words.count <= 3, template.first == UInt8(ascii: "/") else { return [] }
    return Array(template.prefix { $0 != UInt8(ascii: "X") })
  }

  /// The text of a word that is not split, as in an assignment; nil where it is not known.
  func joined(_ word: ShellWord) -> [UInt8]? {
    var expansion = WordExpansion(range: nil, splits: .never)
    for (index, part) in word.parts.enumerated() {
      guard case .text(let text, isQuoted: false) = part, text.contains(UInt8(ascii: "~")) else {
        add(part, isInner: false, to: &expansion)
        continue
      }
      guard let text = tildes(text, isFirst: index == 0, isLast: index == word.parts.count - 1) else { return nil }
      expansion.append(text, isQuoted: true)
    }
    expansion.finish(evenIfEmpty: true)
    guard expansion.arguments.count == 1 else { return nil }
    return expansion.arguments[0].value
  }

  /// The value of an assignment.
  func value(of assignment: ShellAssignment) -> VariableValue {
    guard let word = assignment.value, let bytes = joined(word) else { return .unknown }
    if !assignment.appends { return .value(bytes) }
    // Other shells take it for a command.
    if !isBash { return .unknown }
    switch scope.expansion(String(decoding: assignment.name, as: UTF8.self), inherited: inherited) {
    case .value(let old): return .value(old + bytes)
    case .unset: return .value(bytes)
    case .unknown: return .unknown
    }
  }

  /// An argument of `export` and its like that is an assignment: some shells split its value, others do not.
  mutating func declaration(_ word: ShellWord) -> ShellArgument? {
    guard case .text(let text, isQuoted: false)? = word.parts.first,
      let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0, text[..<equals].allSatisfy(isNamePart)
    else { return nil }
    perform(word)
    var rest = word
    rest.parts[0] = .text(Array(text[(equals + 1)...]), isQuoted: false)
    if equals + 1 == text.count { rest.parts.removeFirst() }
    var argument = ShellArgument(Array(text[...equals]), range: mapped(word.range))
    // bash expands braces here, and in plain assignments it does not.
    let value = isBash && braces(word, nil) != nil ? nil : joined(rest)
    let isSure =
      isBash || rest.parts.isEmpty
      || { () -> Bool in
        let words = expand(rest)
        return words.count <= 1 && !(words.first?.isSpread ?? false)
      }()
    if let value, isSure {
      argument.value? += value
      argument.prefix += value
    } else {
      argument.value = nil
      argument.isSpread = true
      argument.prefix += beginning(of: rest)
    }
    return argument
  }

  /// Expands each `~` of a value, at its start and after colons; nil where that is not known.
  private func tildes(_ text: [UInt8], isFirst: Bool, isLast: Bool) -> [UInt8]? {
    var result: [UInt8] = []
    let pieces = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for (index, piece) in pieces.enumerated() {
      if index > 0 { result.append(UInt8(ascii: ":")) }
      guard piece.first == UInt8(ascii: "~"), index > 0 || isFirst else {
        result += piece
        continue
      }
      let isWhole = index < pieces.count - 1 || isLast
      guard isHome(Array(piece), isWhole: isWhole),
        case .value(let home) = scope.expansion("HOME", inherited: inherited)
      else { return nil }
      result += home + piece.dropFirst()
    }
    return result
  }

  func hasTildeAfterEquals(_ text: [UInt8]) -> Bool {
    guard let equals = text.firstIndex(of: UInt8(ascii: "=")), text[equals...].contains(UInt8(ascii: "~")) else {
      return false
    }
    return text[..<equals].allSatisfy(isNamePart)
  }

  /// How values that are not quoted are split.
  private var fieldSeparators: Splitting {
    if scope.isLost { return .unknown }
    if let own = scope.entries["IFS"] {
      return own.value == .unset || own.value == .value([0x20, 0x09, 0x0A]) ? .blanks : .unknown
    }
    return .blanks
  }

  private func needsWork(_ text: [UInt8]) -> Bool {
    text.first == UInt8(ascii: "~") || isBash && (text.contains(UInt8(ascii: "{")) || text.contains(UInt8(ascii: "~")))
  }

  /// The text of a word without quotes and variables, wildcards as they are; nil where it has any.
  func unquoted(_ word: ShellWord) -> [UInt8]? {
    let isOpen = word.parts.allSatisfy { part in
      switch part {
      case .text(_, let isQuoted): !isQuoted
      case .pattern: true
      default: false
      }
    }
    return isOpen ? written(word.parts[...]) : nil
  }

  /// The text of parts that need no expansion, wildcards as they are; nil where others are among them.
  private func written(_ parts: ArraySlice<ShellWord.Part>) -> [UInt8]? {
    var text: [UInt8] = []
    for part in parts {
      switch part {
      case .text(let bytes, _): text += bytes
      case .pattern(let byte): text.append(byte)
      default: return nil
      }
    }
    return text
  }

  /// Whether a text begins with the home directory of who runs it.
  func isHome(_ text: [UInt8], isWhole: Bool = true) -> Bool {
    guard text.first == UInt8(ascii: "~") else { return false }
    return text.count == 1 ? isWhole : text[1] == UInt8(ascii: "/")
  }

  /// Adds a word; in `${name:-word}` it is an inner one, whose text is split, too, where it is not quoted.
  private func add(_ word: ShellWord, isInner: Bool = false, to expansion: inout WordExpansion) {
    if isInner, case .text(let text, isQuoted: false)? = word.parts.first, text.first == UInt8(ascii: "~") {
      expansion.appendUnknown(isQuoted: false)
    }
    for part in word.parts { add(part, isInner: isInner, to: &expansion) }
  }

  private func add(_ part: ShellWord.Part, isInner: Bool, to expansion: inout WordExpansion) {
    switch part {
    case .text(let bytes, let isQuoted):
      if isInner, !isQuoted {
        expansion.append(.value(bytes), isQuoted: false)
      } else {
        expansion.append(bytes, isQuoted: isQuoted)
      }
    case .pattern(let byte):
      expansion.append([byte], isQuoted: false)
      expansion.current.isPattern = true
    case .output(_, let isQuoted): expansion.appendUnknown(isQuoted: isQuoted)
    case .arithmetic, .unknown: expansion.appendUnknown(isQuoted: true)
    case .variable(let name, let form, let isQuoted): add(name, form, isQuoted, to: &expansion)
    }
  }

  private func add(_ name: [UInt8], _ form: ShellExpansion, _ isQuoted: Bool, to expansion: inout WordExpansion) {
    // `"$@"` is any number of words.
    if name.elementsEqual([UInt8(ascii: "@")]) {
      expansion.appendUnknown(isQuoted: false)
      return
    }
    let value = value(ofParameter: name)
    switch form {
    case .plain, .required:
      if value == .unknown, let entry = scope.entries[String(decoding: name, as: UTF8.self)] {
        expansion.appendUnknown(isQuoted: isQuoted, beginning: entry.beginning)
      } else {
        expansion.append(value, isQuoted: isQuoted)
      }
    case .unknown: expansion.appendUnknown(isQuoted: isQuoted)
    case .fallback(let word, let countsEmpty), .assigning(let word, let countsEmpty):
      switch value {
      case .unset: addInner(word, isQuoted, to: &expansion)
      case .value(let bytes) where bytes.isEmpty && countsEmpty: addInner(word, isQuoted, to: &expansion)
      default: expansion.append(value, isQuoted: isQuoted)
      }
    case .replacement(let word, let countsEmpty):
      switch value {
      case .unset: expansion.append(.unset, isQuoted: isQuoted)
      case .value(let bytes) where bytes.isEmpty && countsEmpty: expansion.append(.unset, isQuoted: isQuoted)
      case .value: addInner(word, isQuoted, to: &expansion)
      case .unknown: expansion.appendUnknown(isQuoted: isQuoted)
      }
    }
  }

  private func addInner(_ word: ShellWord, _ isQuoted: Bool, to expansion: inout WordExpansion) {
    add(word, isInner: true, to: &expansion)
    if isQuoted { expansion.append([], isQuoted: true) }
  }

  func value(ofParameter name: [UInt8]) -> VariableValue {
    // `$1`, `$@`, `$?` and their like.
    guard let first = name.first, isNamePart(first), !isDigit(first) else { return .unknown }
    return scope.expansion(String(decoding: name, as: UTF8.self), inherited: inherited)
  }

  /// The words of commands that are one plain command.
  private func plainWords(of commands: ShellSequence) -> [[UInt8]]? {
    guard commands.items.count == 1, commands.items[0].links.count == 1 else { return nil }
    let pipeline = commands.items[0].links[0].pipeline
    guard pipeline.commands.count == 1, case .simple(let assignments, let words) = pipeline.commands[0].kind,
      assignments.isEmpty
    else { return nil }
    let texts = words.map(\.plain)
    return texts.contains { $0 == nil } ? nil : texts.compactMap { $0 }
  }
}
