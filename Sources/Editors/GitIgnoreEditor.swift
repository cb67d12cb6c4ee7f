public import SourceText

/// Adds entries to an ignore file in the way the file is kept.
public enum GitIgnoreEditor {
  /// A line to add.
  public struct Entry: Hashable, Sendable {
    /// The pattern.
    public let pattern: [UInt8]
    /// The ecosystem that it belongs to, such as `python`; entries of one stand together.
    public let group: String

    /// Creates an entry.
    public init(pattern: [UInt8], group: String) {
      self.pattern = pattern
      self.group = group
    }
  }

  /// The edits that add `entries`, those that the file has already left out.
  ///
  /// Entries go to the end of the paragraph whose comment names their ecosystem, as long as no
  /// negation follows that could undo them; else they are a paragraph at the end. A comment heads it
  /// where the file has comments. Line ends stay as they are, and so does a missing last one.
  public static func adding(_ entries: [Entry], to bytes: [UInt8]) -> [Edit] {
    let text = Text(bytes)
    var edits: [Edit] = []
    var groups: [String] = []
    for entry in entries where !groups.contains(entry.group) { groups.append(entry.group) }
    var tail: [(group: String, patterns: [[UInt8]])] = []
    for group in groups {
      var patterns: [[UInt8]] = []
      for entry in entries
      where entry.group == group && !text.has(entry.pattern) && !patterns.contains(entry.pattern) {
        patterns.append(entry.pattern)
      }
      if patterns.isEmpty { continue }
      if let end = text.paragraphEnd(of: words(for: group)) {
        edits.append(insertion(patterns, after: end, text))
      } else {
        tail.append((group, patterns))
      }
    }
    if let edit = appending(tail, to: text, besides: edits) { edits.append(edit) }
    return edits
  }

  private static func insertion(_ patterns: [[UInt8]], after line: ByteRange, _ text: Text) -> Edit {
    let body = patterns.joined(separator: text.lineEnd)
    if text.endsLine(line) { return Edit(ByteRange(at: line.upper), Array(body) + text.lineEnd) }
    return Edit(ByteRange(at: line.upper), text.lineEnd + Array(body))
  }

  /// The paragraphs at the end of the file, as one edit.
  private static func appending(
    _ groups: [(group: String, patterns: [[UInt8]])], to text: Text, besides edits: [Edit]
  ) -> Edit? {
    guard !groups.isEmpty else { return nil }
    let hasHeads = text.isEmpty ? true : text.hasComments
    var blocks: [[UInt8]] = []
    if hasHeads {
      for group in groups {
        let head = Array("# \(title(of: group.group))".utf8)
        blocks.append(Array(([head] + group.patterns).joined(separator: text.lineEnd)))
      }
    } else {
      blocks.append(Array(groups.flatMap(\.patterns).joined(separator: text.lineEnd)))
    }
    let body = Array(blocks.joined(separator: text.lineEnd + text.lineEnd))
    let end = ByteRange(at: text.bytes.count)
    if text.isEmpty { return Edit(end, body + text.lineEnd) }
    // An insertion at the very end by a paragraph of its own would meet this one there.
    let separator = hasHeads && !text.endsBlank ? text.lineEnd : []
    if text.hasLastLineEnd { return merged(Edit(end, separator + body + text.lineEnd), edits) }
    return merged(Edit(end, text.lineEnd + separator + body), edits)
  }

  /// The edit, unless another one inserts at the same place; then it waits for the next round.
  private static func merged(_ edit: Edit, _ others: [Edit]) -> Edit? {
    others.contains { $0.range == edit.range } ? nil : edit
  }

  /// What comments call an ecosystem.
  private static func words(for group: String) -> [String] {
    switch group {
    case "javascript": ["javascript", "node", "node.js", "nodejs", "js", "npm", "typescript"]
    case "python": ["python", "py", "byte-compiled", "bytecode", "pycache"]
    case "os-junk": ["os", "macos", "windows", "linux"]
    case "c-cpp": ["c", "c++", "cmake", "cpp"]
    case "elixir-erlang": ["elixir", "erlang", "mix"]
    case "jvm": ["java", "gradle", "maven", "kotlin", "jvm", "scala"]
    case "dotnet": [".net", "dotnet", "c#"]
    default: [group]
    }
  }

  private static func title(of group: String) -> String {
    switch group {
    case "javascript": "Node"
    case "os-junk": "Operating systems"
    case "c-cpp": "C and C++"
    case "elixir-erlang": "Elixir and Erlang"
    case "jvm": "JVM"
    case "dotnet": ".NET"
    case "php", "ocaml", "r": group.uppercased()
    default: group.prefix(1).uppercased() + group.dropFirst().split(separator: "-").joined(separator: " ")
    }
  }

  /// An ignore file as lines.
  private struct Text {
    let bytes: [UInt8]
    private let lines: [ByteRange]
    let lineEnd: [UInt8]

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      let table = LineTable(bytes)
      var lines = (1...table.count).map { table.fullRange(ofLine: $0) }
      if lines.last?.isEmpty == true { lines.removeLast() }
      self.lines = lines
      let windows = lines.count { $0.count >= 2 && bytes[$0.upper - 2] == 0x0D && bytes[$0.upper - 1] == 0x0A }
      lineEnd = windows * 2 > lines.count ? [0x0D, 0x0A] : [0x0A]
    }

    var isEmpty: Bool { bytes.isEmpty || bytes == byteOrderMark }
    var hasLastLineEnd: Bool { bytes.last == 0x0A }
    var hasComments: Bool { lines.contains { content($0).first == UInt8(ascii: "#") } }
    var endsBlank: Bool { lines.last.map { content($0).isEmpty } ?? true }

    func has(_ pattern: [UInt8]) -> Bool { lines.contains { content($0).elementsEqual(pattern) } }

    func endsLine(_ line: ByteRange) -> Bool { !line.isEmpty && bytes[line.upper - 1] == 0x0A }

    /// The last line of the paragraph that a comment with one of `words` heads, if nothing after it negates.
    func paragraphEnd(of words: [String]) -> ByteRange? {
      var found: Int?
      for (index, line) in lines.enumerated() where content(line).first == UInt8(ascii: "#") {
        let text = String(decoding: content(line).dropFirst(), as: UTF8.self).lowercased()
        let parts = text.split { !$0.isLetter && !$0.isNumber && !"+#.-".contains($0) }.map(String.init)
        if parts.contains(where: words.contains) {
          found = index
          break
        }
      }
      guard var last = found else { return nil }
      while last + 1 < lines.count, !content(lines[last + 1]).isEmpty { last += 1 }
      let negates = lines[(last + 1)...].contains { content($0).first == UInt8(ascii: "!") }
      return negates ? nil : lines[last]
    }

    private func content(_ line: ByteRange) -> ArraySlice<UInt8> {
      var slice = bytes[line.indices]
      while let last = slice.last, last == 0x0A || last == 0x0D || last == 0x20 { slice.removeLast() }
      return slice
    }
  }
}
