internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Shell
internal import SourceText

/// Reports a value of a switch with which its tool fails.
///
/// ## What it does
///
/// Looks at every command of every RUN, in all stages, and at what the images that ship start, with the
/// variables that each has there. It fires where a tool runs with a value that it refuses:
///
/// - `PIP_NO_CACHE_DIR` takes words of truth alone: with `2` every call of pip fails, `pip --version`
///   too (pip 23.2 and 26.3). So do `PIP_COMPILE` and
///   `PIP_NO_COMPILE` with `pip install`.
/// - `UV_NO_CACHE` takes words of truth alone: an empty value is none (uv 0.13).
/// - `RUFF_NO_CACHE` takes `true` and `false`, and neither `1` nor `True` (ruff 0.17; `ruff check` and
///   `ruff format` without `--no-cache`).
/// - `CCACHE_DISABLE` takes every word but `0`, `false`, `no` and `disable` (ccache 4.7).
/// - `GOCACHE` must be an absolute directory: `off` and `/dev/null` stop `go build`, `install`, `list`,
///   `run`, `test` and `vet` (Go 1.19).
///
/// `ENV UV_NO_CACHE = 1` belongs here, too: in that form of ENV the value is `= 1`.
///
/// ## Why is this bad
///
/// The build fails, or the container does not start.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PIP_NO_CACHE_DIR=2            # flagged: pip takes no 2
/// RUN pip install flask
/// ```
///
/// ## Fix safety
///
/// Safe, since what is there fails: a value that reads as yes becomes the one that the tool takes for it, and where it
/// reads as no, and for `GOCACHE=off`, the variable goes. With an empty value it is not known which of the two
/// is meant; switching the cache off is unsafe then.
enum SwitchBreaksTool: Rule {
  static let description = RuleDescription(
    RuleID("CP304", "switch-breaks-tool"), "a tool fails with the value of a switch", severity: .error,
    group: .dockerfile, fix: .safe, page: RulePages.page("SwitchBreaksTool"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for dockerfile in facts.dockerfiles {
      let products = Set(dockerfile.products.map(\.stage))
      let runs =
        dockerfile.effects.instructions + dockerfile.effects.starts.filter { products.contains($0.stage) }
      for site in SwitchSite.all(in: dockerfile, runs, where: fails) {
        let isSure = site.commands.contains { !$0.run.commands[$0.command].invocation.isPerhaps }
        let value = site.use.value.isEmpty ? "an empty \(site.name)" : "\(site.shown) as \(site.name)"
        report(
          Verdict(
            Finding(
              description.id, .error, "\(site.tool) fails with \(value)", at: site.place,
              confidence: isSure ? .high : .medium, cache: site.use.kind.id, label: wanted(site),
              related: site.related("fails here"), evidence: site.evidence, fix: fix(site)),
            profile: site.profile))
      }
    }
  }

  /// Whether the command was seen to fail with the value.
  private static func fails(_ use: SwitchUse, _ command: ToolCommand) -> Bool {
    use.reading == .fails && use.variable.failing.contains { command.matches($0) == .yes }
  }

  /// What the tool takes.
  private static func wanted(_ site: SwitchSite) -> String {
    switch site.use.variable.grammar {
    case .pipStrtobool, .pipNegated, .clapBoolish: "only 1, yes, true, on, 0, no, false and off are values"
    case .clapBool: "only true and false are values"
    case .ccacheFlag: "0, false, no and disable are refused; unset it to use the cache"
    case .forbidden: "the build cache cannot be turned off"
    default: "is refused"
    }
  }

  private static func fix(_ site: SwitchSite) -> Fix {
    let variable = site.use.variable
    if variable.effect == .forbidden {
      guard ["off", "/dev/null"].contains(site.text) else {
        return Fix(manual: "write an absolute directory as \(site.name)")
      }
      return site.removal(.safe, "remove \(site.name)")
    }
    if variable.grammar == .pipNegated { return Fix(manual: "write 0 or 1 as the value of \(site.name)") }
    // `ENV NAME = 1` makes `= 1` the value.
    var word = site.text
    if word.hasPrefix("=") { word = String(word.dropFirst().drop { $0 == " " || $0 == "\t" }) }
    switch word.lowercased() {
    case "0", "n", "no", "f", "false", "off", "disable", "disabled":
      return site.removal(.safe, "remove \(site.name)")
    default: break
    }
    return site.replacement(
      variable.value, word.isEmpty ? .unsafe : .safe, "write \(variable.value) as the value of \(site.name)")
  }
}
