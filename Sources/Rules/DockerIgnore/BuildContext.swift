internal import Caches
internal import Facts
internal import IgnoreFiles
internal import SourceText

/// What tools would write into a build context, and what of it is sent to the builder.
enum BuildContext {
  /// A path that a tool would write and that nothing keeps out.
  struct Leak {
    /// The use of the tool.
    let use: ToolUse
    /// The path, relative to the context.
    let path: Path
  }

  /// The paths below `context` that tools would write and that `file` lets in; one for each use.
  static func leaks(_ facts: TargetFacts, _ context: Path, _ file: DockerIgnoreFile?) -> [Leak] {
    facts.uses.compactMap { use in
      for write in use.writes {
        guard let path = write.path.relative(to: context) else { continue }
        if file?.decide(path, isDirectory: false)?.isIgnored ?? false { continue }
        return Leak(use: use, path: path)
      }
      return nil
    }
  }

  /// The ignore file in force for a Dockerfile: its own one, else the context's.
  static func ignoreFile(for dockerfile: DockerfileFacts, in facts: TargetFacts) -> DockerIgnoreFacts? {
    if let own = facts.dockerignores.first(where: { $0.dockerfile == dockerfile.path }) { return own }
    let path = dockerfile.context.appending(".dockerignore")
    return facts.dockerignores.first { $0.path == path }
  }
}
