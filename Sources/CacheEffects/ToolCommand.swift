public import Caches
public import Shell
public import SourceText

/// A command of a known tool: the name as the catalogue has it, and the words that follow.
public struct ToolCommand: Sendable {
  /// What the command is; shared, since a command is handed on very often and never changed.
  private final class Storage: Sendable {
    let name: String
    let arguments: [ShellArgument]
    let nameRange: ByteRange?
    let invocation: ShellInvocation
    let python: PythonCall?
    /// How many arguments are the tool's own, and not those of a program that it starts.
    let own: Int
    /// Whether the program's name is that of a script in Python.
    let isPythonScript: Bool
    /// Whether its output goes to a file.
    let hasOutputs: Bool
    /// Whether it shows that Python is used.
    let runsPython: Bool

    init(
      name: String, arguments: [ShellArgument], nameRange: ByteRange?, invocation: ShellInvocation, python: PythonCall?
    ) {
      own = ToolCommand.ownCount(name, arguments)
      isPythonScript = invocation.name?.suffix(3).elementsEqual(".py".utf8) ?? false
      hasOutputs = !invocation.outputs.isEmpty
      runsPython = python != nil || isPythonScript || PythonEvidence.isPython(name, arguments)
      self.name = name
      self.arguments = arguments
      self.nameRange = nameRange
      self.invocation = invocation
      self.python = python
    }
  }

  private let storage: Storage

  /// The name without directory and version, `pip` for `python3 -m pip` and for `/usr/bin/pip3.12`.
  public var name: String { storage.name }
  /// What follows the name.
  public var arguments: [ShellArgument] { storage.arguments }
  /// Where the name stands in its script; nil where no place holds it.
  public var nameRange: ByteRange? { storage.nameRange }
  /// The command with all that the script tells of it.
  public var invocation: ShellInvocation { storage.invocation }
  /// How the interpreter is started; nil where the program is not Python, also for a script that is one.
  public var python: PythonCall? { storage.python }

  /// Whether the program's name is that of a script in Python.
  var isPythonScript: Bool { storage.isPythonScript }
  /// Whether its output goes to a file.
  var hasOutputs: Bool { storage.hasOutputs }
  /// Whether it shows that Python is used: the interpreter, a script for it, a program that is written in it.
  public var runsPython: Bool { storage.runsPython }

  /// Reads the tool from a command; nil where the name of the program is not known.
  public init?(_ invocation: ShellInvocation) {
    guard let base = invocation.name, !base.isEmpty, base.count <= 64 else { return nil }
    var name = Self.withoutVersion(String(decoding: base, as: UTF8.self))
    var arguments = invocation.words.dropFirst()
    var range = invocation.words[0].range
    let python = PythonCall(invocation)
    if let (script, word) = Self.script(base, invocation, python) {
      name = script
      range = range.map { first in invocation.words[word].range?.joined(first) ?? first }
      arguments = invocation.words[(word + 1)...]
    } else if let python {
      name = "python"
      if case .module(let module, let word) = python.program {
        name = Self.withoutVersion(module)
        range = range.map { first in arguments[word].range?.joined(first) ?? first }
        arguments = arguments[(word + 1)...]
      }
    } else if name == "php", let script = arguments.first?.value {
      // `php /usr/bin/composer install`
      let last = String(decoding: script.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
      if last == "composer" || last == "composer.phar" {
        name = "composer"
        range = range.map { first in arguments.first?.range?.joined(first) ?? first }
        arguments = arguments.dropFirst()
      }
    }
    storage = Storage(
      name: Self.withoutSynonym(name), arguments: Array(arguments), nameRange: range, invocation: invocation,
      python: python)
  }

  private static let shells: WordSet = ["sh", "bash", "dash", "ash"]

  /// The script that an interpreter is given by its name, where the catalogue knows that script as a tool: `sh mvnw`.
  private static func script(
    _ base: ArraySlice<UInt8>, _ invocation: ShellInvocation, _ python: PythonCall?
  ) -> (name: String, word: Int)? {
    var word: Int?
    if let python {
      if case .script(let script) = python.program { word = script }
    } else if base.count <= 4, shells.contains(String(decoding: base, as: UTF8.self)) {
      word = invocation.words.indices.dropFirst().first { index in
        invocation.words[index].value?.first != UInt8(ascii: "-")
      }
    }
    guard let word, let path = invocation.words[word].value,
      let last = path.split(separator: UInt8(ascii: "/")).last, last.count <= 64
    else { return nil }
    let name = String(decoding: last, as: UTF8.self)
    return Catalogue.isScript(name) ? (name, word) : nil
  }

  /// Options of the tools that start others which take the next word.
  private static let starterOptions: Set<String> = [
    "--from", "--with", "--with-editable", "--with-requirements", "--python", "-p", "--package", "-c", "--call",
    "--index", "--index-url", "-i", "--extra-index-url", "--find-links", "-f", "--env-file", "--extra", "--group",
    "--directory", "--project", "--config-file", "--cache-dir", "--cache", "--color", "--allow-insecure-host", "-w",
  ]

  /// How many arguments come before the program that a tool starts, as in `uv run pytest -n 4`.
  private static func ownCount(_ name: String, _ arguments: [ShellArgument]) -> Int {
    guard name == "uv" || name == "uvx" || name == "npx" else { return arguments.count }
    // In `uv run PROGRAM`, the program is the second word that is no option; in `uv tool run PROGRAM`, the third.
    var isNext = name != "uv"
    var isTool = false
    var skipsNext = false
    for (index, argument) in arguments.enumerated() {
      if skipsNext {
        skipsNext = false
        continue
      }
      guard let text = argument.value else {
        if argument.mayBeOption { continue }
        return isNext ? index : arguments.count
      }
      if text.first == UInt8(ascii: "-"), text.count > 1 {
        skipsNext = starterOptions.contains(String(decoding: text, as: UTF8.self))
      } else if isNext {
        return index
      } else if argument.isText("run") {
        isNext = true
      } else if argument.isText("tool"), !isTool {
        isTool = true
      } else {
        return arguments.count
      }
    }
    return arguments.count
  }

  /// The tool and its sub-command, as people say them: `pip install`.
  public var title: String {
    guard let word = arguments.first(where: { $0.value?.first != UInt8(ascii: "-") })?.value, word.count <= 24,
      word.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
    else { return name }
    return name + " " + String(decoding: word, as: UTF8.self)
  }

  /// The program that runs the tool, as the catalogue has it, where that is another: `python` for `python3 -m pip`.
  var interpreter: String? { python != nil && name != "python" ? "python" : nil }

  /// The name under which the catalogue has a tool that has several.
  private static func withoutSynonym(_ name: String) -> String {
    switch name {
    case "composer.phar": "composer"
    case "yarnpkg": "yarn"
    case "nodejs": "node"
    case "bundler": "bundle"
    default: name
    }
  }

  /// `pip` for `pip3.12`, `python` for `python3`; names with a dash before the number stay.
  static func withoutVersion(_ name: String) -> String {
    guard let last = name.utf8.last, last >= 0x30 && last <= 0x39 || last == UInt8(ascii: ".") else { return name }
    let bytes = Array(name.utf8)
    var end = bytes.count
    while end > 0, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] >= 0x30 && bytes[end - 1] <= 0x39 { end -= 1 }
    guard end > 0, end < bytes.count, bytes[end - 1] != UInt8(ascii: "-") else { return name }
    let stem = String(decoding: bytes[..<end], as: UTF8.self)
    return versioned.contains(stem) ? stem : name
  }

  private static let versioned: Set<String> = [
    "pip", "gem", "bundle", "php", "ruby", "cabal", "ghc", "easy_install-", "go",
  ]
}

/// Whether a command is of a form.
public enum FormMatch: Sendable, Hashable {
  /// It is not.
  case no
  /// It may be: words that are not known decide.
  case perhaps
  /// It is.
  case yes
}

extension ToolCommand {
  /// Whether the command writes a kind by itself, switches aside.
  func matches(_ kind: CacheKind, variable: (String) -> VariableValue) -> FormMatch {
    var match = FormMatch.no
    for form in kind.writtenBy {
      let found = matches(form, variable: variable)
      if found == .yes { return .yes }
      if match == .no { match = found }
    }
    return match
  }

  /// Whether the command is of one of the catalogue's forms.
  ///
  /// - Parameters:
  ///   - form: the form.
  ///   - variable: the value of a variable at the command.
  /// - Returns: whether it is.
  public func matches(
    _ form: CommandForm, variable: (String) -> VariableValue = { _ in .unset }
  ) -> FormMatch {
    guard form.command == name else { return .no }
    let holds: (FormVariable) -> Bool = { wanted in
      if case .value(let given) = variable(wanted.name) { return wanted.holds(given) }
      return false
    }
    if form.unlessVariables.contains(where: holds) { return .no }
    if !form.texts.isEmpty {
      let hasText = arguments.contains { argument in
        argument.value.map { text in form.texts.contains { text.hasPart($0) } } ?? false
      }
      if !hasText { return .no }
    }
    let capitals = form.flags.compactMap { flag in flag.utf8.count == 2 ? flag.utf8.last : nil }
    if form.unless.contains(where: { index(of: $0, capitals: capitals) != nil }) { return .no }
    if arguments.isEmpty, form.unless.contains("(none)") { return .no }
    var result = FormMatch.yes
    if !(form.flags.isEmpty && form.variables.isEmpty), !form.flags.contains(where: { has($0) }),
      !form.variables.contains(where: holds)
    {
      guard mayHaveMoreOptions else { return .no }
      result = .perhaps
    }
    if form.subcommands.isEmpty { return result }
    switch subcommand(form.subcommands, skipping: form.options) {
    case nil: return .no
    case .some(let match): return match.isCertain ? result : .perhaps
    }
  }

  /// The words of the first sub-command of a list that the command has.
  ///
  /// - Parameters:
  ///   - subcommands: the sub-commands, each one or more words; `(none)` is a call without any.
  ///   - options: options that take the next word.
  /// - Returns: how many arguments lead up to its last word, which is that index plus one, and whether no word that is
  ///   not known stands before; nil where the command has none of them.
  public func subcommand(
    _ subcommands: [String], skipping options: [String]
  ) -> (end: Int, isCertain: Bool, text: String)? {
    let (positions, isCertain) = positional(skipping: options, limit: 4)
    for subcommand in subcommands {
      if subcommand == "(none)" {
        if positions.isEmpty { return (0, isCertain && !mayHaveMoreOptions, "") }
        continue
      }
      if let count = beginning(subcommand, with: positions) { return (positions[count - 1] + 1, isCertain, subcommand) }
    }
    return nil
  }

  /// How many words a sub-command has, if the arguments at these places begin with them.
  private func beginning(_ subcommand: String, with positions: [Int]) -> Int? {
    var count = 0
    var rest = subcommand.utf8[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x20) ?? rest.endIndex
      guard count < positions.count, arguments[positions[count]].value?.elementsEqual(rest[..<end]) ?? false else {
        return nil
      }
      count += 1
      rest = rest[end...].drop { $0 == 0x20 }
    }
    return count > 0 ? count : nil
  }

  /// The first arguments that are no options.
  private func positional(skipping options: [String], limit: Int) -> (positions: [Int], isCertain: Bool) {
    var positions: [Int] = []
    var isCertain = true
    var skipsNext = false
    for (index, argument) in arguments.enumerated() {
      if positions.count == limit { break }
      if skipsNext {
        skipsNext = false
        continue
      }
      guard let text = argument.value else {
        // Any number of words, options among them, may stand here.
        if argument.mayBeOption {
          if positions.isEmpty { isCertain = false }
          if !argument.isSpread { positions.append(index) }
          continue
        }
        positions.append(index)
        continue
      }
      if text.first == UInt8(ascii: "-"), text.count > 1 {
        skipsNext = options.contains { $0.utf8.elementsEqual(text) }
      } else if !(positions.isEmpty && text.first == UInt8(ascii: "+")) {
        // `cargo +nightly build`
        positions.append(index)
      }
    }
    return (positions, isCertain)
  }

  /// Whether one of the arguments is an option: as it is written, with a value behind `=`, or among short ones.
  public func has(_ option: String) -> Bool { index(of: option) != nil }

  private static func isSmall(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }

  /// Where an option stands among the arguments.
  public func index(of option: String) -> Int? { index(of: option, capitals: []) }

  /// Where an option stands; `capitals` are letters that may begin a cluster though they are large.
  private func index(of option: String, capitals: [UInt8]) -> Int? {
    guard let first = option.utf8.first,
      arguments.contains(where: { ($0.value ?? $0.prefix).first == first })
    else { return nil }
    if option.utf8.contains(0x20) {
      let parts = option.split(separator: " ")
      guard arguments.count >= parts.count else { return nil }
      return (0...(arguments.count - parts.count)).first { start in
        zip(parts, arguments[start...]).allSatisfy { part, argument in
          argument.value?.elementsEqual(part.utf8) ?? false
        }
      }
    }
    let candidates = arguments.indices.prefix(storage.own).filter {
      (arguments[$0].value ?? arguments[$0].prefix).first == first
    }
    let bytes = Array(option.utf8)
    let isShort = bytes.count == 2 && bytes[0] == UInt8(ascii: "-") && bytes[1] != UInt8(ascii: "-")
    return candidates.first { candidate in
      let argument = arguments[candidate]
      let text = argument.value ?? argument.prefix
      if text.elementsEqual(bytes) { return argument.value != nil }
      guard text.first == UInt8(ascii: "-"), text.count > bytes.count || isShort else { return false }
      if text.starts(with: bytes), text.count > bytes.count,
        text[bytes.count] == UInt8(ascii: "=") || bytes.last == UInt8(ascii: "=") || bytes.last == UInt8(ascii: ":")
      {
        return true
      }
      // A cluster such as `-afy`, or `-Syu` where `-S` is a command of its own; never `-Pdev`.
      return isShort && text.count <= 6 && text.dropFirst().contains(bytes[1])
        && (Self.isSmall(text[1]) || text[1] == bytes[1] || capitals.contains(text[1]))
        && text.dropFirst(2).allSatisfy(Self.isSmall)
    }
  }

  /// The value of an option that takes one: `--cache-dir DIR` or `--cache-dir=DIR`; nil where it is not given.
  public func value(of option: String) -> VariableValue? {
    if option.utf8.contains(0x20) { return value(ofWords: option) }
    let joins = option.utf8.last == UInt8(ascii: "=") || option.utf8.last == UInt8(ascii: ":")
    let bytes = Array(option.utf8)
    for (index, argument) in arguments.prefix(storage.own).enumerated() {
      let text = argument.value ?? argument.prefix
      if text.first != bytes.first { continue }
      if !joins, argument.isText(option) {
        guard index + 1 < arguments.count else { return nil }
        return arguments[index + 1].value.map { .value($0) } ?? .unknown
      }
      let start = joins ? bytes : bytes + [UInt8(ascii: "=")]
      if text.starts(with: start) {
        return argument.value.map { .value(Array($0.dropFirst(start.count))) } ?? .unknown
      }
    }
    return nil
  }

  /// The value of an option of two words, such as `-o Dir::Cache=DIR`, which may be one word without the blank.
  private func value(ofWords option: String) -> VariableValue? {
    let parts = option.split(separator: " ", maxSplits: 1).map { Array($0.utf8) }
    guard parts.count == 2 else { return nil }
    var isNext = false
    for argument in arguments.prefix(storage.own) {
      let text = argument.value ?? argument.prefix
      let start = isNext ? parts[1] : parts[0] + parts[1]
      if text.starts(with: start) {
        return argument.value.map { .value(Array($0.dropFirst(start.count))) } ?? .unknown
      }
      isNext = text.elementsEqual(parts[0])
    }
    return nil
  }

  /// Whether words that are not known may be further options.
  public var mayHaveMoreOptions: Bool { arguments.prefix(storage.own).contains { $0.mayBeOption } }
}

extension CacheKind {
  /// The sub-command with which a command writes the kind, as ``ToolCommand/subcommand(_:skipping:)`` gives it.
  public func subcommand(of command: ToolCommand) -> (end: Int, isCertain: Bool, text: String)? {
    for form in writtenBy where command.matches(form) != .no && !form.subcommands.isEmpty {
      return command.subcommand(form.subcommands, skipping: form.options)
    }
    return nil
  }

  /// The flag that stops a command from writing the kind, and after how many arguments it goes; nil where it has none.
  public func flag(for command: ToolCommand) -> (flag: String, end: Int)? {
    let options = writtenBy.filter { $0.command == command.name }.flatMap(\.options)
    for flag in disable.flags where flag.action == .add && flag.value == nil && flag.command == command.name {
      if flag.undoneBy.contains(where: { command.has($0) }) { continue }
      if flag.after.isEmpty { return (flag.flag, subcommand(of: command)?.end ?? 0) }
      if let place = command.subcommand(flag.after, skipping: options) { return (flag.flag, place.end) }
    }
    return nil
  }
}

extension Array<UInt8> {
  /// Whether a text stands somewhere in the bytes.
  func hasPart(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard let first = wanted.first, count >= wanted.count else { return false }
    return indices.dropLast(wanted.count - 1).contains { self[$0] == first && self[$0...].starts(with: wanted) }
  }
}
