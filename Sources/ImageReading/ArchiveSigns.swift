internal import Archives

/// What an archive is, told by the files at its root.
struct ArchiveSigns: Sendable {
  /// Whether there is `manifest.json`, which `docker save` writes.
  private(set) var hasManifest = false
  private var hasIndex = false
  private var hasLayout = false

  /// Whether it is an image layout.
  var isLayout: Bool { hasIndex && hasLayout }
  /// Whether it is an image at all, and not a lone layer.
  var isImage: Bool { hasManifest || isLayout }

  /// Takes the name of a file.
  mutating func note(_ name: [UInt8]) {
    guard name.count <= Self.longest else { return }
    var name = name[...]
    while name.first == UInt8(ascii: "/") || name.starts(with: "./".utf8) {
      name = name.dropFirst(name.first == UInt8(ascii: "/") ? 1 : 2)
    }
    if name.elementsEqual("manifest.json".utf8) { hasManifest = true }
    if name.elementsEqual("index.json".utf8) { hasIndex = true }
    if name.elementsEqual("oci-layout".utf8) { hasLayout = true }
  }

  /// No name that matters is longer, `./` in front of it included.
  private static let longest = 20

  /// What a plain archive is; the data are passed over.
  init(of source: ArchiveSource, limits: ArchiveLimits) throws(ArchiveError) {
    var options = ArchiveOptions()
    options.limits = limits
    var visitor = Visitor()
    _ = try readTar(source, options: options, into: &visitor)
    self = visitor.signs
  }

  init() {}

  private struct Visitor: TarVisitor {
    var signs = ArchiveSigns()

    mutating func begin(_ entry: TarEntry, name: Span<UInt8>, link: Span<UInt8>) -> TarContent {
      switch entry.kind {
      case .regular, .hardLink, .symbolicLink:
        if name.count <= ArchiveSigns.longest { signs.note(name.indices.map { name[$0] }) }
      default: break
      }
      return .skip
    }

    mutating func content(_ bytes: Span<UInt8>) {}

    mutating func end(at position: ArchivePosition) {}
  }
}
