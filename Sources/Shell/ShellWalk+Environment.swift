internal import SourceText

/// An option of `env`, as the manual of GNU coreutils has them.
private enum EnvironmentOption {
  /// The environment begins empty.
  case clear
  /// A variable is taken away.
  case unset
  /// The program is started in another directory.
  case directory
  /// Words are made of the value.
  case split
  /// It takes a value that changes nothing here.
  case valued
  /// It changes nothing here.
  case other

  var takesValue: Bool {
    switch self {
    case .clear, .other: false
    case .unset, .directory, .split, .valued: true
    }
  }

  private static let names: [(String, EnvironmentOption)] = [
    ("argv0", .valued), ("block-signal", .other), ("chdir", .directory), ("debug", .other), ("default-signal", .other),
    ("help", .other), ("ignore-environment", .clear), ("ignore-signal", .other), ("list-signal-handling", .other),
    ("null", .other), ("split-string", .split), ("unset", .unset), ("version", .other),
  ]

  /// The option of this name, which may be cut short where no other begins like it (`getopt_long(3)`).
  init(long name: ArraySlice<UInt8>) {
    let found = Self.names.filter { $0.0.utf8.starts(with: name) }
    self = found.count == 1 ? found[0].1 : .other
  }

  init(short letter: UInt8) {
    switch letter {
    case UInt8(ascii: "i"): self = .clear
    case UInt8(ascii: "u"): self = .unset
    case UInt8(ascii: "C"): self = .directory
    case UInt8(ascii: "S"): self = .split
    case UInt8(ascii: "a"): self = .valued
    default: self = .other
    }
  }
}

extension ShellWalk {
  /// How often `env` makes words of one.
  private static let splitLimit = 16

  /// Takes `env` off; no word stays where it is not known what it starts.
  mutating func environment(_ command: inout ShellInvocation) {
    var words = command.words.dropFirst()
    var splits = 0
    command.words = []
    while let text = words.first?.value, text.first == UInt8(ascii: "-") {
      words.removeFirst()
      if text.elementsEqual("--".utf8) { break }
      if text.count == 1 {
        clear(&command.scope)
        break
      }
      for (option, attached) in Self.environmentOptions(text) {
        guard option.takesValue else {
          if case .clear = option { clear(&command.scope) }
          continue
        }
        guard let value = attached.map({ ShellArgument(Array($0), range: nil) }) ?? words.popFirst() else { return }
        switch option {
        case .unset: remove(value.value, from: &command.scope)
        case .directory: command.directory = command.directory.moved(to: value)
        case .split:
          splits += 1
          guard splits <= Self.splitLimit, let parts = value.value.flatMap({ SplitString.words($0) }) else { return }
          words = (parts.map { ShellArgument($0, range: nil) } + words)[...]
        case .clear, .valued, .other: break
        }
      }
    }
    command.words = Array(assignments(words, to: &command.scope))
  }

  /// The options of one word, the last of them with the value that stands in it.
  private static func environmentOptions(_ text: [UInt8]) -> [(EnvironmentOption, value: ArraySlice<UInt8>?)] {
    if text[1] == UInt8(ascii: "-") {
      let equals = text.firstIndex(of: UInt8(ascii: "="))
      return [(EnvironmentOption(long: text[2..<(equals ?? text.count)]), equals.map { text[($0 + 1)...] })]
    }
    var options: [(EnvironmentOption, value: ArraySlice<UInt8>?)] = []
    for (index, letter) in text.enumerated().dropFirst() {
      let option = EnvironmentOption(short: letter)
      if option.takesValue { return options + [(option, index + 1 < text.count ? text[(index + 1)...] : nil)] }
      options.append((option, nil))
    }
    return options
  }

  /// Hides what the script was started with, and what it has set.
  func clear(_ scope: inout ShellScope) {
    scope.entries = [:]
    scope.isCleared = true
    scope.mayHaveMore = false
    scope.isLost = false
  }

  private func remove(_ name: [UInt8]?, from scope: inout ShellScope) {
    guard let name else { return scope.forget() }
    scope.entries[String(decoding: name, as: UTF8.self)] = .init(value: .unset, isExported: false)
  }
}

extension ShellDirectory {
  /// Where one comes to from here.
  func moved(to target: ShellArgument) -> ShellDirectory {
    guard var value = target.value, !target.isPattern, !target.isSpread else { return .unknown }
    if value.isEmpty { return self }
    if value.first == UInt8(ascii: "/") || target.isHome { return .path(value) }
    // A name that begins like a home is none.
    if value.first == UInt8(ascii: "~") { value = Array("./".utf8) + value }
    switch self {
    case .same: return .path(value)
    case .path(let old):
      // A longer one than Linux has would only cost time.
      let isTooLong = old.count + value.count >= ShellRun.valueLimit
      return isTooLong ? .unknown : .path(old + [UInt8(ascii: "/")] + value)
    case .unknown: return .unknown
    }
  }
}
