import Findings
import Policies
import SourceText

@testable import Caches

/// A small catalogue.
let catalogue = CacheNames([
  kind("python.bytecode", .bytecode, aliases: ["pycache"]),
  kind("python.pip", .download, aliases: ["pip"]),
  kind("python.pytest", .test),
  kind("node.npm", .download, aliases: ["npm"]),
  kind("node.build", .build, commitOK: true),
  kind("ml.huggingface", .models, mayBePayload: true),
  kind("deb.apt-lists", .metadata, aliases: ["apt"]),
])

private func kind(
  _ id: String, _ group: CacheKind.Group, aliases: [String] = [], mayBePayload: Bool = false, commitOK: Bool = false
) -> CacheKind {
  var kind = CacheKind()
  kind.id = id
  kind.aliases = aliases
  kind.group = group
  kind.mayBePayload = mayBePayload
  kind.commitOK = commitOK
  return kind
}

/// The rules that the tests speak of.
let rules = [
  RuleDescription(
    RuleID("CP101", "committed-cache"), "", severity: .error, group: .repository, intents: ["commit: deny"], page: ""),
  RuleDescription(
    RuleID("CP102", "unignored-cache"), "", severity: .warning, group: .repository, intents: ["commit: deny"], page: ""),
  RuleDescription(RuleID("CP201", "pattern-never-matches"), "", severity: .warning, group: .gitignore, page: ""),
  RuleDescription(
    RuleID("CP301", "cache-writing-enabled"), "", severity: .info, group: .dockerfile, intents: ["write: deny"],
    page: ""),
  RuleDescription(
    RuleID("CP306", "needless-switch"), "", severity: .info, group: .dockerfile, intents: ["write: require"], page: ""),
  RuleDescription(
    RuleID("CP315", "no-bytecode-shipped"), "", severity: .info, group: .dockerfile, intents: ["ship: precompiled"],
    page: ""),
  RuleDescription(
    RuleID("CP401", "cache-in-image"), "", severity: .warning, group: .image, intents: ["ship: deny"],
    options: RuleOption.allCases, page: ""),
  RuleDescription(RuleID("CP901", "expired-exception"), "", severity: .error, group: .policy, page: ""),
]

let builtins = ["recommended", "strict", "production"]

/// Reads policies of which others may be extended by their names.
func load(
  _ text: String, others: [String: String] = [:], further: [String] = []
) -> PolicyLoad {
  let reader = PolicyReader(rules: rules, caches: catalogue, builtins: builtins) {
    (reference, _) throws(PolicyUnavailable) in
    let name =
      switch reference {
      case .builtin(let name): "builtin:\(name)"
      case .file(let path): path
      }
    guard let text = others[name] else { throw PolicyUnavailable("does not exist") }
    return PolicyText(name: name, Array(text.utf8))
  }
  return reader.load(
    PolicyText(name: ".cachepolicy.yaml", Array(text.utf8)),
    further: further.enumerated().map { PolicyText(name: "fleet\($0).yaml", Array($1.utf8)) })
}

/// The problems as `source:line:column message | help`.
func described(_ load: PolicyLoad) -> [String] {
  load.problems.map {
    "\($0.source):\($0.place.line):\($0.place.column) \($0.message)" + ($0.help.map { " | \($0)" } ?? "")
  }
}
