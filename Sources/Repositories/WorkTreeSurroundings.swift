public import Caches
internal import Files
public import SourceText

/// What proofs may ask of a work tree, answered from the disk without following any link.
///
/// A class, since it remembers which directories can be reached without a link. It is for one run and
/// one thread.
public final class WorkTreeSurroundings: Surroundings {
  /// How many directories are remembered before all are forgotten.
  private static let memoryLimit = 50_000

  private let root: Path
  private var reachable: [Path: Bool] = [.root: true]
  private var reader = DirectoryReader()
  private var listing = DirectoryListing()

  /// Answers about the tree at `root`.
  public init(root: Path) {
    self.root = root
  }

  /// What stands at a path, or nil where nothing does or a link leads there.
  public func entry(at path: Path) -> EntryKind? {
    if path.isRoot { return .directory }
    guard isReachable(path.parent), let status = try? fileStatus(at: place(of: path)) else { return nil }
    guard status.kind == .directory else { return Self.kind(status.kind) }
    return isRepositoryRoot(place(of: path)) ? .other : .directory
  }

  /// Whether some child of a directory satisfies a condition; stops at the first that does.
  ///
  /// A child is told by its kind in the listing, so a nested repository is a directory here.
  public func anyChild(
    of directory: Path, where matches: (_ name: ArraySlice<UInt8>, _ kind: EntryKind) -> Bool
  ) -> Bool {
    guard isReachable(directory),
      let opened = try? Descriptor.directory(at: place(of: directory), followLinks: directory.isRoot)
    else { return false }
    var found = false
    try? reader.read(opened, into: &listing, path: directory) { listing, known in
      found = listing.entries[known...].contains { matches(listing.name(of: $0), Self.kind($0.kind)) }
      return found
    }
    return found
  }

  /// The first 4 KiB of a regular file, or nil where they cannot be had.
  public func head(of file: Path) -> [UInt8]? {
    guard isReachable(file.parent) else { return nil }
    return try? readStart(of: place(of: file), count: headLimit)
  }

  /// The target of a symbolic link, or nil where it cannot be had.
  public func target(of link: Path) -> [UInt8]? {
    guard isReachable(link.parent) else { return nil }
    return try? linkTarget(at: place(of: link))
  }

  /// Whether each part of a directory's path is a directory of the tree, and none a link or `..`.
  private func isReachable(_ directory: Path) -> Bool {
    if let known = reachable[directory] { return known }
    // From the top, so that no depth of a hostile path is a depth of calls.
    var path = Path.root
    for part in directory.components {
      path = path.appending(part)
      let isPlain = !part.elementsEqual("..".utf8) && !part.elementsEqual(".".utf8)
      let isKnown = reachable[path]
      let isDirectory = isKnown ?? (isPlain && (try? fileStatus(at: place(of: path)))?.kind == .directory)
      if isKnown == nil { remember(path, isDirectory) }
      if !isDirectory { return false }
    }
    return true
  }

  private func remember(_ directory: Path, _ isReachable: Bool) {
    if reachable.count >= Self.memoryLimit { reachable = [.root: true] }
    reachable[directory] = isReachable
  }

  private func place(of path: Path) -> Path {
    path.isRoot ? root : root.appending(path.bytes)
  }

  private static func kind(_ kind: FileKind) -> EntryKind {
    switch kind {
    case .regular: .file
    case .directory: .directory
    case .symbolicLink: .link
    case .pipe, .socket, .device, .unknown: .other
    }
  }
}
