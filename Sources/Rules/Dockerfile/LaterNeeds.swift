internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import SourceText

/// The RUNs that need the cache which an earlier RUN has left, as the catalogue knows them, in the same Dockerfile or in
/// one that starts from its image.
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
      for need in run.needs {
        let line = dockerfile.file.instructions[run.instruction].startLine
        needs[need.kind.id, default: []].append(Need(instruction: run.instruction, stage: run.stage, line: line))
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
}
