public import SourceText

/// The variables of a script at one place, beside those that it was started with.
///
/// A file that the script takes in with `.`, and text for `eval` that is not known, may set variables that are not known otherwise; it is taken to leave alone
/// what the script sets and what it was started with.
public struct ShellScope: Sendable {
  struct Entry: Sendable, Hashable {
    var value: VariableValue
    /// Whether commands get it; nil where they do if the script was started with it.
    var isExported: Bool?
    /// Whether it is not known if commands get it.
    var isDoubtful = false
    /// How a value that is not known begins.
    var beginning: [UInt8] = []
  }

  var entries: [String: Entry] = [:] {
    didSet { stamp &+= 1 }
  }
  /// How often it was changed: a copy with the same number is the same.
  private(set) var stamp = 0
  /// Whether what the script was started with is hidden, as after `sudo` and `env -i`.
  var isCleared = false
  /// Whether a file or text that is not known may have set anything.
  var mayHaveMore = false
  /// Whether nothing is known of variables without an entry.
  var isLost = false
  /// Whether variables that are set are exported.
  var exportsAll = false

  /// What a command sees.
  ///
  /// - Parameters:
  ///   - name: the variable.
  ///   - inherited: what the script was started with.
  /// - Returns: the value that the command gets, if it gets one.
  public func value(_ name: String, inherited: (String) -> VariableValue) -> VariableValue {
    guard let entry = entries[name] else {
      if isLost { return .unknown }
      if isCleared { return mayHaveMore ? .unknown : .unset }
      let value = inherited(name)
      return value == .unset && (mayHaveMore || Self.shellsExports.contains(name)) ? .unknown : value
    }
    if entry.isDoubtful { return .unknown }
    if let isExported = entry.isExported { return isExported ? entry.value : .unset }
    switch inherited(name) {
    // A variable that is new to the script stays in the shell.
    case .unset: return .unset
    case .value: return isCleared ? .unset : entry.value
    case .unknown: return isCleared ? .unset : .unknown
    }
  }

  /// Whether the script itself has set or unset a variable.
  public func sets(_ name: String) -> Bool { isCleared || isLost || entries[name] != nil }

  /// The variables that the script itself has set or unset, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// Whether a command gets nothing of what the script was started with.
  public var isAlone: Bool { isCleared }

  /// What an expansion in the script sees.
  func expansion(_ name: String, inherited: (String) -> VariableValue) -> VariableValue {
    if let entry = entries[name] { return entry.value }
    if isLost || Self.shellsOwn.contains(name) || name.hasPrefix("BASH") { return .unknown }
    let value = isCleared ? .unset : inherited(name)
    return value == .unset && mayHaveMore ? .unknown : value
  }

  /// Gives a variable a value, as the shell does; it stays exported if it was.
  mutating func set(_ name: String, _ value: VariableValue, isExported: Bool? = nil) {
    let old = entries[name]
    var value = value
    if case .value(let bytes) = value, bytes.count > ShellRun.valueLimit { value = .unknown }
    let exported = isExported ?? (exportsAll ? true : old?.isExported)
    entries[name] = Entry(
      value: value, isExported: exported, isDoubtful: isExported == nil && !exportsAll && (old?.isDoubtful ?? isLost))
  }

  /// Notes how the value of a variable begins that is not known otherwise.
  mutating func begin(_ name: String, with text: [UInt8]) {
    if !text.isEmpty { entries[name]?.beginning = text }
  }

  /// Nothing is known any more.
  mutating func forget() {
    for name in Array(entries.keys) { entries[name] = Entry(value: .unknown, isExported: true, isDoubtful: true) }
    mayHaveMore = true
    isLost = true
  }

  /// Doubts all that is another in the second state than in the first.
  mutating func doubt(from: ShellScope, to: ShellScope) {
    if to.isLost, !from.isLost { forget() }
    mayHaveMore = mayHaveMore || to.mayHaveMore
    exportsAll = exportsAll || to.exportsAll
    if to.stamp == from.stamp { return }
    for (name, entry) in to.entries where from.entries[name] != entry { doubt(name, from.entries[name], entry) }
    for (name, entry) in from.entries where to.entries[name] == nil { doubt(name, entry, nil) }
  }

  private mutating func doubt(_ name: String, _ old: Entry?, _ new: Entry?) {
    let isSameExport = old == nil ? new?.isExported == nil : old?.isExported == new?.isExported
    entries[name] = Entry(
      value: .unknown, isExported: isSameExport ? new?.isExported : true,
      isDoubtful: !isSameExport || old?.isDoubtful ?? false || new?.isDoubtful ?? false)
  }

  /// Whether two states know the same.
  func isSame(as other: ShellScope) -> Bool {
    mayHaveMore == other.mayHaveMore && isLost == other.isLost && exportsAll == other.exportsAll
      && (stamp == other.stamp || entries == other.entries)
  }

  /// What a shell that is started sees: what is exported alone.
  func handedOn(inherited: (String) -> VariableValue) -> ShellScope {
    var result = self
    result.exportsAll = false
    for (name, entry) in entries where entry.isExported != true || entry.isDoubtful || entry.value == .unset {
      let value = value(name, inherited: inherited)
      result.entries[name] = Entry(
        value: value, isExported: value != .unset, isDoubtful: value == .unknown)
    }
    return result
  }

  /// Variables that shells set by themselves.
  private static let shellsOwn: Set<String> = [
    "PWD", "OLDPWD", "PPID", "RANDOM", "HOSTNAME", "UID", "EUID", "LINENO", "IFS", "OSTYPE", "MACHTYPE", "HOSTTYPE",
    "SECONDS", "SHELL", "DIRSTACK", "FUNCNAME", "GROUPS", "OPTARG", "OPTIND", "OPTERR", "PIPESTATUS", "REPLY", "SHLVL",
    "USER", "LOGNAME", "PS1", "PS2", "PS3", "PS4", "_", "EPOCHSECONDS", "EPOCHREALTIME", "SRANDOM", "TERM", "SHELLOPTS",
    "HISTCMD", "COLUMNS", "LINES", "COPROC", "MAPFILE", "COMP_WORDBREAKS",
  ]

  /// Of these, the ones that commands get.
  private static let shellsExports: Set<String> = ["PWD", "OLDPWD", "SHLVL", "_"]
}
