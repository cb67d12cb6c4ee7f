internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Files
internal import Policies
public import Reports
internal import Rules
internal import SourceText
internal import Spelling

/// What turning a cache's writing on or off led to.
public struct TurnOutcome: Sendable {
  /// The changed files.
  public let changes: [FileChange]
  /// Lines that tell what was left, and why.
  public let remarks: [String]
  /// What could not be read or written.
  public let errors: [RunError]
}

extension Inspection {
  /// Which way a cache's writing is turned.
  public enum Direction: Sendable {
    /// The cache is written.
    case on
    /// The cache is not written.
    case off
  }

  /// The variable of each kind that can be turned by the environment of the final image alone.
  private static let runtimeSwitches = ["python.bytecode": "PYTHONDONTWRITEBYTECODE"]

  /// Switches a cache's writing in the Dockerfiles of targets.
  ///
  /// - Throws: ``UsageError`` or ``PolicyFailure``.
  public func turn(_ direction: Direction, _ selector: String, in names: [String], writes: Bool) throws -> TurnOutcome {
    let kind = try kind(selector)
    guard let variable = Self.runtimeSwitches[kind.id] else {
      throw UsageError(
        "turn: \(kind.id) cannot be turned by this version; it can turn: "
          + Self.runtimeSwitches.keys.sorted().joined(separator: ", "))
    }
    var errors: [RunError] = []
    var changes: [FileChange] = []
    var remarks: [String] = []
    for workspace in workspaces(names, &errors) {
      let judged = try judge(workspace, Overlay())
      errors += judged.errors
      if writes { removeLeftovers(judged) }
      let files = judged.facts.dockerfiles.filter { workspace.position(of: $0.path) != nil }
      if files.isEmpty {
        remarks.append("no Dockerfile was found in \(workspace.targets.map(\.target.name).joined(separator: " "))")
      }
      for file in files {
        let isNamed = workspace.files.contains(file.path)
        var turn = Turn(direction, kind, variable, file, isNamed: isNamed)
        turn.run()
        let place = shown(file.path, workspace)
        remarks += turn.remarks.map { "\(place): \($0)" }
        remarks += contradictions(direction, kind, file, judged.policies).map { "\(place): \($0)" }
        guard let new = turn.text, new != file.file.bytes else { continue }
        changes.append(change(file.path, in: workspace, old: file.file.bytes, new: new, titles: turn.titles))
      }
    }
    if writes { changes = write(changes, &errors) }
    return TurnOutcome(changes: changes, remarks: remarks, errors: errors)
  }

  /// The kind that a person names.
  func kind(_ name: String) throws(UsageError) -> CacheKind {
    if let kind = Catalogue.kind(named: name) { return kind }
    let near = suggestion(for: name, among: Catalogue.names).map { "; did you mean \($0)?" } ?? ""
    throw UsageError("there is no cache kind '\(printable(name))'\(near) (cachepolicy caches lists them)")
  }

  /// Where the policy wants the opposite.
  private func contradictions(
    _ direction: Direction, _ kind: CacheKind, _ file: DockerfileFacts, _ policies: PolicyTree
  ) -> [String] {
    file.products.compactMap { product in
      guard let write = policies.policy(for: file.path).intents(for: kind, in: product.profile).write, write.isUsers
      else {
        return nil
      }
      let contradicts = direction == .off ? write.value == .require : write.value == .deny
      guard contradicts else { return nil }
      return
        "the policy says write: \(write.value.rawValue) for \(kind.id) in profile \(product.profile) (\(write.origin))"
    }
  }
}

/// The turning of one Dockerfile.
private struct Turn {
  private let direction: Inspection.Direction
  private let kind: CacheKind
  private let variable: String
  private let facts: DockerfileFacts
  private let isNamed: Bool
  private(set) var text: [UInt8]?
  private(set) var titles: [String] = []
  private(set) var remarks: [String] = []

  init(
    _ direction: Inspection.Direction, _ kind: CacheKind, _ variable: String, _ facts: DockerfileFacts, isNamed: Bool
  ) {
    self.direction = direction
    self.kind = kind
    self.variable = variable
    self.facts = facts
    self.isNamed = isNamed
  }

  mutating func run() {
    if facts.isTemplateByName {
      remarks.append("left alone: the file is a template by its name")
      return
    }
    if facts.products.isEmpty {
      remarks.append("left alone: the file has no stage")
      return
    }
    var bytes = facts.file.bytes
    for product in facts.products {
      let file = Dockerfile(bytes)
      let effects = CacheEffects(file)
      let environments = effects.environments
      let title = environments.graph.stages[product.stage].title
      let evidence = effects.pythonEvidence(in: file, stage: product.stage)
      if direction == .off, evidence.isEmpty, !isNamed {
        remarks.append("left alone: nothing shows that \(title) runs \(kind.tool)")
        continue
      }
      let stages = direction == .off ? [product.stage] : environments.graph.chain(of: product.stage)
      for stage in stages {
        let current = Dockerfile(bytes)
        guard let editor = DockerfileEnvironmentEditor(current, StageEnvironments(current), stage: stage) else {
          continue
        }
        do throws(EditRefusal) {
          let edits = direction == .off ? try editor.set(variable, to: "1") : try editor.remove(variable)
          if edits.isEmpty { continue }
          bytes = (try? applying(edits, to: bytes)) ?? bytes
          let name = environments.graph.stages[stage].title
          titles.append(direction == .off ? "\(variable)=1 set in \(name)" : "\(variable) removed from \(name)")
        } catch {
          remarks.append("left alone: \(error.reason)")
        }
      }
      if evidence.contains(where: { $0.kind == .start && $0.ignoresEnvironment }), direction == .off {
        remarks.append("Python is started with -E or -I there, which ignores \(variable): use -B")
      }
    }
    text = bytes
    if bytes == facts.file.bytes && remarks.isEmpty {
      remarks.append(
        direction == .off ? "nothing to change: \(variable) is set" : "nothing to change: \(variable) is not set")
    }
  }
}
