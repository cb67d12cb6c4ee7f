internal import ArgumentParser
internal import Inspection
internal import Reports
internal import Spelling

/// `cachepolicy policy`: works on policies themselves.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", _superCommandName: "cachepolicy", abstract: "Show, check, test and begin policies.",
    subcommands: [Show.self, Check.self, Test.self, Schema.self, Init.self])

  /// Says that there is no such sub-command, and what was probably meant; nil where there is one.
  static func explainUnknown(_ verb: String) -> Int32? {
    let verbs = configuration.subcommands.map { $0._commandName } + ["help"]
    if verb.hasPrefix("-") || verbs.contains(verb) { return nil }
    let near = suggestion(for: verb, among: verbs).map { "; did you mean '\($0)'?" } ?? ""
    Terminal.error.write("cachepolicy: there is no command 'policy \(safe(verb))'\(near)\n")
    Terminal.error.write("The commands: \(verbs.joined(separator: ", "))\n")
    return ExitStatus.usage
  }

  /// Runs the work of a sub-command, and turns its errors into exit codes.
  fileprivate static func perform(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch let error as UsageError {
      throw fail(error.message, ExitStatus.usage)
    } catch let error as InputError {
      throw fail(error.message, ExitStatus.incomplete)
    } catch let error as PolicyFailure {
      let color = Terminal.error.hasColor(.auto, environment: Surroundings.environment)
      Terminal.error.write(error.text(color: Style(hasColor: color)))
      throw ExitCode(ExitStatus.usage)
    }
  }
}

extension PolicyCommand {
  /// `cachepolicy policy show`: prints the policy in force.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the policy in force, merged.")

    @Flag(help: "Print where each value comes from.")
    var origin = false

    @OptionGroup(title: "Policy") var policy: PolicyOptions

    @Argument(help: ArgumentHelp("The place whose policy is shown.", valueName: "path"), completion: .file())
    var path = "."

    func run() throws {
      let settings = try Settings(policy)
      try PolicyCommand.perform {
        Terminal.output.write(try Inspection(settings).showPolicy(at: path, origin: origin))
      }
    }
  }

  /// `cachepolicy policy check`: reads policies and reports every error.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Read policies, and report every error in them.")

    @Argument(
      help: ArgumentHelp("The policies; without one it is the one in force.", valueName: "file"), completion: .file())
    var files: [String] = []

    func run() throws {
      let settings = try Settings(PolicyOptions.parse([]))
      try PolicyCommand.perform {
        let color = Terminal.output.hasColor(.auto, environment: settings.environment)
        Terminal.output.write(try Inspection(settings).checkPolicies(files, style: Style(hasColor: color)))
      }
    }
  }

  /// `cachepolicy policy test`: runs the tests that policies carry.
  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the tests that policies carry.")

    @Argument(
      help: ArgumentHelp("The policies; without one it is the one in force.", valueName: "file"), completion: .file())
    var files: [String] = []

    func run() throws {
      let settings = try Settings(PolicyOptions.parse([]))
      try PolicyCommand.perform {
        let result = try Inspection(settings).testPolicies(files)
        Terminal.output.write(result.text)
        if !result.hasPassed { throw ExitCode(ExitStatus.findings) }
      }
    }
  }

  /// `cachepolicy policy schema`: prints the JSON Schema of policies.
  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the JSON Schema of policies.")

    func run() {
      Terminal.output.write(Lists.schemaOfPolicies())
    }
  }

  /// `cachepolicy policy init`: begins a policy.
  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a commented policy for the tools found here, or write it.")

    @Argument(help: ArgumentHelp("The repository.", valueName: "path"), completion: .file())
    var path = "."

    @Flag(help: "Write .cachepolicy.yaml; one that exists is left alone.")
    var write = false

    func run() throws {
      let settings = try Settings(PolicyOptions.parse([]))
      try PolicyCommand.perform {
        Terminal.output.write(try Inspection(settings).beginPolicy(at: path, writes: write))
      }
    }
  }
}
