internal import Files
internal import IgnoreFiles
internal import Reports
internal import Repositories
internal import SourceText

/// Reads the ignore files that `why` needs, and remembers what could not be read.
final class IgnoreFileReading {
  private let root: Path
  private var personalName: [UInt8] = []
  private var infoName: [UInt8] = Array(".git/info/exclude".utf8)
  /// What could not be read.
  private(set) var errors: [RunError] = []

  init(root: Path) {
    self.root = root
  }

  /// The judge of a repository's paths, by all of git's sources.
  func judge(of repository: Repository) -> GitIgnoreJudge {
    personalName = repository.personalExcludeName ?? []
    if let path = repository.infoExcludePath.relative(to: repository.root) {
      infoName = path.bytes
    } else {
      infoName = repository.infoExcludePath.bytes
    }
    func list(_ read: () throws(FileError) -> [UInt8]?) -> GitIgnoreFile? {
      do throws(FileError) {
        return try read().map { GitIgnoreFile($0, ignoreCase: repository.ignoresCase) }
      } catch {
        errors.append(RunError(error.path.description, error.explanation))
        return nil
      }
    }
    let stack = GitIgnoreStack(
      infoExclude: list { () throws(FileError) in try repository.readInfoExclude() },
      personal: list { () throws(FileError) in try repository.readPersonalExclude() })
    return GitIgnoreJudge(stack) { [self] directory in
      load(directory, ignoresCase: repository.ignoresCase)
    }
  }

  private func load(_ directory: Path, ignoresCase: Bool) -> GitIgnoreFile? {
    let path = directory.appending(".gitignore")
    do throws(FileError) {
      let bytes = try readFile(
        at: root.appending(path.bytes), limit: GitIgnoreFile.sizeLimit, followLinks: false)
      return GitIgnoreFile(bytes, ignoreCase: ignoresCase)
    } catch {
      switch error.reason {
      // Git reads no links, and a directory of the name is none of its business.
      case .missing, .notDirectory, .notRegular(.symbolicLink), .notRegular(.directory): break
      default: errors.append(RunError(path.description, error.explanation))
      }
      return nil
    }
  }

  /// What git calls a source.
  func name(of source: IgnoreDecision.Source) -> [UInt8] {
    switch source {
    case .file(let path): path.bytes
    case .infoExclude: infoName
    case .personal: personalName
    }
  }

  /// The ignore file in force for a build: the Dockerfile's own one, else the context's.
  func dockerIgnore(context: Path, dockerfile: Path?) throws(UsageError) -> (path: Path, file: DockerIgnoreFile)? {
    let dockerfile = dockerfile ?? context.appending("Dockerfile")
    let own = dockerfile.parent.appending(Array(dockerfile.name) + Array(".dockerignore".utf8))
    for path in [own, context.appending(".dockerignore")] {
      let bytes: [UInt8]
      do throws(FileError) {
        bytes = try readFile(at: path, limit: GitIgnoreFile.sizeLimit)
      } catch {
        if error.reason == .missing || error.reason == .notDirectory { continue }
        throw UsageError("\(error.path): \(error.explanation)")
      }
      do throws(DockerIgnoreError) {
        return (path, try DockerIgnoreFile(bytes))
      } catch {
        throw UsageError("\(path):\(error.line): every build with this file fails; cachepolicy explain CP212 tells why")
      }
    }
    return nil
  }
}
