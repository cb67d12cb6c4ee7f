internal import Repositories

/// Ignore rules read in the plainest way, so that the tests of this module are about this module.
struct SimpleRules: TreeRules {
  struct Rule {
    let pattern: [UInt8]
    let isNegated: Bool
    let isDirectoryOnly: Bool
    let hasSlash: Bool
  }
  struct Decision {
    let rule: Rule
  }

  private var levels: [(directory: [UInt8], rules: [Rule])] = []

  init(personal: [UInt8] = [], infoExclude: [UInt8] = []) {
    levels = [([], Self.parse(personal)), ([], Self.parse(infoExclude))]
  }

  static func isIgnored(_ decision: Decision) -> Bool { !decision.rule.isNegated }

  func parse(_ bytes: [UInt8]) -> [Rule] { Self.parse(bytes) }

  private static func parse(_ bytes: [UInt8]) -> [Rule] {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard line.first != UInt8(ascii: "#") else { return nil }
      var pattern = line.prefix { $0 != 0 }
      while pattern.last == UInt8(ascii: " ") { pattern.removeLast() }
      let isNegated = pattern.first == UInt8(ascii: "!")
      if isNegated { pattern.removeFirst() }
      let isDirectoryOnly = pattern.last == UInt8(ascii: "/")
      if isDirectoryOnly { pattern.removeLast() }
      let hasSlash = pattern.contains(UInt8(ascii: "/"))
      if pattern.first == UInt8(ascii: "/") { pattern.removeFirst() }
      guard !pattern.isEmpty else { return nil }
      return Rule(
        pattern: Array(pattern), isNegated: isNegated, isDirectoryOnly: isDirectoryOnly, hasSlash: hasSlash)
    }
  }

  mutating func enter(_ directory: [UInt8], file: [Rule]?) {
    levels.append((directory, file ?? []))
  }

  mutating func leave() {
    levels.removeLast()
  }

  func decide(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> Decision? {
    let name = path[((path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex - 1) + 1)...]
    for level in levels.reversed() {
      let below = path.dropFirst(level.directory.isEmpty ? 0 : level.directory.count + 1)
      let rule = level.rules.last {
        (isDirectory || !$0.isDirectoryOnly) && matches($0.pattern[...], $0.hasSlash ? below : name)
      }
      if let rule { return Decision(rule: rule) }
    }
    return nil
  }

  private func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case UInt8(ascii: "*"):
      if pattern.starts(with: Array("**/".utf8)) {
        let starts = text.indices.filter { $0 == text.startIndex || text[$0 - 1] == UInt8(ascii: "/") }
        return starts.contains { matches(pattern.dropFirst(3), text[$0...]) }
      }
      let reach = text.prefix { $0 != UInt8(ascii: "/") }.endIndex
      return (text.startIndex...reach).contains { matches(rest, text[$0...]) }
    case UInt8(ascii: "?"):
      return text.first.map { $0 != UInt8(ascii: "/") } == true && matches(rest, text.dropFirst())
    case UInt8(ascii: "\\"):
      return rest.first != nil && text.first == rest.first && matches(rest.dropFirst(), text.dropFirst())
    default:
      return text.first == first && matches(rest, text.dropFirst())
    }
  }
}
