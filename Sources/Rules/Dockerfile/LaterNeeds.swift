internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Shell
internal import SourceText

/// The RUNs that need the package lists or the index which an earlier RUN has left, in the same Dockerfile or in one
/// that starts from its image.
struct LaterNeeds {
  /// A RUN that needs what an earlier one leaves.
  struct Place {
    /// The Dockerfile, where it is another one.
    let path: Path?
    /// The line of the RUN.
    let line: Int
  }

  /// How many RUNs behind one are looked at.
  private static let lookLimit = 1_000

  private struct Need {
    let instruction: Int
    let stage: Int
    let line: Int
  }

  private let dockerfile: DockerfileFacts
  private let needs: [String: [Need]]
  /// The first need in a Dockerfile that starts from the image of this one.
  private let outside: [String: Place]

  /// Looks for needs in a Dockerfile, and in those of others that start from its image.
  init(_ dockerfile: DockerfileFacts, others: [DockerfileFacts] = []) {
    self.dockerfile = dockerfile
    needs = Self.needs(of: dockerfile)
    var outside: [String: Place] = [:]
    for other in others {
      let stages = other.builtBases.filter { $0.value.path == dockerfile.path }.map(\.key)
      if stages.isEmpty { continue }
      for (kind, needs) in Self.needs(of: other) where outside[kind] == nil {
        guard let need = needs.first(where: { stages.contains($0.stage) }) else { continue }
        outside[kind] = Place(path: other.path, line: need.line)
      }
    }
    self.outside = outside
  }

  private static func needs(of dockerfile: DockerfileFacts) -> [String: [Need]] {
    var needs: [String: [Need]] = [:]
    for run in dockerfile.effects.instructions {
      for (kind, manager) in managers where manager.needsEarlier(kind, run) {
        let line = dockerfile.file.instructions[run.instruction].startLine
        needs[kind, default: []].append(Need(instruction: run.instruction, stage: run.stage, line: line))
      }
    }
    return needs
  }

  /// The first RUN after one that needs what that one leaves of a kind; nil where none does.
  func place(of kind: CacheKind, after run: InstructionEffects) -> Place? {
    line(of: kind, after: run).map { Place(path: nil, line: $0) } ?? outside[kind.id]
  }

  private func line(of kind: CacheKind, after run: InstructionEffects) -> Int? {
    guard let needs = needs[kind.id] else { return nil }
    var low = 0
    var high = needs.count
    while low < high {
      let middle = (low + high) / 2
      if needs[middle].instruction > run.instruction { high = middle } else { low = middle + 1 }
    }
    let graph = dockerfile.environments.graph
    return needs[low...].prefix(Self.lookLimit).first { need in
      need.stage == run.stage || graph.chain(of: need.stage).contains(run.stage)
    }?.line
  }

  // MARK: Package managers

  private struct Manager: Sendable {
    let tools: Set<String>
    let installs: Set<String>
    let isRefresh: @Sendable (ToolCommand) -> Bool

    /// Whether a RUN installs packages before it has fetched lists of its own.
    func needsEarlier(_ kind: String, _ run: InstructionEffects) -> Bool {
      for command in run.commands where tools.contains(command.name) {
        if isRefresh(command) { return false }
        // It fetches an index for itself, and keeps none.
        if command.has("--no-cache") { continue }
        let isInstall = command.arguments.contains { word in
          word.value.map { installs.contains(String(decoding: $0, as: UTF8.self)) } ?? false
        }
        if isInstall { return true }
      }
      return false
    }
  }

  private static let managers: [(String, Manager)] = [
    (
      "deb.apt-lists",
      Manager(
        tools: ["apt-get", "apt", "aptitude"],
        installs: ["install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"],
        isRefresh: { command in command.arguments.contains { $0.isText("update") } })
    ),
    (
      "os.apk",
      Manager(
        tools: ["apk"], installs: ["add", "upgrade"],
        isRefresh: { command in
          command.has("-U")
            || command.arguments.contains { $0.isText("update") || $0.value?.starts(with: "--update".utf8) ?? false }
        })
    ),
  ]
}
