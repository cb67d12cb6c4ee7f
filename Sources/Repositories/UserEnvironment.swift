internal import Glibc
public import SourceText

/// What the user's environment says about where git's settings are.
///
/// Of git's own variables only those that replace configuration files are looked at. `GIT_DIR` and its
/// relatives are not: they speak for one git command, and the repository that is examined is the one
/// that the target lies in.
public struct UserEnvironment: Sendable, Hashable {
  /// The user's directory (`HOME`).
  public var home: Path?
  /// Where the user's settings are (`XDG_CONFIG_HOME`).
  public var configurationHome: Path?
  /// The file that replaces the user's own settings of git (`GIT_CONFIG_GLOBAL`); empty for none.
  public var globalConfiguration: Path?
  /// The file that replaces the machine's settings of git (`GIT_CONFIG_SYSTEM`).
  public var systemConfiguration: Path?
  /// Whether the machine's settings of git are left out (`GIT_CONFIG_NOSYSTEM`).
  public var withoutSystem: Bool

  /// Creates an environment; without arguments one in which no settings are found.
  public init(
    home: Path? = nil, configurationHome: Path? = nil, globalConfiguration: Path? = nil,
    systemConfiguration: Path? = nil, withoutSystem: Bool = true
  ) {
    self.home = home
    self.configurationHome = configurationHome
    self.globalConfiguration = globalConfiguration
    self.systemConfiguration = systemConfiguration
    self.withoutSystem = withoutSystem
  }

  /// The environment of this process.
  public static var current: UserEnvironment {
    let withoutSystem = variable("GIT_CONFIG_NOSYSTEM").map { GitConfiguration.boolean($0) ?? true } ?? false
    return UserEnvironment(
      home: path("HOME"), configurationHome: path("XDG_CONFIG_HOME"),
      globalConfiguration: variable("GIT_CONFIG_GLOBAL").map { Path($0) },
      systemConfiguration: path("GIT_CONFIG_SYSTEM"), withoutSystem: withoutSystem)
  }

  /// The user's directory of git's settings.
  var gitDirectory: Path? {
    configurationHome?.appending("git") ?? home?.appending(".config/git")
  }

  /// The configuration files that stand above the repository's, the weakest first.
  var configurationFiles: [Path] {
    let system = withoutSystem ? [] : [systemConfiguration ?? "/etc/gitconfig"]
    if let globalConfiguration { return system + (globalConfiguration.isRoot ? [] : [globalConfiguration]) }
    return system + [gitDirectory?.appending("config"), home?.appending(".gitconfig")].compactMap(\.self)
  }

  /// The path with a leading `~/` replaced by the user's directory; nil where that is not known.
  func expanded(_ path: [UInt8]) -> Path? {
    guard path.first == UInt8(ascii: "~") else { return Path(path) }
    guard path.count == 1 || path[1] == UInt8(ascii: "/") else { return nil }
    return home?.appending(path.dropFirst(2))
  }

  private static func variable(_ name: String) -> [UInt8]? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
  }

  /// The path that a variable holds; an empty one counts as not set.
  private static func path(_ name: String) -> Path? {
    variable(name).flatMap { $0.isEmpty ? nil : Path($0) }
  }
}
