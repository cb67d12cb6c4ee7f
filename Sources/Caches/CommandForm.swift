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
}
