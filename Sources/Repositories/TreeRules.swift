public import SourceText

/// What a walk needs of ignore rules: a stack of files, one a directory, over rules for the whole tree.
public protocol TreeRules {
  /// An ignore file that has been read.
  associatedtype File
  /// What decides about a path: a rule and where it stands.
  associatedtype Decision

  /// Reads the bytes of an ignore file.
  func parse(_ bytes: [UInt8]) -> File
  /// Whether a decision says that the path is ignored; a negated rule says that it is not.
  static func isIgnored(_ decision: Decision) -> Bool

  /// Puts the rules of a directory on the stack; `directory` is relative to the root.
  mutating func enter(_ directory: [UInt8], file: File?)
  /// Takes the rules of the last directory off the stack.
  mutating func leave()
  /// What decides about a path below the directory that was entered last; nil where no rule does.
  ///
  /// No directory above the path is excluded: whoever walks asks from the top.
  func decide(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> Decision?
}

/// What each directory's ignore file says, for those that have one.
public struct IgnoreFileTable<File> {
  /// The files by the directory they stand in.
  public var files: [Path: File] = [:]

  /// Creates an empty table.
  public init() {}
}
