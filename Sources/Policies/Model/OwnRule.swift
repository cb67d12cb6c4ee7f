public import Findings

/// A rule that a policy defines.
public struct OwnRule: Hashable, Sendable {
  /// What an own rule examines.
  public enum Subject: String, Hashable, Sendable, CaseIterable {
    /// Each path of the index.
    case repository
    /// Each instruction of each Dockerfile, and the environment of its product.
    case dockerfile
  }

  /// Its name, which holds a slash.
  public let name: String
  /// What is wrong where it fires.
  public let title: String
  /// What it examines.
  public let subject: Subject
  /// What it looks for.
  public let match: Match
  /// What a finding says; `{name}` stands for what the match found.
  public let message: String
  /// Why that is bad.
  public let why: String?
  /// Where to read more.
  public let url: String?
  /// Where it is defined.
  public let origin: Origin

  /// Its identity.
  public var id: RuleID { RuleID(own: name) }

  /// How bad its findings are when the policy says nothing else.
  public static let defaultSeverity = Severity.warning

  /// The message with its placeholders filled in; one without a value stays as it is.
  public func message(_ values: [String: String]) -> String {
    var result = ""
    var rest = Substring(message)
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}") else { break }
      let name = String(rest[rest.index(after: open)..<close])
      result += values[name] ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

/// What an own rule looks for.
public indirect enum Match: Hashable, Sendable {
  /// All of these.
  case all([Match])
  /// One of these.
  case any([Match])
  /// Not this.
  case not(Match)
  /// The path of what is examined.
  case path(PatternList)
  /// An entry of the index.
  case index(PatternList, mode: EntryMode?)
  /// A variable of the environment.
  case env(name: Wildcard, value: Wildcard?, at: Moment)
  /// An instruction of a Dockerfile: its keyword in capitals, and one of its arguments.
  case instruction(keyword: String, argument: Wildcard?)

  /// What an index entry is.
  public enum EntryMode: String, Hashable, Sendable, CaseIterable {
    /// A file that is not run.
    case file
    /// A file that is run.
    case executable
    /// A symbolic link.
    case link
    /// Another repository.
    case submodule
  }

  /// When an environment is looked at.
  public enum Moment: String, Hashable, Sendable, CaseIterable {
    /// At the instruction that is examined.
    case here
    /// At the end of the product.
    case end
  }

  /// The placeholders that a message may use.
  static let placeholders = [
    "path": ["path"], "index": ["path", "mode"], "env": ["name", "value"], "instruction": ["keyword", "argument"],
  ]
}
