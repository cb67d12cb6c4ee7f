/// Finds the last rule of one ignore file that matches a path.
///
/// Most patterns are literal names, `*` before a literal ending, or literal paths; those are found by
/// length and last byte. What is left is followed state by state.
///
/// A class, so that passing an ignore file on costs one count of references and not one for each table.
final class GitIgnoreMatcher: Sendable {
  private struct Simple: Sendable {
    let rule: Int32
    let isDirectoryOnly: Bool
    let start: Int32
    let length: Int32
  }

  private struct General: Sendable {
    let rule: Int
    let isDirectoryOnly: Bool
    let isPath: Bool
    /// What the text must begin with, where the glob begins literally.
    let prefix: [UInt8]
    /// What the text must hold; nothing where that is not known.
    let needle: [UInt8]
    let glob: Wildmatch
  }

  private let foldsCase: Bool
  private let text: [UInt8]
  /// By the last byte of what they match: names, endings of names, and paths.
  private let names: Buckets
  private let endings: Buckets
  private let paths: Buckets
  private let generals: [General]

  /// Patterns in one list for each last byte.
  private struct Buckets: Sendable {
    var entries: [Simple] = []
    /// For each byte, where its entries begin; one more at the end.
    var starts: [Int32] = []
    var isEmpty: Bool { entries.isEmpty }

    init(_ pending: [(last: UInt8, entry: Simple)]) {
      guard !pending.isEmpty else { return }
      var counts = [Int32](repeating: 0, count: 257)
      for item in pending { counts[Int(item.last) + 1] += 1 }
      for index in 1...256 { counts[index] += counts[index - 1] }
      starts = counts
      // Later rules first, since the last match decides.
      entries = pending.enumerated().sorted {
        ($0.element.last, -$0.element.entry.rule, $0.offset) < ($1.element.last, -$1.element.entry.rule, $1.offset)
      }.map(\.element.entry)
    }
  }

  init(_ rules: [GitIgnoreRule], foldsCase: Bool) {
    self.foldsCase = foldsCase
    var text: [UInt8] = []
    var generals: [General] = []
    var names: [(UInt8, Simple)] = []
    var endings: [(UInt8, Simple)] = []
    var paths: [(UInt8, Simple)] = []
    for (index, rule) in rules.enumerated() where !rule.isEmpty {
      var glob = rule.glob[...]
      var isPath = rule.isPath
      // `**/name` matches the last name at any depth, as `name` does.
      if isPath, glob.starts(with: "**/".utf8), !glob.dropFirst(3).contains(UInt8(ascii: "/")), glob.count > 3 {
        glob = glob.dropFirst(3)
        isPath = false
      }
      let literal = glob.firstIndex(where: Self.isSpecial)
      func simple(_ bytes: ArraySlice<UInt8>) -> (UInt8, Simple) {
        let bytes = foldsCase ? bytes.map(lowercased)[...] : bytes
        let entry = Simple(
          rule: Int32(index), isDirectoryOnly: rule.isDirectoryOnly, start: Int32(text.count),
          length: Int32(bytes.count))
        text += bytes
        return (bytes.last ?? 0, entry)
      }
      if literal == nil {
        if isPath { paths.append(simple(glob)) } else { names.append(simple(glob)) }
      } else if !isPath, glob.count > 1, glob.first == UInt8(ascii: "*"),
        !glob.dropFirst().contains(where: Self.isSpecial)
      {
        endings.append(simple(glob.dropFirst()))
      } else {
        let compiled = Wildmatch(glob, isPath: isPath, foldsCase: foldsCase)
        if compiled.failure != nil { continue }
        let prefix = glob[..<(literal ?? glob.endIndex)]
        generals.append(
          General(
            rule: index, isDirectoryOnly: rule.isDirectoryOnly, isPath: isPath,
            prefix: foldsCase ? prefix.map(lowercased) : Array(prefix), needle: compiled.needle, glob: compiled))
      }
    }
    self.text = text
    self.generals = generals.reversed()
    self.names = Buckets(names.map { (last: $0.0, entry: $0.1) })
    self.endings = Buckets(endings.map { (last: $0.0, entry: $0.1) })
    self.paths = Buckets(paths.map { (last: $0.0, entry: $0.1) })
  }

  /// Whether a byte is one that globs give a meaning to.
  static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\\")
  }

  func lastMatch(_ path: [UInt8], from start: Int, name: Int, isDirectory: Bool) -> Int? {
    guard let lastByte = path.last, name < path.count else { return nil }
    let last = foldsCase ? lowercased(lastByte) : lastByte
    var best = -1
    search(names, last, path, name, isWhole: true, isDirectory, &best)
    search(endings, last, path, name, isWhole: false, isDirectory, &best)
    search(paths, last, path, start, isWhole: true, isDirectory, &best)
    for general in generals {
      if general.rule <= best { break }
      if general.isDirectoryOnly && !isDirectory { continue }
      let from = general.isPath ? start : name
      guard path.count - from >= general.prefix.count, begins(path, from, general.prefix) else { continue }
      guard holds(path, from, general.needle) else { continue }
      if general.glob.matches(path[from...]) {
        best = general.rule
        break
      }
    }
    return best < 0 ? nil : best
  }

  @inline(__always)
  private func search(
    _ buckets: Buckets, _ last: UInt8, _ path: [UInt8], _ from: Int, isWhole: Bool, _ isDirectory: Bool,
    _ best: inout Int
  ) {
    if buckets.isEmpty { return }
    let length = path.count - from
    var index = Int(buckets.starts[Int(last)])
    let end = Int(buckets.starts[Int(last) + 1])
    while index < end {
      let entry = buckets.entries[index]
      index += 1
      if Int(entry.rule) <= best { return }
      if isWhole ? Int(entry.length) != length : Int(entry.length) > length { continue }
      if entry.isDirectoryOnly && !isDirectory { continue }
      if ends(path, entry) {
        best = Int(entry.rule)
        return
      }
    }
  }

  @inline(__always)
  private func ends(_ path: [UInt8], _ entry: Simple) -> Bool {
    let offset = path.count - Int(entry.length)
    for index in 0..<Int(entry.length) {
      let byte = path[offset + index]
      if text[Int(entry.start) + index] != (foldsCase ? lowercased(byte) : byte) { return false }
    }
    return true
  }

  /// Whether the path holds the bytes from `from` on.
  @inline(__always)
  private func holds(_ path: [UInt8], _ from: Int, _ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    var start = from
    let last = path.count - needle.count
    while start <= last {
      if path[start] == first {
        var length = 1
        while length < needle.count, path[start + length] == needle[length] { length += 1 }
        if length == needle.count { return true }
      }
      start += 1
    }
    return false
  }

  /// Whether some rule could match a part of the path: a quick no for most.
  func mayMatch(_ path: [UInt8]) -> Bool {
    if !names.isEmpty || !endings.isEmpty || !paths.isEmpty { return true }
    return generals.contains { holds(path, 0, $0.needle) }
  }

  @inline(__always)
  private func begins(_ path: [UInt8], _ from: Int, _ prefix: [UInt8]) -> Bool {
    for index in prefix.indices {
      let byte = path[from + index]
      if prefix[index] != (foldsCase ? lowercased(byte) : byte) { return false }
    }
    return true
  }
}
