internal import Caches
internal import Facts
internal import Images
internal import SourceText

/// Puts the layers of an image upon each other, and makes the facts of it.
struct ImageAssembler {
  /// A layer without its entries, and what is known of it beside.
  private struct Part {
    let layer: ReadLayer
    let descriptor: LayerDescriptor?
    let step: BuildStep?
    let size: Int?
  }

  private(set) var union = LayerUnion()
  private var parts: [Part] = []
  private(set) var contents: [LayerContent] = []
  private let limits: ReadingLimits
  private var userFiles: UserFiles

  /// - Parameters:
  ///   - limits: how the layers were read.
  ///   - userFiles: the lists of users and groups that were taken out of the layers already.
  init(limits: ReadingLimits, userFiles: UserFiles = UserFiles()) {
    self.limits = limits
    self.userFiles = userFiles
  }

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
    userFiles.add(layer.content.takeUserFiles(), layer: contents.count)
    contents.append(layer.content)
    layer.content = LayerContent()
    parts.append(Part(layer: layer, descriptor: descriptor, step: step, size: size))
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
    let environment = image?.environments ?? []
    let named = environment.filter { $0.hasPrefix("HOME=") }.map { Self.path($0.dropFirst("HOME=".count)) }
    let homes = UserHomes(union, userFiles, image, named: named, limits: limits)
    let caches = CacheAttribution(
      union, homes: homes.homes, environment: environment,
      workingDirectory: Self.path((image?.configuration.workingDirectory ?? "")[...]))
    return ReadImage(
      facts: ImageFacts(
        kind: kind, image: image,
        layers: parts.indices.map { facts(of: $0, homes) }, union: union, caches: caches, baseLayers: base?.layers,
        baseReason: base?.reason, isVerified: isVerified),
      bytecode: bytecode, users: homes.users, identity: homes.identity)
  }

  private func facts(of number: Int, _ homes: UserHomes) -> LayerFacts {
    let part = parts[number]
    let layer = part.layer
    return LayerFacts(
      digest: part.descriptor?.digest?.description, diffID: part.descriptor?.diffID.description,
      // What is said of a layer that was not read may be anything.
      storedBytes: layer.isRead ? part.descriptor?.size ?? part.size : nil, archiveBytes: layer.archiveBytes,
      compression: layer.compression?.name, wrongMediaType: layer.wrongMediaType, step: part.step,
      user: homes.ofStep[number], notes: layer.notes, uncountedNotes: layer.uncountedNotes,
      remarks: layer.remarks + homes.remarks(ofLayer: number),
      unverified: layer.unverified, unread: layer.isRead ? nil : Self.unread(part.descriptor))
  }

  /// Why a layer has no entries.
  private static func unread(_ descriptor: LayerDescriptor?) -> LayerFacts.Unread {
    switch descriptor?.state {
    case .absent: .absent
    case .skipped: .noLayer(descriptor?.mediaType ?? "")
    case .present, .failed, nil: .failed
    }
  }

  private static func path(_ text: Substring) -> Path {
    Path(Array(text.utf8.split(separator: UInt8(ascii: "/")).map(Array.init).joined(separator: [UInt8(ascii: "/")])))
  }
}
