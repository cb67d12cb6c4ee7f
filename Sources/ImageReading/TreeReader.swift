internal import Archives
internal import Files
internal import Images
internal import SourceText

/// Reads a directory tree as one layer: a root file system, or what a storage driver keeps of a layer.
///
/// No link is followed, no device and no pipe is opened, and what is mounted below is let alone.
struct TreeReader {
  let root: Path
  let limits: ReadingLimits
  /// Whether contents are hashed, to tell copies that differ in nothing but their metadata.
  let hashes: Bool
  /// Whether the marks of overlay file systems hide what lies in the layers below.
  let isOverlay: Bool

  var builder = LayerTable.Builder()
  var content = LayerContent()
  var filter = EntryFilter()
  var reader: ContentReader
  var buffer = [UInt8](repeating: 0, count: 256 << 10)
  /// The first names of files that have several.
  var firstNames: [FileIdentity: [UInt8]] = [:]
  var overlayMarks = 0
  var longBytecode = 0
  var holes: HoleBudget
  /// The first entry that goes beyond a limit; nothing follows it.
  var failure: LayerError?
  private var listing = DirectoryReader()
  /// Where the walk is; nil before it begins.
  private var position: TreePosition?
  private var device: UInt64 = 0
  private var mountPoints = 0
  private var errors: [FileError] = []
  private var uncountedErrors = 0

  init(_ root: Path, limits: ReadingLimits, hashes: Bool = false, isOverlay: Bool = false) {
    self.root = root
    self.limits = limits
    self.hashes = hashes
    self.isOverlay = isOverlay
    reader = ContentReader(limits: limits)
    holes = HoleBudget(limits.holeShare)
  }

  /// Reads the tree; a directory that cannot be read leaves the others.
  ///
  /// - Returns: the layer, and why parts of it could not be read.
  mutating func read() -> (layer: ReadLayer, errors: [FileError]) {
    do throws(FileError) {
      device = try place().rootIdentity.device
    } catch {
      return (.failed(.file(error)), [])
    }
    walk()
    if let failure { return (.failed(.layer(failure)), errors) }
    var layer = ReadLayer()
    layer.notes = notes
    layer.remarks += [reader.textRemark, holes.remark].compactMap(\.self)
    layer.table = builder.finish()
    layer.content = content
    return (layer, errors)
  }

  private var notes: [String] {
    var notes: [String] = []
    if mountPoints > 0 { notes.append("\(mountPoints) directories on which something is mounted are not looked into") }
    if overlayMarks > 0 { notes.append(overlayWords(overlayMarks)) }
    if longBytecode > 0 {
      notes.append(
        "\(longBytecode) bytecode files have more than \(limits.bytecodeSize) bytes, the limit to look at; "
          + LimitName.bytecodeSize.advice(at: limits.bytecodeSize))
    }
    if uncountedErrors > 0 { notes.append("\(uncountedErrors) more files or directories could not be read") }
    return notes
  }

  private mutating func walk() {
    var pending = [Path.root]
    while let path = pending.popLast(), failure == nil {
      guard path.components.count <= limits.treeDepth else {
        fail(FileError(path: shown(path), reason: .tooDeep(limit: limits.treeDepth)))
        continue
      }
      do throws(FileError) {
        pending += try visit(path).reversed()
      } catch {
        fail(error)
      }
    }
  }

  /// Takes the entries of a directory, and tells which of them are directories to be visited.
  private mutating func visit(_ path: Path) throws(FileError) -> [Path] {
    let directory = try place().open(path)
    var entries = DirectoryListing()
    try listing.read(directory, into: &entries, path: shown(path))
    if isOverlay, isOpaque(directory) {
      table { (builder) throws(LayerError) in try builder.addOpaqueDirectory(path.bytes.span) }
    }
    let names = entries.entries.map { Array(entries.name(of: $0)) }.sorted { $0.lexicographicallyPrecedes($1) }
    var below: [Path] = []
    for name in names where failure == nil {
      let entry = path.appending(name)
      do throws(FileError) {
        let status = try directory.status(ofEntry: name, path: shown(entry))
        try take(entry, name, status, in: directory)
        guard status.kind == .directory else { continue }
        if status.identity.device == device { below.append(entry) } else { mountPoints += 1 }
      } catch {
        // What has gone since the directory was listed is missed by nobody.
        if error.reason != .missing { fail(error) }
      }
    }
    return below
  }

  private func isOpaque(_ directory: borrowing Descriptor) -> Bool {
    directory.attribute("trusted.overlay.opaque") == UInt8(ascii: "y")
      || directory.attribute("user.overlay.opaque") == UInt8(ascii: "y")
      || directory.attribute("user.fuseoverlayfs.opaque") == UInt8(ascii: "y")
  }

  private mutating func fail(_ error: FileError) {
    if errors.count < ReadingLimits.notes { errors.append(error) } else { uncountedErrors += 1 }
  }

  /// The path as errors name it.
  func shown(_ path: Path) -> Path { path.isRoot ? root : root.appending(path.bytes) }

  /// Changes the table, and remembers the limit that it meets.
  mutating func table(_ body: (inout LayerTable.Builder) throws(LayerError) -> Void) {
    do throws(LayerError) {
      try body(&builder)
    } catch {
      failure = error
    }
  }

  /// Where the walk is, which begins at the root.
  mutating func place() throws(FileError) -> TreePosition {
    if let position { return position }
    let position = try TreePosition(root)
    self.position = position
    return position
  }
}
