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
    for service in document.root?["services"]?.entries ?? [] {
      guard let build = service.value["build"] else { continue }
      let text = build.text ?? build["context"]?.text ?? "."
      guard let context = Self.resolve(text, from: path.parent) else { continue }
      guard let dockerfile = Self.resolve(build["dockerfile"]?.text ?? "Dockerfile", from: context) else { continue }
      builds.append(Build(dockerfile: dockerfile, context: context, target: build["target"]?.text))
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
