internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText

/// What the catalogue knows of one tool.
final class ToolKinds {
  /// A command whose effect lasts: the words behind the tool's name, and the value that turns the kind off.
  struct Setting {
    let kind: CacheKind
    let words: [Substring]
    let value: Substring
  }

  /// The kinds that it writes and that layers are judged by.
  let kinds: [CacheKind]
  /// The kinds that it writes and that have a variable for it.
  let switched: [CacheKind]
  /// The kinds that it removes.
  let cleaned: [CacheKind]
  /// Its commands that turn off for good what it writes.
  let settings: [Setting]

  init(_ tool: String) {
    let written = Catalogue.kinds(writtenBy: tool)
    kinds = written.filter { $0.layer != nil }
    switched = written.filter { !$0.disable.environment.isEmpty }
    cleaned = Catalogue.kinds(removedBy: tool)
    settings = kinds.flatMap { kind in
      kind.disable.flags.compactMap { flag in
        let words = flag.command.split(separator: " ")
        guard flag.action == .run, let last = words.last, words.count > 1, words[0].elementsEqual(tool) else {
          return nil
        }
        return Setting(kind: kind, words: Array(words[1..<(words.count - 1)]), value: last)
      }
    }
  }
}

/// The tools of one file, looked up once.
final class KindTable {
  private var tools: [String: ToolKinds] = [:]

  /// What the catalogue knows of a tool.
  func tool(_ name: String) -> ToolKinds {
    if let known = tools[name] { return known }
    let kinds = ToolKinds(name)
    if tools.count < RunReader.effectLimit { tools[name] = kinds }
    return kinds
  }
}
