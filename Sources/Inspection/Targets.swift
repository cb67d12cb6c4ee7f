internal import Files
internal import Repositories
internal import SourceText

/// One thing that a person asked to examine.
struct Target: Sendable {
  /// How the person named it.
  let name: String
  /// Where it is, absolute, with every link resolved but a last one that leads to a file.
  let place: Path
  /// Whether it is a directory.
  let isDirectory: Bool
}

/// The targets that lie in one repository, or in one directory outside of any.
struct Workspace: Sendable {
  /// The root of the repository, or the directory itself, absolute.
  let root: Path
  /// The repository; nil outside of any.
  let repository: Repository?
  /// The directory, absolute, from which findings name files: the root, but for an image, whose root is none of this
  /// machine's, the working directory.
  let base: Path
  /// The targets in it, with their position in the report.
  private(set) var targets: [(position: Int, target: Target)] = []
  /// The positions of the targets that are files, by their places; of one that was named twice, the first.
  private var filePositions: [Path: Int] = [:]
  /// The targets that are directories.
  private var directories: [(position: Int, target: Target)] = []

  /// A workspace with at most one target, which is the first of the report.
  init(root: Path, repository: Repository?, target: Target? = nil, base: Path? = nil) {
    self.root = root
    self.repository = repository
    self.base = base ?? root
    if let target { add(target, at: 0) }
  }

  /// Takes in a target.
  mutating func add(_ target: Target, at position: Int) {
    targets.append((position, target))
    if target.isDirectory {
      directories.append((position, target))
    } else if filePositions[target.place] == nil {
      filePositions[target.place] = position
    }
  }

  /// Whether a file, relative to the root, is a target by itself.
  func isNamed(_ path: Path) -> Bool { filePositions[root.appending(path.bytes)] != nil }

  /// Whether `path`, relative to the root, lies in one of the targets; the position of the first one.
  func position(of path: Path) -> Int? {
    let full = root.appending(path.bytes)
    let file = filePositions[full]
    let directory = directories.first { full.isWithin($0.target.place) }?.position
    guard let file, let directory else { return file ?? directory }
    return min(file, directory)
  }

  /// Whether all of the root is examined.
  var isWhole: Bool { directories.contains { $0.target.place == root } }

  /// The directories that are walked, relative to the root; none lies in another.
  var walked: [Path] {
    var result: [Path] = []
    for directory in directories.compactMap({ $0.target.place.relative(to: root) }).sorted()
    where !result.contains(where: { directory.isWithin($0) }) { result.append(directory) }
    return result
  }

  /// The files that are examined by themselves, relative to the root, sorted.
  var files: [Path] {
    targets.filter { !$0.target.isDirectory }.compactMap { $0.target.place.relative(to: root) }.sorted()
  }

  /// The repository that holds an absolute path, or nil where none does.
  static func repository(holding place: Path) throws(InputError) -> Repository? {
    var search = RepositorySearch()
    return try repository(holding: place, by: &search)
  }

  /// The repository that holds an absolute path, or nil where none does.
  static func repository(holding place: Path, by search: inout RepositorySearch) throws(InputError) -> Repository? {
    do {
      return try search.find(from: place)
    } catch let error {
      throw InputError(error.description)
    }
  }
}

/// Some input could not be read, so that the run is incomplete.
public struct InputError: Error, Hashable, Sendable {
  /// What went wrong and where.
  public let message: String

  /// Creates the error.
  public init(_ message: String) {
    self.message = message
  }
}

extension Path {
  /// An absolute path as it is seen from a directory, with `..` where it lies outside.
  init(_ full: Path, from directory: Path) {
    let (parts, above) = (full.components, directory.components)
    let shared = zip(parts, above).prefix { $0 == $1 }.count
    let up = Array(repeating: ArraySlice("..".utf8), count: above.count - shared)
    self.init((up + parts.dropFirst(shared)).joined(separator: [UInt8(ascii: "/")]))
  }

  /// Whether it leads out of the directory that it starts from.
  var leadsOut: Bool { components.first?.elementsEqual("..".utf8) ?? false }
}

extension Inspection {
  /// The absolute form of a path as a person wrote it, without `.` and `..`.
  static func absolute(_ text: String, from directory: Path) -> Path { absolute(Array(text.utf8), from: directory) }

  /// The absolute form of a path as a person wrote it, without `.` and `..`.
  static func absolute(_ text: [UInt8], from directory: Path) -> Path {
    let isAbsolute = text.first == UInt8(ascii: "/")
    var parts = isAbsolute ? [] : directory.components.map(Array.init)
    for part in text.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) {
        _ = parts.popLast()
      } else {
        parts.append(Array(part))
      }
    }
    return Path([UInt8(ascii: "/")] + parts.joined(separator: [UInt8(ascii: "/")]))
  }
}
