internal import Files
public import SourceText

/// Where git keeps its own files for a work tree.
struct GitDirectory: Hashable {
  /// The directory of this work tree: its HEAD, its index.
  let path: Path
  /// The directory of the whole repository: objects, references, `info/exclude`.
  let common: Path

  /// Whether this is one of several work trees of a repository, or a submodule kept elsewhere.
  var isLinked: Bool { path != common }

  /// The size of a `.git` file, and of the small files in a git directory, is no larger than this.
  private static let linkSizeLimit = 1 << 20

  /// The git directory at `path`, or nil where there is none.
  init?(at path: Path) {
    guard (try? fileStatus(at: path.appending("HEAD"))) != nil,
      let common = Self.commonDirectory(of: path),
      Self.isDirectory(common.appending("objects")), Self.isDirectory(common.appending("refs"))
    else { return nil }
    self.path = path
    self.common = common
  }

  /// What `.git` in a work tree leads to: a directory, or a file that names one.
  ///
  /// Nil where there is no `.git`, or a directory of that name that is no git directory, which git passes too.
  static func of(workTree: Path) throws(RepositoryError) -> GitDirectory? {
    let link = workTree.appending(".git")
    guard let status = try? fileStatus(at: link, followLinks: true) else { return nil }
    switch status.kind {
    case .directory: return GitDirectory(at: (try? resolvedPath(link)) ?? link)
    case .regular: return try follow(link, from: workTree)
    default: return nil
    }
  }

  /// Reads a `.git` file: `gitdir: PATH`, as linked work trees and submodules have it.
  private static func follow(_ link: Path, from workTree: Path) throws(RepositoryError) -> GitDirectory {
    let bytes: [UInt8]
    do {
      bytes = try readFile(at: link, limit: linkSizeLimit)
    } catch {
      throw .file(error)
    }
    let prefix = Array("gitdir: ".utf8)
    guard bytes.starts(with: prefix) else {
      throw .invalidLink(link, reason: "does not begin with `gitdir: `, as a link to a git directory must")
    }
    let target = trimmed(bytes[prefix.count...])
    guard !target.isEmpty else { throw .invalidLink(link, reason: "names no git directory") }
    let place = target.first == UInt8(ascii: "/") ? Path(target) : workTree.appending(target)
    guard let resolved = try? resolvedPath(place), let directory = GitDirectory(at: resolved) else {
      throw .invalidLink(link, reason: "leads to \(place), which is no git directory")
    }
    return directory
  }

  /// The directory that the file `commondir` names; the directory itself where there is no such file.
  private static func commonDirectory(of path: Path) -> Path? {
    guard let bytes = try? readFile(at: path.appending("commondir"), limit: linkSizeLimit) else { return path }
    let target = trimmed(bytes[...])
    guard !target.isEmpty else { return nil }
    return try? resolvedPath(target.first == UInt8(ascii: "/") ? Path(target) : path.appending(target))
  }

  private static func isDirectory(_ path: Path) -> Bool {
    (try? fileStatus(at: path, followLinks: true))?.kind == .directory
  }

  /// The bytes without line ends at the end.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
    return bytes
  }
}

/// Whether a directory is the root of a work tree of its own, which no walk enters.
///
/// As git has it: its `.git` is a git directory, or a file that leads to one or cannot be read.
public func isRepositoryRoot(_ directory: Path) -> Bool {
  do throws(RepositoryError) {
    return try GitDirectory.of(workTree: directory) != nil
  } catch {
    guard case .file = error else { return false }
    return true
  }
}
