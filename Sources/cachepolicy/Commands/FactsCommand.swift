internal import ArgumentParser
internal import Inspection
internal import Reports

/// `cachepolicy facts`: prints what the readers saw.
struct FactsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "facts", _superCommandName: "cachepolicy", abstract: "Print what the readers saw in a target, as JSON."
  )

  @Argument(
    help: ArgumentHelp("What to look at; without one it is the working directory.", valueName: "target"),
    completion: .file())
  var target = "."

  @OptionGroup(title: "Policy") var policy: PolicyOptions
  @OptionGroup(title: "Selection") var selection: SelectionOptions
  @OptionGroup(title: "Images") var images: ImageOptions

  func run() throws {
    var settings = try Settings(policy, selection)
    images.apply(to: &settings)
    do {
      let document = try Inspection(settings).facts(target)
      Terminal.output.write(document.bytes)
      Errors.write(document.errors)
      if !document.errors.isEmpty { throw ExitCode(ExitStatus.incomplete) }
    } catch let error as UsageError {
      throw fail(error.message, ExitStatus.usage)
    } catch let error as InputError {
      throw fail(error.message, ExitStatus.incomplete)
    } catch let error as PolicyFailure {
      Terminal.error.write(error.text(color: Style(hasColor: false)))
      throw ExitCode(ExitStatus.usage)
    }
  }
}
