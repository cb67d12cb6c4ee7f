internal import Caches
internal import Facts
internal import Images
internal import SourceText

/// Puts the layers of an image upon each other, and makes the facts of it.
struct ImageAssembler {
  private(set) var union = LayerUnion()
  private var facts: [LayerFacts] = []
  private(set) var contents: [LayerContent] = []

  /// Makes room for layers before they are added.
  mutating func reserve(_ layers: [ReadLayer?]) {
    union.reserve(layers.reduce(0) { $0 + ($1?.table.count ?? 0) })
  }

  /// Adds the next layer; one that could not be read, or is not there, has no entries.
  ///
  /// - Parameters:
  ///   - layer: what was read; nil for a layer that was not.
  ///   - descriptor: what the image's documents say of it; nil outside of images.
  ///   - step: what made it, where that is known.
  ///   - size: how many bytes are stored, where no document says so.
  /// - Throws: which limit the image exceeds.
  mutating func add(
    _ layer: consuming ReadLayer?, _ descriptor: LayerDescriptor? = nil, step: BuildStep? = nil, size: Int? = nil
  ) throws(LayerError) {
    var layer = layer ?? ReadLayer.failed(nil)
    let table = layer.table
    // The union drops the names, which nobody else may hold then.
    layer.table = LayerTable.Builder().finish()
    try union.apply(table)
    contents.append(layer.content)
    facts.append(
      LayerFacts(
        digest: descriptor?.digest?.description, diffID: descriptor?.diffID.description,
        storedBytes: descriptor?.size ?? size, archiveBytes: layer.archiveBytes, compression: layer.compression?.name,
        wrongMediaType: layer.wrongMediaType, step: step, notes: layer.notes, uncountedNotes: layer.uncountedNotes,
        remarks: layer.remarks, isRead: layer.isRead))
  }

  /// Adds what a further pass has seen.
  mutating func add(_ bytecode: LayerBytecode, toLayer layer: Int) {
    contents[layer].bytecode.merge(bytecode)
  }

  /// The bytecode of all layers.
  var bytecode: [LayerBytecode] { contents.map(\.bytecode) }

  /// The finished image.
  ///
  /// - Parameters:
  ///   - kind: what it is.
  ///   - image: its documents; nil outside of images.
  ///   - base: how many of the lowest layers are the base image's, and why they are taken for it.
  ///   - isVerified: whether digests were compared.
  /// - Returns: the image with its facts.
  consuming func finish(
    _ kind: ImageFacts.Kind, _ image: Image?, base: (layers: Int, reason: String)?, isVerified: Bool
  ) -> ReadImage {
    let users = users
    let identity = image.flatMap { users.identity($0.configuration.user) }
    let environment = image?.environments ?? []
    let named = environment.filter { $0.hasPrefix("HOME=") }.map { Self.path($0.dropFirst("HOME=".count)) }
    let caches = CacheAttribution(
      union, homes: homes(first: [identity?.home].compactMap(\.self) + named), environment: environment,
      workingDirectory: Self.path((image?.configuration.workingDirectory ?? "")[...]))
    return ReadImage(
      facts: ImageFacts(
        kind: kind, image: image, layers: facts, union: union, caches: caches, baseLayers: base?.layers,
        baseReason: base?.reason, isVerified: isVerified),
      bytecode: bytecode, users: users, identity: identity)
  }

  private static func path(_ text: Substring) -> Path {
    Path(Array(text.utf8.split(separator: UInt8(ascii: "/")).map(Array.init).joined(separator: [UInt8(ascii: "/")])))
  }

  /// The users by the files that a container would read.
  private var users: UserTable {
    guard union.layerCount > 0 else { return UserTable(passwd: [], group: []) }
    return UserTable(
      passwd: userFile("etc/passwd", union.merged)?.text ?? [], group: userFile("etc/group", union.merged)?.text ?? [])
  }

  /// Some homes, and those of the users of all layers: what lies in the home of a user that a later layer removes is
  /// shipped all the same.
  private func homes(first: [Path]) -> [Path] {
    var homes: [Path] = []
    var seen: Set<Path> = []
    func add(_ further: [Path]) {
      for home in further where homes.count < ReadingLimits.homes && seen.insert(home).inserted { homes.append(home) }
    }
    add(first)
    var last: EntryNumber?
    for layer in (0..<union.layerCount).reversed() where homes.count < ReadingLimits.homes {
      guard let (file, text) = userFile("etc/passwd", union.view(after: layer)), file != last else { continue }
      last = file
      add(UserTable(passwd: text, group: []).homes)
    }
    return homes
  }

  /// A file of users or groups in a view, and what it says.
  private func userFile(_ path: Path, _ view: LayerView) -> (file: EntryNumber, text: [UInt8])? {
    guard let item = view.item(at: path), let entry = view.entry(of: item) else { return nil }
    return (entry, contents[entry.layer].userFiles[entry.entry] ?? [])
  }
}
