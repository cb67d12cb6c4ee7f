public import Versions

/// What is known of an image that stages start from.
public struct KnownBase: Sendable {
  /// How something is known.
  public enum Source: Hashable, Sendable {
    /// It was read in the Dockerfile or the documentation of the image.
    case read
    /// It is general knowledge.
    case recalled
    /// The user's policy says so.
    case policy
  }

  /// The family of packages in an image.
  public enum Distribution: Hashable, Sendable {
    /// Alpine, with apk.
    case alpine
    /// Debian, with apt.
    case debian
    /// Ubuntu, with apt.
    case ubuntu
    /// Fedora, Red Hat and their kin, with dnf, microdnf, tdnf or yum.
    case redHat
    /// None: there is no package manager.
    case bare
  }

  /// Which Python bytecode an image has.
  public enum Bytecode: Hashable, Sendable {
    /// All that its interpreter would load.
    case precompiled
    /// None.
    case absent
  }

  /// Symbolic links that lead from a usual place of a cache to another, both absolute.
  public let links: [String: String]
  /// How it is known.
  public let source: Source
  /// The environment that it sets, as far as it is of interest.
  public let environment: [String: [UInt8]]
  /// Variables that it may set, to values that are not known.
  public let otherVariables: [String]
  /// The Python in it.
  public let python: PythonVersion?
  /// Whether running Python is what the image is for.
  public let isPython: Bool
  /// The Python bytecode in it; nil where that is not known.
  public let bytecode: Bytecode?
  /// Whether it runs on Windows.
  public let isWindows: Bool
  /// The user that it sets, as name or number; nil where that is not known.
  public let user: [UInt8]?
  /// The home directories of its users other than root; nil where the image may have no users at all.
  public let homes: [String: String]?
  /// The absolute directory that it sets for commands; nil where that is not known.
  public let workingDirectory: [UInt8]?
  /// The program and the arguments that read the text of RUN; nil where there is none or it is not known.
  public let shell: [[UInt8]]?
  /// The family of its packages; nil where that is not known.
  public let distribution: Distribution?
  /// Whether apt deletes the packages that it has installed, as the file `docker-clean` in the official images of
  /// Debian and Ubuntu tells it; false where there is no apt, nil where that is not known.
  public let dockerClean: Bool?

  /// Creates the knowledge of an image.
  public init(
    environment: [String: [UInt8]] = [:], python: PythonVersion? = nil, isPython: Bool = false,
    isWindows: Bool = false, user: [UInt8]? = Array("root".utf8), workingDirectory: [UInt8]? = [UInt8(ascii: "/")],
    homes: [String: String]? = [:], shell: [[UInt8]]? = Self.usualShell, otherVariables: [String] = [],
    distribution: Distribution? = nil, dockerClean: Bool? = nil, bytecode: Bytecode? = nil,
    links: [String: String] = [:],
    source: Source = .policy
  ) {
    self.source = source
    self.links = links
    self.environment = environment
    self.otherVariables = otherVariables
    self.python = python
    self.isPython = isPython
    self.bytecode = bytecode
    self.isWindows = isWindows
    self.user = user
    self.homes = homes
    self.workingDirectory = workingDirectory
    self.shell = shell
    self.distribution = distribution
    self.dockerClean = dockerClean
  }

  /// What reads the text of RUN where nothing else is said.
  public static let usualShell = [Array("/bin/sh".utf8), Array("-c".utf8)]

  /// Whether the name of an image says that it runs on Windows.
  static func isWindows(_ image: String) -> Bool {
    let bytes = image.utf8.map(lowercased)
    return ["windowsservercore", "nanoserver", "microsoft.com/windows/"].contains { word in
      let word = Array(word.utf8)
      return bytes.indices.contains { bytes[$0] == word[0] && bytes[$0...].starts(with: word) }
    }
  }
}
