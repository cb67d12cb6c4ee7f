/// What an image runs on: an operating system, an architecture and a variant of it, in the names of Go.
public struct Platform: Sendable, Hashable {
  /// The operating system, such as `linux`.
  public let system: String
  /// The architecture, such as `amd64`.
  public let architecture: String
  /// The variant, such as `v7`; empty where none is said.
  public let variant: String

  /// Creates a platform.
  public init(system: String, architecture: String, variant: String = "") {
    self.system = system
    self.architecture = architecture
    self.variant = variant
  }

  /// Reads `os/architecture` or `os/architecture/variant`; nil for anything else.
  ///
  /// Names that kernels use are understood too: `x86_64`, `aarch64`, `armhf`.
  public init?(_ text: String) {
    let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), parts.allSatisfy(Self.isName) else { return nil }
    let variant = parts.count == 3 ? parts[2] : ""
    switch parts[1] {
    case "x86_64", "x86-64": self.init(system: parts[0], architecture: "amd64", variant: variant)
    case "aarch64": self.init(system: parts[0], architecture: "arm64", variant: variant)
    case "i386", "i686": self.init(system: parts[0], architecture: "386", variant: variant)
    case "armhf": self.init(system: parts[0], architecture: "arm", variant: "v7")
    case "armel": self.init(system: parts[0], architecture: "arm", variant: "v6")
    default: self.init(system: parts[0], architecture: parts[1], variant: variant)
    }
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || "._-".utf8.contains($0)
      }
  }

  /// Linux on the architecture that this program was built for.
  public static var host: Platform {
    #if arch(arm64)
      Platform(system: "linux", architecture: "arm64")
    #elseif arch(arm)
      Platform(system: "linux", architecture: "arm")
    #elseif arch(i386)
      Platform(system: "linux", architecture: "386")
    #elseif arch(powerpc64le)
      Platform(system: "linux", architecture: "ppc64le")
    #elseif arch(s390x)
      Platform(system: "linux", architecture: "s390x")
    #elseif arch(riscv64)
      Platform(system: "linux", architecture: "riscv64")
    #else
      Platform(system: "linux", architecture: "amd64")
    #endif
  }

  /// Whether an image for the other platform is one for this: a variant that is not said is the usual one.
  public func matches(_ other: Platform) -> Bool {
    Self.told(system) == Self.told(other.system) && Self.told(architecture) == Self.told(other.architecture)
      && usualVariant == other.usualVariant
  }

  /// A part of a platform, in the word that builders have for what is not said.
  private static func told(_ part: String) -> String { part.isEmpty ? "unknown" : part }

  private var usualVariant: String {
    guard variant.isEmpty else { return variant }
    switch architecture {
    case "arm64": return "v8"
    case "arm": return "v7"
    case "amd64": return "v1"
    default: return ""
    }
  }

  /// Whether it is what BuildKit writes for documents that are no images.
  var isUnknown: Bool { system == "unknown" && architecture == "unknown" }
}

extension Platform: CustomStringConvertible {
  /// The platform as it is chosen: `linux/arm/v7`, or `unknown/unknown` where the image does not say it.
  public var description: String {
    "\(Self.told(system))/\(Self.told(architecture))" + (variant.isEmpty ? "" : "/\(variant)")
  }
}

/// Which of the platforms of an image are examined.
public enum PlatformChoice: Sendable, Hashable {
  /// The host's, or the only one that there is.
  case automatic(host: Platform)
  /// This one.
  case only(Platform)
  /// Each.
  case all

  /// Reads the value of `--platform`; nil where it is neither `all` nor a platform.
  public init?(_ text: String) {
    if text == "all" {
      self = .all
    } else if let platform = Platform(text) {
      self = .only(platform)
    } else {
      return nil
    }
  }
}
