internal import Files
public import SourceText

/// Looks for the repositories that many paths lie in, and reads each of them once.
public struct RepositorySearch {
  private let environment: UserEnvironment
  /// What was found from a directory.
  private var known: [Path: Repository?] = [:]

  /// Creates a search that has found nothing yet.
  public init(environment: UserEnvironment = .current) {
    self.environment = environment
  }

  /// The repository that a file or directory lies in; nil where it lies in none.
  ///
  /// As git does, this goes up until a directory holds a valid `.git`, but past the borders of file
  /// systems too.
  public mutating func find(from path: Path) throws(RepositoryError) -> Repository? {
    let start: Path
    do {
      let resolved = try resolvedPath(path)
      start = try fileStatus(at: resolved).kind == .directory ? resolved : resolved.parent
    } catch {
      throw .file(error)
    }
    var passed: [Path] = []
    let found = try climb(from: start, &passed)
    for directory in passed { known[directory] = .some(found) }
    return found
  }

  private func climb(from start: Path, _ passed: inout [Path]) throws(RepositoryError) -> Repository? {
    var directory = start
    while true {
      if let found = known[directory] { return found }
      if let found = try GitDirectory.of(workTree: directory) {
        passed.append(directory)
        return try Repository(root: directory, git: found, environment: environment)
      }
      if GitDirectory(at: directory) != nil {
        let isInside = directory.name.elementsEqual(".git".utf8) || directory != start
        throw isInside ? .insideGitDirectory(start) : .bare(directory)
      }
      passed.append(directory)
      guard directory.bytes.count > 1 else { return nil }
      directory = directory.parent
    }
  }
}
