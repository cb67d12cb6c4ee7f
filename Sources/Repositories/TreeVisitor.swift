public import Files
public import SourceText

/// What a walk shows its visitor of one directory.
public struct VisitedDirectory<Rules: TreeRules> {
  /// The directory, relative to the root.
  public let path: Path
  /// What it holds.
  public let listing: DirectoryListing
  /// What excludes the directory; all it holds is ignored then.
  public let exclusion: Rules.Decision?
  @usableFromInline internal let rules: Rules

  @usableFromInline
  internal init(path: Path, listing: DirectoryListing, exclusion: Rules.Decision?, rules: Rules) {
    self.path = path
    self.listing = listing
    self.exclusion = exclusion
    self.rules = rules
  }

  /// The path of an entry, relative to the root.
  @inlinable
  public func path(of entry: DirectoryListing.Entry) -> Path {
    path.appending(listing.name(of: entry))
  }

  /// What decides whether an entry is ignored; asked only for entries that matter.
  @inlinable
  public func decision(for entry: DirectoryListing.Entry) -> Rules.Decision? {
    if let exclusion { return exclusion }
    return rules.decide(path(of: entry).bytes[...], isDirectory: entry.kind == .directory)
  }

  /// Whether an entry is ignored.
  @inlinable
  public func isIgnored(_ entry: DirectoryListing.Entry) -> Bool {
    decision(for: entry).map(Rules.isIgnored) ?? false
  }
}

/// What a walk asks before it enters a directory.
public struct TreeCandidate<Decision> {
  /// The directory, relative to the root.
  public let path: [UInt8]
  /// Where its name begins in the path.
  public let nameStart: Int
  /// What decides whether it is ignored; nil where no rule does.
  public let decision: Decision?
  /// Whether it is ignored.
  public let isIgnored: Bool

  @usableFromInline
  internal init(path: [UInt8], nameStart: Int, decision: Decision?, isIgnored: Bool) {
    self.path = path
    self.nameStart = nameStart
    self.decision = decision
    self.isIgnored = isIgnored
  }

  /// Its name.
  @inlinable public var name: ArraySlice<UInt8> { path[nameStart...] }
}

/// Who looks at the directories of a walk.
public protocol TreeVisitor<Rules> {
  /// The ignore rules that the walk knows.
  associatedtype Rules: TreeRules

  /// Looks at a directory, before those below it.
  mutating func visit(_ directory: VisitedDirectory<Rules>)
  /// Whether a directory is to be entered; by default those that are not ignored are.
  mutating func enters(_ candidate: TreeCandidate<Rules.Decision>) -> Bool
  /// Learns of the ignore file of a directory.
  mutating func found(_ file: Rules.File, in directory: Path)
  /// Learns of a repository in the tree, which is not entered; `decision` is whether it is ignored.
  mutating func found(repository path: Path, decision: Rules.Decision?)
  /// Learns of what could not be read; the walk goes on.
  mutating func failed(_ error: FileError)
}

extension TreeVisitor {
  /// Enters the directories that are not ignored.
  public mutating func enters(_ candidate: TreeCandidate<Rules.Decision>) -> Bool { !candidate.isIgnored }
  /// Keeps no ignore file.
  public mutating func found(_ file: Rules.File, in directory: Path) {}
  /// Passes nested repositories over.
  public mutating func found(repository path: Path, decision: Rules.Decision?) {}
}
