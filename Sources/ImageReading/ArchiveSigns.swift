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
    /// The digits of a digest with `.json` or `.tar`, or as a directory, as `docker save` names configurations and layers.
    static let digest = Names(rawValue: 8)
    /// Nothing but the digits of a digest, as skopeo names them for `dir:`.
    static let blob = Names(rawValue: 16)
    /// `version`, which skopeo writes for `dir:`.
    static let version = Names(rawValue: 32)
  }

  /// The directory that holds all that has passed by; nil before the first entry.
  private var directory: [UInt8]?
  /// What lies in that directory.
  private var names: Names = []
  /// The deepest directory with an entry of its own, or the deepest that holds those which lie side by side.
  private var entered: [UInt8] = []
  /// Whether directories with entries of their own lie side by side.
  private var isForked = false

  private var isAtRoot: Bool { directory?.isEmpty ?? false }
  /// Whether there is `manifest.json` at the root.
  var hasManifest: Bool { isAtRoot && names.contains(.manifest) }
  /// Whether it is an image at all, and not a lone layer.
  var isImage: Bool { isAtRoot && (names.contains(.manifest) || names.isSuperset(of: [.index, .layout])) }
  /// Whether it is what skopeo writes for `dir:`, at the root or further down.
  var isSkopeoDirectory: Bool {
    guard let directory, names.isSuperset(of: [.manifest, .version, .blob]) else { return false }
    return names.isDisjoint(with: [.index, .layout, .digest]) && holdsDirectories(directory)
  }
  /// The directory that is an image and was packed with its name; nil where there is none.
  ///
  /// Programs have a `manifest.json` of their own, so that alone is no sign of an image.
  var packedDirectory: [UInt8]? {
    guard let directory, !isAtRoot, holdsDirectories(directory),
      names.isSuperset(of: [.index, .layout]) || names.isSuperset(of: [.manifest, .digest])
    else { return nil }
    return directory
  }

  /// Whether no directory has an entry that lies elsewhere; those above are part of the path.
  private func holdsDirectories(_ directory: [UInt8]) -> Bool {
    let shared = Self.shared(entered, directory.span, directory.indices)
    return shared == directory.count || !isForked && shared == entered.count
  }

  /// Takes an entry.
  mutating func note(_ kind: TarEntryKind, _ name: Span<UInt8>) {
    switch kind {
    case .directory: note(directory: name)
    case .regular, .hardLink, .symbolicLink: note(name, isFile: true)
    default: note(name, isFile: false)
    }
  }

  /// Takes the name of an entry that is no directory.
  ///
  /// - Parameters:
  ///   - name: the name as the archive has it.
  ///   - isFile: whether it may be a file of an image.
  mutating func note(_ name: Span<UInt8>, isFile: Bool) {
    let start = Self.start(of: name)
    if !isAtRoot { narrow(to: name, from: start) }
    guard isFile, let directory else { return }
    let base = directory.isEmpty ? start : start + directory.count + 1
    if base < name.count { names.formUnion(Self.sign(name, from: base)) }
  }

  /// Takes the name of an entry that is a directory.
  mutating func note(directory name: Span<UInt8>) {
    if isAtRoot { return }
    let start = Self.start(of: name)
    var end = name.count
    while end > start, name[end - 1] == Self.slash { end -= 1 }
    if end - start > Self.longestDirectory {
      end = start + Self.longestDirectory
      while end > start, name[end] != Self.slash { end -= 1 }
    }
    let shared = Self.shared(entered, name, start..<end)
    if shared == entered.count {
      if !isForked, end - start > shared { entered = (start..<end).map { name[$0] } }
    } else if start + shared < end {
      entered.removeLast(entered.count - shared)
      isForked = true
    }
  }

  /// Where a name begins behind what leads nowhere, such as `./`.
  private static func start(of name: Span<UInt8>) -> Int {
    var start = 0
    while start < name.count {
      if name[start] == slash {
        start += 1
      } else if name[start] == dot, start + 1 == name.count || name[start + 1] == slash {
        start = min(start + 2, name.count)
      } else {
        break
      }
    }
    return start
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
    let shared = Self.shared(known, name, start..<start + length)
    if shared == known.count { return }
    directory = Array(known[..<shared])
    names = []
  }

  /// How long the path is of the deepest directory that holds two others, or is one of them.
  private static func shared(_ known: [UInt8], _ name: Span<UInt8>, _ place: Range<Int>) -> Int {
    var shared = 0
    var common = 0
    while common < known.count, common < place.count, known[common] == name[place.lowerBound + common] {
      if known[common] == slash { shared = common }
      common += 1
    }
    let ends = common == known.count || known[common] == slash
    return ends && (common == place.count || name[place.lowerBound + common] == slash) ? common : shared
  }

  /// What a file is a sign of by its name, the last bytes of `name`; nothing where it lies further down.
  private static func sign(_ name: Span<UInt8>, from base: Int) -> Names {
    let count = name.count - base
    func isName(_ text: StaticString, from start: Int = 0) -> Bool {
      text.withUTF8Buffer { text in
        text.count == count - start && text.indices.allSatisfy { unsafe text[$0] == name[base + start + $0] }
      }
    }
    switch count {
    case 7: return isName("version") ? .version : []
    case 10: return isName("index.json") ? .index : isName("oci-layout") ? .layout : []
    case 13: return isName("manifest.json") ? .manifest : []
    case digits...:
      let isDigest = (base..<base + digits).allSatisfy { place in
        let byte = name[place]
        return byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66
      }
      guard isDigest else { return [] }
      if count == digits { return .blob }
      return name[base + digits] == slash || isName(".json", from: digits) || isName(".tar", from: digits)
        ? .digest : []
    default: return []
    }
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
  /// How many digits a SHA-256 digest has.
  private static let digits = 64
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
      signs.note(entry.kind, name)
      return .skip
    }

    mutating func content(_ bytes: Span<UInt8>) {}

    mutating func end(at position: ArchivePosition) {}
  }
}
