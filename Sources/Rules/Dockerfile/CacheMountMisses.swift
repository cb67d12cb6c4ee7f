internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import SourceText

/// Reports a cache mount that is not where the tool writes.
///
/// ## What it does
///
/// Looks at every RUN that leaves a cache, as CP310 does, and that has a cache mount whose target is a
/// usual place of that cache, or has its name, but not the place where this command writes: the
/// user is another one, a variable moves the cache, or the base image has its own place. It speaks
/// in the place of CP310.
///
/// ## Why is this bad
///
/// The mount looks as if the cache were kept out of the layer and kept for the next build. It does
/// neither: the tool fills a directory beside it.
///
/// ## Example
///
/// ```dockerfile
/// FROM node:22
/// USER node
/// RUN --mount=type=cache,target=/root/.npm npm ci    # flagged: npm writes /home/node/.npm
/// ```
///
/// ## Fix safety
///
/// Unsafe: the fix names the place where the tool writes as the mount's target. A user other than root may need
/// `uid=` in the mount, too.
enum CacheMountMisses: Rule {
  static let description = RuleDescription(
    RuleID("CP312", "cache-mount-misses"), "a cache mount is not where the tool writes", severity: .warning,
    group: .dockerfile, fix: .unsafe, intents: ["ship: deny"], page: RulePages.page("CacheMountMisses"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for found in LayerCase.all(facts, judgement) {
      guard case .besideMount(let mount) = found.outcome, let target = mount.target else { continue }
      let path = found.dockerfile.path
      let instruction = found.dockerfile.file.instructions[found.run.instruction]
      let flag = instruction.text.physical(LayerFixes.flags(instruction)[mount.flag].range)
      report(
        Verdict(
          Finding(
            description.id, found.severity,
            "the cache mount on \(printable(target)) misses: \(found.tool) writes \(found.shownPlace)",
            at: .file(path, flag), confidence: found.confidence, cache: found.kind.id,
            label: "\(found.tool) writes elsewhere",
            related: [RelatedPlace(found.place, "writes \(found.shownPlace)")], evidence: found.evidence,
            notes: found.notes, fix: LayerFixes.retarget(mount, found)),
          grounds: found.grounds, profile: found.product.profile))
    }
  }
}
