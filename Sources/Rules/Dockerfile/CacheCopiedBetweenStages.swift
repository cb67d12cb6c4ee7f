internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports caches that come into the image with a `COPY --from` of the directory that holds them.
///
/// ## What it does
///
/// Looks at every `COPY --from=STAGE` in the layers that ship, and at what the RUNs of that stage
/// leave, as CP310 sees it: a cache that the policy denies, that nothing in that stage removes later, and
/// that lies in what is copied, or is what is copied. Copies from one stage to the next are followed.
/// The stage itself may keep its caches: they are not pulled with the image. What a `COPY` brings from
/// the build context is CP213's.
///
/// Python's bytecode is a cache like others where the policy says `python.bytecode: {ship: deny}`: the rule tells of
/// environments, directories of packages and programs that a command of the other stage has compiled, as CP314 sees
/// it. The bytecode that a program there leaves of what it imports is not followed.
///
/// ## Why is this bad
///
/// Building in a stage of its own is how images are kept small. One line that copies a home directory,
/// or `/usr/local`, undoes that: it takes the downloads along with the program, in a layer that does not
/// show it.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12 AS build
/// RUN pip install --user flask                  # writes /root/.cache/pip
/// FROM python:3.12-slim
/// COPY --from=build /root /root                 # flagged: /root/.cache/pip comes along
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.12 AS build
/// RUN pip install --no-cache-dir --user flask
/// FROM python:3.12-slim
/// COPY --from=build /root /root
/// ```
///
/// ## Fix safety
///
/// The RUNs that write the cache are changed, as for CP310, and as safely. To copy only what is needed
/// is the better repair, where a person knows what that is.
enum CacheCopiedBetweenStages: Rule {
  static let description = RuleDescription(
    RuleID("CP316", "cache-copied-between-stages"), "a COPY from another stage brings a cache along",
    severity: .warning, group: .dockerfile, fix: .safe, intents: ["ship: deny"],
    page: RulePages.page("CacheCopiedBetweenStages"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for dockerfile in facts.dockerfiles where !dockerfile.isTemplateByName {
      var told: Set<Key> = []
      var fixes: [Key: Fix] = [:]
      for product in dockerfile.products {
        check(dockerfile, product, judgement, &told, &fixes, report)
      }
      BytecodeCopied.check(dockerfile, judgement, report)
    }
  }

  private struct Key: Hashable {
    let instruction: Int
    let kind: String
  }

  /// A cache that lies in a stage.
  private struct Resident {
    let run: InstructionEffects
    let write: CacheWrite
    let path: [UInt8]
  }

  /// How many caches of one stage are followed.
  private static let residentLimit = 100
  /// Over how many copies a cache is followed.
  private static let depthLimit = 20
  /// How many findings one file has.
  private static let findingLimit = 100
  /// How many RUNs of a finding are repaired; of more, a person has to.
  private static let writerLimit = 8

  private static func check(
    _ dockerfile: DockerfileFacts, _ product: ProductFacts, _ judgement: Judgement, _ told: inout Set<Key>,
    _ fixes: inout [Key: Fix], _ report: (Verdict) -> Void
  ) {
    let graph = dockerfile.environments.graph
    let copies = dockerfile.environments.copies(for: product.stage)
    if copies.isEmpty { return }
    let shipping = Set(graph.chain(of: product.stage))
    var residents: [Int: [Resident]] = [:]
    for copy in copies {
      guard case .stage(let source) = copy.from, told.count < findingLimit, !isPartial(copy, in: dockerfile) else {
        continue
      }
      var kinds: [CacheKind] = []
      var members: [CacheKind: [Resident]] = [:]
      for resident in self.residents(of: source, in: dockerfile, &residents, depth: 0) {
        // What ships anyway is CP310's.
        if shipping.contains(resident.run.stage) { continue }
        guard copy.sources.contains(where: { $0.map { brings($0, resident.path) } ?? false }) else { continue }
        if members[resident.write.kind] == nil { kinds.append(resident.write.kind) }
        members[resident.write.kind, default: []].append(resident)
      }
      for kind in kinds {
        let intents = judgement.intents(for: kind, in: product.profile, at: dockerfile.path)
        guard let stated = intents.ship, stated.value == .deny, let found = members[kind], let first = found.first,
          told.insert(Key(instruction: copy.instruction, kind: kind.id)).inserted
        else { continue }
        let cases = cases(found, kind, dockerfile, product, judgement, stated.grounds, intents.ways)
        report(verdict(copy, first, cases, product, dockerfile, fix(cases, &fixes)))
      }
    }
  }

  // MARK: What lies in a stage

  /// The caches in a stage at its end.
  private static func residents(
    of stage: Int, in dockerfile: DockerfileFacts, _ known: inout [Int: [Resident]], depth: Int
  ) -> [Resident] {
    if let found = known[stage] { return found }
    // A stage that copies from itself, by way of others, finds nothing more.
    known[stage] = []
    let effects = dockerfile.effects
    let chain = Set(dockerfile.environments.graph.chain(of: stage))
    var found: [Resident] = []
    var removals = LaterRemovals(effects, shippedBy: stage)
    for run in effects.instructions where chain.contains(run.stage) && !run.isTrigger {
      for write in run.writes where write.stays && write.refused == nil && write.kind.group != .bytecode {
        guard let place = write.place, found.count < residentLimit,
          removals.first(of: write, after: run.instruction) == nil
        else { continue }
        // A place with parts holds more than the cache: each part is one.
        let parts = write.kind.layer?.parts ?? []
        for part in parts.isEmpty ? [""] : parts.map({ "/" + $0 }) {
          found.append(Resident(run: run, write: write, path: place.path + part.utf8))
        }
      }
    }
    for copy in dockerfile.environments.copies(for: stage) where depth < depthLimit {
      guard case .stage(let source) = copy.from, let destination = copy.destination else { continue }
      if isPartial(copy, in: dockerfile) { continue }
      for resident in residents(of: source, in: dockerfile, &known, depth: depth + 1) {
        guard found.count < residentLimit,
          let path = copy.sources.lazy.compactMap({ $0 }).first(where: { brings($0, resident.path) })
        else { continue }
        found.append(
          Resident(run: resident.run, write: resident.write, path: arrived(resident.path, path, destination)))
      }
    }
    known[stage] = found
    return found
  }

  /// Whether a COPY brings all of a place.
  ///
  /// What lies deeper is picked on purpose, and is no cache any more to who does so.
  private static func brings(_ source: [UInt8], _ place: [UInt8]) -> Bool {
    source.elementsEqual("/".utf8) || covers(source, place)
  }

  /// Where a place is after a COPY: what is copied is always the content of a directory.
  private static func arrived(_ place: [UInt8], _ source: [UInt8], _ destination: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let rest = place.split(separator: slash).dropFirst(source.split(separator: slash).count)
    return (destination.elementsEqual("/".utf8) ? [] : destination) + rest.flatMap { [slash] + $0 }
  }

  /// Whether the COPY leaves something out, which may be the cache.
  private static func isPartial(_ copy: StageCopy, in dockerfile: DockerfileFacts) -> Bool {
    LayerFixes.flags(dockerfile.file.instructions[copy.instruction]).contains { $0.name.elementsEqual("exclude".utf8) }
  }

  // MARK: What is said

  /// The RUNs that write the kind, as the rules about layers see them.
  private static func cases(
    _ residents: [Resident], _ kind: CacheKind, _ dockerfile: DockerfileFacts, _ product: ProductFacts,
    _ judgement: Judgement, _ grounds: Grounds, _ ways: [Way]
  ) -> [LayerCase] {
    let builder = judgement.policies.policy(for: dockerfile.path).builder?.value ?? .buildkit
    var order: [InstructionEffects] = []
    for resident in residents where !order.contains(where: { $0.instruction == resident.run.instruction }) {
      order.append(resident.run)
    }
    let needs = LaterNeeds(dockerfile)
    return order.map { run in
      LayerCase(
        dockerfile: dockerfile, product: product, run: run, kind: kind, writes: run.writes.filter { $0.kind == kind },
        grounds: grounds, ways: ways, builder: builder, isTemplate: dockerfile.file.isTemplate,
        outcome: .left,
        caution: dockerfile.environments.cautions(in: dockerfile.file, stage: run.stage).first?.reason,
        need: needs.place(of: kind, after: run))
    }
  }

  private static func verdict(
    _ copy: StageCopy, _ resident: Resident, _ cases: [LayerCase], _ product: ProductFacts,
    _ dockerfile: DockerfileFacts, _ fix: Fix
  ) -> Verdict {
    let found = cases[0]
    let instruction = dockerfile.file.instructions[copy.instruction]
    let stage = dockerfile.environments.graph.stages[found.run.stage].title
    let isSure = resident.write.place?.isCertain ?? false
    let related = cases.prefix(Judgement.relatedLimit).map {
      RelatedPlace($0.place, "\($0.tool) writes \($0.shownPlace) here")
    }
    return Verdict(
      Finding(
        description.id, isSure ? found.severity : .info,
        "this COPY brings \(found.tool)'s \(found.noun) along from \(stage)",
        at: .file(dockerfile.path, instruction.text.physical(instruction.argumentRange)),
        confidence: isSure ? found.confidence : .low, cache: found.kind.id,
        label: "\(printable(resident.path)) comes with it", related: Array(related),
        evidence: found.evidence, notes: found.notes + ["better still: copy only what the image needs"],
        fix: fix),
      grounds: found.grounds, profile: product.profile)
  }

  /// The fixes of all RUNs together, or what a person can do.
  private static func fix(_ cases: [LayerCase], _ known: inout [Key: Fix]) -> Fix {
    if cases.count > writerLimit {
      return Fix(manual: "repair the RUNs that write it: they are \(cases.count)")
    }
    var fixes: [Fix] = []
    for found in cases {
      // Each fix is proven by reading the file again.
      let key = Key(instruction: found.run.instruction, kind: found.kind.id)
      let fix = known[key] ?? LayerFixes.fix(found)
      known[key] = fix
      fixes.append(fix)
    }
    if let manual = fixes.first(where: { $0.safety == .manual }) {
      return Fix(manual: "where it is written: \(manual.title)", commands: manual.commands)
    }
    let isSafe = fixes.allSatisfy { $0.safety == .safe }
    var titles: [String] = []
    for fix in fixes where !titles.contains(fix.title) { titles.append(fix.title) }
    return Fix(
      isSafe ? .safe : .unsafe, "where it is written: \(titles.joined(separator: "; "))",
      edits: fixes.flatMap(\.edits))
  }
}
