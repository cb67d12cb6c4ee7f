internal import Bytecode
internal import BytecodeReading
internal import Facts
internal import Files
internal import Findings
internal import IgnoreFiles
internal import ImageReading
internal import Images
internal import Policies
internal import Reports
internal import Rules
internal import SourceText

/// How images are read, where a person says.
public struct ImageSettings: Sendable {
  /// `OS/ARCHITECTURE[/VARIANT]`, or `all`; nil for that of this machine.
  public var platform: String?
  /// Whether digests are compared.
  public var verifies = true
  /// How many layers are read at once; nil for as many as there are processors.
  public var jobs: Int?
  /// The image whose layers are the base image's.
  public var base: String?
  /// The Dockerfile that the images are built from.
  public var dockerfile: String?
  /// An older image, of which only what is new is judged.
  public var compare: String?
  /// Limits that are set, each as `NAME=VALUE`.
  public var limits: [String] = []
  /// Is told of the progress on long work: bytes read, and bytes in all.
  public var progress: (@Sendable (_ read: Int, _ total: Int) -> Void)?

  /// What holds where nobody says anything.
  public init() {}

  /// A flag that means nothing without the documents of an image, which layers and root file systems do not have.
  var flagForDocuments: String? {
    if dockerfile != nil { return "--dockerfile" }
    if base != nil { return "--base" }
    return platform != nil ? "--platform" : nil
  }

  /// A flag that means nothing without an image or a part of one.
  var flagForImages: String? {
    if let flag = flagForDocuments { return flag }
    if !limits.isEmpty { return "--limit" }
    return compare != nil ? "--compare" : nil
  }
}

extension Inspection {
  /// The image that a word of the command line means; nil for a path of another kind.
  ///
  /// - Throws: ``InputError`` with what to do, where the word names an image in a form that is not read.
  func imageTarget(_ name: String) throws(InputError) -> ImageTarget? {
    do throws(ImageTargetError) {
      if let target = try ImageTarget(name) { return target.absolute(from: settings.currentDirectory) }
    } catch {
      throw InputError(error.advice)
    }
    let path = Self.absolute(name, from: settings.currentDirectory)
    guard let status = try? fileStatus(at: path, followLinks: true) else {
      if let advice = ImageTarget.advice(forMissing: name) { throw InputError(advice.advice) }
      return nil
    }
    if status.kind == .directory { return ImageTarget(directoryAt: path) }
    // What is examined by its name is no archive.
    guard status.kind == .regular, SpecialFile(path.name) == nil else { return nil }
    return ImageTarget(archiveAt: path)
  }

  /// Reads and judges the images of a target.
  func judge(
    _ target: ImageTarget, named name: String, at position: Int, isAlone: Bool = false
  ) throws -> [JudgedWorkspace] {
    let (policies, names) = try policiesOfWorkingDirectory()
    try checkProfiles(policies)
    let result = readImages(target, options: try readingOptions())
    let errors = result.errors.map { RunError(name, $0.explanation) }
    var judged: [JudgedWorkspace] = []
    let isWhole = isAlone && result.images.count == 1 && errors.isEmpty
    for image in result.images {
      let isFirst = judged.isEmpty
      judged.append(
        try judge(
          image, named: name, at: position, policies, names, isWhole: isWhole, errors: isFirst ? errors : [],
          notes: result.notes,
          platform: result.images.count > 1 ? image.facts.image?.platform.description : nil)
      )
    }
    if judged.isEmpty, !errors.isEmpty { judged.append(unread(name, position, policies, names, errors)) }
    return judged
  }

  private func judge(
    _ image: ReadImage, named name: String, at position: Int, _ policies: PolicyTree, _ names: [String],
    isWhole: Bool, errors: [RunError], notes: [String], platform: String?
  ) throws -> JudgedWorkspace {
    var facts = TargetFacts()
    facts.image = image.facts
    let judgement = Judgement(
      policies: policies, judgesWorkTree: false,
      profiles: ProfileInputs(profile: settings.profile, forced: settings.forcedProfile),
      tellsSubjects: settings.images.compare != nil,
      isSelected: { [selection] in selection.contains($0) },
      isAskedFor: { [selection] in selection.names($0) })
    var errors = errors
    if judgement.needsBytecode { errors += addBytecode(of: image, to: &facts).map { RunError(name, $0) } }
    let workspace = imageWorkspace(name, position)
    var run = RuleRun(
      workspace: workspace, facts: facts, policies: policies, judgement: judgement, settings: settings,
      selection: selection, overlay: Overlay())
    run.examinesAll = isWhole && errors.isEmpty
    let outcome = run.findings()
    var findings = outcome.findings.filter { !isExcluded($0, policies) }
    if let platform {
      findings = findings.map { $0.adding(notes: [], evidence: [Evidence(Evidence.platformKey, platform)]) }
    }
    return JudgedWorkspace(
      workspace: workspace, facts: facts, policies: policies, policyNames: names, findings: findings,
      sources: outcome.sources, writtenDirectories: [], errors: errors, isImage: true, platform: platform,
      imageNotes: notes)
  }

  /// Whether the person or the policy leaves the place of a finding out.
  private func isExcluded(_ finding: Finding, _ policies: PolicyTree) -> Bool {
    guard case .entry(let entry) = finding.place else { return false }
    if PathPatterns(settings.exclude).matches(entry.path) { return true }
    return policies.policy(for: .root).excludes?.value.matches(entry.path) ?? false
  }

  /// Judges the bytecode of an image; what could not be judged, and why.
  func addBytecode(of image: ReadImage, to facts: inout TargetFacts) -> [String] {
    let tree = ImageTree(image)
    let (files, caches, found) = tree.files()
    facts.interpreters = interpreters
    for tag in found.tags { facts.interpreters.insert(tag) }
    if let start = ImageStart(image.facts) {
      facts.bytecodeLookup = BytecodeLookup(start, interpreters: facts.interpreters)
    }
    facts.user = image.identity.map { FileUser(user: $0.user, groups: Set($0.groups)) }
    let lookup = facts.bytecodeLookup
    let (paths, hasMoreCaches) = tree.paths(of: files, through: caches, lookup)
    let survey = BytecodeSurvey(
      of: paths, in: tree, interpreters: facts.interpreters, lookup: lookup, user: facts.user)
    facts.bytecode = survey.facts
    var limits: [String] = []
    if tree.hasMoreLinks {
      limits.append(
        "links lead to more than \(ImageLimits.linkSteps) names, the limit: where further ones lead is not known; it cannot "
          + "be raised")
    }
    if hasMoreCaches {
      limits.append(
        "the paths through links named __pycache__ have more than \(ReadingLimits.linkedBytes) bytes, the limit: further "
          + "files are judged where they lie; it cannot be raised")
    }
    return limits + survey.errors.map { "\($0.path): \($0.explanation)" }
      + survey.missingHashes.map { "\($0.source): its hash was not taken, as a file so large or sparse is not read" }
      .sorted()
  }

  /// How a target is read.
  func readingOptions() throws -> ReadingOptions {
    var options = ReadingOptions()
    options.limits = readingLimits
    options.verifies = settings.images.verifies
    options.jobs = settings.images.jobs ?? processorCount()
    if let text = settings.images.platform {
      guard let choice = PlatformChoice(text) else {
        throw UsageError("--platform \(printable(text)): write OS/ARCHITECTURE[/VARIANT], such as linux/arm64, or all")
      }
      options.platform = choice
    }
    if let base = settings.images.base {
      do throws(InputError) {
        guard let target = try imageTarget(base) else {
          throw InputError("is no image; write oci:DIR, docker-archive:FILE or another target that holds one")
        }
        options.base = target
      } catch {
        throw InputError("--base \(printable(base)): \(error.message)")
      }
    }
    if let progress = settings.images.progress {
      options.progress = { progress($0.bytesRead, $0.bytesTotal) }
    }
    return options
  }

  /// A target of which nothing could be read.
  private func unread(
    _ name: String, _ position: Int, _ policies: PolicyTree, _ names: [String], _ errors: [RunError]
  ) -> JudgedWorkspace {
    JudgedWorkspace(
      workspace: imageWorkspace(name, position), facts: TargetFacts(), policies: policies, policyNames: names,
      findings: [],
      sources: [:], writtenDirectories: [], errors: errors, isImage: true)
  }

  /// The image in the place of a work tree: its root is that of all paths.
  func imageWorkspace(_ name: String, _ position: Int) -> Workspace {
    var workspace = Workspace(root: "/", repository: nil, base: settings.currentDirectory)
    workspace.add(Target(name: name, place: "/", isDirectory: true), at: position)
    return workspace
  }

  /// The policy of the working directory, which judges images as a whole.
  private func policiesOfWorkingDirectory() throws -> (PolicyTree, [String]) {
    var errors: [RunError] = []
    guard let workspace = workspaces(["."], &errors).first else {
      throw UsageError("the working directory cannot be read: \(errors.first?.message ?? "")")
    }
    let place = settings.currentDirectory.relative(to: workspace.root) ?? .root
    var found: [Path] = []
    var directory = place
    while found.isEmpty {
      for name in PolicyDiscovery.names {
        let path = directory.appending(name)
        let kind = try? fileStatus(at: workspace.root.appending(path.bytes)).kind
        if let kind, kind != .directory { found.append(path) }
      }
      if directory.isRoot { break }
      directory = directory.parent
    }
    let (tree, names) = try loader.tree(workspace, found)
    let policy = tree.policy(for: place)
    return (PolicyTree([.root: policy], fallback: policy), names)
  }
}

extension Evidence {
  /// What an image runs on, of a finding in one of several.
  static let platformKey = "platform"
}

extension ImageTarget {
  /// The same target with a path that starts at the root.
  func absolute(from directory: Path) -> ImageTarget {
    func full(_ path: Path) -> Path { Inspection.absolute(path.bytes, from: directory) }
    return switch self {
    case .layout(let path, let tag): .layout(full(path), tag: tag)
    case .layoutArchive(let path, let tag): .layoutArchive(full(path), tag: tag)
    case .savedArchive(let path, let tag): .savedArchive(full(path), tag: tag)
    case .directory(let path): .directory(full(path))
    case .rootFileSystem(let path): .rootFileSystem(full(path))
    case .layer(let path): .layer(full(path))
    case .archive(let path, let tag): .archive(full(path), tag: tag)
    case .standardInput: .standardInput
    }
  }
}
