public import SourceText

/// Why a YAML document could not be read, or what in it is refused, and where.
public struct YAMLError: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Reason: Hashable, Sendable {
    /// More bytes than the limit.
    case tooLarge(limit: Int)
    /// More nodes inside each other than the limit.
    case tooDeep(limit: Int)
    /// More nodes than the limit.
    case tooManyNodes(limit: Int)
    /// The text is no YAML, in words of ours.
    case syntax(String)
    /// The bytes are not UTF-8.
    case encoding(offset: Int)
    /// A character that a text cannot hold.
    case controlCharacter(offset: Int)
    /// A key that the same mapping already has.
    case duplicateKey(String)
    /// A key that is a list or a mapping.
    case keyIsNoText
    /// A second document.
    case secondDocument
    /// `&name`, where the document must do without.
    case anchor(String)
    /// `*name`, where the document must do without.
    case alias(String)
    /// `*name`, where no such anchor stands before it.
    case undefinedAlias(String)
    /// `<<`, where the document must do without.
    case mergeKey
    /// `!name`, where the document must do without.
    case tag(String)
  }

  /// What went wrong.
  public let reason: Reason
  /// The bytes that are wrong.
  public let range: ByteRange
  /// What would help, as words behind the caret.
  public let help: String?
  /// An earlier place that belongs to it, such as the first of two equal keys.
  public let related: ByteRange?

  /// Creates an error.
  public init(_ reason: Reason, _ range: ByteRange, help: String? = nil, related: ByteRange? = nil) {
    self.reason = reason
    self.range = range
    self.help = help
    self.related = related
  }

  /// What the earlier place is.
  public var relatedMessage: String {
    if case .duplicateKey = reason { return "first here" }
    return "it begins here"
  }
}

extension YAMLError: CustomStringConvertible {
  /// The reason in words, without the place.
  public var description: String {
    switch reason {
    case .tooLarge(let limit): "larger than \(limit) bytes, the most that is read"
    case .tooDeep(let limit): "nested more than \(limit) levels deep"
    case .tooManyNodes(let limit): "more than \(limit) values"
    case .syntax(let words): words
    case .encoding(let offset): "byte \(offset) is not UTF-8"
    case .controlCharacter(let offset): "byte \(offset) is a control character, which YAML does not allow"
    case .duplicateKey(let name): "the key `\(printable(name))` stands twice"
    case .keyIsNoText: "a key must be a single value"
    case .secondDocument: "a second document begins here; only one is read"
    case .anchor(let name): "anchors such as `&\(printable(name))` are not supported"
    case .alias(let name): "`*\(printable(name))` is an alias, and aliases are not supported"
    case .undefinedAlias(let name): "the alias `*\(printable(name))` names no anchor before it"
    case .mergeKey: "merge keys (`<<`) are not supported"
    case .tag(let name): "the tag `\(printable(name))` is not supported"
    }
  }
}
