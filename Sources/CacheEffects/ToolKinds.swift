internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText
internal import Synchronization

/// What the catalogue knows of one tool.
final class ToolKinds: Sendable {
  /// A command whose effect lasts: the words behind the tool's name, and the value that turns the kind off.
  struct Setting: Sendable {
    let kind: CacheKind
    let words: [Substring]
    let value: Substring
  }

  /// A command that moves a kind for good.
  struct Move {
    let kind: CacheKind
    /// The command line, as the catalogue has it.
    let text: String
    /// The words behind the tool's name, but for options.
    let words: [Substring]
    /// The options that must be among its arguments.
    let options: [String]
    /// What the word of the place begins with, such as `GOCACHE=`; nil where the command names no place.
    let start: [UInt8]?
    /// Where below the place the kind lies.
    let below: [UInt8]
  }

  /// The kinds that it writes and that layers are judged by.
  let kinds: [CacheKind]
  /// The kinds that it writes and that have a variable for it.
  let switched: [CacheKind]
  /// The kinds that it removes.
  let cleaned: [CacheKind]
  /// Its commands that turn off for good what it writes.
  let settings: [Setting]
  /// Its commands that move for good what it writes.
  let moves: [Move]
  /// The kinds of which it may need what is left.
  let needed: [CacheKind]

  init(_ tool: String) {
    let written = Catalogue.kinds(writtenBy: tool)
    kinds = written.filter { $0.layer != nil }
    switched = written.filter { !$0.disable.environment.isEmpty }
    cleaned = Catalogue.kinds(removedBy: tool)
    needed = Catalogue.kinds(neededBy: tool)
    moves = kinds.flatMap { kind in
      kind.relocate.flags.compactMap { flag in
        let words = flag.command.split(separator: " ")
        guard flag.action == .run, words.count > 1, words[0].elementsEqual(tool) else { return nil }
        let isOption: (Substring) -> Bool = { $0.utf8.first == UInt8(ascii: "-") }
        let place = words.last.flatMap { $0.hasSuffix("DIR") ? Array($0.utf8.dropLast(3)) : nil }
        return Move(
          kind: kind, text: flag.command,
          words: words[1..<(words.count - (place == nil ? 0 : 1))].filter { !isOption($0) },
          options: words.dropFirst().filter(isOption).map(String.init), start: place, below: Array(flag.below.utf8))
      }
    }
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

  /// The tools of all files so far; names that anybody may invent are not kept without a limit.
  private static let shared = Mutex<[String: ToolKinds]>([:])

  /// What the catalogue knows of a tool.
  func tool(_ name: String) -> ToolKinds {
    if let known = tools[name] { return known }
    let kinds = Self.shared.withLock { shared in
      if let known = shared[name] { return known }
      let kinds = ToolKinds(name)
      if shared.count < RunReader.effectLimit { shared[name] = kinds }
      return kinds
    }
    if tools.count < RunReader.effectLimit { tools[name] = kinds }
    return kinds
  }
}
