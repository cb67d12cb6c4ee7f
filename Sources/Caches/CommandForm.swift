/// A command that does something to a cache: writes it, or removes it.
public struct CommandForm: Sendable, Hashable {
  /// The command's name, without directory and version: `pip` for `/usr/bin/pip3.12`.
  public internal(set) var command: String
  /// The sub-commands that do it, each one or more words; empty where every call does.
  public internal(set) var subcommands: [String]
  /// Flags of which one must be given; empty where none is needed.
  public internal(set) var flags: [String]
  /// Flags with which it does not.
  public internal(set) var unless: [String]
  /// Options that take the next word as their value, so that it is not taken for a sub-command.
  public internal(set) var options: [String]
  /// Texts of which one must stand in an argument, such as the name of a function in a program behind `-c`.
  public internal(set) var texts: [String]
  /// Variables of which one, or one of the flags, must be given.
  public internal(set) var variables: [FormVariable]
  /// Variables with which it does not.
  public internal(set) var unlessVariables: [FormVariable]
}

/// A variable that decides what a command does.
public struct FormVariable: Sendable, Hashable {
  /// The name.
  public let name: String
  /// The value, or one of its words.
  public let value: String

  /// Reads `$NAME=VALUE`; nil for any other text, such as a flag.
  package init?(_ text: String) {
    guard text.utf8.first == UInt8(ascii: "$"), let equals = text.firstIndex(of: "=") else { return nil }
    name = String(text[text.index(after: text.startIndex)..<equals])
    value = String(text[text.index(after: equals)...])
  }

  /// Whether a value of the variable is the one that counts, or has it among its words.
  public func holds(_ given: [UInt8]) -> Bool {
    given.elementsEqual(value.utf8)
      || given.split(separator: UInt8(ascii: " ")).contains { $0.elementsEqual(value.utf8) }
  }
}
