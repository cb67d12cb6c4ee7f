public import SourceText

/// A JSON value that was read, with its place in the bytes.
public struct JSONNode: Hashable, Sendable {
  /// What the value is.
  public let content: Content
  /// The bytes that it takes, quotes and brackets included.
  public let range: ByteRange

  /// What a value can be.
  public enum Content: Hashable, Sendable {
    /// The absence of a value.
    case null
    /// A truth value.
    case bool(Bool)
    /// A number as it is written.
    case number(String)
    /// Text, with its escapes resolved.
    case string(String)
    /// A list.
    case array([JSONNode])
    /// Names with their values, in the order of the text.
    case object([Member])
  }

  /// A name in an object, with its value.
  public struct Member: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The bytes of the name, quotes included.
    public let nameRange: ByteRange
    /// The value.
    public let value: JSONNode
  }

  /// The text, where the value is one.
  public var string: String? {
    guard case .string(let text) = content else { return nil }
    return text
  }

  /// The truth value, where the value is one.
  public var bool: Bool? {
    guard case .bool(let value) = content else { return nil }
    return value
  }

  /// The whole number, where the value is one that fits.
  public var integer: Int? {
    guard case .number(let literal) = content else { return nil }
    return Int(literal)
  }

  /// The elements, where the value is a list.
  public var array: [JSONNode]? {
    guard case .array(let elements) = content else { return nil }
    return elements
  }

  /// The members, where the value is an object.
  public var members: [Member]? {
    guard case .object(let members) = content else { return nil }
    return members
  }

  /// Whether the value is null.
  public var isNull: Bool { content == .null }

  /// The value of the member `name`, where the value is an object that has it.
  public subscript(name: String) -> JSONNode? {
    members?.first { $0.name == name }?.value
  }
}
