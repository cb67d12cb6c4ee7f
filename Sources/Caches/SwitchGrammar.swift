public import Versions

/// What a value does to a switch.
public enum SwitchReading: String, Sendable, Hashable, CaseIterable {
  /// The switch acts: the cache is off.
  case on
  /// The switch does nothing: the cache is on.
  case off
  /// The tool refuses the value and fails.
  case fails
  /// On or off, by the version of the tool.
  case dependsOnVersion
  /// Nobody has tried.
  case unknown
}

/// How a tool reads the value of an environment variable that turns a cache off.
///
/// Tools disagree on what `1` means, so each way of reading has a name; the words are in
/// `policies/caches/_grammars.yaml` with how they are known.
public enum SwitchGrammar: String, Sendable, Hashable, CaseIterable {
  /// Any text but the empty one, `0` and `false` too.
  case nonempty
  /// CPython's: any text but the empty one, and since 3.7 but an integer that is zero.
  case pyIntFlag = "py-int-flag"
  /// Pip's for a cache: any word of truth, true or false, turns it off.
  case pipStrtobool = "pip-strtobool"
  /// Pip's for an option that is stored negated: the false words turn the cache off.
  case pipNegated = "pip-negated"
  /// Clap's generous one: words of truth in any case, all else is refused.
  case clapBoolish = "clap-boolish"
  /// Clap's strict one: `true` and `false`, all else is refused.
  case clapBool = "clap-bool"
  /// Ccache's: any text but a false word, which it refuses.
  case ccacheFlag = "ccache-flag"
  /// A place for the cache, `/dev/null` being none.
  case pathDevnull = "path-devnull"
  /// A place for the cache; no value turns it off.
  case path
  /// `1`.
  case one
  /// `1` or `true`.
  case oneTrue = "one-true"
  /// A number, 0 turning the cache off.
  case int
  /// `true`, all else is false.
  case jsStringTrue = "js-string-true"
  /// The word of truth that the catalogue writes.
  case jsBool = "js-bool"
  /// Npm's: `false` turns the cache off.
  case npmBool = "npm-bool"
  /// R's: `FALSE` turns the cache off.
  case rBool = "r-bool"
  /// The word of truth that the catalogue writes.
  case bool
  /// The very text that the catalogue writes, alone or among other words.
  case literal
  /// The empty text.
  case empty
  /// A place for the cache that cannot be turned off: to try makes the tool fail.
  case forbidden

  /// What `value` does, nil being a variable that is not set.
  ///
  /// - Parameters:
  ///   - value: The value as the tool gets it.
  ///   - written: What the catalogue writes to turn the cache off.
  ///   - python: The interpreter that reads it, where that matters and is known.
  /// - Returns: Whether the cache is off, on, or the tool fails.
  public func judge(_ value: String?, written: String, python: PythonVersion? = nil) -> SwitchReading {
    guard let value else { return .off }
    let truth = Truth(value)
    switch self {
    case .nonempty: return value.isEmpty ? .off : .on
    case .pyIntFlag: return judgePythonFlag(Array(value.utf8), python)
    case .pipStrtobool: return value.isEmpty ? .off : truth == .neither ? .fails : .on
    case .pipNegated: return value.isEmpty ? .off : truth.reading(on: .no)
    case .clapBoolish: return truth.reading(on: .yes)
    case .clapBool: return value == "true" ? .on : value == "false" ? .off : .fails
    case .ccacheFlag: return ["0", "false", "no", "disable"].contains(value.lowercased()) ? .fails : .on
    case .pathDevnull: return value == "/dev/null" ? .on : .off
    case .path: return .off
    case .one: return value == "1" ? .on : isAny(of: ["", "0"], value)
    case .oneTrue: return ["1", "true"].contains(value.lowercased()) ? .on : isAny(of: ["", "0", "false"], value)
    case .int: return value == "0" ? .on : Int(value).map { $0 > 0 } == true ? .off : .unknown
    case .jsStringTrue: return value == "true" ? .on : .off
    case .npmBool: return value == "false" ? .on : isAny(of: ["true"], value)
    case .rBool: return value == "FALSE" ? .on : isAny(of: ["TRUE"], value)
    case .jsBool, .bool: return judgeTruth(truth, like: Truth(written))
    case .literal: return holds(value, words: written) ? .on : .off
    case .empty: return value.isEmpty ? .on : .off
    case .forbidden: return judgePlace(value)
    }
  }

  private func isAny(of words: [String], _ value: String) -> SwitchReading {
    words.contains(value.lowercased()) || words.contains(value) ? .off : .unknown
  }

  private func judgeTruth(_ truth: Truth, like written: Truth) -> SwitchReading {
    if truth == .neither || written == .neither { return .unknown }
    return truth == written ? .on : .off
  }

  /// Go takes an absolute directory alone; `off`, `/dev/null` and a relative path stop it.
  private func judgePlace(_ value: String) -> SwitchReading {
    if value.isEmpty { return .off }
    return value.hasPrefix("/") && value != "/dev/null" ? .off : .fails
  }

  /// Whether the words of `words` stand in `value` one after the other.
  private func holds(_ value: String, words: String) -> Bool {
    let sought = words.split(separator: " ")
    var rest = value.split(separator: " ")[...]
    while rest.count >= sought.count, !rest.isEmpty {
      if rest.starts(with: sought) { return true }
      rest = rest.dropFirst()
    }
    return value == words
  }
}

/// A word of truth, as pip and clap know them.
enum Truth {
  case yes
  case no
  case neither

  init(_ word: String) {
    switch word.lowercased() {
    case "y", "yes", "t", "true", "on", "1": self = .yes
    case "n", "no", "f", "false", "off", "0": self = .no
    default: self = .neither
    }
  }

  func reading(on word: Truth) -> SwitchReading {
    self == .neither ? .fails : self == word ? .on : .off
  }
}

extension EnvironmentSwitch {
  /// What `value` does to the switch, nil being a variable that is not set.
  public func judge(_ value: String?, python: PythonVersion? = nil) -> SwitchReading {
    grammar.judge(value, written: self.value, python: python)
  }

  /// Whether `value` does the opposite of how it reads, as `PIP_NO_CACHE_DIR=0` does.
  ///
  /// A variable named NO, DONT, DISABLE or SKIP reads as "off" with a word such as 1 or yes, any
  /// other with a word such as 0 or no. False where the value is no word of truth.
  public func isInverted(_ value: String, python: PythonVersion? = nil) -> Bool {
    let truth = Truth(value)
    guard truth != .neither else { return false }
    let words = name.uppercased().split(separator: "_")
    let negates = words.contains { ["NO", "SKIP", "DISABLE", "DISABLED"].contains($0) } || name.contains("DONT")
    let readsAsOn = (truth == .yes) == negates
    switch judge(value, python: python) {
    case .on: return !readsAsOn
    case .off: return readsAsOn
    case .fails, .dependsOnVersion, .unknown: return false
    }
  }
}
