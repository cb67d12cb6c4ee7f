internal import Caches
internal import Dockerfiles
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

  /// What `turn off` writes.
  public enum Means: String, Sendable, CaseIterable {
    /// A variable of the environment.
    case env
    /// A flag of each command.
    case flag
  }

  /// Switches the writing of caches in the Dockerfiles of targets.
  ///
  /// - Parameters:
  ///   - direction: which way.
  ///   - selector: an id or alias, `prefix.*`, `kind:KIND` or `*`.
  ///   - means: what `off` writes; nil for the variable where the tool has one that stops all, else the flag.
  ///   - names: the targets.
  ///   - writes: whether files are changed.
  /// - Returns: the changes, and what was left.
  /// - Throws: ``UsageError`` or ``PolicyFailure``.
  public func turn(
    _ direction: Direction, _ selector: String, by means: Means? = nil, in names: [String], writes: Bool
  ) throws -> TurnOutcome {
    let kinds = try turnable(selector)
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
        let isNamed = workspace.isNamed(file.path)
        let images = file.images
        var turn = Turn(direction, file, means, isNamed: isNamed && kinds.count == 1) { images[$0] }
        turn.run(kinds)
        let place = shown(file.path, workspace)
        remarks += turn.remarks.map { "\(place): \($0)" }
        for kind in kinds {
          remarks += contradictions(direction, kind, file, judged.policies).map { "\(place): \($0)" }
        }
        guard turn.text != file.file.bytes else { continue }
        changes.append(change(file.path, in: workspace, old: file.file.bytes, new: turn.text, titles: turn.titles))
      }
    }
    if writes { changes = write(changes, &errors) }
    return TurnOutcome(changes: changes, remarks: remarks, errors: errors)
  }

  /// The kinds of a selector that can be turned.
  private func turnable(_ selector: String) throws(UsageError) -> [CacheKind] {
    let isGroup = selector == "*" || selector.hasSuffix(".*") || selector.hasPrefix("kind:")
    let found: [CacheKind]
    if isGroup {
      found = Catalogue.all.filter { kind in
        selector == "*" || selector == "\(kind.prefix).*" || selector == "kind:\(kind.group.rawValue)"
      }
      if found.isEmpty { throw UsageError("turn: no cache kind is meant by '\(printable(selector))'") }
    } else {
      found = [try kind(selector)]
    }
    // Of a group, those without a switch are told where they are written.
    let kinds = found.filter { BytecodeTurn.isMeant($0) || $0.layer != nil }
    if !kinds.contains(where: { BytecodeTurn.isMeant($0) || $0.hasSwitch }) {
      let how = found.first?.layer?.clean.map { "; a RUN can end with `\($0)`" } ?? ""
      throw UsageError("turn: nothing that is known turns \(printable(selector)) off\(how)")
    }
    return kinds
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
