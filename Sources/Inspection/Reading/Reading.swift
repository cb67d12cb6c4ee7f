internal import Caches
internal import Dockerfiles
internal import Facts
internal import Files
internal import IgnoreFiles
internal import Policies
internal import Reports
internal import Repositories
internal import SourceText

/// What was read of a workspace before any policy is asked.
struct Reading {
  /// The index; nil outside a repository, or where it cannot be read.
  var index: Index?
  /// What the walk came past.
  var tree: TreeSurvey
  /// What the index came past.
  var tracked: IndexSurvey?
  /// The special files to examine, sorted, each once.
  var special: [(path: Path, kind: SpecialFile)] = []
  /// What could not be read.
  var errors: [RunError] = []
}

/// Texts that are judged in place of what files hold, so that a change can be judged before it is written.
struct Overlay {
  /// The texts by path relative to the root.
  var texts: [Path: [UInt8]] = [:]

  /// The replaced ignore files by their directories.
  var gitignores: [Path: [UInt8]] {
    var result: [Path: [UInt8]] = [:]
    for (path, text) in texts where path.name.elementsEqual(".gitignore".utf8) { result[path.parent] = text }
    return result
  }
}

/// Reads a workspace: index, tree, and the names of what matters in them.
struct WorkspaceReader {
  let workspace: Workspace
  let isStaged: Bool
  let provesAll: Bool
  let overlay: Overlay
  /// The index that stands in place of the repository's.
  var index: Index?

  /// The user's own ignore lists.
  func ownLists(_ errors: inout [RunError]) -> GitIgnoreStack {
    guard let repository = workspace.repository else { return GitIgnoreStack() }
    func file(_ read: () throws(FileError) -> [UInt8]?) -> GitIgnoreFile? {
      do {
        return try read().map { GitIgnoreFile($0, ignoreCase: repository.ignoresCase) }
      } catch let error {
        errors.append(RunError(error.path.description, error.explanation))
        return nil
      }
    }
    return GitIgnoreStack(
      infoExclude: file { () throws(FileError) in try repository.readInfoExclude() },
      personal: file { () throws(FileError) in try repository.readPersonalExclude() })
  }

  func read() -> Reading {
    var errors: [RunError] = []
    var reading = Reading(tree: TreeSurvey(root: workspace.root, provesAll: provesAll))
    if let index {
      reading.index = index
    } else if let repository = workspace.repository {
      do {
        reading.index = try repository.readIndex()
      } catch let error {
        errors.append(RunError("", error.description))
      }
    }
    if let index = reading.index {
      reading.tracked = IndexSurvey(
        index, positions: positions(index), root: workspace.root, collectsMarks: isStaged || !workspace.isWhole)
    }
    let rules = GitRules(ownLists(&errors), ignoresCase: workspace.repository?.ignoresCase ?? false)
    if isStaged {
      reading.special = reading.tracked?.special ?? []
    } else {
      var walk = TreeWalk<TreeSurvey>(root: workspace.root, rules: rules, replaced: overlay.gitignores)
      for directory in workspace.walked { walk.run(&reading.tree, from: directory) }
      reading.special = reading.tree.special
      for path in reading.tree.gitignores.keys { reading.special.append((path.appending(".gitignore"), .gitignore)) }
      // Tracked files in ignored directories are examined as well.
      let known = Set(reading.special.map(\.path))
      for item in reading.tracked?.special ?? [] where !known.contains(item.path) && isWalked(item.path) {
        reading.special.append(item)
      }
    }
    var known = Set(reading.special.map(\.path))
    for file in workspace.files {
      if let kind = SpecialFile(file.name), known.insert(file).inserted { reading.special.append((file, kind)) }
    }
    reading.special += composeFiles(known, reading.tracked)
    for error in reading.tree.errors { errors.append(RunError(shown(error.path), error.explanation)) }
    reading.special.sort { $0.path < $1.path }
    reading.errors = errors
    return reading
  }

  /// The compose files around files that are examined by themselves, since they say how a Dockerfile is built: those in
  /// the index, and those in the directories above it.
  private func composeFiles(_ known: Set<Path>, _ tracked: IndexSurvey?) -> [(path: Path, kind: SpecialFile)] {
    var seen = known
    var found: [(path: Path, kind: SpecialFile)] = []
    // One that compose names may have any name.
    let files = workspace.files.filter { [.dockerfile, nil].contains(SpecialFile($0.name)) }
    if files.isEmpty { return [] }
    for item in tracked?.special ?? [] where item.kind == .compose && seen.insert(item.path).inserted {
      found.append(item)
    }
    var directories: Set<Path> = []
    for file in files {
      var place = file.parent
      while !isWalked(place), directories.insert(place).inserted {
        if let listing = try? listDirectory(at: workspace.root.appending(place.bytes)) {
          for entry in listing.entries where SpecialFile(listing.name(of: entry)) == .compose {
            let path = place.appending(listing.name(of: entry))
            if seen.insert(path).inserted { found.append((path, .compose)) }
          }
        }
        if place.isRoot { break }
        place = place.parent
      }
    }
    return found
  }

  private func isWalked(_ path: Path) -> Bool { workspace.walked.contains { path.isWithin($0) } }

  /// The entries of the index that are looked at: those below the targets, all for a target that is a file.
  private func positions(_ index: Index) -> Range<Int> {
    let walked = workspace.walked
    guard walked.count == 1, workspace.files.isEmpty, !walked[0].isRoot else { return 0..<index.count }
    return index.positions(below: walked[0].bytes)
  }

  private func shown(_ path: Path) -> String {
    (path.relative(to: workspace.root) ?? path).description
  }
}
