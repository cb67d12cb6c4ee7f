internal import Archives
internal import Files
internal import Images
public import SourceText

/// What was written is no target; with what to do.
public struct ImageTargetError: Error, Sendable, Hashable {
  /// What was written.
  public let target: String
  /// What to do, in words that are safe to print.
  public let advice: String
}

extension ImageTargetError: CustomStringConvertible {
  /// The target and what to do, safe to print.
  public var description: String { "\(printable(target)): \(advice)" }
}

extension ImageTarget {
  /// What to do with a target that is neither read nor a path that exists: `app:latest`, for one.
  ///
  /// - Parameter text: what was written.
  /// - Returns: the error with the command that makes a target of it; nil where the text is no name of an image.
  public static func advice(forMissing text: String) -> ImageTargetError? {
    guard isReference(text) else { return nil }
    return ImageTargetError(target: text, advice: save(text))
  }

  /// The archive that a plain path leads to; nil where its bytes are none, so that it is a file like any other.
  ///
  /// Only the first bytes are looked at; no file but an ordinary one is opened.
  public init?(archiveAt path: Path) {
    guard let start = try? readStart(of: path, count: 512), !start.isEmpty else {
      // A link that a person names is followed.
      guard let place = try? resolvedPath(path), place != path, let start = try? readStart(of: place, count: 512),
        Self.isArchive(start)
      else { return nil }
      self = .archive(path, tag: nil)
      return
    }
    guard Self.isArchive(start) else { return nil }
    self = .archive(path, tag: nil)
  }

  /// The image that a directory holds, by what lies in it; nil where it holds none.
  public init?(directoryAt path: Path) {
    guard let found = Self(layoutAt: path) ?? Self(unpackedAt: path) ?? Self(skopeoDirectoryAt: path) else {
      return nil
    }
    self = found
  }

  /// The image layout that a directory is; nil where it is none.
  public init?(layoutAt path: Path) {
    for name in ["oci-layout", "index.json"] {
      guard let status = try? fileStatus(at: path.appending(name)), status.kind == .regular else { return nil }
    }
    self = .layout(path, tag: nil)
  }

  /// The unpacked archive of `docker save` that a directory is; nil where it is none.
  ///
  /// Many programs have a `manifest.json`, so it must be a list of images, and the configuration or a layer of one of
  /// them must be there.
  public init?(unpackedAt path: Path) {
    let list: Path = "manifest.json"
    guard let status = try? fileStatus(at: path.appending(list.bytes)), status.kind == .regular else { return nil }
    let store = DirectoryStore(path)
    guard let bytes = try? store.read(list, limit: ImageLimits.manifestSize),
      let images = try? SavedImageList(bytes).images,
      images.contains(where: { image in
        // Of layers that are many, a few are enough.
        ([image.configuration] + image.layers.prefix(10)).contains { ((try? store.size(of: $0)) ?? nil) != nil }
      })
    else { return nil }
    self = .savedArchive(path, tag: nil)
  }

  /// The directory that skopeo wrote for `dir:`; nil where it is none.
  ///
  /// Its file `version` says what it is (containers/image, `directory/directory_dest.go`).
  public init?(skopeoDirectoryAt path: Path) {
    let store = DirectoryStore(path)
    guard let version = try? store.read("version", limit: Self.versionLimit),
      version.starts(with: "Directory Transport Version: ".utf8),
      ((try? store.size(of: "manifest.json")) ?? nil) != nil
    else { return nil }
    self = .directory(path)
  }

  /// How many bytes the file `version` has at most: its line, and some for later versions.
  private static let versionLimit = 100

  /// Whether a file begins like a compressed one, or with the header of a tar archive.
  static func isArchive(_ start: [UInt8]) -> Bool {
    if Compression(ofBlobStartingWith: start) != .none { return true }
    return start.count >= 512 && start[257..<262].elementsEqual("ustar".utf8)
  }

  /// The advice for transports of others.
  static func advice(_ transport: Substring, _ rest: Substring) -> String? {
    switch transport {
    case "docker", "registry", "http", "https":
      let name = rest.drop { $0 == "/" }
      return "images are not fetched; \(copy("docker://\(name)"))"
    case "docker-daemon": return save(String(rest))
    case "containers-storage": return copy("containers-storage:\(rest)")
    case "containerd": return "export it: ctr images export image.tar \(quoted(rest)) && cachepolicy check image.tar"
    default: return nil
    }
  }

  private static func copy(_ source: String) -> String {
    "copy it first: skopeo copy \(quoted(source)) oci:image && cachepolicy check oci:image"
  }

  private static func save(_ name: String) -> String {
    "images are not fetched; save it: docker save \(quoted(name)) | cachepolicy check -, "
      + "or copy it: skopeo copy \(quoted("docker://\(name)")) oci:image && cachepolicy check oci:image"
  }

  /// Whether a text has the form of an image's name: parts of letters, digits and `._-`, and a tag or a digest.
  private static func isReference(_ text: String) -> Bool {
    guard text.utf8.count <= 512, let last = text.split(separator: "/", omittingEmptySubsequences: false).last,
      last.contains(":") || last.contains("@")
    else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "._-/:@".utf8.contains(byte)
      }
    }
  }

  /// A word as a shell takes it, safe to print.
  private static func quoted(_ word: some StringProtocol) -> String {
    let text = printable(String(word))
    let isPlain = text.utf8.allSatisfy { byte in
      byte >= 0x80 || byte == UInt8(ascii: "_") || "+,-./:=@%".utf8.contains(byte)
        || Unicode.Scalar(byte).properties.isAlphabetic || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    return isPlain && !text.isEmpty
      ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
