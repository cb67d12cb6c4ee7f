internal import Files
internal import SourceText

/// Reads configuration files and what they include.
struct ConfigurationFiles {
  /// Files include each other no deeper than this, as git has it.
  static let depthLimit = 10

  let environment: UserEnvironment
  /// How many files were read, so that a few that include each other often cannot take long.
  private var count = 0
  private static let countLimit = 200

  init(environment: UserEnvironment) {
    self.environment = environment
  }

  /// The settings of the files in turn, the last being the strongest; a file that is missing has none.
  ///
  /// `include.path` is followed, `includeIf` is not: no setting that is wanted here depends on a branch.
  mutating func read(_ paths: [Path]) throws(RepositoryError) -> GitConfiguration {
    var result = GitConfiguration()
    for path in paths {
      result.settings += try read(path, depth: 0)
    }
    return result
  }

  private mutating func read(_ path: Path, depth: Int) throws(RepositoryError) -> [GitConfiguration.Setting] {
    guard depth <= Self.depthLimit, count < Self.countLimit else {
      let reason = "configuration files include each other more than \(Self.depthLimit) deep"
      throw .configuration(path, line: 1, reason: reason)
    }
    count += 1
    let bytes: [UInt8]
    do {
      bytes = try readFile(at: path, limit: GitConfiguration.sizeLimit)
    } catch {
      // Git too takes a missing file for one without settings, and /dev/null for an empty one.
      if error.reason == .missing || error.reason == .notDirectory || path == "/dev/null" { return [] }
      throw .file(error)
    }
    var settings: [GitConfiguration.Setting] = []
    for setting in try GitConfiguration(bytes, path: path).settings {
      settings.append(setting)
      guard setting.section.elementsEqual("include".utf8), setting.subsection.isEmpty,
        setting.name.elementsEqual("path".utf8), let value = setting.value, !value.isEmpty,
        let included = environment.expanded(value)
      else { continue }
      let isAbsolute = included.bytes.first == UInt8(ascii: "/")
      let place = isAbsolute ? included : path.parent.appending(included.bytes)
      settings += try read(place, depth: depth + 1)
    }
    return settings
  }
}
