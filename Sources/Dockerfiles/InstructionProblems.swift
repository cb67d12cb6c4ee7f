internal import SourceText

/// What BuildKit refuses once the text is read: unknown instructions, flags and counts of arguments.
///
/// `unread` are the lines of the instructions whose text could not be read: what else seems wrong with
/// them comes of that.
func instructionProblems(_ instructions: [Instruction], unread: Set<Int>) -> [Dockerfile.Problem] {
  var problems: [Dockerfile.Problem] = []
  // A FROM that is missing is one mistake, however many instructions stand without it; and an instruction
  // that is refused there may be the FROM.
  var mayHaveStage = false
  for instruction in instructions {
    var refusal: Refusal?
    do {
      try InstructionChecker(instruction).check()
    } catch {
      refusal = error
    }
    if refusal == nil, !mayHaveStage, instruction.keyword != .from, instruction.keyword != .arg {
      refusal = Refusal("no build stage in current context", at: instruction.keywordRange)
    }
    if instruction.keyword == .from || refusal != nil { mayHaveStage = true }
    guard let refusal, !unread.contains(instruction.startLine) else { continue }
    let whole = ByteRange(
      instruction.keywordRange.lower, max(instruction.keywordRange.upper, instruction.argumentRange.upper))
    problems.append(
      .init(
        level: .instruction, message: refusal.message, range: instruction.text.physical(refusal.range ?? whole),
        line: instruction.startLine))
  }
  return problems
}

private struct Refusal: Error {
  let message: String
  /// What is refused, in the joined text; nil for the whole instruction.
  let range: ByteRange?

  init(_ message: String, at range: ByteRange? = nil) {
    self.message = message
    self.range = range
  }
}

/// Checks one instruction.
private struct InstructionChecker {
  private let instruction: Instruction
  private let text: [UInt8]

  init(_ instruction: Instruction) {
    self.instruction = instruction
    text = instruction.text.bytes
  }

  private var name: String { instruction.keyword?.rawValue.uppercased() ?? "" }

  func check() throws(Refusal) {
    switch instruction.keyword {
    case nil:
      throw Refusal("unknown instruction: \(string(instruction.keywordRange))", at: instruction.keywordRange)
    case .env, .label: try checkPairs()
    case .arg: try checkDeclarations()
    case .from: try checkFrom()
    case .copy, .add: try checkCopy()
    case .expose: try checkExpose()
    case .volume: try checkVolume()
    case .maintainer, .user, .workdir, .stopsignal: try checkText()
    case .shell: try checkShell()
    case .healthcheck: try checkHealthcheck()
    case .onbuild: try checkOnbuild()
    case .run: try checkRun()
    case .cmd, .entrypoint: try checkFlags()
    }
  }

  private func string(_ range: ByteRange) -> String {
    String(decoding: text[range.indices], as: UTF8.self)
  }

  private func checkPairs() throws(Refusal) {
    try checkFlags()
    guard case .pairs(let pairs, _) = instruction.arguments else {
      // An instruction that could not be read has its problem already.
      if instruction.argumentRange.isEmpty { throw Refusal("\(name) requires at least one argument") }
      return
    }
    if let blank = pairs.first(where: { $0.key.isEmpty }) {
      throw Refusal("\(name) names can not be blank", at: blank.range)
    }
  }

  private func checkDeclarations() throws(Refusal) {
    guard case .declarations(let pairs) = instruction.arguments, !pairs.isEmpty else {
      throw Refusal("ARG requires at least one argument")
    }
    if let blank = pairs.first(where: { $0.key.isEmpty }) {
      throw Refusal("ARG names can not be blank", at: blank.range)
    }
  }

  private func checkFrom() throws(Refusal) {
    var words: [ByteRange] = []
    if case .words(let found) = instruction.arguments { words = found }
    if words.count == 3, equalIgnoringCase(text[words[1].indices], "as".utf8) {
      if !isStageName(text[words[2].indices].map(lowercased)) {
        throw Refusal("invalid name for build stage: \"\(string(words[2]))\"", at: words[2])
      }
    } else if words.count != 1 {
      throw Refusal("FROM requires either one or three arguments")
    }
    try checkFlags(strings: ["platform"])
  }

  private func isStageName(_ name: [UInt8]) -> Bool {
    guard let first = name.first, isLetter(first) else { return false }
    return name.allSatisfy { isLetter($0) || isDigit($0) || "-_.".utf8.contains($0) }
  }

  private func checkCopy() throws(Refusal) {
    let last: [UInt8]
    switch instruction.arguments {
    case .words(let words) where words.count >= 2: last = Array(text[words[words.count - 1].indices])
    case .json(let strings) where strings.count >= 2: last = strings[strings.count - 1].text
    default: throw Refusal("\(name) requires at least two arguments, but only one was provided")
    }
    if instruction.keyword == .copy {
      try checkFlags(strings: ["from", "chown", "chmod"], booleans: ["link", "parents"], lists: ["exclude"])
    } else {
      try checkFlags(
        strings: ["chown", "chmod", "checksum"], booleans: ["link", "keep-git-dir", "unpack"], lists: ["exclude"])
    }
    if let marker = try? heredocMarker(last), !marker.name.isEmpty {
      throw Refusal("\(name) cannot accept a heredoc as a destination")
    }
  }

  private func checkExpose() throws(Refusal) {
    if instruction.argumentRange.isEmpty { throw Refusal("EXPOSE requires at least one argument") }
    try checkFlags()
  }

  private func checkVolume() throws(Refusal) {
    switch instruction.arguments {
    case .words: break
    case .json(let strings) where !strings.isEmpty:
      for string in strings where Space.skip(string.text, 0, string.text.count) == string.text.count {
        throw Refusal("VOLUME specified can not be an empty string", at: string.range)
      }
    default: throw Refusal("VOLUME requires at least one argument")
    }
    try checkFlags()
  }

  private func checkText() throws(Refusal) {
    if instruction.argumentRange.isEmpty { throw Refusal("\(name) requires exactly one argument") }
    if instruction.keyword != .stopsignal { try checkFlags() }
  }

  private func checkShell() throws(Refusal) {
    try checkFlags()
    switch instruction.arguments {
    case .json(let strings) where !strings.isEmpty: return
    case .shell: throw Refusal("SHELL requires the arguments to be in JSON form")
    default: throw Refusal("SHELL requires at least one argument")
    }
  }

  private func checkOnbuild() throws(Refusal) {
    guard case .onbuild(let inner) = instruction.arguments else {
      throw Refusal("ONBUILD requires at least one argument")
    }
    try checkFlags()
    switch inner.keyword {
    case .onbuild:
      throw Refusal("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", at: inner.keywordRange)
    case .from, .maintainer:
      throw Refusal(
        "\(string(inner.keywordRange).uppercased()) isn't allowed as an ONBUILD trigger", at: inner.keywordRange)
    default: return
    }
  }

  private func checkRun() throws(Refusal) {
    try checkFlags(strings: ["network", "security"], lists: ["mount", "device"])
    for flag in instruction.flags {
      let value = String(decoding: flag.value ?? [], as: UTF8.self)
      switch String(decoding: flag.name, as: UTF8.self) {
      case "network" where !["default", "none", "host"].contains(value):
        throw Refusal("invalid network mode: \"\(value)\"", at: flag.range)
      case "security" where !["sandbox", "insecure"].contains(value):
        throw Refusal("security \"\(value)\" is not valid", at: flag.range)
      case "mount":
        for field in Mount.fields(flag) where field.key == "from" && Self.hasVariable(field.value ?? []) {
          throw Refusal("'from' doesn't support variable expansion, define alias stage instead", at: flag.range)
        }
      default: continue
      }
    }
  }

  private static func hasVariable(_ value: [UInt8]) -> Bool {
    guard let dollar = value.firstIndex(of: UInt8(ascii: "$")) else { return false }
    return dollar + 1 < value.count
  }

  private func checkHealthcheck() throws(Refusal) {
    guard case .healthcheck(let kind, let command) = instruction.arguments else {
      throw Refusal("HEALTHCHECK requires at least one argument")
    }
    var hasCommand = true
    switch command {
    case .none: hasCommand = false
    case .json(let strings): hasCommand = !strings.isEmpty
    default: break
    }
    if equalIgnoringCase(text[kind.indices], "none".utf8) {
      if hasCommand { throw Refusal("HEALTHCHECK NONE takes no arguments") }
      return
    }
    try checkFlags(strings: ["interval", "timeout", "start-period", "start-interval", "retries"])
    if !equalIgnoringCase(text[kind.indices], "cmd".utf8) {
      throw Refusal("Unknown type \"\(string(kind).uppercased())\" in HEALTHCHECK (try CMD)", at: kind)
    }
    if !hasCommand { throw Refusal("Missing command after HEALTHCHECK CMD") }
    for flag in instruction.flags {
      let value = Array(flag.value ?? [])
      if flag.name.elementsEqual("retries".utf8) {
        if !value.isEmpty, !isCount(value) { throw Refusal("--retries is no count", at: flag.range) }
      } else if !value.isEmpty, !isInterval(value) {
        throw Refusal("an interval is no duration of 1ms or more", at: flag.range)
      }
    }
  }

  private func checkFlags(
    strings: Set<String> = [], booleans: Set<String> = [], lists: Set<String> = []
  ) throws(Refusal) {
    var seen: Set<String> = []
    for flag in instruction.flags {
      let name = String(decoding: flag.name, as: UTF8.self)
      if !strings.contains(name), !booleans.contains(name), !lists.contains(name) {
        throw Refusal("unknown flag: --\(name)", at: flag.range)
      }
      if !seen.insert(name).inserted, !lists.contains(name) {
        throw Refusal("duplicate flag specified: --\(name)", at: flag.range)
      }
      if booleans.contains(name) {
        guard let value = flag.value else { continue }
        if !equalIgnoringCase(value, "true".utf8), !equalIgnoringCase(value, "false".utf8) {
          throw Refusal("expecting boolean value for flag --\(name)", at: flag.range)
        }
      } else if flag.value == nil {
        throw Refusal("missing a value on flag: --\(name)", at: flag.range)
      }
    }
  }
}

/// Whether the text is a number that a count of tries can be.
private func isCount(_ value: [UInt8]) -> Bool {
  let digits = value.first == UInt8(ascii: "+") || value.elementsEqual("-0".utf8) ? value.dropFirst() : value[...]
  guard !digits.isEmpty, digits.allSatisfy(isDigit), let number = Int(text(digits)) else { return false }
  return number <= Int(Int32.max)
}

/// Whether the text is a duration of Go that Docker takes for an interval: zero, or a millisecond and more.
private func isInterval(_ value: [UInt8]) -> Bool {
  var rest = value[...]
  if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
  if rest.elementsEqual("0".utf8) { return true }
  var seconds = 0.0
  if rest.isEmpty { return false }
  while !rest.isEmpty {
    let number = rest.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    rest = rest.dropFirst(number.count)
    let unit = rest.prefix { !isDigit($0) && $0 != UInt8(ascii: ".") }
    rest = rest.dropFirst(unit.count)
    let factors = ["ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600]
    guard number.contains(where: isDigit), number.count(where: { !isDigit($0) }) <= 1,
      let amount = Double("0" + text(number) + "0"), let factor = factors[text(unit)]
    else { return false }
    seconds += amount * factor
  }
  return seconds == 0 || (seconds >= 1e-3 && seconds < 9.2e9)
}
