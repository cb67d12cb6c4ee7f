internal import Bytecode
internal import BytecodeReading
internal import Caches
internal import Facts
internal import ImageReading
internal import Images
internal import SourceText

/// The merged tree of an image, as the survey of bytecode asks for it: links lead where they lead inside the image.
struct ImageTree: BytecodeTree {
  private let image: ReadImage
  private let view: LayerView
  private let hasLayers: Bool
  private let links = Links()

  /// How far links may still be followed, for all paths of the survey together.
  private final class Links {
    var steps = ImageLimits.linkSteps
  }

  /// Whether there were links that were not followed any more.
  var hasMoreLinks: Bool { links.steps <= 0 }

  init(_ image: ReadImage) {
    self.image = image
    view = image.facts.union.merged
    hasLayers = image.facts.hasLayers
  }

  /// The paths of all bytecode files and of links named `__pycache__`, and the interpreters that the tree shows.
  func files() -> (bytecode: [Path], caches: [Path], interpreters: Interpreters) {
    var bytecode: [Path] = []
    var caches: [Path] = []
    var interpreters = Interpreters()
    view.walk { path, item in
      if item.type == .directory { return .enter }
      let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path
      if BytecodeName.isBytecode(name) {
        bytecode.append(Path(path))
      } else if LinkedBytecode.isLink(item, at: path) {
        caches.append(Path(path))
      } else if name.starts(with: "py".utf8) || name.starts(with: "libpy".utf8) || name.elementsEqual("os.py".utf8) {
        if item.type == .symbolicLink {
          interpreters.note(Path(path), leadingTo: self.item(at: Path(path)).map { view.path(of: $0) })
        } else {
          interpreters.note(Path(path))
        }
      }
      return .skip
    }
    return (bytecode, caches, interpreters)
  }

  /// The paths by which files are judged, and whether there were more links than are followed.
  func paths(of files: [Path], through caches: [Path], _ lookup: BytecodeLookup) -> (paths: [Path], hasMore: Bool) {
    if caches.isEmpty { return (files, false) }
    var linked = LinkedBytecode(caches, in: view, lookup: lookup, steps: &links.steps)
    return (files.map { linked.path(of: $0, steps: &links.steps) }, linked.hasMore)
  }

  func entries(of directory: Path) throws(BytecodeReadingError) -> [BytecodeTreeEntry]? {
    guard let item = item(at: directory), item.type == .directory else { return nil }
    // A package may be reached through a link.
    let directory = view.path(of: item)
    var entries: [BytecodeTreeEntry] = []
    _ = view.anyChild(of: directory) { name, kind in
      let kind: BytecodeTreeEntry.Kind = kind == .directory ? .directory : kind == .link ? .link : .file
      entries.append(BytecodeTreeEntry(name: Array(name), kind: kind))
      return false
    }
    return entries
  }

  func status(at path: Path) -> BytecodeTreeStatus? {
    guard let item = item(at: path) else { return nil }
    let metadata = view.metadata(of: item)
    return BytecodeTreeStatus(
      isFile: item.type == .file, size: view.size(of: item) ?? 0,
      mtime: FileTime(
        seconds: metadata?.seconds ?? 0, nanoseconds: Int32(truncatingIfNeeded: metadata?.nanoseconds ?? 0)),
      // A directory without an entry of its own is made with the usual mode.
      mode: metadata.map { UInt32($0.mode) } ?? 0o755, owner: metadata?.user ?? 0, group: metadata?.group ?? 0,
      layer: hasLayers ? item.layer : nil)
  }

  func header(of file: Path) throws(BytecodeReadingError) -> [UInt8] { try scan(of: file).header }

  func body(of file: Path) throws(BytecodeReadingError) -> BytecodeBody {
    guard let body = try scan(of: file).body else { throw BytecodeReadingError(file, "was not read to its end") }
    return body
  }

  func sourceHash(of source: Path, _ key: SourceHashKey) throws(BytecodeReadingError) -> UInt64? {
    item(at: source).flatMap { image.source(of: $0) }?.hashes[key]
  }

  /// What stands at a path; where links may be followed no further, what stands there by its own names.
  private func item(at path: Path) -> LayerView.Item? {
    if hasMoreLinks { return view.item(at: path, followsLinks: false) }
    return view.item(at: path, steps: &links.steps)
  }

  private func scan(of file: Path) throws(BytecodeReadingError) -> LayerBytecode.Scan {
    guard let scan = item(at: file).flatMap({ image.scan(of: $0) }) else {
      throw BytecodeReadingError(file, "was not read")
    }
    return scan
  }
}
