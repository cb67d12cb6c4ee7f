internal import Bytecode
internal import Facts
internal import Findings
internal import SourceText

/// Reports bytecode that no interpreter looks for, by its name or its place.
///
/// ## What it does
///
/// Looks at names: in `__pycache__` a file is only found as `MODULE.TAG.pyc` or
/// `MODULE.TAG.opt-N.pyc`; outside of it as `MODULE.pyc` where there is no source. `.pyo` was given up
/// with Python 3.5, and `.pyc.1234` is left of a write that was interrupted. Verdicts: `wrong-name`,
/// `pyo`, `temp-leftover`, and `legacy-shadowed` for what lies beside its source, which Python 3
/// prefers.
///
/// In an image it also looks at what the image starts: with `PYTHONPYCACHEPREFIX` or
/// `-X pycache_prefix=DIR`, interpreters from 3.8 on look for `DIR/app/main.TAG.pyc` and no longer in
/// `__pycache__` (verdict `outside-prefix`); and `MODULE.TAG.opt-N.pyc` is good for nothing where neither
/// `PYTHONOPTIMIZE` nor `-O` in ENTRYPOINT or CMD asks for that level, as is `MODULE.TAG.pyc` where
/// `PYTHONOPTIMIZE` asks for another one. What is committed against the policy is left to CP101, unless
/// `--select CP5` asks.
///
/// ## Why is this bad
///
/// The bytes do nothing: no import of the module comes to them.
///
/// ## Example
///
/// ```text
/// app/__pycache__/main.pyc       # no tag: flagged
/// app/main.pyo                   # nothing has looked for it since Python 3.5: flagged
/// ```
///
/// ## Fix safety
///
/// Manual: the finding shows the command that removes the files.
///
/// ## What becomes of each file
///
/// The verdicts that `facts` gives, which rule speaks of them, and whether the code runs. Bytecode that
/// the user may not read is never loaded; CP507 tells of it where none of the rules that report ignored
/// files does. Of what an image starts no Python for, `fresh` and the like say what a Python of that
/// level would do; CP508 tells that there is none.
///
/// | verdict | rule | loaded |
/// |---|---|---|
/// | `fresh` | none | yes |
/// | `fresh-checked-hash` | none | yes |
/// | `unchecked-hash` | none | yes |
/// | `unchecked-hash-stale` | CP504 | yes |
/// | `stale-mtime` | CP501 | no |
/// | `stale-size` | CP501 | no |
/// | `stale-hash` | CP501 | no |
/// | `corrupt-header` | CP501 | no |
/// | `tag-mismatch` | CP501 | no |
/// | `unknown-magic` | CP501 | no |
/// | `corrupt-body` | CP505 | no, the import raises |
/// | `orphan` | CP502 | no |
/// | `foreign` | CP503 | no |
/// | `shadowed` | CP502 | no |
/// | `legacy-loaded` | CP506 | yes |
/// | `legacy-poison` | CP506 | no, the import raises |
/// | `legacy-shadowed` | CP508 | no |
/// | `wrong-name` | CP508 | no |
/// | `outside-prefix` | CP508 | no |
/// | `pyo` | CP508 | no |
/// | `temp-leftover` | CP508 | no |
/// | `pytest-fresh` | none | no, by pytest |
/// | `pytest-stale-mtime` | CP501 | no |
/// | `pytest-stale-size` | CP501 | no |
/// | `pytest-stale-hash` | CP501 | no |
/// | `pytest-corrupt-header` | CP501 | no |
/// | `pytest-tag-mismatch` | CP501 | no |
/// | `pytest-unknown-magic` | CP501 | no |
/// | `pytest-orphan` | CP502 | no |
enum MisplacedBytecode: Rule {
  static let description = RuleDescription(
    RuleID("CP508", "misplaced-bytecode"), "no interpreter looks for bytecode of this name there", severity: .info,
    group: .bytecode, fix: .manual, page: RulePages.page("MisplacedBytecode"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for group in BytecodeGroup.groups(of: description.id.code, in: facts, judgement) {
      let reason = reason(group, facts.bytecodeLookup)
      let prefix = group.verdict == .outsidePrefix
      report(
        Verdict(
          group.finding(
            description.id, .info, "\(group.size) \(group.word("is", "are")) never loaded: \(reason)", in: facts,
            related: "never loaded either",
            // A script that the image starts may well start Python itself.
            confidence: !group.isOfUnusedLevel ? .high : facts.bytecodeLookup.hasKnownStart ? .medium : .low,
            fix: group.removing(in: facts, orElse: prefix ? "take the prefix out of the image, or " : ""))))
    }
  }

  private static func reason(_ group: BytecodeGroup, _ lookup: BytecodeLookup) -> String {
    if group.isOfUnusedLevel {
      guard lookup.hasKnownStart else {
        return
          "nothing that the image is known to start is Python at \(group.word("its", "their")) level of optimisation"
      }
      let used = lookup.levels.sorted().map(String.init).joined(separator: " and ")
      return "the image starts Python at the level of optimisation \(used) alone"
    }
    return switch group.verdict {
    case .legacyShadowed: "Python 3 takes the source beside \(group.word("it", "them"))"
    case .outsidePrefix: "Python is told to look below \(places(lookup.prefixes)) instead"
    case .pyo: "nothing has looked for .pyo since Python 3.5"
    case .tempLeftover: "an interrupted write left \(group.word("it", "them"))"
    default: "no interpreter looks for such \(group.word("a name", "names")) there"
    }
  }

  private static func places(_ prefixes: [Path]) -> String {
    prefixes.prefix(2).map { cut(printable("/\($0)")) }.joined(separator: " or ")
  }
}
