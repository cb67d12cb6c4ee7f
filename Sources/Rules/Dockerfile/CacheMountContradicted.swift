internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import SourceText

/// Reports a cache mount that stays empty, because a switch or a clean-up works against it.
///
/// ## What it does
///
/// Looks at every RUN with a cache mount that covers where a tool writes, while a flag or variable
/// stops the tool from writing it, or a command of the same RUN removes it again. The official images of Debian and
/// Ubuntu have the file `/etc/apt/apt.conf.d/docker-clean`, which does so for what apt downloads: a mount on
/// `/var/cache/apt` needs its removal.
///
/// ## Why is this bad
///
/// Either of the two keeps the cache out of the layer. Together they waste what the mount is for:
/// every build downloads and builds everything anew.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir flask   # flagged
/// ```
///
/// ## Fix safety
///
/// Unsafe: the fix takes the flag out, so that the mount is used. Where a variable or a clean-up is in
/// the way, a person decides which of the two goes.
enum CacheMountContradicted: Rule {
  static let description = RuleDescription(
    RuleID("CP313", "cache-mount-contradicted"), "a cache mount stays empty", severity: .warning, group: .dockerfile,
    fix: .unsafe, intents: ["ship: deny"], page: RulePages.page("CacheMountContradicted"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for found in LayerCase.all(facts, judgement) {
      guard case .mountUnused(let mount, let kept) = found.outcome, let target = mount.target else { continue }
      let path = found.dockerfile.path
      let instruction = found.dockerfile.file.instructions[found.run.instruction]
      let flag = instruction.text.physical(LayerFixes.flags(instruction)[mount.flag].range)
      let cause: String
      var related: [RelatedPlace] = []
      switch kept {
      case .flag(let name): cause = "`\(name)` stops \(found.tool) from using it"
      case .variable(let name, let origin):
        cause = "`\(name)` stops \(found.tool) from using it"
        if let range = origin.flatMap({ found.dockerfile.file.range(of: $0) }) {
          related = [RelatedPlace(.file(path, range), "is set here")]
        }
      case .setting: cause = "an earlier command has turned the cache off"
      case .removal(let command):
        cause = "the same RUN removes what is in it"
        if let range = found.run.place(ofCommand: command) {
          related = [RelatedPlace(.file(path, range), "removes it")]
        }
      case .base(let name): cause = "`\(name)` of the base image removes what \(found.tool) has put there"
      case .mount, .outside: continue
      }
      report(
        Verdict(
          Finding(
            description.id, .warning, "the cache mount on \(printable(target)) stays empty: \(cause)",
            at: .file(path, flag), cache: found.kind.id, label: cause, related: related, evidence: found.evidence,
            fix: LayerFixes.useMount(kept, found)),
          grounds: nil, profile: found.product.profile))
    }
  }
}
