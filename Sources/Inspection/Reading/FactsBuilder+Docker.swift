internal import CacheEffects
internal import Dockerfiles
internal import Facts
internal import Files
internal import IgnoreFiles
internal import Policies
internal import Reports
internal import SourceText
internal import YAML

/// The Dockerfiles of one run that were read already, since several may stand on the same one.
struct DockerfileShelf {
  /// How many Dockerfiles may stand on each other.
  static let depthLimit = 8

  /// What was read; nil where a file cannot be.
  var known: [Path: DockerfileFacts?] = [:]
  /// Those that are being read, each on behalf of the one before.
  var open: [Path] = []
  /// Whether an image was not looked up because its Dockerfile is being read.
  var hasCycle = false
}

extension FactsBuilder {
  mutating func composeBuilds() -> [ComposeFile.Build] {
    var builds: [ComposeFile.Build] = []
    for item in reading.special where item.kind == .compose && !isExcluded(item.path) {
      let name = String(decoding: item.path.name, as: UTF8.self)
      // An override is for development.
      if name.contains("override") || name.contains("dev") || name.contains("test") { continue }
      guard let bytes = bytes(of: item.path, limit: ComposeFile.limits.size) else { continue }
      builds += ComposeFile(bytes, at: item.path).builds
    }
    return builds
  }

  /// A Dockerfile with all that it stands on; nil where it cannot be read.
  mutating func dockerfile(_ path: Path, _ builds: [ComposeFile.Build]) -> DockerfileFacts? {
    if let known = dockerfiles.known[path] { return known }
    let hadCycle = dockerfiles.hasCycle
    dockerfiles.hasCycle = false
    dockerfiles.open.append(path)
    let facts = readDockerfile(path, builds)
    dockerfiles.open.removeLast()
    // Where a circle was cut, the answer depends on where it was entered.
    if !dockerfiles.hasCycle || dockerfiles.open.isEmpty { dockerfiles.known[path] = .some(facts) }
    dockerfiles.hasCycle = dockerfiles.hasCycle || hadCycle
    return facts
  }

  private mutating func readDockerfile(_ path: Path, _ builds: [ComposeFile.Build]) -> DockerfileFacts? {
    guard let bytes = bytes(of: path, limit: Dockerfile.sizeLimit) else { return nil }
    let file = Dockerfile(bytes)
    let policy = policies.policy(for: path)
    var built: [String: DockerfileFacts] = [:]
    let effects = CacheEffects(file) { image in
      guard let base = policy.base(image) else { return nil }
      if built[image] == nil { built[image] = self.built(base, builds) }
      let known = built[image].flatMap { KnownBase(builtBy: $0) }
      if known == nil, base.tellsDockerfileAlone { return KnownBase.builtin(image) }
      return KnownBase(base, over: known ?? KnownBase.builtin(image))
    }
    let graph = effects.environments.graph
    var builtBases: [Int: DockerfileFacts] = [:]
    for stage in graph.stages {
      guard let image = graph.image(of: stage.index), let base = built[image], !isExcluded(base.path) else { continue }
      builtBases[stage.index] = base
    }
    let inputs = ProfileInputs(profile: settings.profile, forced: settings.forcedProfile)
    let build = builds.first { $0.dockerfile == path }
    let products = graph.products(target: settings.stage, composeTarget: build?.target) { stage in
      guard case .stage = policy.profile(forStage: stage, inFile: path, inputs).reason else { return nil }
      return policy.profile(forStage: stage, inFile: path, inputs).profile
    }
    let fallback = policy.profile(forFile: path, inputs).profile
    return DockerfileFacts(
      path: path, file: file, effects: effects,
      products: products.map {
        ProductFacts(
          stage: $0.stage, profile: settings.forcedProfile ?? $0.profile ?? fallback, reason: $0.reason)
      },
      context: build?.context ?? path.parent, isTemplateByName: Dockerfile.isTemplateName(path.name),
      builtBases: builtBases)
  }

  /// The Dockerfile that a base image is built from; nil where the policy names none that is in this repository.
  private mutating func built(_ base: BaseImage, _ builds: [ComposeFile.Build]) -> DockerfileFacts? {
    guard let name = base.dockerfile?.value else { return nil }
    let path = Path(name.utf8)
    if dockerfiles.open.contains(path) || dockerfiles.open.count >= DockerfileShelf.depthLimit {
      dockerfiles.hasCycle = true
      return nil
    }
    // A policy that several repositories share names Dockerfiles that most of them do not have.
    return isPresent(path) ? dockerfile(path, builds) : nil
  }

  /// Whether there is an ordinary file at a path.
  func isPresent(_ path: Path) -> Bool {
    overlay.texts[path] != nil || (try? fileStatus(at: workspace.root.appending(path.bytes)))?.kind == .regular
  }

  mutating func dockerignore(_ path: Path, _ builds: [ComposeFile.Build]) -> DockerIgnoreFacts? {
    guard let bytes = bytes(of: path, limit: GitIgnoreFile.sizeLimit) else { return nil }
    let result: Result<DockerIgnoreFile, DockerIgnoreError>
    do throws(DockerIgnoreError) { result = .success(try DockerIgnoreFile(bytes)) } catch { result = .failure(error) }
    let stem = path.name.dropLast(13)
    let dockerfile = stem.isEmpty ? nil : path.parent.appending(stem)
    let context = dockerfile.map { name in builds.first { $0.dockerfile == name }?.context ?? path.parent }
    return DockerIgnoreFacts(
      path: path, bytes: bytes, file: result, context: context ?? path.parent, dockerfile: dockerfile)
  }
}
