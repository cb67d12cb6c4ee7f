internal import Archives

/// What an archive is, told by the files in the directory that all of it lies in: the root, or one further down where a
/// directory was packed with its name.
struct ArchiveSigns: Sendable {
  private struct Names: OptionSet, Sendable {
    let rawValue: UInt8
    /// `manifest.json`, which `docker save` writes, and skopeo for `dir:`.
    static let manifest = Names(rawValue: 1)
    static let index = Names(rawValue: 2)
    static let layout = Names(rawValue: 4)
    /// A name that begins with the digits of a digest, as configurations and layers have it beside `manifest.json`.
    static let digest = Names(rawValue: 8)
  }

  /// The directory that holds all that has passed by; nil before the first entry.
  private var directory: [UInt8]?
  /// What lies in that directory.
  private var names: Names = []

  private var isAtRoot: Bool { directory?.isEmpty ?? false }
  /// Whether there is `manifest.json` at the root.
  var hasManifest: Bool { isAtRoot && names.contains(.manifest) }
  /// Whether it is an image at all, and not a lone layer.
  var isImage: Bool { isAtRoot && (names.contains(.manifest) || names.isSuperset(of: [.index, .layout])) }
  /// The directory that is an image and was packed with its name; nil where there is none.
  ///
  /// Programs have a `manifest.json` of their own, so that alone is no sign of an image.
  var packedDirectory: [UInt8]? {
    guard !isAtRoot, names.isSuperset(of: [.index, .layout]) || names.isSuperset(of: [.manifest, .digest]) else {
      return nil
    }
    return directory
  }

  /// Takes the name of an entry that is no directory.
  ///
  /// - Parameters:
  ///   - name: the name as the archive has it.
  ///   - isFile: whether it may be a file of an image.
  mutating func note(_ name: Span<UInt8>, isFile: Bool) {
    var start = 0
    while start < name.count {
      if name[start] == Self.slash {
        start += 1
      } else if name[start] == Self.dot, start + 1 < name.count, name[start + 1] == Self.slash {
        start += 2
      } else {
        break
      }
    }
    if !isAtRoot { narrow(to: name, from: start) }
    guard isFile, let directory else { return }
    let base = directory.isEmpty ? start : start + directory.count + 1
    if base < name.count { names.formUnion(Self.sign(name, from: base)) }
  }

  /// Makes the directory the deepest that holds an entry, too.
  private mutating func narrow(to name: Span<UInt8>, from start: Int) {
    var end = name.count
    while end > start, name[end - 1] != Self.slash { end -= 1 }
    let length = max(0, end - 1 - start)
    guard let known = directory else {
      guard length <= Self.longestDirectory else { return directory = [] }
      directory = (start..<start + length).map { name[$0] }
      return
    }
    var shared = 0
    var common = 0
    while common < known.count, common < length, known[common] == name[start + common] {
      if known[common] == Self.slash { shared = common }
      common += 1
    }
    let isWhole = common == known.count && (common == length || name[start + common] == Self.slash)
    if isWhole { return }
    if common == length, common < known.count, known[common] == Self.slash { shared = common }
    directory = Array(known[..<shared])
    names = []
  }

  /// What a file is a sign of by its name, the last bytes of `name`; nothing where it lies further down.
  private static func sign(_ name: Span<UInt8>, from base: Int) -> Names {
    let count = name.count - base
    func isName(_ text: StaticString) -> Bool {
      text.withUTF8Buffer { text in
        text.count == count && text.indices.allSatisfy { unsafe text[$0] == name[base + $0] }
      }
    }
    switch count {
    case 10: return isName("index.json") ? .index : isName("oci-layout") ? .layout : []
    case 13: return isName("manifest.json") ? .manifest : []
    case digits...longestDigest:
      let isDigest = (base..<base + digits).allSatisfy { place in
        let byte = name[place]
        return byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66
      }
      return isDigest ? .digest : []
    default: return []
    }
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
  /// How many digits a SHA-256 digest has.
  private static let digits = 64
  /// The digits with `.json` or `.tar`.
  private static let longestDigest = digits + 5
  /// A longer directory is not taken for an image.
  private static let longestDirectory = 4096

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
      case .directory: break
      case .regular, .hardLink, .symbolicLink: signs.note(name, isFile: true)
      default: signs.note(name, isFile: false)
      }
      return .skip
    }

    mutating func content(_ bytes: Span<UInt8>) {}

    mutating func end(at position: ArchivePosition) {}
  }
}
