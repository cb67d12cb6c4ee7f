/// A glob over one name: `*`, `?`, `[a-z]`, `[!x]`, and a backslash before a plain character.
///
/// Bytes are compared, without regard to any encoding. Matching takes at most the product of the
/// two lengths: only the last star is ever tried again.
public struct NameGlob: Sendable, Hashable {
  /// What one part of a glob matches.
  enum Token: Sendable, Hashable {
    /// This byte.
    case byte(UInt8)
    /// One byte of a set.
    case set(ByteSet)
    /// Any bytes, also none.
    case star
  }

  let tokens: [Token]

  /// Reads a glob; a bracket that is never closed stands for itself.
  public init(_ text: some Sequence<UInt8>) {
    let text = Array(text)
    var tokens: [Token] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      switch byte {
      case UInt8(ascii: "*"): if tokens.last != .star { tokens.append(.star) }
      case UInt8(ascii: "?"): tokens.append(.set(.all))
      case UInt8(ascii: "\\") where index < text.count:
        tokens.append(.byte(text[index]))
        index += 1
      case UInt8(ascii: "["):
        if let (set, next) = Self.bracket(text, from: index) {
          tokens.append(.set(set))
          index = next
        } else {
          tokens.append(.byte(byte))
        }
      default: tokens.append(.byte(byte))
      }
    }
    self.tokens = tokens
  }

  /// Whether the glob matches the whole of `name`.
  public func matches(_ name: ArraySlice<UInt8>) -> Bool {
    var token = 0
    var index = name.startIndex
    var star: (token: Int, index: Int)?
    while index < name.endIndex {
      if token < tokens.count, tokens[token] == .star {
        star = (token, index)
        token += 1
      } else if token < tokens.count, accepts(tokens[token], name[index]) {
        token += 1
        index += 1
      } else if let last = star {
        star = (last.token, last.index + 1)
        token = last.token + 1
        index = last.index + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .star }
  }

  /// The one name that it matches, if there is only one.
  var literal: [UInt8]? {
    var bytes: [UInt8] = []
    for token in tokens {
      guard case .byte(let byte) = token else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private func accepts(_ token: Token, _ byte: UInt8) -> Bool {
    switch token {
    case .byte(let wanted): wanted == byte
    case .set(let set): set.contains(byte)
    case .star: false
    }
  }

  /// Reads a bracket expression after its `[`.
  private static func bracket(_ text: [UInt8], from start: Int) -> (ByteSet, Int)? {
    var index = start
    var set = ByteSet()
    let negates = index < text.count && (text[index] == UInt8(ascii: "!") || text[index] == UInt8(ascii: "^"))
    if negates { index += 1 }
    let first = index
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "]"), index > first { return (negates ? set.inverted : set, index + 1) }
      if index + 2 < text.count, text[index + 1] == UInt8(ascii: "-"), text[index + 2] != UInt8(ascii: "]") {
        set.insert(from: byte, through: text[index + 2])
        index += 3
      } else {
        set.insert(from: byte, through: byte)
        index += 1
      }
    }
    return nil
  }
}

/// A set of bytes.
struct ByteSet: Sendable, Hashable {
  private var words: SIMD4<UInt64> = .zero

  /// All bytes.
  static let all = ByteSet().inverted

  var inverted: ByteSet {
    var result = self
    result.words = ~words
    return result
  }

  func contains(_ byte: UInt8) -> Bool {
    words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
  }

  mutating func insert(from low: UInt8, through high: UInt8) {
    guard low <= high else { return }
    for byte in low...high { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
  }

  /// The members in order.
  var members: [UInt8] { (0...255).filter { contains($0) } }
}
