internal import Caches
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import ImageReading
internal import JSON
internal import Policies
public import Reports
internal import Repositories
internal import SourceText

/// What the readers saw, as `facts` prints it.
public struct FactsDocument: Sendable {
  /// The document.
  public let bytes: [UInt8]
  /// What could not be read.
  public let errors: [RunError]
}

extension Inspection {
  /// What the readers see in a target.
  public func facts(_ name: String) throws -> FactsDocument {
    var errors: [RunError] = []
    var images: [ImageTarget] = []
    let found = workspaces([name], &errors) { images.append($1) }
    if let target = images.first { return try facts(of: target, named: name) }
    if errors.isEmpty { try checkNoImages() }
    guard let workspace = found.first else { return FactsDocument(bytes: [], errors: errors) }
    let reader = WorkspaceReader(
      workspace: workspace, isStaged: settings.isStaged, provesAll: true, overlay: Overlay())
    let reading = reader.read()
    let (policies, _) = try loader.tree(workspace, reading.tree.special.filter { $0.kind == .policy }.map(\.path))
    var builder = FactsBuilder(reader, reading, policies, settings)
    var facts = builder.facts()
    builder.addBytecode(to: &facts, named: interpreters, isAskedFor: selection.names(.bytecode))
    var members: [JSONMember] = [
      JSONMember("schema", "cachepolicy.facts/1"), JSONMember("target", .string(name)),
      JSONMember(
        "kind", .string(workspace.files.isEmpty ? (workspace.repository == nil ? "directory" : "repository") : "file")),
    ]
    if let repository = facts.repository, let index = reading.index {
      let tracked = (0..<index.count).filter { position in
        workspace.files.isEmpty ? isWalked(index.path(at: position), workspace) : false
      }
      members.append(
        JSONMember(
          "repository",
          [
            "root": .string(loader.shown(workspace.root)),
            "tracked": .array(tracked.map { .bytes(Array(index.path(at: $0))) }),
            "ecosystems": ecosystems(facts),
            "caches": .array(repository.caches.map(cache)),
          ]))
    }
    if let image = facts.image { members.append(JSONMember("image", ImageDocument.value(image))) }
    let files = facts.dockerfiles.map(DockerfileDocument.value)
    if !workspace.files.isEmpty, files.count == 1 {
      members.append(JSONMember("dockerfile", files[0]))
    } else if !files.isEmpty {
      members.append(JSONMember("dockerfiles", .array(files)))
    }
    members += BytecodeDocument.members(facts)
    return FactsDocument(
      bytes: JSONValue.object(members).encoded(.indented) + [0x0A], errors: errors + reading.errors + builder.errors)
  }

  private func isWalked(_ path: ArraySlice<UInt8>, _ workspace: Workspace) -> Bool {
    workspace.isWhole || workspace.walked.contains { Path(path).isWithin($0) }
  }

  private func ecosystems(_ facts: TargetFacts) -> JSONValue {
    var places: [String: [Path]] = [:]
    for use in facts.uses where !places[use.kind.ecosystem, default: []].contains(use.directory) {
      places[use.kind.ecosystem, default: []].append(use.directory)
    }
    return .array(
      places.sorted { $0.key < $1.key }.map { name, directories in
        ["name": .string(name), "directories": .array(directories.sorted().map { .bytes($0.bytes) })]
      })
  }

  private func cache(_ cache: CacheFact) -> JSONValue {
    let decision = cache.ignoredBy ?? cache.privatelyIgnoredBy
    return [
      "kind": .string(cache.kind.id), "path": .bytes(cache.path.bytes), "directory": .bool(cache.isDirectory),
      "tracked": .bool(!cache.tracked.isEmpty), "ignored_by": decision.map(ignore) ?? .null,
      "proof": .string(cache.proof),
    ]
  }

  private func ignore(_ decision: IgnoreDecision) -> JSONValue {
    let source: [UInt8] =
      switch decision.source {
      case .file(let path): path.bytes
      case .infoExclude: Array(".git/info/exclude".utf8)
      case .personal: Array("core.excludesFile".utf8)
      }
    return [
      "source": .bytes(source), "line": .integer(decision.line), "pattern": .bytes(decision.pattern),
      "ignored": .bool(decision.isIgnored),
    ]
  }
}
