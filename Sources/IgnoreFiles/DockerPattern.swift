internal import SourceText

/// One pattern of Docker's ignore language, compiled as moby's patternmatcher does.
struct DockerPattern: Sendable {
  private enum Matching: Sendable {
    case exact
    case prefix
    case suffix
    /// `**/` before a name with stars: the last name decides, in a path without line ends.
    case name(Wildmatch, GoExpression)
    case expression(GoExpression)
  }

  /// Whether it takes back what an earlier one excludes.
  let isException: Bool
  /// The pattern without its `!`.
  let text: [UInt8]
  private let matching: Matching

  /// Compiles a cleaned pattern.
  ///
  /// - Throws: `GoExpression.Malformed` where Go refuses the expression that BuildKit makes of it.
  init(_ text: [UInt8], isException: Bool) throws(GoExpression.Malformed) {
    self.text = text
    self.isException = isException
    var expression: [UInt32] = [0x5E]
    var scalars: [UInt32] = []
    var decoder = UTF8Decoder(text)
    while let piece = decoder.next() {
      if case .scalar(let scalar) = piece { scalars.append(scalar.value) } else { scalars.append(0xFFFD) }
    }
    // Go's scanner passes over a byte-order mark at the start.
    if scalars.first == 0xFEFF { scalars.removeFirst() }
    var kind = Kind.exact
    var index = 0
    var isFirst = true
    while index < scalars.count {
      let character = scalars[index]
      index += 1
      switch character {
      case 0x2A where index < scalars.count && scalars[index] == 0x2A:
        index += 1
        if index < scalars.count, scalars[index] == 0x2F { index += 1 }
        if index == scalars.count {
          if kind == .exact {
            kind = .prefix
          } else {
            expression += [0x2E, 0x2A]
            kind = .expression
          }
        } else {
          expression += Array("(.*/)?".unicodeScalars.map(\.value))
          kind = .expression
        }
        if isFirst { kind = .suffix }
      case 0x2A:
        expression += Array("[^/]*".unicodeScalars.map(\.value))
        kind = .expression
      case 0x3F:
        expression += Array("[^/]".unicodeScalars.map(\.value))
        kind = .expression
      case 0x5C:
        expression.append(character)
        if index < scalars.count {
          expression.append(scalars[index])
          index += 1
          kind = .expression
        }
      case 0x5B, 0x5D:
        expression.append(character)
        kind = .expression
      default:
        if character < 0x80, ".+()|{}$".utf8.contains(UInt8(character)) { expression.append(0x5C) }
        expression.append(character)
      }
      isFirst = false
    }
    switch kind {
    case .exact: matching = .exact
    case .prefix: matching = .prefix
    case .suffix: matching = .suffix
    case .expression:
      let parsed = try GoExpressionParser.parse(expression + [0x24])
      let name = text.dropFirst(3)
      let isName =
        text.starts(with: "**/".utf8) && !name.isEmpty
        && !name.contains { $0 >= 0x80 || "/?[]\\^".utf8.contains($0) }
        // Two stars cross slashes wherever they stand.
        && !zip(name, name.dropFirst()).contains { $0 == UInt8(ascii: "*") && $1 == UInt8(ascii: "*") }
      matching = isName ? .name(Wildmatch(name, isPath: true, foldsCase: false), parsed) : .expression(parsed)
    }
  }

  private enum Kind {
    case exact, prefix, suffix, expression
  }

  /// Whether the pattern matches a path; what it says of a parent is another question.
  func matches(_ path: ArraySlice<UInt8>) -> Bool {
    switch matching {
    case .exact: return path.elementsEqual(text)
    case .prefix: return path.starts(with: text.dropLast(2))
    case .suffix:
      let suffix = text.dropFirst(2)
      if path.count >= suffix.count, path.suffix(suffix.count).elementsEqual(suffix) { return true }
      return suffix.first == UInt8(ascii: "/") && path.elementsEqual(suffix.dropFirst())
    case .name(let name, let expression):
      if path.contains(UInt8(ascii: "\n")) { return Self.matches(path, expression) }
      return name.matches(path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex)...])
    case .expression(let expression): return Self.matches(path, expression)
    }
  }

  private static func matches(_ path: ArraySlice<UInt8>, _ expression: GoExpression) -> Bool {
    var scalars: [UInt32] = []
    var decoder = UTF8Decoder(Array(path))
    while let piece = decoder.next() {
      if case .scalar(let scalar) = piece { scalars.append(scalar.value) } else { scalars.append(0xFFFD) }
    }
    return expression.matches(scalars)
  }

  /// The pattern without a final `/**` and then without a final `/*`, as fsutil shortens exceptions.
  var stem: ArraySlice<UInt8> {
    var stem = text[...]
    if stem.suffix(3).elementsEqual("/**".utf8) { stem = stem.dropLast(3) }
    if stem.suffix(2).elementsEqual("/*".utf8) { stem = stem.dropLast(2) }
    return stem
  }
}
