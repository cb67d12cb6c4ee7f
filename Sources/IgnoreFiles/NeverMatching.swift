internal import SourceText

/// Why a pattern of git's language matches nothing that there is.
public struct NeverMatching: Sendable, Hashable {
  /// The reason.
  public enum Reason: Sendable, Hashable {
    /// Nothing is left to match, as of `/` or `!`.
    case empty
    /// A class without its closing bracket.
    case unclosedClass
    /// A name between `[:` and `:]` that there is not.
    case unknownClassName
    /// A class that holds no byte.
    case emptyClass
    /// A backslash with nothing after it.
    case trailingBackslash
    /// A part that is `.` or `..`; paths are compared as text.
    case dotPart
    /// Two slashes in a row.
    case emptyPart
    /// White space that git does not take away, at the end.
    case trailingWhitespace
    /// White space at the beginning.
    case leadingWhitespace
    /// What reads as a comment behind the pattern.
    case commentTail
    /// Alternatives in braces, which git does not have.
    case braces
  }

  /// The reason.
  public let reason: Reason
  /// What was probably meant, where that is plain: one pattern or several.
  public let replacements: [[UInt8]]

  /// Whether no path at all can match; else only paths that nobody has.
  public var isProven: Bool {
    switch reason {
    case .trailingWhitespace, .leadingWhitespace, .commentTail, .braces: false
    default: true
    }
  }
}

extension GitIgnoreRule {
  /// Why the pattern matches nothing, where it does not.
  public var neverMatching: NeverMatching? {
    if isEmpty { return NeverMatching(reason: .empty, replacements: []) }
    if let failure = Wildmatch(glob[...], isPath: isPath, foldsCase: false).failure {
      let reason: NeverMatching.Reason =
        switch failure {
        case .unclosedClass: .unclosedClass
        case .unknownClassName: .unknownClassName
        case .emptyClass: .emptyClass
        case .trailingBackslash: .trailingBackslash
        }
      return NeverMatching(reason: reason, replacements: [])
    }
    return whitespace ?? parts ?? braces
  }

  private var parts: NeverMatching? {
    let parts = glob.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.contains(where: \.isEmpty) {
      let kept = parts.filter { !$0.isEmpty }
      return NeverMatching(reason: .emptyPart, replacements: kept.isEmpty ? [] : [rewritten(kept)])
    }
    guard parts.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) else { return nil }
    let kept = parts.filter { !$0.elementsEqual(".".utf8) }
    let canRepair = !kept.isEmpty && !kept.contains { $0.elementsEqual("..".utf8) }
    return NeverMatching(reason: .dotPart, replacements: canRepair ? [rewritten(kept)] : [])
  }

  /// The pattern of these parts, anchored as a pattern with a slash is.
  private func rewritten(_ parts: [ArraySlice<UInt8>]) -> [UInt8] {
    let path = Array(parts.joined(separator: [UInt8(ascii: "/")]))
    let isAnchored = pattern.contains(UInt8(ascii: "/")) && parts.count == 1
    return (isNegated ? [UInt8(ascii: "!")] : []) + (isAnchored ? [UInt8(ascii: "/")] : []) + path
      + (isDirectoryOnly ? [UInt8(ascii: "/")] : [])
  }

  private var whitespace: NeverMatching? {
    let body = isNegated ? pattern.dropFirst() : pattern[...]
    if let tail = commentTail(body) {
      let kept = trimmedEnd(body[..<tail])
      return NeverMatching(
        reason: .commentTail, replacements: kept.isEmpty ? [] : [(isNegated ? [UInt8(ascii: "!")] : []) + kept])
    }
    let end = trimmedEnd(body)
    if end.count < body.count {
      return NeverMatching(
        reason: .trailingWhitespace, replacements: end.isEmpty ? [] : [(isNegated ? [UInt8(ascii: "!")] : []) + end])
    }
    guard let first = body.first, first == 0x20 || first == 0x09 else { return nil }
    let start = body.drop { $0 == 0x20 || $0 == 0x09 }
    return NeverMatching(reason: .leadingWhitespace, replacements: [(isNegated ? [UInt8(ascii: "!")] : []) + start])
  }

  /// Where white space and a `#` begin that read as a comment.
  private func commentTail(_ body: ArraySlice<UInt8>) -> Int? {
    var index = body.startIndex + 1
    while index + 1 < body.endIndex {
      let isBlank = body[index] == 0x20 || body[index] == 0x09
      if isBlank, body[index - 1] != UInt8(ascii: "\\"), body[index + 1] == UInt8(ascii: "#") { return index }
      index += 1
    }
    return nil
  }

  /// Without what git leaves at the end and no name has: tabs, carriage returns, no-break spaces.
  private func trimmedEnd(_ body: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = body
    while true {
      if let last = end.last, last == 0x09 || last == 0x0D || last == 0x0B || last == 0x0C {
        end.removeLast()
      } else if end.last == 0x20, end.dropLast().last != UInt8(ascii: "\\") {
        end.removeLast()
      } else if end.suffix(2).elementsEqual([0xC2, 0xA0]) {
        end.removeLast(2)
      } else {
        return end
      }
    }
  }

  private var braces: NeverMatching? {
    guard let open = pattern.firstIndex(of: UInt8(ascii: "{")),
      let close = pattern[open...].firstIndex(of: UInt8(ascii: "}")),
      pattern[open..<close].contains(UInt8(ascii: ",")), !pattern.contains(UInt8(ascii: "\\")),
      pattern[(open + 1)..<close].firstIndex(of: UInt8(ascii: "{")) == nil
    else { return nil }
    let choices = pattern[(open + 1)..<close].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    return NeverMatching(
      reason: .braces, replacements: choices.map { pattern[..<open] + Array($0) + pattern[(close + 1)...] })
  }
}
