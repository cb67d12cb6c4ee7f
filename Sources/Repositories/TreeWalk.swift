public import Files
public import SourceText

/// A walk over a work tree, one directory after the other, as git sees it.
///
/// Each directory is read once. An ignore file is opened only where the listing shows one, no file is
/// looked at, no link is followed, and nested repositories are not entered. A walk is for one run.
public struct TreeWalk<Visitor: TreeVisitor> {
  /// Directories deeper than this are not entered; each holds a descriptor open on the way.
  @inlinable public static var depthLimit: Int { 200 }
  /// After this many entries the walk ends.
  @inlinable public static var entryLimit: Int { 20_000_000 }

  @usableFromInline internal let root: Path
  @usableFromInline internal var rules: Visitor.Rules
  @usableFromInline internal let replaced: [Path: [UInt8]]
  @usableFromInline internal var reader = DirectoryReader()
  /// Listings that are not in use, for their memory.
  @usableFromInline internal var spares: [DirectoryListing] = []
  @usableFromInline internal var entryCount = 0

  /// Prepares a walk over the tree at `root` under rules for all of it.
  ///
  /// `replaced` holds what ignore files are to say in place of what they hold, by their directories:
  /// so that a change can be judged before it is written.
  @inlinable
  public init(root: Path, rules: Visitor.Rules, replaced: [Path: [UInt8]] = [:]) {
    self.root = root
    self.rules = rules
    self.replaced = replaced
  }

  /// Walks from a directory of the tree down; by default from the root.
  ///
  /// The ignore files above the start hold too, so each directory on the way to it is looked into.
  @inlinable
  public mutating func run(_ visitor: inout Visitor, from start: Path = .root) {
    var exclusion: Visitor.Rules.Decision?
    var path: [UInt8] = []
    do throws(FileError) {
      var directory = try Descriptor.directory(at: root)
      for part in start.components {
        enter(path, in: directory, isExcluded: exclusion != nil, hasFile: true, visitor: &visitor)
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        path += part
        if exclusion == nil, let decision = rules.decide(path[...], isDirectory: true),
          Visitor.Rules.isIgnored(decision)
        {
          exclusion = decision
        }
        directory = try directory.directory(named: part, path: root.appending(path))
      }
      walk(directory, path: &path, depth: 0, exclusion: exclusion, visitor: &visitor)
    } catch {
      visitor.failed(error)
    }
    for _ in start.components { rules.leave() }
  }

  @inlinable
  internal mutating func walk(
    _ directory: borrowing Descriptor, path: inout [UInt8], depth: Int,
    exclusion: Visitor.Rules.Decision?, visitor: inout Visitor
  ) {
    var listing = spares.popLast() ?? DirectoryListing()
    defer { spares.append(listing) }
    do throws(FileError) {
      try reader.read(directory, into: &listing, path: Path(path))
    } catch {
      return visitor.failed(FileError(path: root.appending(path), reason: error.reason))
    }
    entryCount += listing.entries.count
    guard entryCount <= Self.entryLimit else {
      return visitor.failed(
        FileError(path: root.appending(path), reason: .tooManyEntries(limit: Self.entryLimit)))
    }
    if depth > 0, listing.entry(named: ".git") != nil, isRepositoryRoot(root.appending(path)) {
      return visitor.found(repository: Path(path), decision: exclusion)
    }
    enter(
      path, in: directory, isExcluded: exclusion != nil, hasFile: hasIgnoreFile(listing, path, &visitor),
      visitor: &visitor)
    defer { rules.leave() }
    visitor.visit(VisitedDirectory(path: Path(path), listing: listing, exclusion: exclusion, rules: rules))
    for entry in listing.entries where entry.kind == .directory {
      descend(entry, of: listing, in: directory, path: &path, depth: depth, exclusion: exclusion, visitor: &visitor)
    }
  }

  /// Enters a directory if the visitor wants it.
  @inlinable
  internal mutating func descend(
    _ entry: DirectoryListing.Entry, of listing: borrowing DirectoryListing, in directory: borrowing Descriptor,
    path: inout [UInt8], depth: Int, exclusion: Visitor.Rules.Decision?, visitor: inout Visitor
  ) {
    let name = listing.name(of: entry)
    guard !name.elementsEqual(".git".utf8) else { return }
    let length = path.count
    defer { path.removeSubrange(length...) }
    if length > 0 { path.append(UInt8(ascii: "/")) }
    let nameStart = path.count
    path.append(contentsOf: name)
    let decision = exclusion ?? rules.decide(path[...], isDirectory: true)
    let isIgnored = decision.map(Visitor.Rules.isIgnored) ?? false
    let candidate = TreeCandidate(path: path, nameStart: nameStart, decision: decision, isIgnored: isIgnored)
    guard visitor.enters(candidate) else { return }
    guard depth < Self.depthLimit else {
      return visitor.failed(FileError(path: root.appending(path), reason: .tooDeep(limit: Self.depthLimit)))
    }
    switch directory.directory(entry, of: listing) {
    case .opened(let opened):
      walk(opened, path: &path, depth: depth + 1, exclusion: isIgnored ? decision : nil, visitor: &visitor)
    case .failed(let code):
      visitor.failed(FileError(path: root.appending(path), code: code))
    }
  }

  /// Whether the listing shows an ignore file that git reads.
  ///
  /// Git passes links and directories of the name over. What would block or never end is an error.
  @inlinable
  internal func hasIgnoreFile(_ listing: DirectoryListing, _ path: [UInt8], _ visitor: inout Visitor) -> Bool {
    guard let entry = listing.entry(named: ".gitignore") else { return false }
    switch entry.kind {
    case .regular: return true
    case .directory, .symbolicLink: return false
    case let kind:
      let file = root.appending(Path(path).appending(".gitignore").bytes)
      visitor.failed(FileError(path: file, reason: .notRegular(kind)))
      return false
    }
  }

  /// Puts a directory's rules on the stack; below an excluded directory git reads none.
  @inlinable
  internal mutating func enter(
    _ path: [UInt8], in directory: borrowing Descriptor, isExcluded: Bool, hasFile: Bool, visitor: inout Visitor
  ) {
    guard !isExcluded else { return rules.enter(path, file: nil) }
    if let bytes = replaced[Path(path)] {
      let file = rules.parse(bytes)
      visitor.found(file, in: Path(path))
      return rules.enter(path, file: file)
    }
    guard hasFile else { return rules.enter(path, file: nil) }
    let name = Array(".gitignore".utf8)
    let place = root.appending(Path(path).appending(name).bytes)
    do throws(FileError) {
      let bytes = try readFile(
        named: name, in: directory, path: place, limit: Repository.ignoreFileSizeLimit)
      let file = rules.parse(bytes)
      visitor.found(file, in: Path(path))
      rules.enter(path, file: file)
    } catch {
      // On the way to the start no listing was read; a link or a directory of the name is no error.
      switch error.reason {
      case .missing, .notRegular(.symbolicLink), .notRegular(.directory): break
      default: visitor.failed(error)
      }
      rules.enter(path, file: nil)
    }
  }
}
