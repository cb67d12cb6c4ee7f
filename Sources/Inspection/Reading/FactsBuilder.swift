internal import CacheEffects
internal import Caches
internal import Facts
internal import Files
internal import IgnoreFiles
internal import Policies
internal import Reports
internal import Repositories
internal import Rules
internal import SourceText

/// Makes facts of what was read: opens the files that are examined, and judges paths by ignore rules.
struct FactsBuilder {
  let workspace: Workspace
  let reading: Reading
  let policies: PolicyTree
  let settings: Settings
  let overlay: Overlay
  private let excluded: PathPatterns
  /// What policies leave out, by the directories that they speak for.
  private let policyExcludes: [Path: Sourced<PatternList>]
  var errors: [RunError] = []
  /// The Dockerfiles that were read already, and those that are being read.
  var dockerfiles = DockerfileShelf()
  /// Judges by the repository's own ignore files alone.
  private let committed: GitIgnoreJudge
  /// Judges by personal lists too.
  private let complete: GitIgnoreJudge

  init(_ reader: WorkspaceReader, _ reading: Reading, _ policies: PolicyTree, _ settings: Settings) {
    workspace = reader.workspace
    self.reading = reading
    self.policies = policies
    self.settings = settings
    overlay = reader.overlay
    excluded = PathPatterns(settings.exclude)
    var policyExcludes: [Path: Sourced<PatternList>] = [:]
    for entry in policies.all { policyExcludes[entry.directory] = entry.policy.excludes }
    self.policyExcludes = policyExcludes
    var problems: [RunError] = []
    let known = reading.tree.gitignores
    let root = reader.workspace.root
    let texts = reader.overlay.gitignores
    let ignoresCase = reader.workspace.repository?.ignoresCase ?? false
    let isWhole = reader.workspace.isWhole && !reader.isStaged
    func load(_ directory: Path) -> GitIgnoreFile? {
      if let file = known[directory] { return file.file }
      if let text = texts[directory] { return GitIgnoreFile(text, ignoreCase: ignoresCase) }
      // The walk has seen every directory that is not excluded.
      if isWhole { return nil }
      let place = root.appending(directory.appending(".gitignore").bytes)
      guard let bytes = try? readFile(at: place, limit: GitIgnoreFile.sizeLimit, followLinks: false) else { return nil }
      return GitIgnoreFile(bytes, ignoreCase: ignoresCase)
    }
    committed = GitIgnoreJudge(committedOnly: true, load: load)
    complete = GitIgnoreJudge(reader.ownLists(&problems), load: load)
  }

  /// All facts of the workspace.
  mutating func facts() -> TargetFacts {
    var facts = TargetFacts()
    var examined: [Path] = []
    var gitignores: [GitIgnoreFacts] = []
    for item in reading.special where !isExcluded(item.path) {
      switch item.kind {
      case .gitignore:
        if let file = gitignore(item.path) { gitignores.append(file) }
      case .dockerignore, .dockerfile, .compose, .policy: continue
      }
      examined.append(item.path)
    }
    facts.gitignores = gitignores
    facts.uses = uses()
    facts.repository = repository()
    let builds = composeBuilds()
    for item in reading.special where !isExcluded(item.path) {
      switch item.kind {
      case .dockerfile:
        if let file = dockerfile(item.path, builds) {
          facts.dockerfiles.append(file)
          examined.append(item.path)
        }
      case .dockerignore:
        if let file = dockerignore(item.path, builds) {
          facts.dockerignores.append(file)
          examined.append(item.path)
        }
      default: continue
      }
    }
    // A Dockerfile may have any name where a compose file tells it.
    for build in builds where dockerfiles.known[build.dockerfile] == nil && isAsked(build.dockerfile) {
      guard SpecialFile(build.dockerfile.name) == nil, !isExcluded(build.dockerfile), isPresent(build.dockerfile),
        let file = dockerfile(build.dockerfile, builds)
      else { continue }
      facts.dockerfiles.append(file)
      examined.append(file.path)
    }
    facts.dockerfiles.sort { $0.path < $1.path }
    facts.examined = Array(Set(examined)).sorted()
    if settings.isStaged { facts.unstaged = unstaged(facts.examined) }
    return facts
  }

  func isExcluded(_ path: Path) -> Bool {
    if excluded.matches(path) { return true }
    let home = policies.home(of: path)
    guard let patterns = policyExcludes[home], patterns.value.matches(path) else { return false }
    // What a person names is examined, unless her own policy leaves it out.
    return !(patterns.origin.isBuiltin && workspace.isNamed(path))
  }

  /// The bytes of an examined file: the changed ones, else those on disk.
  mutating func bytes(of path: Path, limit: Int) -> [UInt8]? {
    if let text = overlay.texts[path] { return text }
    do throws(FileError) {
      return try readFile(at: workspace.root.appending(path.bytes), within: workspace.root, limit: limit)
    } catch {
      // What the index has and the work tree has not is no error: it was deleted.
      if error.reason == .missing, reading.index?.contains(path.bytes) == true { return nil }
      errors.append(RunError(path.description, error.explanation))
      return nil
    }
  }

  private mutating func gitignore(_ path: Path) -> GitIgnoreFacts? {
    var unread: GitIgnoreFacts.UnreadReason?
    var bytes: [UInt8] = []
    var file = GitIgnoreFile([])
    if let known = reading.tree.gitignores[path.parent] {
      bytes = known.bytes
      file = known.file
    } else if let kind = reading.tree.unread[path] {
      unread = kind == .symbolicLink ? .link : .notRegular
    } else if overlay.texts[path] == nil,
      (try? fileStatus(at: workspace.root.appending(path.bytes)).kind) == .symbolicLink
    {
      unread = .link
    } else {
      guard let read = self.bytes(of: path, limit: GitIgnoreFile.sizeLimit) else { return nil }
      bytes = read
      file = GitIgnoreFile(bytes, ignoreCase: workspace.repository?.ignoresCase ?? false)
    }
    if complete.decide(path, isDirectory: false)?.isIgnored == true { return nil }
    return GitIgnoreFacts(path: path, bytes: bytes, file: file, unread: unread, above: above(path.parent))
  }

  /// The ignore files above a directory, from the root down.
  private func above(_ directory: Path) -> [PlacedGitIgnore] {
    var files: [PlacedGitIgnore] = []
    var place = directory
    while !place.isRoot {
      place = place.parent
      if let file = reading.tree.gitignores[place] {
        files.append(PlacedGitIgnore(path: place.appending(".gitignore"), file: file.file))
      }
    }
    return files.reversed()
  }

  // MARK: Caches and uses

  private func repository() -> RepositoryFacts? {
    guard let index = reading.index, let tracked = reading.tracked else { return nil }
    var caches: [Path: CacheFact] = [:]
    for cache in tracked.caches where !isExcluded(cache.path) && isAsked(cache.path) {
      guard let kind = Catalogue.kind(cache.kind) else { continue }
      caches[cache.path] = CacheFact(
        kind: kind, path: cache.path, isDirectory: cache.isDirectory,
        tracked: cache.entries.map { Path(index.path(at: $0)) }, isOnDisk: false,
        ignoredBy: committed.decide(cache.path, isDirectory: cache.isDirectory), privatelyIgnoredBy: nil,
        ignoresItself: false, proof: cache.proof)
    }
    for cache in reading.tree.caches where caches[cache.path] == nil && !isExcluded(cache.path) && isAsked(cache.path) {
      guard let kind = Catalogue.kind(cache.kind), index.positions(below: cache.path.bytes).isEmpty,
        !index.contains(cache.path.bytes)
      else { continue }
      caches[cache.path] = CacheFact(
        kind: kind, path: cache.path, isDirectory: cache.isDirectory, tracked: [], isOnDisk: true,
        ignoredBy: committed.decide(cache.path, isDirectory: cache.isDirectory), privatelyIgnoredBy: cache.decision,
        ignoresItself: cache.isDirectory && ignoresItself(cache.path), proof: cache.proof)
    }
    return RepositoryFacts(
      caches: caches.values.sorted { $0.path < $1.path }, ignoredSources: ignoredSources(index, tracked),
      tracked: needsTrackedPaths ? (0..<index.count).map { Path(index.path(at: $0)) }.filter { !isExcluded($0) } : [],
      modes: needsTrackedPaths ? modes(index) : [:])
  }

  /// Whether a path lies in one of the targets.
  func isAsked(_ path: Path) -> Bool { workspace.isWhole || workspace.position(of: path) != nil }

  private func modes(_ index: Index) -> [Path: Match.EntryMode] {
    var modes: [Path: Match.EntryMode] = [:]
    for entry in index.entries {
      switch entry.kind {
      case .file: continue
      case .executable: modes[Path(index.path(of: entry))] = .executable
      case .symbolicLink: modes[Path(index.path(of: entry))] = .link
      case .repository, .sparseDirectory: modes[Path(index.path(of: entry))] = .submodule
      }
    }
    return modes
  }

  /// Whether some policy has a rule of its own about paths of the index.
  private var needsTrackedPaths: Bool { policies.all.contains { !$0.policy.ownRules.isEmpty } }

  /// Whether an ignore file in a directory covers all of it.
  private func ignoresItself(_ directory: Path) -> Bool {
    let place = workspace.root.appending(directory.appending(".gitignore").bytes)
    guard let bytes = try? readFile(at: place, limit: 1 << 16, followLinks: false) else { return false }
    let judge = GitIgnoreJudge(single: GitIgnoreFile(bytes))
    return judge.decide("some-file", isDirectory: false)?.isIgnored ?? false
  }

  /// A pass over sorted paths by the repository's own ignore files.
  private func ignorePass() -> IgnoredEntries {
    let known = reading.tree.gitignores
    let ignoresCase = workspace.repository?.ignoresCase ?? false
    let root = workspace.root
    let texts = overlay.gitignores
    let isWhole = workspace.isWhole && !settings.isStaged
    return IgnoredEntries { directory in
      if let file = known[directory] { return file.file }
      if let text = texts[directory] { return GitIgnoreFile(text, ignoreCase: ignoresCase) }
      if isWhole { return nil }
      let place = root.appending(directory.appending(".gitignore").bytes)
      guard let bytes = try? readFile(at: place, limit: GitIgnoreFile.sizeLimit, followLinks: false) else { return nil }
      return GitIgnoreFile(bytes, ignoreCase: ignoresCase)
    }
  }

  private func ignoredSources(_ index: Index, _ tracked: IndexSurvey) -> [IgnoredSource] {
    let known = reading.tree.gitignores
    if known.isEmpty && workspace.isWhole && !settings.isStaged { return [] }
    var pass = ignorePass()
    let found = pass.find(in: index, skips: tracked.inCaches)
    return found.compactMap { entry in
      let path = Path(index.path(at: entry.position))
      // A file that keeps an otherwise ignored directory is tracked on purpose.
      if [".gitignore", ".gitkeep", ".keep"].contains(where: { path.name.elementsEqual($0.utf8) }) { return nil }
      return isExcluded(path) ? nil : IgnoredSource(path: path, decision: entry.decision)
    }
  }

  private func uses() -> [ToolUse] {
    guard reading.index != nil || !reading.tree.marks.isEmpty else { return [] }
    var places: [UseSign: [Path]] = [:]
    var seen: Set<[UInt8]> = []
    var markers: [Use: Path] = [:]
    let contents = WorkTreeSurroundings(root: workspace.root)
    var heads: [Path: [UInt8]?] = [:]
    for mark in reading.tree.marks + (reading.tracked?.marks ?? []) {
      let use = Use(kind: mark.sign.kind, directory: mark.path.parent)
      if markers[use] != nil && !mark.sign.marker.isTopmost { continue }
      if mark.sign.marker.text != nil {
        if heads[mark.path] == nil { heads[mark.path] = .some(contents.head(of: mark.path)) }
        guard let known = heads[mark.path], let head = known, mark.sign.marker.accepts(head: head) else { continue }
      }
      if mark.sign.marker.isTopmost {
        places[mark.sign, default: []].append(mark.path)
      } else {
        markers[use] = mark.path
      }
      seen.insert(mark.path.bytes)
    }
    for (sign, paths) in places {
      for directory in UseMarker.topmost(of: paths.map(\.parent)) {
        let use = Use(kind: sign.kind, directory: directory)
        guard markers[use] == nil, let marker = paths.first(where: { $0.parent == directory }) else { continue }
        markers[use] = marker
      }
    }
    var result: [ToolUse] = []
    var kinds: [KindNumber: ToolUse.SharedKind] = [:]
    var pass = ignorePass()
    for (use, marker) in markers.sorted(by: { $0.key.directory < $1.key.directory }) {
      if isExcluded(marker) { continue }
      if kinds[use.kind] == nil { kinds[use.kind] = Catalogue.kind(use.kind).map(ToolUse.SharedKind.init) }
      guard let kind = kinds[use.kind], !kind.kind.samples.isEmpty else { continue }
      let writes = kind.kind.samples.map { sample in
        let path = use.directory.appending(sample)
        return ExpectedWrite(path: path, decision: pass.decision(for: path.bytes))
      }
      result.append(ToolUse(kind: kind, directory: use.directory, marker: marker, writes: writes))
    }
    return result.sorted { ($0.kindID, $0.directory) < ($1.kindID, $1.directory) }
  }

  private struct Use: Hashable {
    let kind: KindNumber
    let directory: Path
  }
}
