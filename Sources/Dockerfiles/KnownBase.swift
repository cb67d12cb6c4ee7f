/// What is known of an image that stages start from.
public struct KnownBase: Sendable {
  /// The environment that it sets, as far as it is of interest.
  public let environment: [String: [UInt8]]
  /// The Python in it.
  public let python: PythonVersion?
  /// Whether running Python is what the image is for.
  public let isPython: Bool
  /// Whether it runs on Windows.
  public let isWindows: Bool
  /// The user that it sets, as name or number; nil where that is not known.
  public let user: [UInt8]?
  /// The absolute directory that it sets for commands; nil where that is not known.
  public let workingDirectory: [UInt8]?
  /// The home directories of its users other than root; nil where the image may have no users at all.
  public let homes: [String: String]?

  /// Creates the knowledge of an image.
  public init(
    environment: [String: [UInt8]] = [:], python: PythonVersion? = nil, isPython: Bool = false,
    isWindows: Bool = false, user: [UInt8]? = Array("root".utf8), workingDirectory: [UInt8]? = [UInt8(ascii: "/")],
    homes: [String: String]? = [:]
  ) {
    self.environment = environment
    self.python = python
    self.isPython = isPython
    self.isWindows = isWindows
    self.user = user
    self.workingDirectory = workingDirectory
    self.homes = homes
  }

  /// Whether the name of an image says that it runs on Windows.
  static func isWindows(_ image: String) -> Bool {
    let image = image.lowercased()
    return ["windowsservercore", "nanoserver", "microsoft.com/windows/"].contains { image.contains($0) }
  }

  /// What is known of the official images; nil for all others.
  ///
  /// None of these sets a variable that switches a cache. That was read in the Dockerfiles of python, php, golang,
  /// ruby, postgres and node, and is general knowledge for the others.
  public static func official(_ image: String) -> KnownBase? {
    let name = ImageName(image)
    guard let repository = name.official else { return nil }
    if repository == "scratch" { return KnownBase(homes: nil) }
    let isWindows = isWindows(image)
    if repository == "python" || repository == "pypy" {
      let version = PythonVersion(tag: name.tag)
      let isPyPy = repository == "pypy"
      let python = version.map { PythonVersion(major: $0.major, minor: $0.minor, isPyPy: isPyPy) }
      return KnownBase(python: python, isPython: true, isWindows: isWindows)
    }
    return plain.contains(repository) ? KnownBase(isWindows: isWindows) : nil
  }

  private static let plain: Set<String> = [
    "almalinux", "alpine", "amazonlinux", "buildpack-deps", "busybox", "centos", "debian", "eclipse-temurin", "fedora",
    "gcc", "golang", "nginx", "node", "openjdk", "perl", "php", "postgres", "redis", "rockylinux", "ruby", "rust",
    "ubuntu",
  ]
}

/// A version of Python as far as a tag tells it.
public struct PythonVersion: Hashable, Sendable {
  /// The first number.
  public let major: Int
  /// The second number, or nil where the tag has none.
  public let minor: Int?
  /// Whether it is PyPy.
  public let isPyPy: Bool

  /// Creates a version.
  public init(major: Int, minor: Int?, isPyPy: Bool = false) {
    self.major = major
    self.minor = minor
    self.isPyPy = isPyPy
  }

  /// Reads the version at the start of a tag such as `3.12-slim`.
  init?(tag: String) {
    let version = tag.utf8.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    let parts = version.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Int(text($0)) }
    guard let first = parts.first, let major = first else { return nil }
    // What does not follow as number or end is another scheme of tags.
    if let next = tag.utf8.dropFirst(version.count).first, next != UInt8(ascii: "-"), !isLetter(next) { return nil }
    self.init(major: major, minor: parts.count > 1 ? parts[1] : nil)
  }
}

/// The name of an image in its parts.
public struct ImageName: Hashable, Sendable {
  /// The repository without registry of Docker Hub and `library/`, for official images; else nil.
  public let official: String?
  /// Everything before the tag.
  public let repository: String
  /// The tag, or nothing where there is none.
  public let tag: String

  /// Splits a name.
  public init(_ image: String) {
    let bytes = Array(image.utf8)
    let name = bytes.prefix { $0 != UInt8(ascii: "@") }
    let lastSlash = name.lastIndex(of: UInt8(ascii: "/")) ?? -1
    let colon = name.lastIndex(of: UInt8(ascii: ":")).flatMap { $0 > lastSlash ? $0 : nil }
    repository = text(name[..<(colon ?? name.endIndex)])
    tag = colon.map { text(name[($0 + 1)...]) } ?? ""
    var parts = repository.utf8.split(separator: UInt8(ascii: "/")).map { text($0) }
    let registries = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]
    if let first = parts.first, parts.count > 1, registries.contains(first) { parts.removeFirst() }
    if parts.count > 1, parts[0] == "library" { parts.removeFirst() }
    // The mirror of the official images that is read without a limit.
    if parts.count == 4, parts[0] == "public.ecr.aws", parts[1] == "docker", parts[2] == "library" {
      parts.removeFirst(3)
    }
    official = parts.count == 1 ? parts[0] : nil
  }
}
