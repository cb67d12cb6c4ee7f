internal import Caches
public import Dockerfiles
internal import Shell
internal import SourceText

/// What the instructions of a Dockerfile write into their layers, and what keeps that out.
public struct CacheEffects: Sendable {
  /// The stages and what holds in them.
  public let environments: StageEnvironments
  /// Every RUN, and every ONBUILD that holds one, in the order of the file, as far as its shell is one of POSIX.
  public let instructions: [InstructionEffects]
  /// What a container of each stage starts, as far as that is known, with the switches that its tool sees.
  public let starts: [InstructionEffects]
  /// What the HEALTHCHECK of each stage's image runs.
  public let checks: [InstructionEffects]
  /// What COPY and ADD bring from the build context, in the order of the file.
  public let sources: [SourceCopy]
  /// Whether Debian's `docker-clean` is in force at the end of each stage; nil where that is not known.
  public let dockerClean: [Bool?]
  let knownEvidence = KnownEvidence()
  private let positions: [Int: Int]
  private let roots: [Int: Bool]

  /// Works out the effects of a file; nothing is run.
  ///
  /// - Parameters:
  ///   - file: the Dockerfile.
  ///   - arguments: what the build is given with `--build-arg`.
  ///   - bases: what is known of images, asked before the table of official ones.
  ///   - isRead: which instructions count; without the others, only what does not depend on them is of use.
  public init(
    _ file: Dockerfile, arguments: [String: [UInt8]] = [:], bases: (String) -> KnownBase? = { _ in nil },
    isRead: (Int) -> Bool = { _ in true }
  ) {
    let graph = StageGraph(file, arguments: arguments)
    var reader = EffectsReader(file, graph)
    var position = 0
    var roots: [Int: Bool] = [:]
    // A stage begins after its image was looked up.
    var images: [String: KnownBase?] = [:]
    func lookUp(_ image: String) -> KnownBase? {
      if let known = images[image] { return known }
      let base = bases(image) ?? KnownBase.builtin(image)
      images[image] = .some(base)
      return base
    }
    let environments = StageEnvironments(file, arguments: arguments, bases: lookUp) { index, environment in
      while position < graph.stages.count, graph.stages[position].from <= index {
        reader.begin(position, base: graph.stages[position].imageName.flatMap(lookUp))
        position += 1
      }
      if isRead(index) { reader.read(index, environment) }
      roots[index] = environment.isRoot
    }
    reader.readTriggers(environments)
    starts = reader.readStarts(environments)
    checks = reader.readChecks(environments)
    self.environments = environments
    sources = reader.sources
    dockerClean = reader.dockerClean
    self.roots = roots
    instructions = reader.effects.sorted { $0.instruction < $1.instruction }
    var positions: [Int: Int] = [:]
    for (index, effects) in instructions.enumerated() { positions[effects.instruction] = index }
    self.positions = positions
  }

  /// The effects of an instruction of the file; nil where it is none that has any.
  public subscript(instruction: Int) -> InstructionEffects? {
    positions[instruction].map { instructions[$0] }
  }

  /// Whether root is the user just before an instruction; nil where that is not known.
  public func isRoot(before instruction: Int) -> Bool? { roots[instruction] }
}

/// What the layers of a stage remove, looked up once for each place.
public struct LaterRemovals {
  /// How many places are looked for; of more, nothing is found.
  static let placeLimit = 100

  private struct Key: Hashable {
    let kind: CacheKind
    let place: CachePlace?
  }

  private let effects: CacheEffects
  private let chain: Set<Int>
  private var known: [Key: [(instruction: Int, command: Int)]] = [:]

  /// Creates a search in the layers that a stage ships.
  public init(_ effects: CacheEffects, shippedBy stage: Int) {
    self.effects = effects
    chain = Set(effects.environments.graph.chain(of: stage))
  }

  /// The first command after an instruction that removes what was written there; nil where none is found.
  public mutating func first(of write: CacheWrite, after instruction: Int) -> (instruction: Int, command: Int)? {
    let key = Key(kind: write.kind, place: write.place)
    if known[key] == nil {
      if known.count >= Self.placeLimit { return nil }
      known[key] = all(of: write)
    }
    let removals = known[key] ?? []
    let next = partition(removals.count) { removals[$0].instruction > instruction }
    return next < removals.count ? removals[next] : nil
  }

  /// The first index for which a condition holds that holds for all behind it, too.
  private func partition(_ count: Int, _ condition: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The first removal in each instruction that removes what was written.
  private func all(of write: CacheWrite) -> [(instruction: Int, command: Int)] {
    effects.instructions.compactMap { run in
      if run.isTrigger || !chain.contains(run.stage) { return nil }
      let removal = run.removals.first { removal in
        removal.clears(write) && !run.commands[removal.command].invocation.isPerhaps
      }
      return removal.map { (run.instruction, $0.command) }
    }
  }
}

/// Wildcards that match all files of a kind but for some of no size, by the form of their names.
///
/// Apt names each list for its address, with underscores for slashes; beside the lists it has a lock and a directory.
private let fileNames = ["deb.apt-lists": "*_*"]

extension Removal {
  /// Whether nothing of what was written is left; a place with parts needs one removal for each.
  func clears(_ write: CacheWrite) -> Bool {
    clears(write, part: nil) || (write.kind.layer?.parts.count == 1 && clears(write, part: write.kind.layer?.parts[0]))
  }

  func clears(_ write: CacheWrite, part: String?) -> Bool {
    if kinds.contains(write.kind) { return true }
    guard let path, let place = write.place?.path else { return false }
    return ([place] + write.otherPlaces).contains { place in
      if part == nil, let names = fileNames[write.kind.id],
        path.elementsEqual(place + [UInt8(ascii: "/")] + names.utf8)
      {
        return true
      }
      return removes(path, part.map { place + [UInt8(ascii: "/")] + Array($0.utf8) } ?? place)
    }
  }
}

extension Stage {
  /// The image that the stage starts from; nil where it starts from another stage, or where that is not known.
  var imageName: String? {
    if case .image(let name) = base { return name }
    return nil
  }
}
