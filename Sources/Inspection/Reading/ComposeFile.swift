internal import SourceText
internal import YAML

/// What a compose file says about builds.
struct ComposeFile {
  /// How one Dockerfile is built.
  struct Build: Hashable {
    /// The Dockerfile, relative to the root.
    let dockerfile: Path
    /// The build context, relative to the root.
    let context: Path
    /// The stage that is built, where the file says.
    let target: String?
  }

  /// How large a compose file may be.
  static let limits = Limits(size: 1 << 20, nesting: 64, nodes: 100_000, errors: 1)

  /// The builds, in the order of the services.
  let builds: [Build]

  /// Reads the compose file at `path`; what cannot be read has no builds, since compose's errors are not ours.
  init(_ bytes: [UInt8], at path: Path) {
    let document = Document(bytes, limits: Self.limits, strictness: .full)
    var builds: [Build] = []
    let references = References(document.root)
    for service in references.entries(of: document.root?["services"]) {
      guard let build = references["build", of: service.value] else { continue }
      let text = build.text ?? references["context", of: build]?.text ?? "."
      guard let context = Self.resolve(text, from: path.parent) else { continue }
      let name = references["dockerfile", of: build]?.text ?? "Dockerfile"
      guard let dockerfile = Self.resolve(name, from: context) else { continue }
      builds.append(
        Build(dockerfile: dockerfile, context: context, target: references["target", of: build]?.text))
    }
    self.builds = builds
  }

  /// A relative path without `.` and `..`; nil where it leaves the tree, is a URL or holds a variable.
  private static func resolve(_ text: String, from directory: Path) -> Path? {
    if text.contains("$") || text.contains("://") || text.hasPrefix("/") || text.hasPrefix("~") { return nil }
    var parts = directory.components.map(Array.init)
    for part in text.utf8.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) {
        if parts.popLast() == nil { return nil }
      } else {
        parts.append(Array(part))
      }
    }
    return Path(parts.joined(separator: [UInt8(ascii: "/")]))
  }
}

/// The anchors of a document, with which aliases and merge keys are followed as compose does.
private struct References {
  /// How many aliases and merge keys are followed for one value.
  private static let depthLimit = 8

  private var anchors: [String: Node] = [:]

  init(_ root: Node?) {
    var open = root.map { [$0] } ?? []
    while let node = open.popLast() {
      // Of two anchors of one name, compose takes the one before the alias; they are rare enough to take the first.
      if let anchor = node.anchor, anchors[anchor] == nil { anchors[anchor] = node }
      switch node.content {
      case .sequence(let nodes): open += nodes.reversed()
      case .mapping(let entries): open += entries.map(\.value).reversed()
      case .scalar, .alias: continue
      }
    }
  }

  func resolved(_ node: Node?, depth: Int = 0) -> Node? {
    guard let node, case .alias(let name) = node.content else { return node }
    return depth < Self.depthLimit ? resolved(anchors[name], depth: depth + 1) : nil
  }

  func entries(of node: Node?) -> [Entry] { resolved(node)?.entries ?? [] }

  /// The value of a key: that of the mapping itself, else that of what is merged into it.
  subscript(key: String, of node: Node) -> Node? { value(key, node, depth: 0) }

  private func value(_ key: String, _ node: Node, depth: Int) -> Node? {
    guard depth < Self.depthLimit, let mapping = resolved(node) else { return nil }
    if let own = mapping[key] { return resolved(own) }
    guard let merged = resolved(mapping["<<"]) else { return nil }
    guard case .sequence(let nodes) = merged.content else { return value(key, merged, depth: depth + 1) }
    for node in nodes.prefix(Self.depthLimit) {
      if let found = value(key, node, depth: depth + 1) { return found }
    }
    return nil
  }
}
