internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Bytecode that a COPY brings along from another stage, which CP316 tells.
enum BytecodeCopied {
  /// How many writers of one stage are followed.
  private static let residentLimit = 100
  /// Over how many copies bytecode is followed.
  private static let depthLimit = 20

  /// A directory with bytecode that lies in a stage.
  private struct Resident {
    let run: InstructionEffects
    let write: BytecodeWrite
    let directory: [UInt8]
  }

  /// Reports each COPY of a stage that ships which brings bytecode that the policy wants to have kept out.
  static func check(_ dockerfile: DockerfileFacts, _ judgement: Judgement, _ report: (Verdict) -> Void) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    var told: Set<Int> = []
    var known: [Int: [Resident]] = [:]
    for product in dockerfile.products {
      let copies = dockerfile.environments.copies(for: product.stage)
      guard !copies.isEmpty,
        let stated = judgement.intents(for: kind, in: product.profile, at: dockerfile.path).ship, stated.value == .deny
      else { continue }
      let shipping = Set(dockerfile.environments.graph.chain(of: product.stage))
      for copy in copies {
        guard case .stage(let source) = copy.from, !isPartial(copy, in: dockerfile) else { continue }
        let brought = residents(of: source, in: dockerfile, &known, depth: 0).filter { resident in
          // What ships anyway is CP314's.
          !shipping.contains(resident.run.stage)
            && copy.sources.contains { $0.map { brings($0, resident.directory) } ?? false }
        }
        guard let first = brought.first, told.insert(copy.instruction).inserted else { continue }
        report(verdict(copy, first, brought, dockerfile, product, kind, stated.grounds))
      }
    }
  }

  // MARK: What lies in a stage

  private static func residents(
    of stage: Int, in dockerfile: DockerfileFacts, _ known: inout [Int: [Resident]], depth: Int
  ) -> [Resident] {
    if let found = known[stage] { return found }
    // A stage that copies from itself, by way of others, finds nothing more.
    known[stage] = []
    let chain = Set(dockerfile.environments.graph.chain(of: stage))
    let runs = dockerfile.effects.instructions.filter { chain.contains($0.stage) && !$0.isTrigger }
    let losses = runs.flatMap { run in
      run.bytecode.losses.filter { $0.cause == .removal }.map { (instruction: run.instruction, place: $0.place) }
    }.suffix(residentLimit)
    var found: [Resident] = []
    for run in runs {
      for write in run.bytecode.writes where write.cause != .imports && write.removal == nil {
        for directory in write.directories where found.count < residentLimit {
          // The layers of this stage do not ship: a later RUN may clean up.
          let isRemoved = losses.contains { $0.instruction > run.instruction && covers($0.place, directory) }
          if !isRemoved { found.append(Resident(run: run, write: write, directory: directory)) }
        }
      }
    }
    for copy in dockerfile.environments.copies(for: stage) where depth < depthLimit {
      guard case .stage(let source) = copy.from, let destination = copy.destination, !isPartial(copy, in: dockerfile)
      else { continue }
      for resident in residents(of: source, in: dockerfile, &known, depth: depth + 1) {
        guard found.count < residentLimit,
          let path = copy.sources.lazy.compactMap({ $0 }).first(where: { brings($0, resident.directory) })
        else { continue }
        found.append(
          Resident(
            run: resident.run, write: resident.write, directory: arrived(resident.directory, path, destination)))
      }
    }
    known[stage] = found
    return found
  }

  /// Whether a COPY brings a directory, or a part of it that may hold modules.
  private static func brings(_ source: [UInt8], _ directory: [UInt8]) -> Bool {
    if source.elementsEqual("/".utf8) || covers(source, directory) { return true }
    guard covers(directory, source), let last = source.split(separator: UInt8(ascii: "/")).last else { return false }
    // Programs and single files have none.
    return !["bin", "include", "share"].contains { last.elementsEqual($0.utf8) }
      && !last.suffix(3).elementsEqual(".py".utf8)
  }

  /// Where a directory is after a COPY: what is copied is always the content of a directory.
  private static func arrived(_ directory: [UInt8], _ source: [UInt8], _ destination: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let rest = directory.split(separator: slash).dropFirst(source.split(separator: slash).count)
    return (destination.elementsEqual([slash]) && !rest.isEmpty ? [] : destination) + rest.flatMap { [slash] + $0 }
  }

  /// Whether the COPY leaves something out, which may be the bytecode.
  private static func isPartial(_ copy: StageCopy, in dockerfile: DockerfileFacts) -> Bool {
    LayerFixes.flags(dockerfile.file.instructions[copy.instruction]).contains { $0.name.elementsEqual("exclude".utf8) }
  }

  // MARK: What is said

  private static func verdict(
    _ copy: StageCopy, _ first: Resident, _ brought: [Resident], _ dockerfile: DockerfileFacts, _ product: ProductFacts,
    _ kind: CacheKind, _ grounds: Grounds
  ) -> Verdict {
    var runs: [InstructionEffects] = []
    for resident in brought where !runs.contains(where: { $0.instruction == resident.run.instruction }) {
      runs.append(resident.run)
    }
    let cases = runs.map { run in
      BytecodeCompiledIntoLayer.Found(
        kind: kind, dockerfile: dockerfile, product: product, run: run,
        writes: run.bytecode.writes.filter { $0.cause != .imports && $0.removal == nil }, grounds: grounds)
    }
    var related: [RelatedPlace] = []
    for resident in brought where related.count < Judgement.relatedLimit {
      let place = cases[0].place(resident.run, resident.write)
      if !related.contains(where: { $0.place == place }) {
        related.append(RelatedPlace(place, "\(resident.run.commands[resident.write.command].name) compiles here"))
      }
    }
    let isSure = brought.contains { $0.write.doubt == nil }
    let instruction = dockerfile.file.instructions[copy.instruction]
    let stage = dockerfile.environments.graph.stages[first.run.stage].title
    return Verdict(
      Finding(
        CacheCopiedBetweenStages.description.id, .info, "this COPY brings bytecode along from \(stage)",
        at: .file(dockerfile.path, instruction.text.physical(instruction.argumentRange)),
        confidence: isSure ? .high : .medium, cache: kind.id,
        label: "the bytecode in \(printable(first.directory)) comes with it", related: related,
        evidence: [
          Evidence("stage", stage), Evidence("product", product.reason), Evidence("profile", product.profile),
          Evidence("stated_by", grounds.origin.description),
        ], fix: fix(cases)),
      grounds: grounds, profile: product.profile)
  }

  /// The fixes of all RUNs together, or what a person can do.
  private static func fix(_ cases: [BytecodeCompiledIntoLayer.Found]) -> Fix {
    let fixes = cases.map { BytecodeCompiledIntoLayer.fix($0) }
    if let manual = fixes.first(where: { $0.safety == .manual }) {
      return Fix(manual: "where it is written: \(manual.title)")
    }
    var titles: [String] = []
    for fix in fixes where !titles.contains(fix.title) { titles.append(fix.title) }
    return Fix(
      fixes.allSatisfy { $0.safety == .safe } ? .safe : .unsafe,
      "where it is written: \(titles.joined(separator: "; "))",
      edits: fixes.flatMap(\.edits))
  }
}
