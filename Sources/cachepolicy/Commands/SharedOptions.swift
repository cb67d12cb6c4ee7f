internal import ArgumentParser
internal import Findings
internal import Glibc
internal import Inspection
internal import Policies
internal import Reports
internal import SourceText

/// When colours are written.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// The lowest severity that makes a run fail.
enum FailureThreshold: String, ExpressibleByArgument, CaseIterable {
  case error, warning, info, never

  /// Whether a finding of this severity fails the run.
  func isReached(by severity: Severity) -> Bool {
    switch self {
    case .error: severity >= .error
    case .warning: severity >= .warning
    case .info: true
    case .never: false
    }
  }
}

/// The flags that choose the policy.
struct PolicyOptions: ParsableArguments {
  @Option(help: "The profile of what no policy claims, such as development, ci or production.")
  var profile: String?

  @Option(help: "The profile of everything, whatever policies claim.")
  var forceProfile: String?

  @Option(help: ArgumentHelp("A policy that is merged after the one found; may be repeated.", valueName: "file"))
  var policy: [String] = []

  @Flag(help: "Ignore policy files; judge by builtin:recommended.")
  var noPolicy = false

  @Option(help: ArgumentHelp("The day that exceptions are judged by.", valueName: "YYYY-MM-DD"))
  var today: String?
}

/// The flags that choose what is judged.
struct SelectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Judge only these rules: codes, names or prefixes of codes.", valueName: "codes"))
  var select: [String] = []

  @Option(help: ArgumentHelp("Do not judge these rules.", valueName: "codes"))
  var ignore: [String] = []

  @Option(help: ArgumentHelp("Leave these paths out, in git's ignore language; may be repeated.", valueName: "pattern"))
  var exclude: [String] = []

  @Flag(help: "Take paths from the index, as a commit hook must.")
  var staged = false

  @Option(help: ArgumentHelp("The stage of Dockerfiles that is built.", valueName: "stage"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      "Interpreters of Python that the target has besides those found in it, such as cpython-311.", valueName: "tags"))
  var interpreters: [String] = []
}

/// The flags that say how images are read.
struct ImageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Which image of several: OS/ARCHITECTURE[/VARIANT], or all.", valueName: "platform"))
  var platform: String?

  @Flag(help: "Do not compare the digests of images and layers; the report says so.")
  var noVerify = false

  @Option(help: ArgumentHelp("How many layers are read at once.", valueName: "count"))
  var jobs: Int?

  @Option(help: ArgumentHelp("The image whose layers are those of the base image.", valueName: "image"))
  var base: String?

  @Option(
    help: ArgumentHelp(
      "How much of an image is read, such as zstd-window=64MiB; may be repeated.",
      discussion: "There are \(ImageSettings.limitNames.joined(separator: ", ")).", valueName: "name=value"),
    completion: .list(ImageSettings.limitNames.map { $0 + "=" }))
  var limit: [String] = []

  func validate() throws {
    if let jobs, jobs < 1 || jobs > 1024 { throw ValidationError("--jobs must be between 1 and 1024.") }
  }

  /// Puts the choices into the settings of a run.
  func apply(to settings: inout Settings) {
    settings.images.platform = platform
    settings.images.verifies = !noVerify
    settings.images.jobs = jobs
    settings.images.base = base
    settings.images.limits = limit
  }
}

/// The flags that say how an image is judged, which mean nothing where it is only read.
struct ImageJudgementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The Dockerfile that the image is built from: findings tell its lines.", valueName: "file"),
    completion: .file())
  var dockerfile: String?

  @Option(help: ArgumentHelp("An older image: only what is new is judged.", valueName: "image"))
  var compare: String?

  /// Puts the choices into the settings of a run.
  func apply(to settings: inout Settings) {
    settings.images.dockerfile = dockerfile
    settings.images.compare = compare
  }
}

/// The flags that say how results look.
struct OutputOptions: ParsableArguments {
  @Option(help: "When to write colours: auto, always or never.")
  var color: ColorChoice = .auto

  @Flag(name: .shortAndLong, help: "Print findings alone, warnings and errors only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print info findings too, and what tables of images leave out.")
  var verbose = false
}

extension Settings {
  /// The settings of a command.
  init(_ policy: PolicyOptions, _ selection: SelectionOptions? = nil) throws(ExitCode) {
    let environment = Surroundings.environment
    guard let directory = Surroundings.currentDirectory else {
      throw fail("the working directory cannot be read", ExitStatus.incomplete)
    }
    self.init(
      version: Version.text, currentDirectory: directory, environment: environment,
      today: try Self.today(policy.today, environment))
    profile = policy.profile
    forcedProfile = policy.forceProfile
    policyFiles = policy.policy
    ignoresPolicies = policy.noPolicy
    guard let selection else { return }
    select = Self.separated(selection.select)
    ignore = Self.separated(selection.ignore)
    exclude = selection.exclude
    isStaged = selection.staged
    stage = selection.target
    interpreters = Self.separated(selection.interpreters)
  }

  private static func separated(_ values: [String]) -> [String] {
    values.flatMap { $0.split(separator: ",").map(String.init) }
  }

  private static func today(_ text: String?, _ environment: [String: String]) throws(ExitCode) -> CalendarDate {
    if let text {
      guard let date = CalendarDate(text) else {
        throw fail("--today: '\(safe(text))' is no day; write it as 2027-03-31", ExitStatus.usage)
      }
      return date
    }
    if let text = environment["SOURCE_DATE_EPOCH"], !text.isEmpty {
      guard let seconds = Int(text), (0...253_402_300_799).contains(seconds) else {
        throw fail("SOURCE_DATE_EPOCH: '\(safe(text))' is no number of seconds", ExitStatus.usage)
      }
      return CalendarDate(secondsSince1970: seconds)
    }
    return CalendarDate(secondsSince1970: time(nil))
  }
}

/// What the program finds around it when it starts.
enum Surroundings {
  /// The environment variables that some part of the program asks for.
  static let environment: [String: String] = {
    let names = [
      "CACHEPOLICY_POLICY", "CI", "CLICOLOR_FORCE", "FORCE_COLOR", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM",
      "GIT_CONFIG_SYSTEM", "HOME", "NO_COLOR", "PRE_COMMIT", "SOURCE_DATE_EPOCH", "TERM", "TMPDIR", "XDG_CONFIG_HOME",
    ]
    var values: [String: String] = [:]
    for name in names {
      guard let value = unsafe getenv(name) else { continue }
      values[name] = unsafe String(cString: value)
    }
    return values
  }()

  /// The working directory, absolute.
  static var currentDirectory: Path? {
    guard let text = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(text) }
    return unsafe Path(String(cString: text).utf8)
  }
}

/// Text of a person in a form that is safe to print.
func safe(_ text: String) -> String { printable(text) }

/// Prints an error of the program, and gives the exit code to end with.
func fail(_ message: String, _ status: Int32) -> ExitCode {
  // Line by line, since a message may have several.
  let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
  Terminal.error.write("cachepolicy: \(lines.joined(separator: "\n"))\n")
  return ExitCode(status)
}
