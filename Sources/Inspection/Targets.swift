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
  /// The targets in it, with their position in the report.
  var targets: [(position: Int, target: Target)]

  /// Whether `path`, relative to the root, lies in one of the targets; the position of the first one.
  func position(of path: Path) -> Int? {
    let full = root.appending(path.bytes)
    return targets.first { entry in
      entry.target.isDirectory ? full.isWithin(entry.target.place) : full == entry.target.place
    }?.position
  }

  /// Whether all of the root is examined.
  var isWhole: Bool { targets.contains { $0.target.isDirectory && $0.target.place == root } }

  /// The directories that are walked, relative to the root; none lies in another.
  var walked: [Path] {
    let directories = targets.filter { $0.target.isDirectory }.compactMap { $0.target.place.relative(to: root) }
      .sorted()
    var result: [Path] = []
    for directory in directories where !result.contains(where: { directory.isWithin($0) }) { result.append(directory) }
    return result
  }

  /// The files that are examined by themselves, relative to the root, sorted.
  var files: [Path] {
    targets.filter { !$0.target.isDirectory }.compactMap { $0.target.place.relative(to: root) }.sorted()
  }

  /// The repository that holds an absolute path, or nil where none does.
  static func repository(holding place: Path) throws(InputError) -> Repository? {
    do {
      return try Repository.find(from: place)
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

  /// The words that name a target of another kind than a path, and what a person can do instead.
  static func refusal(of name: String) -> String? {
    let transports = ["oci:", "oci-archive:", "docker-archive:", "dir:", "rootfs:", "layer:"]
    guard let transport = transports.first(where: { name.hasPrefix($0) }) else { return nil }
    return "\(printable(name)): this version examines repositories, directories and files, no \(transport) targets"
  }
}
