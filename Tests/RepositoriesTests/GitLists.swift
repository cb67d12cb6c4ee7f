internal import IgnoreFiles
internal import Files
internal import Repositories
internal import SourceText

/// What git's own listings say, computed from the parts of this module.
struct GitLists {
  private let repository: Repository
  private let index: Index
  private let directories: [Path: VisitedDirectory<GitRules>]
  private let nested: [Path: Bool]
  private let files: [Path: GitRules.File]
  private let rules: GitRules
  private let stack: GitIgnoreStack

  init(_ repository: Repository) throws {
    self.repository = repository
    index = try repository.readIndex()
    stack = GitIgnoreStack(
      infoExclude: GitIgnoreFile(try repository.readInfoExclude() ?? []),
      personal: GitIgnoreFile(try repository.readPersonalExclude() ?? []))
    rules = GitRules(stack, ignoresCase: repository.ignoresCase)
    var collector = Collector()
    var walk = TreeWalk<Collector>(root: repository.root, rules: rules)
    walk.run(&collector)
    directories = collector.directories
    nested = collector.nested
    files = collector.files
  }

  /// As `git ls-files -ci --exclude-standard`.
  var trackedIgnored: [Path] {
    var pass = IgnoredEntries(stack) { files[$0]?.file }
    return pass.find(in: index).map { Path(index.path(at: $0.position)) }
  }

  /// As `git ls-files -o --exclude-standard`, or with `-i` too; a slash ends a nested repository.
  func others(ignored: Bool) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for directory in directories.values {
      for entry in directory.listing.entries where entry.kind != .directory {
        let path = directory.path(of: entry)
        guard entry.kind == .regular || entry.kind == .symbolicLink, path != ".git" else { continue }
        if !index.contains(path.bytes), directory.isIgnored(entry) == ignored { result.append(path.bytes) }
      }
    }
    for (path, isIgnored) in nested where isIgnored == ignored && !index.contains(path.bytes) {
      result.append(path.bytes + [UInt8(ascii: "/")])
    }
    return result.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// As `git status --porcelain --ignored`, where nothing was committed yet and no file was changed.
  func status() throws -> [String] {
    let tracked = try index.entries.map { entry in
      let path = Path(index.path(of: entry))
      let onDisk = try? fileStatus(at: repository.root.appending(path.bytes))
      var state = onDisk == nil ? "D" : " "
      if entry.kind == .repository, let inner = try nestedRepository(path) {
        state = try GitLists(inner).others(ignored: false).isEmpty ? " " : "M"
      }
      return "A\(state) \(quotedForStatus(path.bytes))"
    }
    let (untracked, ignored) = untracked(below: .root)
    return tracked + untracked.map { "?? \(quotedForStatus($0))" } + ignored.map { "!! \(quotedForStatus($0))" }
  }

  private func nestedRepository(_ path: Path) throws -> Repository? {
    try Repository.find(from: repository.root.appending(path.bytes), environment: UserEnvironment())
  }

  private func quotedForStatus(_ path: [UInt8]) -> String {
    String(decoding: quoted(path), as: UTF8.self)
  }

  /// The untracked and the ignored paths below a directory, whole directories as one.
  private func untracked(below path: Path) -> (untracked: [[UInt8]], ignored: [[UInt8]]) {
    guard let directory = directories[path] else { return ([], []) }
    var untracked: [[UInt8]] = []
    var ignored: [[UInt8]] = []
    for entry in directory.listing.entries {
      let child = directory.path(of: entry)
      if entry.kind == .directory {
        let inner = inDirectory(child, isIgnored: directory.isIgnored(entry))
        untracked += inner.untracked
        ignored += inner.ignored
      } else if child != ".git", !index.contains(child.bytes) {
        if directory.isIgnored(entry) { ignored.append(child.bytes) } else { untracked.append(child.bytes) }
      }
    }
    return (
      untracked.sorted { $0.lexicographicallyPrecedes($1) }, ignored.sorted { $0.lexicographicallyPrecedes($1) }
    )
  }

  private func inDirectory(_ path: Path, isIgnored: Bool) -> (untracked: [[UInt8]], ignored: [[UInt8]]) {
    if index.contains(path.bytes) { return ([], []) }
    let whole = path.bytes + [UInt8(ascii: "/")]
    if let isIgnored = nested[path] { return isIgnored ? ([], [whole]) : ([whole], []) }
    let inner = untracked(below: path)
    if index.isDirectory(path.bytes) { return inner }
    if !inner.untracked.isEmpty { return ([whole], inner.ignored) }
    return inner.ignored.isEmpty ? ([], []) : ([], [whole])
  }
}

/// Enters every directory and keeps what it sees.
private struct Collector: TreeVisitor {
  typealias Rules = GitRules
  var directories: [Path: VisitedDirectory<GitRules>] = [:]
  var nested: [Path: Bool] = [:]
  var files: [Path: GitRules.File] = [:]

  mutating func visit(_ directory: VisitedDirectory<GitRules>) { directories[directory.path] = directory }
  mutating func enters(_ candidate: TreeCandidate<GitRules.Decision>) -> Bool { true }
  mutating func found(_ file: GitRules.File, in directory: Path) { files[directory] = file }
  mutating func found(repository path: Path, decision: GitRules.Decision?) {
    nested[path] = decision.map(GitRules.isIgnored) ?? false
  }
  mutating func failed(_ error: FileError) {}
}
