/// A glob in git's language, compiled.
///
/// It is matched by following the set of all places in the pattern that the text read so far can lead
/// to, so the work is at most the product of both lengths, whatever the pattern.
struct Wildmatch: Hashable, Sendable {
  /// What may never match, and why.
  enum Failure: Hashable, Sendable {
    /// A class without its closing bracket.
    case unclosedClass
    /// A name between `[:` and `:]` that there is not.
    case unknownClassName
    /// A class that holds no byte.
    case emptyClass
    /// A backslash with nothing after it.
    case trailingBackslash
  }

  private enum Token: Hashable, Sendable {
    case byte(UInt8)
    case any
    case set(ByteSet)
    /// A run of bytes; without slashes in path mode.
    case star
    /// Whole leading directories, none or more; consumes up to and with a slash.
    case directories
    /// A run of any bytes, slashes too.
    case rest
  }

  /// Forms that need no set of places: their stars stand at one end, or they have none.
  private enum Form: Hashable, Sendable {
    case fixed
    case star(tail: Int)
    case head(count: Int)
    case general
  }

  /// A pattern that needs more bytes than this matches nothing: no system has such a path.
  static let longest = 64 << 10

  private let tokens: [Token]
  private let form: Form
  /// How many bytes a text has at least.
  private let minimum: Int
  private let isPath: Bool
  private let foldsCase: Bool
  /// Why the glob never matches, where it does not.
  let failure: Failure?

  /// Compiles `pattern`; in path mode wildcards do not match a slash, and `**` may be special.
  init(_ pattern: ArraySlice<UInt8>, isPath: Bool, foldsCase: Bool) {
    self.isPath = isPath
    self.foldsCase = foldsCase
    var tokens: [Token] = []
    var failure: Failure?
    let bytes = Array(pattern)
    var index = 0
    var minimum = 0
    scan: while index < bytes.count {
      // What can match nothing needs no memory; it is read on for its faults.
      if minimum > Self.longest { tokens.removeAll(keepingCapacity: true) }
      let byte = bytes[index]
      if byte != UInt8(ascii: "*") { minimum += 1 }
      switch byte {
      case UInt8(ascii: "\\"):
        guard index + 1 < bytes.count else {
          failure = .trailingBackslash
          break scan
        }
        tokens.append(.byte(bytes[index + 1]))
        index += 2
      case UInt8(ascii: "?"):
        tokens.append(.any)
        index += 1
      case UInt8(ascii: "*"):
        let start = index
        while index < bytes.count, bytes[index] == UInt8(ascii: "*") { index += 1 }
        let token = Self.stars(bytes, start, &index, isPath)
        // Whole directories twice are whole directories; so a row of them cannot outgrow the text.
        if token != .directories || tokens.last != .directories { tokens.append(token) }
      case UInt8(ascii: "["):
        switch Self.set(bytes, &index, foldsCase) {
        case .success(let set):
          let usable = isPath ? set.without(UInt8(ascii: "/")) : set
          if usable.isEmpty && failure == nil { failure = .emptyClass }
          tokens.append(.set(usable))
        case .failure(let reason):
          failure = reason.failure
          break scan
        }
      default:
        tokens.append(.byte(foldsCase ? lowercased(byte) : byte))
        index += 1
      }
    }
    self.tokens = tokens
    self.minimum = minimum
    self.failure = failure
    form = Self.form(of: tokens)
  }

  private static func form(of tokens: [Token]) -> Form {
    func isFixed(_ tokens: ArraySlice<Token>) -> Bool {
      tokens.allSatisfy {
        switch $0 {
        case .byte, .any, .set: true
        case .star, .directories, .rest: false
        }
      }
    }
    if isFixed(tokens[...]) { return .fixed }
    if tokens.first == .star, isFixed(tokens.dropFirst()) { return .star(tail: tokens.count - 1) }
    if tokens.last == .star, isFixed(tokens.dropLast()) { return .head(count: tokens.count - 1) }
    return .general
  }

  /// What a run of stars means.
  private static func stars(_ bytes: [UInt8], _ start: Int, _ index: inout Int, _ isPath: Bool) -> Token {
    guard isPath, index - start >= 2, start == 0 || bytes[start - 1] == UInt8(ascii: "/") else { return .star }
    if index == bytes.count { return .rest }
    if bytes[index] == UInt8(ascii: "/") {
      index += 1
      return .directories
    }
    // An escaped slash ends the part too, but git then wants a directory in the place of the stars.
    if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "/") {
      return .rest
    }
    return .star
  }

  private struct SetFailure: Error {
    let failure: Failure
  }

  /// Reads a class whose opening bracket is at `index`, and moves behind it.
  private static func set(_ bytes: [UInt8], _ index: inout Int, _ foldsCase: Bool) -> Result<ByteSet, SetFailure> {
    var set = ByteSet()
    var position = index + 1
    func at(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
    var isNegated = false
    if at(position) == UInt8(ascii: "!") || at(position) == UInt8(ascii: "^") {
      isNegated = true
      position += 1
    }
    var previous: UInt8 = 0
    repeat {
      var byte = at(position)
      if byte == 0 { return .failure(SetFailure(failure: .unclosedClass)) }
      if byte == UInt8(ascii: "\\") {
        position += 1
        byte = at(position)
        if byte == 0 { return .failure(SetFailure(failure: .unclosedClass)) }
        set.insert(byte)
      } else if byte == UInt8(ascii: "-"), previous != 0, at(position + 1) != 0,
        at(position + 1) != UInt8(ascii: "]")
      {
        position += 1
        byte = at(position)
        if byte == UInt8(ascii: "\\") {
          position += 1
          byte = at(position)
          if byte == 0 { return .failure(SetFailure(failure: .unclosedClass)) }
        }
        if previous <= byte { for member in previous...byte { set.insert(member) } }
        if foldsCase {
          for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") where letter >= previous && letter <= byte {
            set.insert(lowercased(letter))
          }
        }
        byte = 0
      } else if byte == UInt8(ascii: "["), at(position + 1) == UInt8(ascii: ":") {
        let start = position + 2
        var end = start
        while at(end) != 0, at(end) != UInt8(ascii: "]") { end += 1 }
        if at(end) == 0 { return .failure(SetFailure(failure: .unclosedClass)) }
        if end - start >= 1, bytes[end - 1] == UInt8(ascii: ":") {
          guard let members = named(bytes[start..<(end - 1)], foldsCase) else {
            return .failure(SetFailure(failure: .unknownClassName))
          }
          for member in members { set.insert(member) }
          position = end
          byte = 0
        } else {
          set.insert(byte)
        }
      } else {
        set.insert(byte)
      }
      previous = byte
      position += 1
    } while at(position) != UInt8(ascii: "]")
    index = position + 1
    if !foldsCase { return .success(isNegated ? set.inverted : set) }
    // The text is lowered before it is looked up, the members are not.
    var folded = isNegated ? set.inverted : set
    for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") {
      if folded.contains(lowercased(letter)) { folded.insert(letter) } else { folded.remove(letter) }
    }
    return .success(folded)
  }

  private static func named(_ name: ArraySlice<UInt8>, _ foldsCase: Bool) -> [UInt8]? {
    let all = UInt8.min...UInt8.max
    switch String(decoding: name, as: UTF8.self) {
    case "alnum": return all.filter { isLetter($0) || isDigit($0) }
    case "alpha": return all.filter(isLetter)
    case "blank": return [0x20, 0x09]
    case "cntrl": return all.filter { $0 < 0x20 || $0 == 0x7F }
    case "digit": return all.filter(isDigit)
    case "graph": return all.filter { $0 > 0x20 && $0 < 0x7F }
    case "lower": return all.filter(isLower)
    case "print": return all.filter { $0 >= 0x20 && $0 < 0x7F }
    case "punct": return all.filter { $0 > 0x20 && $0 < 0x7F && !isLetter($0) && !isDigit($0) }
    case "space": return [0x20, 0x09, 0x0A, 0x0D]
    case "upper": return all.filter { isUpper($0) || foldsCase && isLower($0) }
    case "xdigit":
      return all.filter { isDigit($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) }
    default: return nil
    }
  }

  /// Whether the glob matches all of `text`.
  func matches(_ text: ArraySlice<UInt8>) -> Bool {
    // This bounds the tokens that are followed by the text: runs of stars are one token.
    if failure != nil || text.count < minimum || minimum > Self.longest { return false }
    switch form {
    case .fixed: return text.count == tokens.count && fits(text, from: 0)
    case .star(let tail):
      guard text.count >= tail, fits(text.suffix(tail), from: 1) else { return false }
      return !isPath || !text.dropLast(tail).contains(UInt8(ascii: "/"))
    case .head(let count):
      guard text.count >= count, fits(text.prefix(count), from: 0) else { return false }
      return !isPath || !text.dropFirst(count).contains(UInt8(ascii: "/"))
    case .general: break
    }
    let count = tokens.count
    if count < 63 { return matchesSmall(text) }
    var active = [Bool](repeating: false, count: count + 1)
    var inside = [Bool](repeating: false, count: count + 1)
    active[0] = true
    spread(&active)
    for byte in text {
      var next = [Bool](repeating: false, count: count + 1)
      var nextInside = [Bool](repeating: false, count: count + 1)
      var isAlive = false
      for state in 0..<count where active[state] || inside[state] {
        step(state, isInside: inside[state], isActive: active[state], byte) { target, within in
          if within { nextInside[target] = true } else { next[target] = true }
          isAlive = true
        }
      }
      if !isAlive { return false }
      spread(&next)
      (active, inside) = (next, nextInside)
    }
    return active[count]
  }

  /// Whether bytes fit the tokens from `first` on, one each.
  private func fits(_ text: ArraySlice<UInt8>, from first: Int) -> Bool {
    var index = first
    for byte in text {
      switch tokens[index] {
      case .byte(let wanted): if wanted != (foldsCase ? lowercased(byte) : byte) { return false }
      case .any: if isPath && byte == UInt8(ascii: "/") { return false }
      case .set(let set): if !set.contains(byte) { return false }
      case .star, .directories, .rest: return false
      }
      index += 1
    }
    return true
  }

  /// The longest run of bytes that every match holds, for a quick no; nothing where case is folded.
  var needle: [UInt8] {
    var best: [UInt8] = []
    var run: [UInt8] = []
    for token in foldsCase ? [] : tokens {
      if case .byte(let byte) = token {
        run.append(byte)
        if run.count > best.count { best = run }
      } else {
        run = []
      }
    }
    return best
  }

  /// The same with the sets in one word each.
  private func matchesSmall(_ text: ArraySlice<UInt8>) -> Bool {
    let count = tokens.count
    var active = spread(1)
    var inside: UInt64 = 0
    for byte in text {
      var next: UInt64 = 0
      var nextInside: UInt64 = 0
      var left = active | inside
      while left != 0 {
        let state = left.trailingZeroBitCount
        left &= left - 1
        if state == count { continue }
        step(state, isInside: inside >> UInt64(state) & 1 == 1, isActive: active >> UInt64(state) & 1 == 1, byte) {
          if $1 { nextInside |= 1 << UInt64($0) } else { next |= 1 << UInt64($0) }
        }
      }
      if next == 0 && nextInside == 0 { return false }
      active = spread(next)
      inside = nextInside
    }
    return active >> UInt64(count) & 1 == 1
  }

  /// Where one byte leads from a state; a state of `directories` is inside while a name is read.
  @inline(__always)
  private func step(
    _ state: Int, isInside: Bool, isActive: Bool, _ byte: UInt8, _ reach: (_ target: Int, _ isInside: Bool) -> Void
  ) {
    switch tokens[state] {
    case .byte(let wanted):
      if isActive, wanted == (foldsCase ? lowercased(byte) : byte) { reach(state + 1, false) }
    case .any:
      if isActive, !isPath || byte != UInt8(ascii: "/") { reach(state + 1, false) }
    case .set(let set):
      if isActive, set.contains(byte) { reach(state + 1, false) }
    case .star:
      if isActive, !isPath || byte != UInt8(ascii: "/") { reach(state, false) }
    case .rest:
      if isActive { reach(state, false) }
    case .directories:
      reach(state, byte != UInt8(ascii: "/"))
    }
  }

  private func spread(_ set: inout [Bool]) {
    for state in tokens.indices where set[state] && canBeEmpty(tokens[state]) { set[state + 1] = true }
  }

  private func spread(_ set: UInt64) -> UInt64 {
    var result = set
    var left = set
    while left != 0 {
      var state = left.trailingZeroBitCount
      left &= left - 1
      while state < tokens.count, canBeEmpty(tokens[state]) {
        state += 1
        result |= 1 << UInt64(state)
      }
    }
    return result
  }

  @inline(__always)
  private func canBeEmpty(_ token: Token) -> Bool {
    switch token {
    case .star, .rest, .directories: true
    case .byte, .any, .set: false
    }
  }
}

extension ByteSet {
  /// The set without one byte.
  fileprivate func without(_ byte: UInt8) -> ByteSet {
    var result = self
    result.remove(byte)
    return result
  }
}

@inline(__always) func lowercased(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }
@inline(__always) func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
@inline(__always) func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
@inline(__always) func isLetter(_ byte: UInt8) -> Bool { isUpper(byte) || isLower(byte) }
@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
