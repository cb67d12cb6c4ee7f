internal import Bytecode
internal import Caches
internal import Digests
internal import Dockerfiles
internal import Facts
internal import Files
internal import Findings
internal import ImageReading
internal import Policies
public import Reports
internal import Repositories
internal import Rules
internal import SourceText
internal import Spelling

/// A run: finds targets, reads them, judges what was read, and repairs.
public struct Inspection {
  /// How many bytes standard input may hold.
  public static let inputLimit = 256 << 20

  let settings: Settings
  let selection: RuleSelection
  let loader: PolicyLoader
  /// The interpreters that the person names.
  let interpreters: Interpreters
  /// How much of images is read.
  let readingLimits: ReadingLimits

  /// Prepares a run.
  ///
  /// - Throws: ``UsageError`` where the settings name what does not exist.
  public init(_ settings: Settings) throws(UsageError) {
    self.settings = settings
    selection = try RuleSelection(settings)
    loader = PolicyLoader(settings: settings)
    interpreters = try Interpreters(named: settings.interpreters)
    readingLimits = try ReadingLimits(settings.images.limits)
  }

  /// Examines targets.
  ///
  /// - Throws: ``UsageError`` or ``PolicyFailure``; what cannot be read is told in the report.
  public func check(_ names: [String]) throws -> Report {
    var errors: [RunError] = []
    var images: [(position: Int, target: ImageTarget)] = []
    let workspaces = workspaces(names, &errors) { images.append(($0, $1)) }
    var judged: [JudgedWorkspace] = []
    for workspace in workspaces { judged.append(try judge(workspace, Overlay())) }
    if images.isEmpty, errors.isEmpty { try checkNoImages() }
    var repaired: Set<[FileEdit]> = []
    for (position, target) in images {
      judged += try inContext(
        try judge(target, named: names[position], at: position, isAlone: images.count == 1), repaired: &repaired)
    }
    // What could not be read may have been an image, and its errors say more.
    try checkDocuments(judged.filter(\.isImage).map { $0.facts.image?.kind ?? .image })
    try checkStage(judged)
    // To free all that was read takes a twentieth of the run, and the system does it at once.
    if settings.endsWithRun { _ = unsafe Unmanaged.passRetained(Remains(judged)) }
    return report(names, judged, errors)
  }

  /// What a run has read, for as long as the process lives.
  private final class Remains {
    let judged: [JudgedWorkspace]

    init(_ judged: [JudgedWorkspace]) {
      self.judged = judged
    }
  }

  /// What a flag says of images is a mistake where none is examined, and none is missing.
  func checkNoImages() throws(UsageError) {
    guard let flag = settings.images.flagForImages else { return }
    throw UsageError("\(flag) is for images, and none is examined")
  }

  /// What a flag says of images is a mistake where all that was read has no documents.
  func checkDocuments(_ kinds: [ImageFacts.Kind]) throws(UsageError) {
    guard let flag = settings.images.flagForDocuments, !kinds.isEmpty, !kinds.contains(.image) else { return }
    throw UsageError("\(flag) is for images, and all that is examined are layers or root file systems")
  }

  /// A stage that no Dockerfile has is a mistake of the command line.
  func checkStage(_ judged: [JudgedWorkspace]) throws(UsageError) {
    guard let stage = settings.stage else { return }
    let graphs = judged.flatMap { $0.facts.dockerfiles.map(\.environments.graph) }
    if graphs.contains(where: { $0.stage(named: stage) != nil }) { return }
    let known = Set(graphs.flatMap { $0.stages.compactMap(\.name) }).sorted()
    let near = suggestion(for: stage, among: known).map { "; did you mean \($0)?" } ?? ""
    let list = known.isEmpty ? "" : " (stages: \(known.prefix(20).map { printable($0) }.joined(separator: ", ")))"
    throw UsageError("--target \(printable(stage)): no Dockerfile that is examined has this stage\(near)\(list)")
  }

  /// What stands in place of the policies and the index that a workspace has: for the tests of policies.
  struct World {
    let policies: PolicyTree
    let index: Index
    let profile: String?
    let today: CalendarDate?
  }

  /// Judges a workspace, with some files replaced.
  func judge(_ workspace: Workspace, _ overlay: Overlay, _ world: World? = nil) throws -> JudgedWorkspace {
    var settings = settings
    if let world {
      settings.profile = world.profile
      settings.today = world.today ?? settings.today
      settings.environment["CI"] = nil
    }
    let reader = WorkspaceReader(
      workspace: workspace, isStaged: settings.isStaged, provesAll: false, overlay: overlay, index: world?.index)
    let reading = reader.read()
    let (policies, policyNames) =
      if let world { (world.policies, [String]()) } else {
        try loader.tree(workspace, policyFiles(workspace, reading))
      }
    if world == nil { try checkProfiles(policies) }
    var builder = FactsBuilder(reader, reading, policies, settings)
    var facts = builder.facts()
    let judgement = Judgement(
      policies: policies, judgesWorkTree: settings.judgesWorkTree,
      profiles: ProfileInputs(profile: settings.profile, forced: settings.forcedProfile),
      isSelected: { [selection] in selection.contains($0) },
      isAskedFor: { [selection] in selection.names($0) })
    if judgement.judges(.bytecode) {
      builder.addBytecode(to: &facts, named: interpreters, isAskedFor: selection.names(.bytecode))
    }
    let run = RuleRun(
      workspace: workspace, facts: facts, policies: policies, judgement: judgement, settings: settings,
      selection: selection, overlay: overlay)
    let outcome = run.findings()
    return JudgedWorkspace(
      workspace: workspace, facts: facts, policies: policies, policyNames: policyNames, findings: outcome.findings,
      sources: outcome.sources, writtenDirectories: reading.tree.leftovers.union(reading.special.map(\.path.parent)),
      errors: reading.errors + builder.errors)
  }

  /// A profile that no policy declares is a mistake of the command line.
  func checkProfiles(_ policies: PolicyTree) throws(UsageError) {
    for name in [settings.profile, settings.forcedProfile].compactMap(\.self) {
      var known = Profile.known
      for entry in policies.all { known += entry.policy.profiles.map(\.name) }
      if known.contains(name) { continue }
      let near = suggestion(for: name, among: known).map { "; did you mean \($0)?" } ?? ""
      throw UsageError(
        "there is no profile '\(printable(name))'\(near) (known: \(Set(known).sorted().joined(separator: ", ")))")
    }
  }

  /// The policy files that speak for something in the workspace, relative to its root.
  private func policyFiles(_ workspace: Workspace, _ reading: Reading) -> [Path] {
    var found = Set((reading.tree.special + reading.special).filter { $0.kind == .policy }.map(\.path))
    var directories: Set<Path> = []
    let starts = workspace.walked + workspace.files.map(\.parent)
    let listsAll = settings.isStaged || workspace.walked.isEmpty
    for start in starts {
      var place = start
      while directories.insert(place).inserted, !place.isRoot { place = place.parent }
    }
    directories.insert(.root)
    for directory in directories {
      // A walk has seen the names of the directories in it.
      if !listsAll, workspace.walked.contains(where: { directory.isWithin($0) }), workspace.files.isEmpty { continue }
      for name in PolicyDiscovery.names {
        let path = directory.appending(name)
        // What has the name and is no ordinary file is an error, never taken for a missing policy.
        let kind = try? fileStatus(at: workspace.root.appending(path.bytes)).kind
        if let kind, kind != .directory { found.insert(path) }
      }
    }
    // What lies in an excluded directory, or is only in the index, is found where it is needed.
    return found.sorted()
  }

  /// The workspaces of targets, and what is wrong with targets.
  ///
  /// - Parameters:
  ///   - names: the targets as the person wrote them.
  ///   - errors: takes what cannot be examined.
  ///   - image: takes the targets that are images, with their positions; without it they are refused.
  /// - Returns: the workspaces.
  func workspaces(
    _ names: [String], _ errors: inout [RunError], image: ((Int, ImageTarget) -> Void)? = nil
  ) -> [Workspace] {
    var workspaces: [Workspace] = []
    var search = RepositorySearch()
    for (position, name) in names.enumerated() {
      do {
        if let target = try imageTarget(name) {
          guard let image else {
            errors.append(
              RunError(
                name, "is an image: check and facts examine images, and its Dockerfile is what `cachepolicy fix` mends")
            )
            continue
          }
          image(position, target)
          continue
        }
      } catch {
        errors.append(RunError(name, error.message))
        continue
      }
      let asked = Self.absolute(name, from: settings.currentDirectory)
      do {
        let status = try fileStatus(at: asked, followLinks: true)
        let isDirectory = status.kind == .directory
        guard isDirectory || status.kind == .regular || SpecialFile(asked.name) != nil else {
          errors.append(RunError(name, "\(status.kind.words) cannot be examined"))
          continue
        }
        // A file is looked at where it lies; a directory where its links lead.
        let place = isDirectory ? try resolvedPath(asked) : try resolvedPath(asked.parent).appending(asked.name)
        let target = Target(name: name, place: place, isDirectory: isDirectory)
        let repository = try Workspace.repository(
          holding: isDirectory ? place : place.parent, by: &search)
        let root = repository?.root ?? (isDirectory ? place : place.parent)
        let known = workspaces.firstIndex { $0.root == root && ($0.repository != nil) == (repository != nil) }
        if known == nil { workspaces.append(Workspace(root: root, repository: repository)) }
        workspaces[known ?? workspaces.count - 1].add(target, at: position)
      } catch let error as FileError {
        errors.append(RunError(name, error.explanation))
      } catch let error as InputError {
        errors.append(RunError(name, error.message))
      } catch {
        errors.append(RunError(name, "cannot be read"))
      }
    }
    return workspaces
  }

  /// The whole of standard input.
  ///
  /// - Throws: ``InputError`` where it is too large or cannot be read.
  public static func readStandardInput() throws(InputError) -> [UInt8] {
    do {
      return try readDescriptor(0, limit: inputLimit)
    } catch {
      throw InputError("standard input: \(error.explanation)")
    }
  }

  /// Writes a report to a file.
  ///
  /// - Throws: ``InputError`` where that is not possible.
  public static func writeReport(_ bytes: [UInt8], to file: String) throws(InputError) {
    do {
      try writeFile(bytes, at: Path(file.utf8))
    } catch {
      throw InputError("\(printable(file)): \(error.explanation)")
    }
  }
}

/// What was found in a workspace.
struct JudgedWorkspace {
  let workspace: Workspace
  let facts: TargetFacts
  let policies: PolicyTree
  let policyNames: [String]
  var findings: [Finding]
  /// The bytes of the files that findings point into, by path relative to the root.
  var sources: [Path: SourceFile]
  /// The directories, relative to the root, where an interrupted run may have left temporary files.
  let writtenDirectories: Set<Path>
  let errors: [RunError]
  /// Whether it stands for an image, also one that could not be read.
  var isImage = false
  /// What the image runs on, where its target holds several.
  var platform: String?
  /// What is worth knowing of the images of a target as a whole, safe to print.
  var imageNotes: [String] = []
}
