internal import ArgumentParser
internal import Spelling

/// The root of all commands: their list, and what is said of a verb that does not exist.
struct Cachepolicy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachepolicy",
    abstract: "One policy for the caches of repositories, configurations and images.",
    discussion: """
      Exit codes:
        0  nothing at or above --fail-on
        1  findings
        2  wrong usage, or an error in the policy
        3  some input could not be read, or some output not written
      """,
    version: "cachepolicy \(Version.text)",
    subcommands: [
      CheckCommand.self, FixCommand.self, TurnCommand.self, WhyCommand.self, FactsCommand.self, ExplainCommand.self,
      RulesCommand.self, CachesCommand.self, PolicyCommand.self,
    ])

  /// The commands by their verbs.
  static let verbs: [String: any ParsableCommand.Type] = [
    "check": CheckCommand.self, "fix": FixCommand.self, "turn": TurnCommand.self, "why": WhyCommand.self,
    "facts": FactsCommand.self, "explain": ExplainCommand.self, "rules": RulesCommand.self,
    "caches": CachesCommand.self, "policy": PolicyCommand.self,
  ]

  /// Says that there is no such verb, and what was probably meant.
  static func explainUnknown(_ verb: String) -> Int32 {
    var text = "cachepolicy: there is no command '\(safe(verb))'"
    if let near = suggestion(for: verb, among: verbs.keys.sorted()) {
      text += "; did you mean '\(near)'?"
    } else {
      text += "; to examine a path: cachepolicy check \(safe(verb))"
    }
    Terminal.error.write(text + "\nThe commands: \(verbs.keys.sorted().joined(separator: ", "))\n")
    return ExitStatus.usage
  }
}
