/// A pattern for names: `*` stands for any characters, `?` for one.
public struct Wildcard: Hashable, Sendable {
  /// The pattern as it is written.
  public let pattern: String
  private let bytes: [UInt8]

  /// Creates a pattern.
  public init(_ pattern: String) {
    self.pattern = pattern
    bytes = Array(pattern.utf8)
  }

  /// Whether the whole of `name` fits; the case of letters matters.
  public func matches(_ name: some Sequence<UInt8>) -> Bool {
    let name = Array(name)
    var position = 0
    var patternPosition = 0
    // Where to go on when what follows the last `*` does not fit: the earlier ones need no second look.
    var star: (pattern: Int, name: Int)?
    while position < name.count {
      if patternPosition < bytes.count, bytes[patternPosition] == UInt8(ascii: "*") {
        star = (patternPosition + 1, position)
        patternPosition += 1
      } else if patternPosition < bytes.count,
        bytes[patternPosition] == UInt8(ascii: "?") || bytes[patternPosition] == name[position]
      {
        patternPosition += 1
        position += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        patternPosition = last.pattern
        position = last.name + 1
      } else {
        return false
      }
    }
    return bytes[patternPosition...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// Whether the whole of `name` fits; the case of letters matters.
  public func matches(_ name: String) -> Bool {
    matches(name.utf8)
  }
}
