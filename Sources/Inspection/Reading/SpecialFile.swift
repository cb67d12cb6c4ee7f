internal import Policies
internal import SourceText

/// What a file is examined as, by its name.
enum SpecialFile: Hashable, Sendable {
  case gitignore
  case dockerignore
  case dockerfile
  case compose
  case policy

  /// What a name stands for; nil for the names of most files.
  init?(_ name: ArraySlice<UInt8>) {
    guard let first = name.first, let last = name.last else { return nil }
    switch first | 0x20 {
    // The first letters of the names below; other names end as Dockerfiles and ignore files do.
    case UInt8(ascii: "."), UInt8(ascii: "d"), UInt8(ascii: "c"): break
    default:
      guard last | 0x20 == UInt8(ascii: "e") else { return nil }
    }
    let text = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    if name.elementsEqual(".gitignore".utf8) {
      self = .gitignore
    } else if text.suffix(13).elementsEqual(".dockerignore".utf8) {
      self = .dockerignore
    } else if Self.isDockerfile(text) {
      self = .dockerfile
    } else if Self.isCompose(text) {
      self = .compose
    } else if PolicyDiscovery.names.contains(where: { name.elementsEqual($0.utf8) }) {
      self = .policy
    } else {
      return nil
    }
  }

  private static func isDockerfile(_ name: [UInt8]) -> Bool {
    for word in ["dockerfile", "containerfile"] {
      if name.elementsEqual(word.utf8) || name.suffix(word.utf8.count + 1).elementsEqual(("." + word).utf8) {
        return true
      }
      guard name.starts(with: word.utf8), name.count > word.utf8.count else { continue }
      switch name[word.utf8.count] {
      case UInt8(ascii: "."):
        return !otherEndings.contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
      // `Dockerfile-dev`, `Dockerfile_dev`; a name with an ending is that of a program.
      case UInt8(ascii: "-"), UInt8(ascii: "_"): return !name.contains(UInt8(ascii: "."))
      default: return false
      }
    }
    return false
  }

  /// Endings of texts and programs about Dockerfiles, which are none themselves.
  private static let otherEndings = [
    ".md", ".txt", ".rst", ".adoc", ".html", ".css", ".json", ".yml", ".yaml", ".toml", ".xml", ".swift", ".go", ".py",
    ".pyc", ".rb", ".rs", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".java", ".kt", ".scala", ".groovy", ".c", ".h",
    ".cc", ".cpp", ".hpp", ".cs", ".php", ".pl", ".lua", ".hs", ".ex", ".exs", ".erl", ".clj", ".dart", ".vim", ".el",
    ".g4", ".png", ".svg", ".lock", ".log", ".orig", ".rej", ".swp", ".dockerignore",
  ]

  private static func isCompose(_ name: [UInt8]) -> Bool {
    guard name.suffix(4).elementsEqual(".yml".utf8) || name.suffix(5).elementsEqual(".yaml".utf8) else { return false }
    let rest = name.starts(with: "docker-".utf8) ? name.dropFirst(7) : name[...]
    return rest.starts(with: "compose.".utf8)
  }
}
