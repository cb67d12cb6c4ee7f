public import SourceText

/// A piece of a YAML document that knows where it stands.
public struct Node: Hashable, Sendable {
  /// The forms of a node.
  public enum Content: Hashable, Sendable {
    /// A single value.
    case scalar(Scalar)
    /// A list.
    case sequence([Node])
    /// Keys and their values.
    case mapping([Entry])
    /// The name of another node, which stands earlier in the document.
    case alias(String)
  }

  /// What it is.
  public let content: Content
  /// Its bytes, with its anchor and tag; for a block, from its first entry to the end of its last.
  public let range: ByteRange
  /// The name that `&` gives to it.
  public let anchor: String?
  /// The tag that is written at it.
  public let tag: String?
  /// Whether it is written with brackets, where it is a list or has keys.
  public let isFlow: Bool

  /// Creates a node.
  public init(
    _ content: Content, _ range: ByteRange, anchor: String? = nil, tag: String? = nil, isFlow: Bool = false
  ) {
    self.content = content
    self.range = range
    self.anchor = anchor
    self.tag = tag
    self.isFlow = isFlow
  }

  /// The value, where the node is a single one.
  public var scalar: Scalar? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar
  }

  /// The text of the value, where the node is a single one.
  public var text: String? { scalar?.text }

  /// The nodes of the list, where the node is one.
  public var elements: [Node]? {
    guard case .sequence(let nodes) = content else { return nil }
    return nodes
  }

  /// The keys with their values, where the node has some.
  public var entries: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  /// The value of `key`, where the node has it.
  public subscript(key: String) -> Node? {
    entries?.first { $0.name == key }?.value
  }
}

/// A single value as it is written.
public struct Scalar: Hashable, Sendable {
  /// How a value is written.
  public enum Style: Hashable, Sendable {
    /// Without quotes: `1.10` and `no` may be meant as something else than text.
    case plain
    /// In single quotes.
    case singleQuoted
    /// In double quotes.
    case doubleQuoted
    /// As a block after `|`.
    case literal
    /// As a block after `>`.
    case folded
  }

  /// The value, always as text.
  public let text: String
  /// How it is written.
  public let style: Style

  /// Creates a value.
  public init(_ text: String, _ style: Style) {
    self.text = text
    self.style = style
  }

  /// Whether nothing is written at all, as in `key:`.
  public var isMissing: Bool { style == .plain && text.isEmpty }
}

/// A key and its value.
public struct Entry: Hashable, Sendable {
  /// The key, always a single value.
  public let key: Node
  /// The key's text.
  public let name: String
  /// The value.
  public let value: Node

  /// Creates an entry.
  public init(key: Node, name: String, value: Node) {
    self.key = key
    self.name = name
    self.value = value
  }

  /// The bytes from the key to the end of the value.
  public var range: ByteRange { key.range.joined(value.range) }
}
