/// The media types of images: those of the OCI and those of Docker.
public enum MediaType {
  static let indexes = [
    "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
  ]
  static let manifests = [
    "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
  ]
  static let configurations = [
    "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json",
  ]

  static func isSchema1(_ type: String) -> Bool {
    type == "application/vnd.docker.distribution.manifest.v1+json"
      || type == "application/vnd.docker.distribution.manifest.v1+prettyjws"
  }

  /// How a layer is compressed by the word of its type.
  public enum Compression: Sendable, Hashable {
    /// Not at all.
    case none
    /// With gzip.
    case gzip
    /// With Zstandard.
    case zstd
  }

  /// What the type of a layer says about it.
  public struct Layer: Sendable, Hashable {
    /// How it is compressed.
    ///
    /// Readers trust the bytes more: `docker save` of version 25 says gzip of plain archives.
    public let compression: Compression
    /// Whether it may be left out where the image is copied.
    public let isForeign: Bool
  }

  /// What the type of a layer says; nil for a type that is none of a layer.
  public static func layer(_ type: String) -> Layer? {
    for (base, isForeign) in layerBases where type.hasPrefix(base) {
      switch type.dropFirst(base.count) {
      case "": return Layer(compression: .none, isForeign: isForeign)
      case "+gzip", ".gzip": return Layer(compression: .gzip, isForeign: isForeign)
      // buildx writes the second; no document of Docker knows it.
      case "+zstd", ".zstd": return Layer(compression: .zstd, isForeign: isForeign)
      default: return nil
      }
    }
    return nil
  }

  private static let layerBases = [
    ("application/vnd.oci.image.layer.v1.tar", false),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar", true),
    ("application/vnd.docker.image.rootfs.diff.tar", false),
    ("application/vnd.docker.image.rootfs.foreign.diff.tar", true),
  ]
}
