public import Digests
public import Files
public import SourceText

/// A git repository with a work tree, read without running git.
public struct Repository: Sendable {
  /// An ignore file larger than this counts as empty, with a warning, as git has it.
  public static let ignoreFileSizeLimit = 100 << 20

  /// The root of the work tree: an absolute path without links.
  public let root: Path
  /// Where git keeps what belongs to this work tree.
  public let gitDirectory: Path
  /// Where git keeps what the work trees of a repository share.
  public let commonDirectory: Path
  /// The settings of the repository over those of the user and of the machine.
  public let configuration: GitConfiguration
  private let environment: UserEnvironment

  /// The repository that a file or directory lies in; nil where it lies in none.
  ///
  /// As git does, this goes up until a directory holds a valid `.git`, but past the borders of file
  /// systems too.
  public static func find(
    from path: Path, environment: UserEnvironment = .current
  ) throws(RepositoryError) -> Repository? {
    var search = RepositorySearch(environment: environment)
    return try search.find(from: path)
  }

  init(root: Path, git: GitDirectory, environment: UserEnvironment) throws(RepositoryError) {
    var files = ConfigurationFiles(environment: environment)
    let shared = git.common.appending("config")
    var configuration = try files.read(environment.configurationFiles + [shared])
    if configuration.flag("extensions", "worktreeconfig") == true {
      configuration.settings += try files.read([git.path.appending("config.worktree")]).settings
    }
    var root = root
    if !git.isLinked {
      if let place = configuration.value("core", "worktree"), !place.isEmpty {
        do {
          root = try resolvedPath(place.first == UInt8(ascii: "/") ? Path(place) : git.path.appending(place))
        } catch {
          throw .file(error)
        }
      } else if configuration.flag("core", "bare") == true {
        throw .bare(root)
      }
    }
    self.root = root
    gitDirectory = git.path
    commonDirectory = git.common
    self.configuration = configuration
    self.environment = environment
  }

  /// Whether names are compared without case (`core.ignoreCase`).
  public var ignoresCase: Bool { configuration.flag("core", "ignorecase") ?? false }

  /// Which digest the ids of this repository are.
  public var objectFormat: DigestAlgorithm {
    configuration.value("extensions", "objectformat").map { $0.elementsEqual("sha256".utf8) } == true
      ? .sha256 : .sha1
  }

  /// The file of ignore rules that are not committed and hold for this repository only.
  public var infoExcludePath: Path { commonDirectory.appending("info/exclude") }

  /// The file of the user's own ignore rules (`core.excludesFile`); nil where none is known.
  public var personalExcludePath: Path? {
    personalExcludeName.map { $0.first == UInt8(ascii: "/") ? Path($0) : root.appending($0) }
  }

  /// What git calls that file: as it is configured, with the home directory filled in.
  public var personalExcludeName: [UInt8]? {
    guard let value = configuration.value("core", "excludesfile") else {
      return environment.gitDirectory?.appending("ignore").bytes
    }
    return value.isEmpty ? nil : environment.expanded(value)?.bytes
  }

  /// The bytes of `info/exclude`; nil where there is none.
  public func readInfoExclude() throws(FileError) -> [UInt8]? {
    try readRules(at: infoExcludePath)
  }

  /// The bytes of the user's own ignore rules; nil where there are none.
  public func readPersonalExclude() throws(FileError) -> [UInt8]? {
    guard let path = personalExcludePath else { return nil }
    return try readRules(at: path)
  }

  /// Reads a file of rules; git follows links here, unlike in a work tree.
  private func readRules(at path: Path) throws(FileError) -> [UInt8]? {
    do {
      return try readFile(at: path, limit: Self.ignoreFileSizeLimit)
    } catch {
      switch error.reason {
      case .missing, .notDirectory, .notRegular(.directory): return nil
      case .notRegular(.device) where path == "/dev/null": return nil
      default: throw error
      }
    }
  }

  /// The paths that git tracks; none where nothing was added yet.
  public func readIndex() throws(RepositoryError) -> Index {
    let path = gitDirectory.appending("index")
    let bytes: [UInt8]
    do {
      bytes = try readFile(at: path, limit: Index.sizeLimit)
    } catch {
      if error.reason == .missing { return Index() }
      throw .file(error)
    }
    return try Index(bytes, format: objectFormat, path: path) { name throws(RepositoryError) in
      do throws(FileError) {
        return try readFile(at: gitDirectory.appending(name), limit: Index.sizeLimit)
      } catch {
        throw .file(error)
      }
    }
  }
}
