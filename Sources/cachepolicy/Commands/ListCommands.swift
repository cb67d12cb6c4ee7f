internal import ArgumentParser
internal import Inspection
internal import Reports

/// How a list is printed.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
  case human, json
}

/// `cachepolicy explain`: prints the page of a rule or of a cache kind.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", _superCommandName: "cachepolicy", abstract: "Print the page of a rule or of a cache kind.")

  @Argument(
    help: ArgumentHelp("A code, a rule's name, or a cache kind, such as CP101 or python.pip.", valueName: "name"))
  var name: String

  @OptionGroup(title: "Policy") var policy: PolicyOptions

  func run() throws {
    let settings = try Settings(policy)
    do {
      Terminal.output.write(try Inspection(settings).explain(name))
    } catch let error as UsageError {
      throw fail(error.message, ExitStatus.usage)
    } catch let error as PolicyFailure {
      Terminal.error.write(error.text(color: Style(hasColor: false)))
      throw ExitCode(ExitStatus.usage)
    }
  }
}

/// `cachepolicy rules`: lists the rules.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", _superCommandName: "cachepolicy", abstract: "List the rules.")

  @Option(help: "How the list is printed: human or json.")
  var format: ListFormat = .human

  func run() {
    Terminal.output.write(format == .json ? Lists.rulesJSON() : Array(Lists.rules().utf8))
  }
}

/// `cachepolicy caches`: lists the cache kinds.
struct CachesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caches", _superCommandName: "cachepolicy", abstract: "List the cache kinds.")

  @Option(help: "How the list is printed: human or json.")
  var format: ListFormat = .human

  func run() {
    Terminal.output.write(format == .json ? Lists.cachesJSON() : Array(Lists.caches().utf8))
  }
}
