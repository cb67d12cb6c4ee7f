internal import Caches
internal import Editors
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Which lines an ignore file lacks, and the edits that add them.
enum IgnoreEntries {
  /// A line for an ignore file.
  struct Line: Hashable {
    /// The ignore file.
    let file: Path
    /// The pattern.
    let text: [UInt8]
    /// What the group of lines is called in a comment.
    let ecosystem: String
  }

  /// The ignore file that speaks for `directory`: the nearest one at or above it, else the root's.
  static func home(for directory: Path, in facts: TargetFacts) -> Path {
    var place = directory
    while !place.isRoot {
      let file = place.appending(".gitignore")
      if facts.readGitignores.contains(file) { return file }
      place = place.parent
    }
    return Path.root.appending(".gitignore")
  }

  /// The lines that cover caches which lie on disk.
  static func lines(for caches: [CacheFact]) -> [Line] {
    caches.flatMap { cache -> [Line] in
      // A line with a slash speaks of paths from where its tool is used, which may be further up.
      var place = cache.path
      while !place.isRoot {
        place = place.parent
        let lines = lines(of: cache.kind, in: place) { text in
          covers(text, cache.path, from: place, isDirectory: cache.isDirectory) ? [0] : []
        }
        if !lines.isEmpty { return lines }
      }
      return [Line(file: cache.path.parent, text: entry(of: cache), ecosystem: cache.kind.ecosystem)]
    }
  }

  /// The lines that cover what a tool would write.
  static func lines(for use: ToolUse, in facts: TargetFacts) -> [Line] {
    let open = use.writes.filter { !$0.isIgnored }
    return lines(of: use.kind, in: use.directory) { text in
      open.indices.filter { covers(text, open[$0].path, from: use.directory, isDirectory: false) }
    }
  }

  /// As few lines of a kind as cover what is to be covered, with the negations that keep what is not cache.
  ///
  /// `covered` tells which of the things to cover a line covers, by number.
  private static func lines(of kind: CacheKind, in directory: Path, covered: ([UInt8]) -> [Int]) -> [Line] {
    var done: Set<Int> = []
    var texts: [[UInt8]] = []
    for text in kind.gitignore.map({ Array($0.utf8) }) {
      if text.first == UInt8(ascii: "!") {
        if !texts.isEmpty { texts.append(text) }
        continue
      }
      let news = covered(text).filter { !done.contains($0) }
      if news.isEmpty { continue }
      done.formUnion(news)
      texts.append(text)
    }
    return texts.map { Line(file: directory, text: $0, ecosystem: kind.ecosystem) }
  }

  /// A fix that adds the lines, each to the ignore file that speaks for its directory.
  static func fix(_ lines: [Line], in facts: TargetFacts) -> Fix? {
    var additions: [Path: [GitIgnoreEditor.Entry]] = [:]
    for line in lines {
      let file = home(for: line.file, in: facts)
      let text = rebased(line.text, from: line.file, to: file.parent)
      let entry = GitIgnoreEditor.Entry(pattern: text, group: line.ecosystem)
      if !additions[file, default: []].contains(entry) { additions[file, default: []].append(entry) }
    }
    var edits: [FileEdit] = []
    for (file, entries) in additions.sorted(by: { $0.key < $1.key }) {
      let bytes = facts.gitignores.first { $0.path == file }?.bytes ?? []
      edits += GitIgnoreEditor.adding(entries, to: bytes).map { FileEdit(file, $0) }
    }
    guard !edits.isEmpty else { return nil }
    let files = additions.keys.sorted().map(\.description).joined(separator: " and ")
    let entries = unique(additions.sorted { $0.key < $1.key }.flatMap { $0.value.map { printable($0.pattern) } })
    return Fix(.safe, "add \(entries.map { "`\($0)`" }.joined(separator: ", ")) to \(files)", edits: edits)
  }

  /// The values, each once, in the order of their first appearance.
  static func unique(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }

  /// Whether a file with this one line would ignore `path`.
  private static func covers(_ line: [UInt8], _ path: Path, from directory: Path, isDirectory: Bool) -> Bool {
    guard let below = path.relative(to: directory) else { return false }
    let judge = GitIgnoreJudge(single: GitIgnoreFile(line))
    return judge.decide(below, isDirectory: isDirectory)?.isIgnored ?? false
  }

  /// The cache's own name as a pattern, where no line of the catalogue covers it.
  private static func entry(of cache: CacheFact) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in cache.path.name {
      append(byte, to: &bytes)
    }
    // Anchored, so that nothing else of this name is covered.
    return [UInt8(ascii: "/")] + (cache.isDirectory ? bytes + [UInt8(ascii: "/")] : bytes)
  }

  /// Adds a byte of a name to a pattern; what no pattern can hold is matched by any one byte.
  private static func append(_ byte: UInt8, to pattern: inout [UInt8]) {
    switch byte {
    case 0x0A, 0x0D, 0: pattern.append(UInt8(ascii: "?"))
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: " "):
      pattern += [UInt8(ascii: "\\"), byte]
    default: pattern.append(byte)
    }
  }

  /// An anchored pattern of `directory` as the ignore file of `home` has to write it.
  fileprivate static func rebased(_ pattern: [UInt8], from directory: Path, to home: Path) -> [UInt8] {
    guard directory != home, let between = directory.relative(to: home), !between.isRoot else { return pattern }
    let negation = pattern.starts(with: "!".utf8) ? 1 : 0
    let text = pattern[negation...]
    let body = text.last == UInt8(ascii: "/") ? text.dropLast() : text
    guard body.contains(UInt8(ascii: "/")), !text.starts(with: "**/".utf8) else { return pattern }
    let rest = text.first == UInt8(ascii: "/") ? text.dropFirst() : text
    var escaped: [UInt8] = []
    for byte in between.bytes {
      append(byte, to: &escaped)
    }
    return Array(pattern[..<negation]) + [UInt8(ascii: "/")] + escaped + [UInt8(ascii: "/")] + rest
  }
}

/// The entries that findings of one run add, by the directories of their ignore files.
struct PlannedEntries {
  private var judges: [Path: GitIgnoreJudge] = [:]

  /// Notes the lines that are added to an ignore file.
  mutating func add(_ lines: [IgnoreEntries.Line], to file: Path) {
    let texts = lines.map { IgnoreEntries.rebased($0.text, from: $0.file, to: file.parent) }
    judges[file.parent] = GitIgnoreJudge(single: GitIgnoreFile(Array(texts.joined(separator: [UInt8(ascii: "\n")]))))
  }

  /// Whether an entry that was noted covers a file.
  func covers(_ path: Path) -> Bool {
    if judges.isEmpty { return false }
    var directory = path
    while !directory.isRoot {
      directory = directory.parent
      guard let judge = judges[directory], let below = path.relative(to: directory) else { continue }
      if judge.decide(below, isDirectory: false)?.isIgnored ?? false { return true }
    }
    return false
  }
}

/// What a person calls the place that an ignore decision comes from.
func sourceName(_ decision: IgnoreDecision) -> String {
  switch decision.source {
  case .file(let path): "\(path):\(decision.line)"
  case .infoExclude: ".git/info/exclude:\(decision.line)"
  case .personal: "core.excludesFile:\(decision.line)"
  }
}
