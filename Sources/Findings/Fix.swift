public import SourceText

/// Whether a fix may be applied without a person's look.
public enum FixSafety: String, Hashable, Sendable, CaseIterable {
  /// Meaning and intent are kept.
  case safe
  /// What the program does may change, as the policy wants.
  case unsafe
  /// Words only: a person acts.
  case manual
}

/// A change to one file of the target.
public struct FileEdit: Hashable, Sendable {
  /// The file; it is made where it does not exist.
  public let path: Path
  /// What changes in it.
  public let edit: Edit

  /// Creates a change to `path`.
  public init(_ path: Path, _ edit: Edit) {
    self.path = path
    self.edit = edit
  }
}

/// How a finding can be repaired.
public struct Fix: Hashable, Sendable {
  /// Whether it may be applied without a look.
  public let safety: FixSafety
  /// What it does, as an instruction: "add `__pycache__/` to .gitignore".
  public let title: String
  /// The changes; none where the fix is manual.
  public let edits: [FileEdit]
  /// The commands that a person runs, where the fix is manual and commands do it.
  public let commands: [String]

  /// Creates a fix that edits files.
  public init(_ safety: FixSafety, _ title: String, edits: [FileEdit]) {
    self.safety = safety
    self.title = title
    self.edits = edits
    commands = []
  }

  /// Creates a fix that a person makes.
  public init(manual title: String, commands: [String] = []) {
    safety = .manual
    self.title = title
    edits = []
    self.commands = commands
  }
}
