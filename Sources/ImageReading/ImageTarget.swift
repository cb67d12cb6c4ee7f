public import SourceText

/// What a person asks to examine that is an image or a part of one, by the transports that skopeo and podman know.
public enum ImageTarget: Sendable, Hashable {
  /// `oci:DIR[:TAG]`: an image layout.
  case layout(Path, tag: String?)
  /// `oci-archive:FILE[:TAG]`: an image layout in an archive.
  case layoutArchive(Path, tag: String?)
  /// `docker-archive:FILE[:TAG]`: what `docker save` writes, also unpacked into a directory.
  case savedArchive(Path, tag: String?)
  /// `dir:DIR`: the blobs of one image side by side, as skopeo writes them.
  case directory(Path)
  /// `rootfs:DIR`: a root file system, or the directory of a layer of overlay2 (docker) or containers-storage (podman).
  ///
  /// The latter is told by what it holds: `diff`, and `link` or `lower`. With it come the layers below.
  case rootFileSystem(Path)
  /// `layer:FILE`: a lone layer, plain or compressed.
  case layer(Path)
  /// A file whose bytes are an archive: a saved image, an image layout, or else a lone layer.
  case archive(Path, tag: String?)
  /// `-`: an archive on standard input.
  case standardInput

  /// Reads a target as a person writes it; nil for what is a path, or text of another kind.
  ///
  /// As with skopeo, the first colon behind the transport ends the path, so a tag may have colons and a path may not.
  ///
  /// - Parameter text: what was written.
  /// - Throws: what to write instead, for an image that would have to be fetched, and for a target without a path.
  public init?(_ text: String) throws(ImageTargetError) {
    if text == "-" {
      self = .standardInput
      return
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let transport = text[..<colon]
    let rest = text[text.index(after: colon)...]
    if let command = Self.advice(transport, rest) { throw ImageTargetError(target: text, advice: command) }
    guard Self.transports.contains(String(transport)) else { return nil }
    let hasTag = ["oci", "oci-archive", "docker-archive"].contains(transport)
    let end = hasTag ? rest.firstIndex(of: ":") ?? rest.endIndex : rest.endIndex
    let path = Path(rest[..<end].utf8)
    guard !path.isRoot else {
      throw ImageTargetError(target: text, advice: "name a path after `\(transport):`")
    }
    let tail = rest[end...].dropFirst()
    let tag = tail.isEmpty ? nil : String(tail)
    switch transport {
    case "oci": self = .layout(path, tag: tag)
    case "oci-archive": self = .layoutArchive(path, tag: tag)
    case "docker-archive": self = .savedArchive(path, tag: tag)
    case "dir": self = .directory(path)
    case "rootfs": self = .rootFileSystem(path)
    default: self = .layer(path)
    }
  }

  /// The words before the colon that are read.
  public static let transports = ["oci", "oci-archive", "docker-archive", "dir", "rootfs", "layer"]

  /// The path; nil for standard input.
  public var path: Path? {
    switch self {
    case .layout(let path, _), .layoutArchive(let path, _), .savedArchive(let path, _), .directory(let path),
      .rootFileSystem(let path), .layer(let path), .archive(let path, _):
      path
    case .standardInput: nil
    }
  }

  /// The tag, where one was written.
  public var tag: String? {
    switch self {
    case .layout(_, let tag), .layoutArchive(_, let tag), .savedArchive(_, let tag), .archive(_, let tag): tag
    case .directory, .rootFileSystem, .layer, .standardInput: nil
    }
  }
}

extension ImageTarget {
  /// The word before the colon; empty where there is none.
  var transport: String {
    switch self {
    case .layout: "oci"
    case .layoutArchive: "oci-archive"
    case .savedArchive: "docker-archive"
    case .directory: "dir"
    case .rootFileSystem: "rootfs"
    case .layer: "layer"
    case .archive, .standardInput: ""
    }
  }

  /// What it is, in words.
  var what: String {
    switch self {
    case .layout: "an image layout"
    case .layoutArchive: "an image layout in an archive"
    case .savedArchive: "what `docker save` writes"
    case .directory: "what `skopeo copy` to dir: writes"
    case .rootFileSystem: "a root file system"
    case .layer: "a layer"
    case .archive, .standardInput: "an archive"
    }
  }
}

extension ImageTarget: CustomStringConvertible {
  /// The target as it is written, safe to print.
  public var description: String {
    let tail = tag.map { ":" + printable($0) } ?? ""
    return switch self {
    case .layout(let path, _): "oci:\(path)\(tail)"
    case .layoutArchive(let path, _): "oci-archive:\(path)\(tail)"
    case .savedArchive(let path, _): "docker-archive:\(path)\(tail)"
    case .directory(let path): "dir:\(path)"
    case .rootFileSystem(let path): "rootfs:\(path)"
    case .layer(let path): "layer:\(path)"
    case .archive(let path, _): "\(path)\(tail)"
    case .standardInput: "-"
    }
  }
}
