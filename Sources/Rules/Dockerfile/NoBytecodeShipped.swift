internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// Reports images that ship modules of Python without the bytecode that the policy wants with them.
///
/// ## What it does
///
/// Looks at stages that ship and run Python, where the policy says `python.bytecode: {ship: precompiled}`
/// for their profile. It tells which modules have no bytecode: `packages` that were installed with
/// `--no-compile`, or by uv, which compiles only when it is asked; the `application`, which `COPY`
/// brings as source; `stdlib`, which the official images ship without. What a later `python -m
/// compileall` of the same stage covers is fine, and so is what comes compiled from another stage:
/// `COPY` keeps the times that bytecode is checked by. It is not if the bytecode does not last: a later command of any
/// RUN removes it, changes the sources (`sed -i`) or gives them another time (`touch`; bytecode that is checked by
/// content outlives that), another Python compiled it than the one that is to load it (`/usr/bin/python3` beside the one
/// of an official image, a builder with another minor version), or another level of optimisation (`CMD ["python", "-OO",
/// …]`). A step without `-f` leaves bytecode that is valid as it is, its mode included. `PYTHONDONTWRITEBYTECODE` does not stop
/// `compileall`. Where the standard library alone is missing, the finding is never more than `info`.
/// Where CP301 speaks, it tells of this as well, and this rule is silent; with a base image that is not
/// known it says nothing. What an image lacks whose Dockerfile is in the same repository, as the policy's
/// `bases` tell, is told there.
///
/// In an image it counts: the live `.py` files of the standard library, of `site-packages` and
/// `dist-packages`, and below `WORKDIR` and `PYTHONPATH`, and those of them whose bytecode the image's
/// interpreter loads. A group is fine where at least as many modules in a hundred are compiled as
/// `coverage` beside the intent says (95 where it says nothing). The finding tells how many modules are
/// compiled at every start, and about how many bytes their bytecode would take. It needs a program of
/// the image's own in Python, or one that starts with Python.
///
/// ## Why is this bad
///
/// Each new container compiles every module that it imports, and where it may not write, each start of
/// Python does. Importing without any bytecode took 2.6 to 4.8 times the CPU time, for ten libraries
/// with CPython 3.11.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// COPY shop /app/shop                # flagged: copied as source
/// WORKDIR /app
/// CMD ["python", "-m", "shop"]
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// COPY shop /app/shop
/// RUN python -m compileall -q -j 0 --invalidation-mode checked-hash /usr/local/lib/python3.12 /app/shop || true
/// WORKDIR /app
/// CMD ["python", "-m", "shop"]
/// ```
///
/// ## Fix safety
///
/// The fix adds one step behind the last instruction that changes files while root is the user. It
/// writes bytecode that is checked by the content of its source, so that no copy and no rewritten time
/// makes it void; what has valid bytecode is left as it is. The step makes the image larger, so the fix
/// is safe only where your own policy asks for bytecode. It is manual where the version of Python is not
/// known or below 3.7, where another user than root brings the last files, and in generated files.
enum NoBytecodeShipped: Rule {
  static let description = RuleDescription(
    RuleID("CP315", "no-bytecode-shipped"), "an image ships modules of Python without bytecode", severity: .info,
    group: .dockerfile, fix: .safe, intents: ["ship: precompiled"], page: RulePages.page("NoBytecodeShipped"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    ImageWithoutBytecode.check(facts, judgement, report: report)
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    let isTold = judgement.isJudged(CacheWritingEnabled.description.id)
    for dockerfile in facts.dockerfiles {
      var places: Set<ByteRange> = []
      for product in dockerfile.products {
        let intents = judgement.intents(for: kind, in: product.profile, at: dockerfile.path)
        guard let stated = intents.ship, stated.value == .precompiled,
          !dockerfile.effects.pythonEvidence(in: dockerfile.file, stage: product.stage).isEmpty
        else { continue }
        if isTold, intents.write?.value == .deny, CacheWritingEnabled.writer(dockerfile, product.stage) != nil {
          continue
        }
        var gaps = dockerfile.effects.bytecodeGaps(in: dockerfile.file, stage: product.stage)
        // What the base image lacks is told of the Dockerfile that builds it.
        if libraryIsToldOfBase(dockerfile, product.stage, kind, judgement) { gaps.removeAll { $0.group == .library } }
        guard let first = gaps.first, places.insert(first.place).inserted else { continue }
        report(
          Verdict(
            finding(gaps, first, dockerfile, product, stated), grounds: first.group == .library ? nil : stated.grounds,
            profile: product.profile))
      }
    }
  }

  /// Whether the Dockerfile, in the same repository, of the image that a stage starts from has to compile the library.
  private static func libraryIsToldOfBase(
    _ dockerfile: DockerfileFacts, _ stage: Int, _ kind: CacheKind, _ judgement: Judgement
  ) -> Bool {
    guard let base = dockerfile.builtBases[stage] else { return false }
    return base.products.contains { product in
      judgement.intents(for: kind, in: product.profile, at: base.path).ship?.value == .precompiled
        && base.effects.bytecodeGaps(in: base.file, stage: product.stage).contains { $0.group == .library }
    }
  }

  private static func finding(
    _ gaps: [BytecodeGap], _ first: BytecodeGap, _ dockerfile: DockerfileFacts, _ product: ProductFacts,
    _ stated: Stated<ShipIntent>
  ) -> Finding {
    var groups: [BytecodeGap.Group] = []
    for gap in gaps where !groups.contains(gap.group) { groups.append(gap.group) }
    let related = gaps.dropFirst().prefix(Judgement.relatedLimit).map {
      RelatedPlace(.file(dockerfile.path, $0.place), label($0))
    }
    var notes: [String] = []
    if case .value(let value) = dockerfile.environments.final[product.stage][BytecodeSwitch.variable],
      BytecodeSwitch.reading(value, dockerfile, product.stage) == .on
    {
      notes.append("\(BytecodeSwitch.variable) is set: every start compiles what it imports")
    }
    let level = dockerfile.effects.optimization(in: dockerfile.file, stage: product.stage)
    if level > 0 {
      notes.append("Python runs with optimisation level \(level), and loads bytecode of that level alone")
    }
    return Finding(
      description.id, .info, "the image has no bytecode of \(BytecodeSwitch.names(gaps))",
      at: .file(dockerfile.path, first.place), confidence: first.group == .application ? .medium : .high,
      cache: BytecodeSwitch.cache, label: label(first), related: Array(related),
      evidence: [
        Evidence("groups", groups.map(\.name).joined(separator: " ")), Evidence("product", product.reason),
        Evidence("profile", product.profile), Evidence("stated_by", stated.origin.description),
      ], notes: notes,
      fix: BytecodeSwitch.precompiling(gaps, dockerfile, product.stage, setsVariable: false, isSafe: stated.isUsers))
  }

  private static func label(_ gap: BytecodeGap) -> String {
    switch gap.group {
    case .application: "brings source that nothing compiles"
    case .packages: "compiles nothing, and nothing does later"
    case .library: "has no bytecode of the standard library"
    }
  }
}
