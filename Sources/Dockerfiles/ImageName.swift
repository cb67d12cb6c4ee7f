/// The name of an image in its parts.
public struct ImageName: Hashable, Sendable {
  /// The repository without registry of Docker Hub and `library/`, for official images; else nil.
  public var official: String? { name.utf8.contains(UInt8(ascii: "/")) ? nil : name }
  /// The repository in its shortest form: Docker Hub needs no registry, and its official images no owner.
  public let name: String
  /// Everything before the tag.
  public let repository: String
  /// The tag, or nothing where there is none.
  public let tag: String

  /// Splits a name.
  public init(_ image: String) {
    let bytes = Array(image.utf8)
    let tagged = bytes.prefix { $0 != UInt8(ascii: "@") }
    let lastSlash = tagged.lastIndex(of: UInt8(ascii: "/")) ?? -1
    let colon = tagged.lastIndex(of: UInt8(ascii: ":")).flatMap { $0 > lastSlash ? $0 : nil }
    repository = text(tagged[..<(colon ?? tagged.endIndex)])
    tag = colon.map { text(tagged[($0 + 1)...]) } ?? ""
    var parts = repository.utf8.split(separator: UInt8(ascii: "/")).map { text($0) }
    let registries = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]
    if let first = parts.first, parts.count > 1, registries.contains(first) { parts.removeFirst() }
    if parts.count > 1, parts[0] == "library" { parts.removeFirst() }
    // The mirror of the official images that is read without a limit.
    if parts.count == 4, parts[0] == "public.ecr.aws", parts[1] == "docker", parts[2] == "library" {
      parts.removeFirst(3)
    }
    // Official images are kept for each processor, too.
    if parts.count == 2, Self.processors.contains(parts[0]) { parts.removeFirst() }
    name = parts.joined(separator: "/")
  }

  private static let processors: Set<String> = [
    "amd64", "arm32v5", "arm32v6", "arm32v7", "arm64v8", "i386", "mips64le", "ppc64le", "riscv64", "s390x", "winamd64",
  ]

  /// The parts of the tag between its dashes.
  var tagWords: [Substring] { tag.split(separator: "-") }
}
